"""Cases with drawings, entered straight into the tables."""

from typing import Any

import ingest
from ingest.drawings import Kind, ReadSheet, SetVersion, enter
from tests.portal import factories

NOW = factories.NOW


def read(number: str, look: str = "", page: int = 1, listed: tuple[str, ...] = (), **values: str) -> ReadSheet:
    """A sheet as it was read; `look` stands for its picture."""
    said = {"number": number, "title": f"{number} 图", "discipline": number[:1], "revision": "A", "date": "2026-03-01"}
    picture = factories.digest(look or f"picture of {number}")
    rows = tuple({"number": n, "title": f"{n} 图", "revision": "A", "scores": {}, "box": [1, 2, 3, 4]} for n in listed)
    return ReadSheet(page, picture, said | values, {"number": 0.9}, {}, rows)


def sheets(*numbers: str, look: str = "", **values: str) -> list[ReadSheet]:
    """One page each."""
    return [read(number, f"{look} {number}" if look else "", page, **values) for page, number in enumerate(numbers, 1)]


def handed_in(case: ingest.Case, found: list[ReadSheet], kind: Kind = Kind.DESIGN, **changes: Any) -> SetVersion:
    """A file of the case with these sheets, entered into the set."""
    file = factories.upload(case, "施工图.pdf", **changes)
    version = enter(file, kind, found, now=NOW)
    assert version
    return version
