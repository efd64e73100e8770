"""Small drawn squares on a page by their pixels: where they stand and how much ink they hold.

A square is two upright strokes of one height, as far apart as they are high, joined above and below. Characters made
of a frame (日 田 国) have strokes along the axes inside it, where a tick is slanted.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image

LOOK_DPI = 200
"""Boxes are looked for at this resolution or the page's own if less: their outline is 1 to 2 pixels wide at 150."""

SMALLEST_MM, LARGEST_MM = 2.0, 5.5
"""Side of a check box: 0.8 of a character of 8 to 20 points."""

STROKE = 0.9
"""Part of the smallest side that must be inked without a break: noise breaks a thin outline, seldom so often."""

DARKER = 22
"""Grey levels below the paper around from which a pixel is ink; the paper's grain at 150 dpi reaches 20."""

AROUND_MM = 4.0
"""How far around a pixel the paper is looked at: beyond the box, or a dark tick makes its outline look pale."""

MOST_OBLONG = 1.22
"""Longer over shorter side. Boxes drawn are square to a pixel or two; 日 and 目 are taller by 1.3 and more."""

JOINED = 0.8
"""Part of the upper and lower side that must be inked."""

THICK_MM = 1.6
"""Widest an upright side may be: the stem of a tick that touches it is taken for a part of it."""

GAP = 3
"""Pixels by which ink is spread along a stroke before it is measured: two that are missing break none."""

INNER = 0.2
"""Part of the side that is left off at each edge when looking inside: the outline and its blur."""

INKED, BARE = 0.075, 0.03
"""Share of the inside that is ink from which a box is ticked, up to which it is surely empty. On the sample forms
139 ticks fill 0.29 to 0.46 of it, 148 empty boxes 0 to 0.07; a thin pen fills less than those ticks."""

ACROSS = 0.9
"""Part of the inside's width or height from which a straight stroke along an axis belongs to a character."""

FILLED = 0.62
"""Share of ink from which the square is a solid one, or the eye of a QR code."""

SIDED = 0.9
"""The same of each side in the ink itself, before gaps are bridged."""

MOST_PAIRS = 100_000
"""Pairs of strokes compared at once: a page of text has some 10,000, and each takes 100 bytes."""

_MM_PER_INCH = 25.4
_BRIDGE = np.ones((3, 3), np.uint8)


@dataclasses.dataclass(frozen=True, slots=True)
class Square:
    """An outline in pixels of the page: left, top, right, bottom, and the share of ink inside (0 to 1)."""

    x0: float
    y0: float
    x1: float
    y1: float
    ink: float

    @property
    def side(self) -> float:
        """Mean of width and height."""
        return (self.x1 - self.x0 + self.y1 - self.y0) / 2

    @property
    def middle(self) -> tuple[float, float]:
        """Where its diagonals cross."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def ticked(self) -> bool:
        """Whether there is something in it."""
        return self.ink >= INKED

    @property
    def sure(self) -> float:
        """How far the ink is from what would be in doubt, 0.5 to 1."""
        away = (INKED - self.ink) / (INKED - BARE) if not self.ticked else (self.ink - INKED) / INKED
        return round(0.5 + 0.5 * min(1.0, max(0.0, away)), 3)


def find_squares(image: Image, dpi: float) -> tuple[Square, ...]:
    """Squares of the size of a check box on an upright page, from left to right; `dpi` is its true resolution."""
    scale = min(1.0, LOOK_DPI / dpi)
    # In the red channel seals and red letterheads vanish; pens and print stay dark.
    red = cv2.extractChannel(image, 2)
    small: Any = cv2.resize(red, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else red
    millimetre = dpi * scale / _MM_PER_INCH
    around = 2 * round(AROUND_MM * millimetre) + 1
    ink = cast(
        "Image",
        cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, DARKER),
    )
    run = round(STROKE * SMALLEST_MM * millimetre)
    upright, level = _strokes(ink, (1, run)), _strokes(ink, (run, 1))
    found = [
        Square(x0 / scale, y0 / scale, (x1 + 1) / scale, (y1 + 1) / scale, inside)
        for x0, y0, x1, y1 in _framed(upright, level, millimetre)
        if (inside := _inside(ink, x0, y0, x1, y1)) is not None
    ]
    return _apart(found)


def _strokes(ink: Image, size: tuple[int, int]) -> Image:
    """What is inked along an axis without a break; a stroke may step aside by a pixel, as the page leans."""
    across = np.ones((GAP, 2) if size[0] == 1 else (2, GAP), np.uint8)
    kernel = np.ones(size[::-1], np.uint8)
    return cast("Image", cv2.morphologyEx(cv2.dilate(ink, across), cv2.MORPH_OPEN, kernel))


def _framed(upright: Image, level: Image, millimetre: float) -> list[tuple[int, int, int, int]]:
    """Pairs of upright strokes that make a square with what is level: x0, y0, x1, y1 in pixels, ends included."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(upright, connectivity=8)
    low, high = SMALLEST_MM * millimetre, LARGEST_MM * millimetre
    tall = stats[1:][
        (stats[1:, 3] >= 0.8 * low) & (stats[1:, 3] <= 1.25 * high) & (stats[1:, 2] <= THICK_MM * millimetre)
    ]
    tall = tall[np.argsort(tall[:, 0], kind="stable")]
    starts, tops, wides, highs = (tall[:, n].astype(np.int32) for n in range(4))
    ends = tops + highs
    rivals = np.searchsorted(starts, starts + high) - np.arange(1, len(tall) + 1)
    found = []
    for some in _blocks(rivals):
        left = np.repeat(np.arange(some.start, some.stop), rivals[some])
        right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(rivals[some]) - rivals[some], rivals[some])
        width = starts[right] + wides[right] - starts[left]
        # A tick may lengthen one side, so the shorter one tells.
        top, end = np.maximum(tops[right], tops[left]), np.minimum(ends[right], ends[left])
        slack, height = 0.15 * width + 2, end - top
        fits = (
            (width >= low)
            & (height > 1)
            & (np.abs(tops[right] - tops[left]) <= 2 * slack)
            & (np.abs(ends[right] - ends[left]) <= slack)
            & (width <= MOST_OBLONG * height + 1)
            & (height <= MOST_OBLONG * width + 1)
        )
        boxes = np.stack([starts[left], top, starts[left] + width - 1, end - 1], axis=1)[fits]
        found += [
            (x0, y0, x1, y1)
            for x0, y0, x1, y1 in boxes.tolist()
            if _joined(level, x0, x1, y0) and _joined(level, x0, x1, y1)
        ]
    return found


