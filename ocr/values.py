"""Finding the value that belongs to a label: on its own line, in the cell to the right, or below it."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from ocr.folding import fold
from ocr.labels import Label, cut_at_label, is_label_cell, starts_with_label
from ocr.layout import Placed
from ocr.results import Quad, bounds, quad

INDENT = 3.0
"""Line heights by which the lines of one cell may begin apart: a first line is set in by two characters."""

ROW_GAP = 0.9
"""Line heights between two lines of one cell; more is the next row."""

BELOW_GAP = 2.0
"""Line heights from a label down to the value below it."""

PARAGRAPH_GAP = 1.7
"""Line heights from a line to its continuation in running text; generous setting has about 1.2."""

NEAR_EDGE = 1.8
"""Line heights from the right edge of the text within which a line counts as full, so that it may go on below."""

OVERLAP = 0.6
"""Line heights by which the boxes of a label and of the value beside it may overlap: detection is generous."""

SAME_CELL = 1.2
"""Line heights between two pieces of one line: more is the next cell."""

MAX_CELL_LINES = 6
"""Lines of the longest cell that is asked for (建设规模及内容, 经营范围); beyond this it is the next thing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Text that stands where a label's value should: folded, with the pieces it came from and how it was found."""

    text: str
    pieces: tuple[Placed, ...]
    rule: str

    @property
    def score(self) -> float:
        """The least sure piece decides."""
        return min(piece.line.score for piece in self.pieces)

    @property
    def box(self) -> Quad:
        """Around all pieces, in pixels of the page."""
        return around(self.pieces)


def around(pieces: Iterable[Placed]) -> Quad:
    """The smallest box around the pieces; a single piece keeps its own four corners."""
    kept = list(pieces)
    if len(kept) == 1:
        return kept[0].line.box
    rectangles = [bounds(piece.line.box) for piece in kept]
    x0, y0, x1, y1 = zip(*rectangles, strict=True)
    return quad(min(x0), min(y0), max(x1), max(y1))


def values_of(label: Label, placed: Sequence[Placed], *, wraps: bool) -> tuple[Found, ...]:
    """What may be the label's value, likeliest first. `wraps` says whether it may go on over several lines."""
    if label.style in {"colon", "glued"} and label.rest.strip("()_ "):
        inline = _inline(label, placed, wraps=wraps)
        return (inline, *_with_line_under(inline, label.at, placed)) if wraps else (inline,)
    found = (right_of(label.at, placed, wraps=wraps), below(label.at, placed, wraps=wraps))
    return tuple(value for value in found if value)


def right_of(at: Placed, placed: Sequence[Placed], *, wraps: bool) -> Found | None:
    """The cell to the right: its line beside the label, and the lines that belong to it above and below."""
    beside = [p for p in placed if p.x0 >= at.x1 - OVERLAP * at.height and _beside(p, at)]
    if not beside:
        return None
    first = min(beside, key=lambda p: (p.x0, abs(p.middle - at.middle)))
    if starts_with_label(first.line.text):
        return None
    low, high = _row_band(at, placed)
    column = [
        p
        for p in placed
        if p is first  # it may reach a little beyond the band where rows converge in a photograph
        or (
            low <= p.middle <= high
            and abs(p.x0 - first.x0) <= INDENT * first.height
            and p.x0 >= at.x1 - OVERLAP * at.height
        )
    ]
    lines = _touching(first, [p for p in column if not starts_with_label(p.line.text)]) if wraps else [first]
    pieces = [piece for line in lines for piece in _rest_of_row(line, placed)]
    return Found("".join(fold(piece.line.text) for piece in pieces), tuple(pieces), "right")


def below(at: Placed, placed: Sequence[Placed], *, wraps: bool) -> Found | None:
    """The line under the label."""
    under = [
        p
        for p in placed
        if p.y0 >= at.middle
        and p.y0 - at.y1 <= BELOW_GAP * at.height
        and min(p.x1, at.x1) - max(p.x0, at.x0) > 0.3 * min(p.width, at.width)
    ]
    first = min(under, key=lambda p: p.middle, default=None)
    if first is None or starts_with_label(first.line.text):
        return None
    pieces = _rest_of_row(first, placed)
    if wraps:
        pieces = [*pieces, *_continuation(pieces[-1], first.x0, placed)]
    return Found("".join(fold(piece.line.text) for piece in pieces), tuple(pieces), "below")


def _inline(label: Label, placed: Sequence[Placed], *, wraps: bool) -> Found:
    rest = label.rest
    text = cut_at_label(rest)
    pieces = [label.at]
    if text == rest:
        row = _rest_of_row(label.at, placed)[1:]
        pieces += row
        text += "".join(fold(piece.line.text) for piece in row)
        if wraps and not text.endswith(("。", ";")):
            share = len(rest) / max(1, len(fold(label.at.line.text)))
            more = _continuation(pieces[-1], label.at.x1 - share * label.at.width, placed, start=label.at.x0)
            pieces += more
            text += "".join(fold(piece.line.text) for piece in more)
    return Found(_closed(cut_at_label(text)), tuple(pieces), "same line" if label.style == "colon" else "glued")


