"""Pages that are missing, come twice, out of order or the wrong way up, by the numbers that they bear."""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from ingest.defects.names import SURE_READING, digits_of
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import PageLabel, PageReading, page_label

SAME_NUMBER_TEXT, SAME_TEXT = 85.0, 97.0
"""Likeness (0 to 100) of two pages' texts from which they are one page twice: with the same number on them, without."""

LEAST_TEXT = 40
"""Characters below which alike texts say nothing: a page of signatures, a drawing's title block."""

WAYS = {90: "横放", 180: "上下颠倒", 270: "横放"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Sheet:
    page: PageReading
    label: PageLabel | None

    @property
    def empty(self) -> bool:
        return not self.page.lines


def find_page_faults(document: Presented) -> list[Defect]:
    """Everything about the order and number of the pages, and how they lay in the scan."""
    sheets = [_Sheet(page, _sure(page_label(page))) for page in sorted(document.readings, key=lambda p: p.number)]
    return [*_missing(sheets), *_repeated(sheets), *_disordered(sheets), *_turned(sheets)]


def _sure(label: PageLabel | None) -> PageLabel | None:
    return label if label and label.score >= SURE_READING else None


def _missing(sheets: Sequence[_Sheet]) -> Iterator[Defect]:
    if any(sheet.page.gutter for sheet in sheets):  # two pages in one picture: pictures are not to be counted
        return
    labels = [sheet.label for sheet in sheets if sheet.label]
    totals = Counter(label.total for label in labels if label.total)
    for total in sorted(totals):
        if len(totals) == 1 or totals[total] > 1:
            yield from _missing_of(sheets, total)
    if not totals:
        yield from _holes(sheets, labels)


def _missing_of(sheets: Sequence[_Sheet], total: int) -> Iterator[Defect]:
    """By a stated total: numbers that no page bears, less the pages without a number that may be those."""
    numbered = {sheet.label.number: sheet for sheet in sheets if sheet.label and sheet.label.total == total}
    bare = sum(1 for sheet in sheets if not sheet.empty and (sheet.label is None or sheet.label.number is None))
    missing = [n for n in range(1, total + 1) if n not in numbered]
    lacking = len(missing) - bare
    if lacking <= 0:
        return
    named = _pages(missing) if not bare else f"{lacking}页"
    seen = next(iter(numbered.values()))
    count = sum(1 for sheet in sheets if not sheet.empty)
    yield defect(
        "pages-missing",
        page=seen.page.number,
        box=seen.label.box if seen.label else None,
        missing=named,
        told=f"页码标明共{total}页",
        count=count,
    )


def _holes(sheets: Sequence[_Sheet], labels: Sequence[PageLabel]) -> Iterator[Defect]:
    """By numbers alone (－ 3 －): what lacks between the first and the last, less the pages without a number."""
    numbers = sorted({label.number for label in labels if label.number})
    if not numbers:
        return
    missing = sorted(set(range(numbers[0], numbers[-1])) - set(numbers))
    bare = sum(1 for sheet in sheets if not sheet.empty and sheet.label is None)
    if not missing or len(missing) > len(numbers) or len(missing) <= bare:  # more holes than pages: no page numbers
        return
    before = next(s for s in sheets if s.label and s.label.number == missing[0] - 1)
    yield defect(
        "pages-missing",
        page=before.page.number,
        box=before.label.box if before.label else None,
        missing=_pages(missing),
        told=f"页码由{numbers[0]}至{numbers[-1]}",
        count=len(sheets),
    )


def _pages(numbers: Sequence[int]) -> str:
    return f"第{'、'.join(map(str, numbers))}页"


def _repeated(sheets: Sequence[_Sheet]) -> Iterator[Defect]:
    told: set[int] = set()
    for first, later in itertools.combinations(sheets, 2):
        if later.page.number in told or not _same_page(first, later):
            continue
        told.add(later.page.number)
        number = first.label.number if first.label and first.label.number else first.page.number
        yield defect("pages-repeated", page=later.page.number, number=number)


def same_page(one: PageReading, other: PageReading) -> bool:
    """Whether two pages are one page twice: the same number where both bear one, and the same text."""
    return _same_page(_Sheet(one, _sure(page_label(one))), _Sheet(other, _sure(page_label(other))))


def _same_page(one: _Sheet, other: _Sheet) -> bool:
    numbers = [sheet.label.number for sheet in (one, other) if sheet.label and sheet.label.number]
    texts = one.page.text, other.page.text
    if min(map(len, texts)) < LEAST_TEXT or len(set(numbers)) > 1:
        return False
    numbered = len(numbers) == 2  # noqa: PLR2004 - both of them
    return same_text(*texts, SAME_NUMBER_TEXT if numbered else SAME_TEXT)


def same_text(one: str, other: str, least: float) -> bool:
    """Whether two texts are so alike and have the same digits, but for few misread ones."""
    return fuzz.ratio(one, other) >= least and fuzz.ratio(digits_of(one), digits_of(other)) >= SAME_TEXT


def _disordered(sheets: Sequence[_Sheet]) -> Iterator[Defect]:
    """Numbers that fall; where a document has attachments with numbers of their own, each run counts alone."""
    for total, run in itertools.groupby(
        (s for s in sheets if s.label and s.label.number), key=lambda s: s.label.total if s.label else None
    ):
        numbered = [(sheet.label.number, sheet) for sheet in run if sheet.label and sheet.label.number]
        numbers = [number for number, _ in numbered]
        fallen = next((s for (a, _), (b, s) in itertools.pairwise(numbered) if b < a), None)
        restarts = total is None and numbers.count(1) > 1
        if fallen is None or restarts:
            continue
        yield defect(
            "pages-disordered",
            page=fallen.page.number,
            box=fallen.label.box if fallen.label else None,
            order="、".join(map(str, numbers)),
        )


def _turned(sheets: Sequence[_Sheet]) -> Iterator[Defect]:
    for sheet in sheets:
        if sheet.page.rotation in WAYS and not sheet.empty:
            yield defect("page-upside-down", page=sheet.page.number, way=WAYS[sheet.page.rotation])
