"""The key fields of two documents of one type, held against each other with the scores they were read with."""

import re
from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz

from catalogue import MaterialType, load_catalogue
from ingest.report import Agreement
from ingest.resemblance.letters import folded
from ingest.resemblance.likeness import FieldLikeness, Place
from ocr import FieldValue

EXACT_KINDS = frozenset(
    {"uscc", "id-card", "project-code", "permit", "document-number", "land-title", "unit-number", "date", "amount"}
    | {"area", "ratio", "percent", "phone"}
)
"""Kinds whose every character counts."""
IDENTITY_KINDS = frozenset({"uscc", "id-card", "project-code"})
"""Kinds that say whose a document is, whichever field they stand in."""
SURE_VALUE = 0.8
"""Score of an exact value from which another one is no misreading. Correction and shape are counted in it already."""
OTHER_NAME = 60.0
"""Likeness (0 to 100) below which two names are others, however surely they were read."""
GUESSED = 0.4
"""Score below which a value is a guess about where it stands."""


def identity_fields(kind: MaterialType) -> frozenset[str]:
    """Fields that say which document it is and whose: its number, applicant, project and works, and their codes."""
    named = {kind.number_field, kind.applicant_field, kind.project_field, kind.works_field} - {""}
    return number_fields(kind) | named


def number_fields(kind: MaterialType) -> frozenset[str]:
    """Of those, the numbers and codes: while one is in doubt, what else differs may be of another document."""
    return frozenset({kind.number_field} - {""} | {spec.name for spec in kind.fields if spec.kind in IDENTITY_KINDS})


def key_fields(
    material: str, one: Mapping[str, FieldValue], other: Mapping[str, FieldValue]
) -> Iterator[FieldLikeness]:
    """Each field of the type that was found in both documents, in the order of the type."""
    for spec in load_catalogue().material_type(material).fields if material else ():
        a, b = one.get(spec.name), other.get(spec.name)
        if a is not None and b is not None:
            exact = spec.kind in EXACT_KINDS
            boxes = (Place(a.page, a.box), Place(b.page, b.box))
            yield FieldLikeness(spec.name, a.value, b.value, agreement(a, b, exact=exact), boxes)


def agreement(a: FieldValue, b: FieldValue, *, exact: bool) -> Agreement:
    """Whether two values of one field are the same, as far as they were read."""
    if folded(a.value) == folded(b.value):
        return "agree"
    if min(a.score, b.score) < GUESSED:
        return "unsure"
    if exact or re.sub(r"\D", "", a.value) != re.sub(r"\D", "", b.value):
        return "differ" if min(a.score, b.score) >= SURE_VALUE and not (a.read or b.read) else "unsure"
    # One character of a name that is another one is as often misread as it is another name: readers are sure of both.
    return "differ" if fuzz.ratio(folded(a.value), folded(b.value)) < OTHER_NAME else "unsure"
