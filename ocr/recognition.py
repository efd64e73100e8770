"""Which material a document is, and where one document ends and the next begins.

A title counts by how large it is printed and how near the top it stands; cue phrases add to it, and phrases that
belong to another form (a form often quotes another's title) take away.
"""

import dataclasses
import functools
import itertools
import math
import re
import statistics
from collections.abc import Sequence

from catalogue import MaterialType, load_catalogue
from ocr.folding import fold, within
from ocr.layout import laid, rows
from ocr.results import MaterialGuess, PageReading

NO_MATERIAL = MaterialGuess("", 0.0, "no title or cue of a known material")

ENOUGH = 0.45
"""Score from which a type is named: a clear title alone gives 0.65, three cues without a title 0.36."""

OPENS = 0.5
"""Score of the title on a page from which it starts a new document."""

TITLE_SHARE, CUE_SHARE = 0.7, 0.12
"""Weights of a perfect title and of each cue (at most three count)."""

MAX_CUES = 3
AGAINST_SHARE = 0.15
"""What a phrase against the type takes away, when it stands as large as a title; a third of it in running text."""

TITLE_REGION = 0.45
"""Part of the page's height, from the top, in which a title stands."""

TALL = 1.45
"""Height over the page's median line from which a line is surely a heading."""

TITLE_ERRORS = 0.2
"""Part of a title's characters that may be misread: one of five, two of ten."""

FOREIGN_TALL, FOREIGN_REGION, FOREIGN_CENTRED = 1.7, 0.25, 0.08
"""A title of no known material: so much taller than the text, within this part of the page's height, this near its
middle (of its width). Stricter than for known titles, since a wrong cut tears a document apart."""

_FOREIGN = re.compile(r"^(?!第.{1,4}[部分章节编]|附件|附录|附表|[一二三四五六七八九十]+、|续)[一-鿿()]{4,24}$")
_PAGE_OF = re.compile(r"第?([0-9]{1,3})页?[,、/ ]?共([0-9]{1,3})页|^([0-9]{1,3})/([0-9]{1,3})$")
_AROUND_TITLE = re.compile(r"^中华人民共和国|\([^()]*\)$")


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """Pages of a file that are one document: their numbers, in order, and what it is."""

    pages: tuple[int, ...]
    guess: MaterialGuess


@dataclasses.dataclass(frozen=True, slots=True)
class _Heading:
    """A line that may be a title: its folded text and how much it looks like one, 0 to 1."""

    text: str
    weight: float


def recognise(pages: Sequence[PageReading]) -> MaterialGuess:
    """What the document on these pages is; type "" where nothing fits well enough.

    The first page with a title decides; cues count on all pages.
    """
    texts = [fold(line.text) for page in pages for line in page.lines]
    headings = [heading for page in pages[:2] for heading in _headings(page)]
    scored = [(_score(kind, headings, texts), kind) for kind in load_catalogue().material_types()]
    if not scored:
        return NO_MATERIAL
    (best, why), kind = max(scored, key=lambda entry: entry[0][0])
    return MaterialGuess(kind.code, round(min(1.0, best), 3), why) if best >= ENOUGH else NO_MATERIAL


def segment(pages: Sequence[PageReading]) -> list[Segment]:
    """The documents in a file's pages, in order; blank pages belong to the document before them.

    A page with a title of its own starts a document, unless it says that it is page 2 or later of several; a page
    that says it is page 1 starts one even without a title.
    """
    groups: list[list[PageReading]] = []
    for page in pages:
        if not groups or _starts(page, groups[-1]):
            groups.append([page])
        else:
            groups[-1].append(page)
    return [Segment(tuple(page.number for page in group), recognise(group)) for group in groups]


def page_of(page: PageReading) -> tuple[int, int] | None:
    """Which page of how many the page says it is (第2页共3页), read from its foot or head."""
    edge = [p for p in laid(page) if not 0.12 <= p.middle / page.height % 1 <= 0.85]  # noqa: PLR2004 - head and foot
    for row in rows(edge):
        match = _PAGE_OF.search("".join(fold(item.line.text) for item in row))
        if match:
            number, total = (int(group) for group in match.groups() if group)
            if 1 <= number <= total:
                return number, total
    return None


def _starts(page: PageReading, before: Sequence[PageReading]) -> bool:
    if not page.lines:
        return False
    said, previous = page_of(page), page_of(before[-1])
    if said is not None and said[0] > 1 and previous is not None and previous == (said[0] - 1, said[1]):
        return False
    if said is not None and said[0] == 1:
        return True
    return _title_of(page) is not None or _has_foreign_title(page)