def _blocks(rivals: NDArray[np.integer[Any]]) -> Iterator[slice]:
    """Strokes side by side, in blocks of about `MOST_PAIRS` pairs: a hatched drawing must not fill the memory."""
    block = np.cumsum(rivals) // MOST_PAIRS
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(rivals)]
    return (slice(first, last) for first, last in itertools.pairwise(edges))


def _joined(level: Image, x0: int, x1: int, y: int) -> bool:
    reach = max(2, (x1 - x0) // 8)
    band = level[max(0, y - reach) : y + reach + 1, x0 : x1 + 1]
    return bool(band.size) and cv2.countNonZero(cv2.reduce(band, 0, cv2.REDUCE_MAX)) / band.shape[1] >= JOINED


def _inside(ink: Image, x0: int, y0: int, x1: int, y1: int) -> float | None:
    """Share of ink inside, or None where it is not that of a check box: strokes along the axes, or solid."""
    margin = _margin(x0, y0, x1, y1)
    inner = ink[y0 + margin : y1 - margin + 1, x0 + margin : x1 - margin + 1]
    if not inner.size:
        return None
    share = float(inner.mean())
    framed = share <= FILLED and not _has_axis(inner) and _sided(ink, x0, y0, x1, y1) and _closed(ink, x0, y0, x1, y1)
    return share if framed else None


def _sided(ink: Image, x0: int, y0: int, x1: int, y1: int) -> bool:
    """Whether each of the four sides is really inked from end to end, but for a gap."""
    reach = max(2, (x1 - x0) // 9)
    left, right = ink[y0 : y1 + 1, max(0, x0 - 1) : x0 + reach + 1], ink[y0 : y1 + 1, x1 - reach : x1 + 2]
    upper, lower = ink[max(0, y0 - reach) : y0 + reach + 1, x0 : x1 + 1], ink[y1 - reach : y1 + reach + 1, x0 : x1 + 1]
    shares = [left.any(axis=1).mean(), right.any(axis=1).mean(), upper.any(axis=0).mean(), lower.any(axis=0).mean()]
    return bool(min(shares) >= SIDED)


def _closed(ink: Image, x0: int, y0: int, x1: int, y1: int) -> bool:
    """Whether the outline keeps what is inside apart from what is outside, once gaps of a pixel or two are bridged."""
    rim, margin = 3, _margin(x0, y0, x1, y1)
    around = ink[max(0, y0 - rim) : y1 + rim + 1, max(0, x0 - rim) : x1 + rim + 1]
    bridged: Any = cv2.morphologyEx(
        cv2.copyMakeBorder(around, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(0,)), cv2.MORPH_CLOSE, _BRIDGE
    )
    cv2.floodFill(bridged, np.zeros((0, 0), np.uint8), (0, 0), (2,))
    left, top = x0 - max(0, x0 - rim) + rim + margin, y0 - max(0, y0 - rim) + rim + margin
    inner = bridged[top : top + y1 - y0 + 1 - 2 * margin, left : left + x1 - x0 + 1 - 2 * margin]
    return not bool((inner == 2).any())  # noqa: PLR2004 - what the flood reached


def _margin(x0: int, y0: int, x1: int, y1: int) -> int:
    return max(2, round(INNER * min(x1 - x0, y1 - y0)))


def _has_axis(inner: Image) -> bool:
    """Whether a straight stroke runs across it from side to side, or from top to bottom."""
    rows, columns = inner.mean(axis=1), inner.mean(axis=0)
    pair = np.maximum(inner[1:], inner[:-1]).mean(axis=1) if len(inner) > 1 else rows
    beside = np.maximum(inner[:, 1:], inner[:, :-1]).mean(axis=0) if inner.shape[1] > 1 else columns
    return _peaks(pair) or _peaks(beside)


def _peaks(shares: NDArray[np.floating[Any]]) -> bool:
    return bool(len(shares)) and float(shares.max()) >= ACROSS


def _apart(found: list[Square]) -> tuple[Square, ...]:
    """One of those that lie in the same place: the largest, which goes along the outer edge."""
    kept: list[Square] = []
    for square in sorted(found, key=lambda s: (-s.side, s.x0, s.y0)):
        x, y = square.middle
        if not any(abs(x - o.middle[0]) < o.side / 2 and abs(y - o.middle[1]) < o.side / 2 for o in kept):
            kept.append(square)
    return tuple(sorted(kept, key=lambda s: (s.x0, s.y0)))
