"""What of a received package may be used again here: what applicants handed in, not what the sender issued.

A certificate of another authority may be suspended or revoked there, and only its register knows. It is kept and
found, but not offered; the authority is asked. What the sender lists is judged before it enters our tables.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import pydantic

import archive
from archive import MATERIALS_ROLE, Manifest, Package, object_key
from catalogue import CatalogueError, load_catalogue
from workers import zones

ISSUED_PREFIX = "OUT-"
"""Material types that an authority issues."""


class _Row(pydantic.BaseModel):
    """A row of 材料目录 as we can keep it."""

    type: Annotated[str, pydantic.StringConstraints(min_length=1, max_length=16)]
    name: Annotated[str, pydantic.StringConstraints(max_length=100)]
    subject_kind: Annotated[str, pydantic.StringConstraints(max_length=8)]
    subject: Annotated[str, pydantic.StringConstraints(max_length=200)]
    number: Annotated[str, pydantic.StringConstraints(max_length=100)]
    valid_until: dt.date | None
    sha256: Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    pages: list[int]
    fields: dict[str, Any]


def index_received(package: Package, manifest: Manifest, now: dt.datetime) -> int:
    """Enter what may be used again into the reuse index; returns how many rows were left out."""
    listed = next((one for one in manifest.elements if one.role == MATERIALS_ROLE), None)
    if listed is None:
        return 0
    raw = zones.zone("archive").read(object_key(listed.sha256))
    rows, left_out = _reusable(raw, {one.sha256 for one in manifest.elements})
    archive.index_materials(package, manifest, _reading(archive.canonical_json(rows)), now=now)
    return left_out


def _reusable(raw: bytes, held: set[str]) -> tuple[list[dict[str, Any]], int]:
    """The rows that we know the type of, that the package holds, and that no authority issued; and how many not."""
    try:
        rows = archive.parse_canonical(raw)
    except archive.NotCanonical:
        return [], 0
    if not isinstance(rows, list):
        return [], 0
    kept = [row for row in rows if _is_reusable(row, held)]
    return kept, len(rows) - len(kept)


def _is_reusable(row: Any, held: set[str]) -> bool:
    try:
        told = _Row.model_validate(row)
        load_catalogue().material_type(told.type)
        _require_fields(told.fields)
    except (pydantic.ValidationError, CatalogueError, KeyError, TypeError, ValueError):
        return False
    return told.sha256 in held and not told.type.startswith(ISSUED_PREFIX)


def _require_fields(fields: dict[str, Any]) -> None:
    """Raise where a field lacks what the index needs of it: a score and the corners of its place."""
    for value in fields.values():
        float(value["score"])
        for x, y in value["box"]:
            float(x)
            float(y)


def _reading(rows: bytes) -> Callable[[str], bytes]:
    return lambda _: rows
