"""The lines of a page that may be its title, with how much each looks like one."""

import dataclasses
import itertools
import re
import statistics
from collections.abc import Sequence

from ocr.folding import fold
from ocr.layout import Placed, laid, rows
from ocr.results import PageReading
from ocr.titles import SURE_LINE

OPENS = 0.5
"""Weight from which a line surely is a heading, so that two such lines may be one title."""

TITLE_REGION = 0.45
"""Part of the page's height, from the top, in which a title stands."""

SUBJECT = 0.3
"""The same for a letter's subject whose ending alone (批复) came to stand on the next line: a long subject is often set
smaller. Of 7 drawn letters on a feasibility study 4 were unknown for this."""

TALL = 1.45
"""Height over the page's median line from which a line is surely a heading."""


_SUBJECT = re.compile("^.{0,24}关于.{4,}的$")
_ENDINGS = frozenset({"批复", "决定", "意见", "复函", "函", "通知", "请示", "报告", "审查意见", "批复意见"})


@dataclasses.dataclass(frozen=True, slots=True)
class Heading:
    """A line that may be a title: its folded text, how much it looks like one (0 to 1), whether it was read surely."""

    text: str
    weight: float
    sure: bool


def headings_of(page: PageReading) -> list[Heading]:
    """Rows in the upper part of the page, weighted by height, by position and by how alone they stand."""
    placed = [p for p in laid(page) if p.line.text.strip()]
    if not placed:
        return []
    usual = statistics.median(p.height for p in placed)
    top = min(p.y0 for p in placed)
    depth = max(page.height - top, 1.0)
    found = []
    for row in rows(p for p in placed if p.middle < TITLE_REGION * page.height):
        high = 1.0 - 0.5 * (row[0].y0 - top) / (TITLE_REGION * depth)
        for pieces in (row, *([piece] for piece in row)):
            found.append(_heading(pieces, usual, max(0.3, high)))
            if len(row) == 1:
                break
    return [*found, *_two_line_titles(found)]


def _heading(pieces: Sequence[Placed], usual: float, high: float) -> Heading:
    height = max(p.height for p in pieces)
    size = min(1.0, max(0.0, (height / max(usual, 1.0) - 0.8) / (TALL - 0.8)))
    text = "".join(fold(p.line.text) for p in pieces)
    return Heading(text, size * high, min(p.line.score for p in pieces) >= SURE_LINE)


def _two_line_titles(found: Sequence[Heading]) -> list[Heading]:
    """A title set in two lines: neighbouring large rows taken together, or a letter's subject with its ending."""
    large = [
        Heading(a.text + b.text, min(a.weight, b.weight), a.sure and b.sure)
        for a, b in itertools.pairwise(found)
        if min(a.weight, b.weight) > OPENS and a.text != b.text
    ]
    letters = [
        Heading(a.text + b.text, max(a.weight, b.weight), a.sure and b.sure)
        for a, b in itertools.pairwise(found)
        if min(a.weight, b.weight) > SUBJECT and _SUBJECT.search(a.text) and b.text in _ENDINGS
    ]
    return [*large, *(letter for letter in letters if letter.weight > OPENS)]
