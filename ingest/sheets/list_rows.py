"""The rows of a drawing list (图纸目录): sheet number, title and revision of each, with their places.

A title or revision is taken only from under its own head, so that what stands beside the table is never taken for one.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Sequence

from catalogue import squeeze
from ocr import Line, PageReading, Quad, bounds

LISTED = re.compile(
    r"(?:[总建结水电暖风人消防装景幕智弱动燃设]{1,2}[施竣初]?-?|\b[A-Z]{1,4}-)\d{1,3}[A-Z]?(?![0-9A-Za-z])"
)
"""A sheet number as a list writes it, its dash made plain: 建施-01, 结施12A, JS-03."""
NUMBER_HEADS = ("图号", "图纸编号", "图纸号")
TITLE_HEADS = ("图纸名称", "图名", "图纸名", "名称")
REVISION_HEADS = ("版次", "版本", "版本号")
_DASHES = str.maketrans(dict.fromkeys("－—–‐−_ー", "-"))


@dataclasses.dataclass(frozen=True, slots=True)
class ListRow:
    """A sheet as the list names it, "" for what it does not say; `scores` by value (0 to 1), `box` of the number."""

    number: str
    title: str
    revision: str
    scores: dict[str, float]
    box: Quad


def read_list(page: PageReading) -> tuple[ListRow, ...]:
    """The rows of the list on a page, from the top, each number once for each time that it stands there."""
    lines = [line for line in page.lines if line.text.strip()]
    heads = [line for line in lines if squeeze(line.text) in NUMBER_HEADS]
    return tuple(_row(line, found, lines, heads) for line in lines if (found := _number(line)))


def _number(line: Line) -> str:
    match = LISTED.search(unicodedata.normalize("NFKC", line.text).translate(_DASHES))
    return match.group() if match else ""


def _row(line: Line, number: str, lines: Sequence[Line], heads: Sequence[Line]) -> ListRow:
    beside = [other for other in lines if other is not line and _in_row(line, other)]
    scores, values = {"number": line.score}, {"title": "", "revision": ""}
    for name, left, right in _columns(line, lines, heads):
        for other in beside:
            x0, _, x1, _ = bounds(other.box)
            if left <= (x0 + x1) / 2 <= right and not _number(other):
                values[name], scores[name] = squeeze(other.text), other.score
                break
    return ListRow(number, values["title"], values["revision"], scores, line.box)


def _columns(line: Line, lines: Sequence[Line], heads: Sequence[Line]) -> Iterator[tuple[str, float, float]]:
    """The columns of title and revision for a number, between its own head and that of the half beside it."""
    x0, y0, x1, _ = bounds(line.box)
    above = [h for h in heads if bounds(h.box)[3] <= y0 and bounds(h.box)[0] <= x1 and x0 <= bounds(h.box)[2]]
    if not above:
        return
    head = max(above, key=lambda one: bounds(one.box)[3])
    right = [one for one in lines if _in_row(head, one) and bounds(one.box)[0] > bounds(head.box)[0]]
    row = sorted(right, key=lambda one: bounds(one.box)[0])
    for place, one in enumerate(row):
        if squeeze(one.text) in NUMBER_HEADS:
            return
        left, _, end, _ = bounds(one.box)
        if squeeze(one.text) in REVISION_HEADS:
            yield "revision", left - (end - left), end + (end - left)
        elif squeeze(one.text) in TITLE_HEADS:  # a title may be as wide as its column, which reaches to the next head
            yield "title", x1, bounds(row[place + 1].box)[0] if place + 1 < len(row) else end + (end - left)


def _in_row(one: Line, other: Line) -> bool:
    _, top, _, bottom = bounds(one.box)
    _, high, _, low = bounds(other.box)
    return min(bottom, low) - max(top, high) >= 0.5 * min(bottom - top, low - high)
