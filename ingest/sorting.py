"""From the pages of a file to its documents: which pages belong together, what each document is, what it says."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from catalogue import MaterialType, add_months, load_catalogue, parse_date, parse_validity
from ingest.report import Presented
from ingest.separators import Part, split_at_sheets
from ocr import (
    CodeMark,
    FieldValue,
    MaterialGuess,
    PageReading,
    SealMark,
    Segment,
    extract_fields,
    join,
    recognise,
)


@dataclasses.dataclass(frozen=True, slots=True)
class SortedDocument:
    """A run of pages that is one document, with its type, its fields and what was seen on it."""

    pages: tuple[int, ...]
    type: str
    score: float
    why: str
    fields: dict[str, FieldValue]
    seals: tuple[tuple[int, SealMark], ...]
    remarks: tuple[tuple[int, str], ...]
    codes: tuple[tuple[int, CodeMark], ...] = ()
    readings: tuple[PageReading, ...] = ()

    def presented(
        self,
        file: str,
        *,
        signed: bool = False,
        validation: Mapping[str, Any] | None = None,
        ref: str = "",
        sha256: str = "",
    ) -> Presented:
        """The document as the completeness check takes it."""
        kind = load_catalogue().material_type(self.type) if self.type else None
        return Presented(
            file,
            self.pages,
            self.type,
            self.score,
            self.why,
            self.fields,
            self.seals,
            self.remarks,
            signed=signed,
            ref=ref,
            valid_until=valid_until(kind, self.fields) if kind else None,
            codes=self.codes,
            seal_verdict=seal_words(validation)[0],
            seal_reasons=seal_words(validation)[1],
            sha256=sha256,
            readings=self.readings,
        )


def seal_words(validation: Mapping[str, Any] | None) -> tuple[str, str]:
    """What was found of a file's electronic seals, as a `Presented` takes it: the verdict and why."""
    if not validation:
        return "", ""
    reasons = dict.fromkeys(reason["text"] for reason in validation["reasons"])
    return str(validation["verdict"]), "；".join(reasons)


def sort_documents(pages: Sequence[PageReading]) -> list[SortedDocument]:
    """Split a file's pages into documents, recognise each and read its fields.

    Separator sheets cut exactly as they say and are in no document. Elsewhere pages are joined by what stands on them,
    so those of one document need not lie together.
    """
    by_number = {page.number: page for page in pages}
    return [
        SortedDocument(
            found.pages,
            found.guess.type,
            found.guess.score,
            found.guess.why,
            dict(extract_fields(found.guess.type, [by_number[n] for n in found.pages])) if found.guess.type else {},
            tuple((n, seal) for n in found.pages for seal in by_number[n].seals),
            tuple((n, remark) for n in found.pages for remark in by_number[n].quality.remarks),
            tuple((n, code) for n in found.pages for code in by_number[n].codes),
            tuple(by_number[n] for n in found.pages),
        )
        for part in split_at_sheets(pages)
        for found in _documents(part)
    ]


def _documents(part: Part) -> list[Segment]:
    """The documents between two separator sheets: one where the sheets say so, of the type that the sheet says."""
    if not part.one:
        return join(part.pages)
    guess = recognise(part.pages)
    if part.material:
        seen = "" if guess.type == part.material else f"，识别为 {guess.type or '未知'}"
        guess = MaterialGuess(part.material, 1.0, f"第{part.sheet}页分隔页指明{seen}")
    return [Segment(tuple(page.number for page in part.pages), guess)]


def valid_until(kind: MaterialType, fields: dict[str, FieldValue]) -> dt.date | None:
    """The last day on which a document holds, by its type's rule; None when it has no end or none could be read."""
    value = fields.get(kind.validity.field)
    if value is None or kind.validity.kind == "none":
        return None
    if kind.validity.kind == "until":
        period = parse_validity(value.value)
        return period.until if period else parse_date(value.value)
    start = parse_date(value.value)
    return add_months(start, kind.validity.months) if start else None


def number_of(kind: MaterialType | None, fields: Mapping[str, FieldValue]) -> str:
    """The number that tells a document from others of its type; empty where it has none or none was read."""
    number = fields.get(kind.number_field) if kind else None
    return number.value if number else ""


def subject_of(kind: MaterialType, *, uscc: str, project_code: str, works: str) -> str:
    """Whose the material is, as the reuse index knows it (`SubjectKind`)."""
    if kind.subject == "company":
        return uscc
    return f"{project_code}/{works}" if kind.subject == "works" else project_code
