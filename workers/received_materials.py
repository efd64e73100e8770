"""What of a received package may be used again here: what applicants handed in, not what the sender issued.

A certificate of another authority may be suspended or revoked there, and only its register knows. It is kept and
found, but not offered; the authority is asked. What the sender lists is judged before it enters our tables.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import pydantic

import archive
from archive import MATERIALS_ROLE, Manifest
from catalogue import CatalogueError, load_catalogue

ISSUED_PREFIX = "OUT-"
"""Material types that an authority issues."""
MAX_MEDIA_TYPE = 64
"""Characters that our index keeps; no media type of ours is longer."""


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


def reusable_materials(sent: Manifest, read: Callable[[str], bytes]) -> bytes:
    """材料目录 of a received package: rows that the package holds, of types we know, that no authority issued."""
    listed = next((one for one in sent.elements if one.role == MATERIALS_ROLE), None)
    try:
        rows = archive.parse_canonical(read(listed.sha256)) if listed else []
    except archive.NotCanonical:
        rows = []
    held = {one.sha256 for one in sent.elements if len(one.media_type) <= MAX_MEDIA_TYPE}
    return archive.canonical_json([row for row in rows if _is_reusable(row, held)] if isinstance(rows, list) else [])


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