def _title_of(page: PageReading) -> str | None:
    """The type whose title this page bears as a heading, if any."""
    headings = _headings(page)
    best = max(
        ((_title_match(kind, headings)[0], kind.code) for kind in load_catalogue().material_types()), default=(0.0, "")
    )
    return best[1] if best[0] >= OPENS else None


def _has_foreign_title(page: PageReading) -> bool:
    """A title that no catalogue knows: large, alone, in the middle of the head of the page."""
    placed = [p for p in laid(page) if p.line.text.strip()]
    usual = statistics.median(p.height for p in placed)
    return any(
        len(row) == 1
        and row[0].height >= FOREIGN_TALL * usual
        and row[0].middle < FOREIGN_REGION * page.height
        and abs((row[0].x0 + row[0].x1) / 2 - page.width / 2) < FOREIGN_CENTRED * page.width
        and _FOREIGN.match(fold(row[0].line.text))
        for row in rows(placed)
    )


def _headings(page: PageReading) -> list[_Heading]:
    """Rows in the upper part of the page, weighted by height, by position and by how alone they stand."""
    placed = [p for p in laid(page) if p.line.text.strip()]
    if not placed:
        return []
    usual = statistics.median(p.height for p in placed)
    top = min(p.y0 for p in placed)
    depth = max(page.height - top, 1.0)
    found = []
    for row in rows(p for p in placed if p.middle < TITLE_REGION * page.height):
        text = "".join(fold(p.line.text) for p in row)
        for candidate, height in [(text, max(p.height for p in row)), *((fold(p.line.text), p.height) for p in row)]:
            size = min(1.0, max(0.0, (height / max(usual, 1.0) - 0.8) / (TALL - 0.8)))
            high = 1.0 - 0.5 * (row[0].y0 - top) / (TITLE_REGION * depth)
            found.append(_Heading(candidate, size * max(0.3, high)))
    return [*found, *_two_line_titles(found)]


def _two_line_titles(found: Sequence[_Heading]) -> list[_Heading]:
    """A title set in two lines: neighbouring large rows taken together."""
    return [
        _Heading(a.text + b.text, min(a.weight, b.weight))
        for a, b in itertools.pairwise(found)
        if min(a.weight, b.weight) > OPENS and a.text != b.text
    ]


def _score(kind: MaterialType, headings: Sequence[_Heading], texts: Sequence[str]) -> tuple[float, str]:
    title, seen = _title_match(kind, headings)
    cues = [cue for cue in kind.cues if _holds(fold(cue), texts)]
    against = sum(_weight_against(fold(phrase), headings, texts) for phrase in kind.against)
    score = TITLE_SHARE * title + CUE_SHARE * min(MAX_CUES, len(cues)) - AGAINST_SHARE * min(against, 2.0)
    reasons = ([f"title “{seen}”"] if title else []) + ([f"cues {'、'.join(cues[:MAX_CUES])}"] if cues else [])
    return score, "; ".join(reasons) or "nothing"


def _title_match(kind: MaterialType, headings: Sequence[_Heading]) -> tuple[float, str]:
    """The best of all titles on all headings: how alike, times how much the line looks like a title."""
    best, seen = 0.0, ""
    for title in map(fold, kind.titles):
        for heading in headings:
            likeness = _likeness(title, heading.text) * heading.weight
            if likeness > best:
                best, seen = likeness, heading.text
    return best, seen


@functools.lru_cache(maxsize=65536)
def _likeness(title: str, text: str) -> float:
    """1 where the line is the title, less for misread characters and for other words around it; 0 if it is not it."""
    bare = _AROUND_TITLE.sub("", text).strip("《》:") or text
    bare_title = _AROUND_TITLE.sub("", title) or title
    if len(bare) < len(bare_title) * (1 - TITLE_ERRORS):
        return 0.0
    errors = within(bare_title, bare)
    if errors > TITLE_ERRORS * len(bare_title):
        return 0.0
    extra = max(0, len(bare) - len(bare_title)) / len(bare)
    return (1.0 - errors / len(bare_title)) * math.pow(1.0 - extra, 1.5)


def _holds(phrase: str, texts: Sequence[str]) -> bool:
    return any(phrase in text for text in texts)


def _weight_against(phrase: str, headings: Sequence[_Heading], texts: Sequence[str]) -> float:
    as_heading = max((h.weight for h in headings if phrase in h.text), default=0.0)
    return as_heading or (1 / 3 if _holds(phrase, texts) else 0.0)