def _with_line_under(inline: Found, at: Placed, placed: Sequence[Placed]) -> Iterator[Found]:
    """The value with the line under its label too: in a signature's block a name is broken short of any margin."""
    if len(inline.pieces) > 1:
        return
    under = [
        p for p in placed if 0 < p.middle - at.y1 <= PARAGRAPH_GAP * at.height and abs(p.x0 - at.x0) <= 0.8 * at.height
    ]
    first = min(under, key=lambda p: p.middle, default=None)
    if first is not None and not starts_with_label(first.line.text):
        yield Found(inline.text + fold(first.line.text), (*inline.pieces, first), inline.rule)


def _closed(text: str) -> str:
    """The text up to a bracket that closes what was opened before the label: (工程地址:…号,建筑面积:…)."""
    depth = 0
    for n, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return text[:n]
    return text


def _beside(p: Placed, at: Placed) -> bool:
    """On the label's row; the value of a label of two lines may stand a little off its middle, and so the reverse."""
    reach = max(0.75 * max(p.height, min(at.height, 2 * p.height)), 0.5 * at.height)
    return abs(p.middle - at.middle) <= reach


def _row_band(at: Placed, placed: Sequence[Placed]) -> tuple[float, float]:
    """From half way to the label above to half way to the label below."""
    column = [p for p in placed if min(p.x1, at.x1) - max(p.x0, at.x0) > 0 and not _inside(p, at)]
    above = max((p.middle for p in column if p.middle < at.y0), default=float("-inf"))
    under = min((p.middle for p in column if p.middle > at.y1), default=float("inf"))
    return (above + at.middle) / 2, (under + at.middle) / 2


def _inside(p: Placed, at: Placed) -> bool:
    return at.y0 <= p.middle <= at.y1


def _touching(first: Placed, column: list[Placed]) -> list[Placed]:
    """The run of lines around the first one without a gap, in order."""
    ordered = sorted(column, key=lambda p: p.middle)
    position = ordered.index(first)
    start = end = position
    while start > 0 and ordered[start].y0 - ordered[start - 1].y1 <= ROW_GAP * first.height:
        start -= 1
    while end + 1 < len(ordered) and ordered[end + 1].y0 - ordered[end].y1 <= ROW_GAP * first.height:
        end += 1
    run = ordered[start : end + 1]
    return run if len(run) <= MAX_CELL_LINES else [first]


def _rest_of_row(piece: Placed, placed: Sequence[Placed]) -> list[Placed]:
    """The piece and those that go on right after it on its row, up to a wide gap or a label."""
    row = [piece]
    following = sorted(
        (p for p in placed if p.x0 > piece.x0 and abs(p.middle - piece.middle) < 0.5 * piece.height), key=lambda p: p.x0
    )
    for p in following:
        gap = p.x0 - row[-1].x1
        if p is piece or gap < -0.5 * piece.height:
            continue
        if gap > SAME_CELL * piece.height or starts_with_label(p.line.text) or is_label_cell(p.line.text):
            break
        row.append(p)
    return row


def _continuation(last: Placed, value_x: float, placed: Sequence[Placed], start: float | None = None) -> list[Placed]:
    """The lines on which running text goes on: each full line is followed by one that is not a new paragraph."""
    right, left = max(p.x1 for p in placed), min(p.x0 for p in placed)
    start = last.x0 if start is None else start
    lines: list[Placed] = []
    while right - last.x1 <= NEAR_EDGE * last.height and len(lines) < MAX_CELL_LINES:
        under = [
            p
            for p in placed
            if last.middle < p.y0 + 0.3 * p.height
            and p.y0 - last.y1 <= PARAGRAPH_GAP * last.height
            and _goes_on(p, start, value_x, left)
        ]
        following = min(under, key=lambda p: (p.middle, p.x0), default=None)
        if following is None or starts_with_label(following.line.text):
            break
        lines.append(following)
        last = following
    return lines


def _goes_on(p: Placed, start: float, value_x: float, left: float) -> bool:
    """Set back to the margin, under the value, or hung below a numbered start; the same indent is a new paragraph."""
    height = p.height
    at_margin = abs(p.x0 - left) <= 0.8 * height
    if abs(p.x0 - start) <= 0.6 * height:
        return at_margin and abs(start - left) <= 0.8 * height
    return at_margin or abs(p.x0 - value_x) <= height or 0 < p.x0 - start <= INDENT * height
