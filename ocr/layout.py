"""Where lines stand: the lean of the page, rows, and reading order. Works on any lines, recognised or from a file."""

import dataclasses
import math
import statistics
from collections.abc import Iterable, Sequence

from ocr.results import Line, PageReading, Point, Quad, bounds

SAME_ROW = 0.5
"""Two lines stand in one row when they share this part of the lower one's height."""

LONG_LINE = 4.0
"""Width over height from which a line's own lean can be trusted."""

MAX_LEAN = 15.0
"""Degrees; a line that leans more is a stamp or a watermark, not the page's lean."""


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A line with its rectangle once the page's lean is taken out (pixels, same origin)."""

    line: Line
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        """Height of the text."""
        return self.y1 - self.y0

    @property
    def width(self) -> float:
        """Width of the text."""
        return self.x1 - self.x0

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.y0 + self.y1) / 2


def lean(lines: Sequence[Line], most: float = MAX_LEAN) -> float:
    """By how many degrees the text leans, clockwise positive: the median of the long lines, weighted by width.

    Lines that lean by more than `most` do not count.
    """
    angles: list[tuple[float, float]] = []
    for line in lines:
        (ax, ay), (bx, by), _, (dx, dy) = line.box
        width, height = math.hypot(bx - ax, by - ay), math.hypot(dx - ax, dy - ay)
        angle = math.degrees(math.atan2(by - ay, bx - ax))
        if height and width / height >= LONG_LINE and abs(angle) <= most:
            angles.append((angle, width))
    return _weighted_median(angles) if angles else 0.0


def moved(matrix: tuple[float, ...], point: Point) -> Point:
    """The point under the projective map, 3 x 3, row by row."""
    a, b, c, d, e, f, g, h, i = matrix
    x, y = point
    over = g * x + h * y + i
    return (a * x + b * y + c) / over, (d * x + e * y + f) / over


def place(lines: Iterable[Line], flat: tuple[float, ...] = ()) -> tuple[Placed, ...]:
    """The lines with the page's lean taken out, in the order given.

    `flat` is `PageReading.flat`: in a photograph rows run together and columns lean, until it is applied.
    """
    kept = tuple(lines)
    flattened = tuple(dataclasses.replace(line, box=_moved_box(flat, line.box)) for line in kept) if flat else kept
    angle = math.radians(-lean(flattened))
    cos, sin = math.cos(angle), math.sin(angle)

    def turn(point: Point) -> Point:
        return point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos

    placed = []
    for line, laid in zip(kept, flattened, strict=True):
        a, b, c, d = (turn(point) for point in laid.box)
        straight: Quad = (a, b, c, d)
        placed.append(Placed(line, *bounds(straight)))
    return tuple(placed)


def laid(page: PageReading) -> tuple[Placed, ...]:
    """The page's lines with its lean taken out; of two pages side by side, the right one is laid below the left one.

    So no row, label or column reaches from one page of a spread into the other.
    """
    if not page.gutter:
        return place(page.lines, page.flat)
    left, right = halves(page.lines, page.gutter)
    below = (
        dataclasses.replace(
            p, x0=p.x0 - page.gutter, x1=p.x1 - page.gutter, y0=p.y0 + page.height, y1=p.y1 + page.height
        )
        for p in place(right, page.flat)
    )
    return (*place(left, page.flat), *below)


def halves(lines: Iterable[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    """The lines left and right of the gutter."""
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        x0, _, x1, _ = bounds(line.box)
        (left if (x0 + x1) / 2 < gutter else right).append(line)
    return left, right


def rows(placed: Iterable[Placed]) -> tuple[tuple[Placed, ...], ...]:
    """Lines grouped into rows, top to bottom, each from left to right."""
    grouped: list[list[Placed]] = []
    for item in sorted(placed, key=lambda p: (p.middle, p.x0)):
        if grouped and _same_row(grouped[-1], item):
            grouped[-1].append(item)
        else:
            grouped.append([item])
    return tuple(tuple(sorted(row, key=lambda p: (p.x0, p.y0))) for row in grouped)


def reading_order(lines: Iterable[Line], gutter: float = 0.0) -> tuple[Line, ...]:
    """The lines row by row, top to bottom and left to right; those of a spread's left page first."""
    if gutter:
        left, right = halves(lines, gutter)
        return (*reading_order(left), *reading_order(right))
    return tuple(item.line for row in rows(place(lines)) for item in row)


def _moved_box(matrix: tuple[float, ...], box: Quad) -> Quad:
    a, b, c, d = (moved(matrix, point) for point in box)
    return a, b, c, d


def _same_row(row: list[Placed], item: Placed) -> bool:
    """Judged against the row's own median line, so that a row never creeps down a column of staggered cells."""
    top = statistics.median(p.y0 for p in row)
    bottom = statistics.median(p.y1 for p in row)
    shared = min(bottom, item.y1) - max(top, item.y0)
    return shared >= SAME_ROW * max(1.0, min(bottom - top, item.height))


def _weighted_median(pairs: list[tuple[float, float]]) -> float:
    half = sum(weight for _, weight in pairs) / 2
    seen = 0.0
    for value, weight in sorted(pairs):
        seen += weight
        if seen >= half:
            return value
    return 0.0
