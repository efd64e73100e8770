"""What could not be read: required fields, and the pages whose quality is to blame."""

from collections.abc import Iterator, Mapping

from catalogue import MaterialType
from ingest.defects.names import HINDERS
from ingest.defects.time import impossible_dates
from ingest.defects.words import WORDS, defect
from ingest.report import Defect, Presented

COVERED: Mapping[str, str] = {"low-contrast": "dark"}
"""A remark that another one explains: in the dark everything is faint."""


def unread_fields(kind: MaterialType, document: Presented) -> list[str]:
    """Required fields that were not found, leaving out dates where the document bears one that does not exist."""
    explained = any(True for _ in impossible_dates(document))
    return [
        spec.name
        for spec in kind.fields
        if spec.required and spec.name not in document.fields and not (explained and spec.kind == "date")
    ]


def find_unreadable(kind: MaterialType, document: Presented) -> Iterator[Defect]:
    """Each required field that was not found, on the page that is to blame where one is."""
    page = next((page for page, remark in document.remarks if remark in HINDERS), None)
    for name in unread_fields(kind, document):
        yield defect("field-unreadable", name=name, page=page or (document.pages[0] if document.pages else None))


def find_page_remarks(kind: MaterialType | None, document: Presented) -> Iterator[Defect]:
    """Every remark on a page; one that hinders reading is serious where a required field could not be read."""
    missed = unread_fields(kind, document) if kind else []
    for page, remark in document.remarks:
        explained = (page, COVERED.get(remark, "")) in document.remarks
        if explained or f"page-{remark}" not in WORDS:
            continue
        hinders = bool(missed) and remark in HINDERS
        unread = f"，未能读到“{'、'.join(missed)}”" if hinders else ""
        yield defect(f"page-{remark}", page=page, unread=unread, weight="serious" if hinders else None)
