"""A closer look at the right and the bottom edge of a large sheet, where its title block is.

The detector sees a page at 960 pixels: the print of a title block is then 6 pixels high on A3, 3 on A1. So the edges
are cut out and read in tiles, each of which the detector sees at nearly its own size.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from ocr.engine import Engine
from ocr.layout import reading_order
from ocr.orientation import ANGLES, POOR, lying, mean_score, opposite, reading_worth
from ocr.pixels import Image, turn
from ocr.results import Line, Rotation, bounds

LARGE_MM = 380.0
"""Longer side from which a page is a large sheet: A3 has 420 mm, A4 297."""

DEEP_MM, SHARE = 90.0, 0.28
"""How deep an edge is looked at: the widest strip of GB/T 50001-2017, 3.2.1 is 70 mm; of a print made smaller, the same
share of the page."""

TILE_INCHES = 6.5
"""Longer side of a tile: 1300 pixels at 200 dpi, which the detector sees at three quarters of their size."""

OVERLAP_INCHES = 0.9
"""By how much tiles overlap, so that a line cut by one is whole in the next."""

MOSTLY = 0.75
"""Of `lying`: 1 where all characters stand in lines that lie, 0.5 where none do."""

_MM_PER_INCH = 25.4
_Box = tuple[int, int, int, int]


def look_closer(
    image: Image, rotation: Rotation, lines: tuple[Line, ...], dpi: int | None, engine: Engine
) -> tuple[Rotation, tuple[Line, ...]]:
    """How far to turn a large sheet to stand upright, and its lines, those at its edges read anew.

    `rotation` and `lines` are what the whole page gave, and what any other page keeps. Of a plan that is little: which
    way up it is, the print of its edges has to say.
    """
    height, width = image.shape[:2]
    if not dpi or max(height, width) / dpi * _MM_PER_INCH < LARGE_MM:
        return rotation, lines
    way = rotation
    near = _edges(turn(image, way), dpi, engine)
    if lying(near) < MOSTLY:  # lines that stand run downwards: `ocr.pixels.cut` lays them so
        way = ANGLES[(ANGLES.index(way) + 3) % 4]
        near = _edges(turn(image, way), dpi, engine)
    if 0 < mean_score(near) < POOR:
        over = opposite(way)
        other = _edges(turn(image, over), dpi, engine)
        if reading_worth(other) > reading_worth(near):
            way, near = over, other
    if way != rotation:
        lines = engine.read_lines(turn(image, way))
    far = [line for line in lines if not any(_covers(bounds(line.box), bounds(new.box)) for new in near)]
    return way, reading_order([*far, *near])


def _edges(image: Image, dpi: int, engine: Engine) -> tuple[Line, ...]:
    """The lines at both edges of an upright sheet."""
    near: list[Line] = []
    height, width = image.shape[:2]
    for tile in tiles(width, height, dpi):
        for line in _read(image, tile, engine):
            _take(near, line)
    return tuple(near)


def tiles(width: int, height: int, dpi: int) -> list[_Box]:
    """The tiles that cover both edges of a page of that size: left, top, right, bottom."""
    side, over = round(TILE_INCHES * dpi), round(OVERLAP_INCHES * dpi)
    across, down = (min(round(SHARE * of), round(DEEP_MM / _MM_PER_INCH * dpi)) for of in (width, height))
    left, top = width - across, height - down
    right_edge = [(left, y0, width, y1) for y0, y1 in _steps(0, height, side, over)]
    bottom_edge = [(x0, top, x1, height) for x0, x1 in _steps(0, min(width, left + over), side, over)]
    return [*right_edge, *bottom_edge]


def _steps(start: int, end: int, side: int, over: int) -> list[tuple[int, int]]:
    """Spans of the same length that cover a stretch and overlap."""
    if end - start <= side:
        return [(start, end)]
    count = -(-(end - start - over) // (side - over))
    step = (end - start - side) / (count - 1)
    return [(start + round(n * step), start + round(n * step) + side) for n in range(count)]


def _read(image: Image, tile: _Box, engine: Engine) -> Iterable[Line]:
    """The lines of a tile in pixels of the page, but those that its border cuts off."""
    x0, y0, x1, y1 = tile
    height, width = image.shape[:2]
    for line in engine.read_lines(image[y0:y1, x0:x1]):
        left, top, right, bottom = bounds(line.box)
        cut = (
            (x0 > 0 and left <= 2)  # noqa: PLR2004 - a pixel or two of the detector's own making
            or (y0 > 0 and top <= 2)  # noqa: PLR2004
            or (x1 < width and right >= x1 - x0 - 2)
            or (y1 < height and bottom >= y1 - y0 - 2)
        )
        if not cut:
            a, b, c, d = ((x + x0, y + y0) for x, y in line.box)
            yield dataclasses.replace(line, box=(a, b, c, d))


def _take(kept: list[Line], line: Line) -> None:
    """Add a line unless a longer or surer reading of the same place is there already."""
    box = bounds(line.box)
    rivals = [other for other in kept if _covers(box, bounds(other.box)) or _covers(bounds(other.box), box)]
    if all(_worth(line) > _worth(other) for other in rivals):
        for other in rivals:
            kept.remove(other)
        kept.append(line)


def _worth(line: Line) -> tuple[int, float]:
    return len(line.text), line.score


def _covers(box: Sequence[float], by: Sequence[float]) -> bool:
    """Whether more than half of a box lies in another."""
    wide, high = min(box[2], by[2]) - max(box[0], by[0]), min(box[3], by[3]) - max(box[1], by[1])
    return max(0.0, wide) * max(0.0, high) > 0.5 * max(1.0, (box[2] - box[0]) * (box[3] - box[1]))
