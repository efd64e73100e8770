"""What an archived material states: as it was read, and for a certificate issued here as it was printed."""

from collections.abc import Iterable
from typing import Any

from archive import HeldMaterial
from catalogue import load_catalogue
from ocr import normal_value
from signing import Certificate

ISSUED = "issued"
"""Rule of a value that nobody had to read: it stands in the register of certificates."""
NOWHERE = [[0.0, 0.0]] * 4

Fields = dict[str, dict[str, Any]]
"""Values as `FieldValue` has them, by the name of their field."""


def held_fields(rows: Iterable[HeldMaterial]) -> dict[int, Fields]:
    """The fields of each archived material, by its row; the number of a paper is one of them."""
    rows = list(rows)
    bare = [row.sha256 for row in rows if not row.fields]
    printed = {one.sealed_sha256: one for one in Certificate.objects.filter(sealed_sha256__in=bare)} if bare else {}
    return {row.pk: dict(row.fields) | _printed(row, printed.get(row.sha256)) for row in rows}


def _printed(row: HeldMaterial, certificate: Certificate | None) -> Fields:
    """What the certificate prints of the fields of its type, and its number."""
    kind = load_catalogue().material_type(row.type)
    told = dict(certificate.data) if certificate else {}
    if row.number and kind.number_field not in row.fields:
        told.setdefault(kind.number_field, row.number)  # a filing bears a number of its own beside the project's code
    found = {}
    for spec in kind.fields:
        text = str(told.get(spec.name, "")).strip()
        if text:
            value = normal_value(spec.kind, text) or text
            found[spec.name] = {"value": value, "page": 1, "box": NOWHERE, "score": 1.0, "rule": ISSUED}
    return found
