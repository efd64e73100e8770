"""What was read differently, looked at again: whether two pictures show the same writing at one place.

Readers take 汀 for 江 on one scan and not on the next, and words beside a seal for anything. The pictures tell: writing
that is the same lies on itself as well as what both scans were read alike. So the measure is taken from the two pages
themselves, and where they tell too little (a fax, a photograph in the dark) nothing is settled and a person looks.
"""

import dataclasses
import functools
import math
import statistics
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.resemblance.laying import Matrix, Piece, laid, lay, pieces
from ingest.resemblance.letters import folded
from ingest.resemblance.pictures import laid_over, scale_of
from ocr import Image, PageReading, Quad, bounds

DPI = 130
"""Resolution in which writing is compared: that of the poorest scans; a character of a form is then 16 pixels high."""
BLUR = 0.7
"""Softening in pixels, so that the grain of one scanner does not count."""
MEASURED = 20
"""Places that were read alike that are measured, spread over the page; the least alike of them is the measure."""
LEAST_MEASURED = 4
"""Fewer of them say nothing about the two scans."""
LEAST_KNOWN = 3
"""Characters of a line that is measured: a single digit lies on any other."""
LEAST_ALIKE = 0.92
"""Correlation (-1 to 1) of the least alike place from which two scans are good enough to tell one character from
another. Chosen on the first half of `yidang bench duplicates` (docs/measurements.md): at 0.89 车 passed for 东."""
SURELY_ALIKE = 0.96
"""Correlation from which a place is the same on however good scans: of the names with another character none came
above 0.89 on that half."""
NEAR, LOOSE = 8, 4
"""Pixels (1.5 and 0.8 mm) by which a line may lie off from where the page is laid, and each character off its line."""
AROUND = 0.15
"""Part of a line's height that is looked at around its box."""
LEAST_WINDOW = 10
"""Pixels of the smallest square that is compared; less is no character at this resolution."""
FLAT = 4.0
"""Grey levels of spread below which a place is bare paper."""
LEAST_FAINT, MOST_FAINT = 8.0, 0.3
"""A square is bare below this spread in grey levels, or below this part of its place's spread: a gap in a line."""

Window = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Overlay:
    """Two pictures of a page in grey at `DPI`, the second laid on the first; places are given in pixels of either page.

    `one` and `other` are height x width, `scale` times as large as read; `matrix` lays the second page on the first.
    """

    one: Window
    other: Window
    first: PageReading
    second: PageReading
    matrix: Matrix
    scale: float

    @functools.cached_property
    def character(self) -> float:
        """Size of a usual character in pixels of `one`: the height of the middle line."""
        highs = [y1 - y0 for _, y0, _, y1 in (bounds(line.box) for line in self.first.lines)]
        return self.scale * statistics.median(highs or [0.0])

    @functools.cached_property
    def measure(self) -> float:
        """How alike the least alike of the places is that both pages were read the same at; -1 where too few were."""
        known = [self._alike(piece.one[0].box, piece.other[0].box) for piece in self._known()]
        return min(known) if len(known) >= LEAST_MEASURED else -1.0

    def shows_the_same(self, one: Quad | None, other: Quad | None, *, surely: bool = False) -> bool:
        """Whether the place of a box on the one page, on the other or on both looks alike, character by character.

        `surely`: better than what was read the same must. 大 and 太 differ by a dot.
        """
        least = SURELY_ALIKE if surely else min(self.measure, SURELY_ALIKE)
        return self.measure >= LEAST_ALIKE and self._alike(one, other) >= least

    def _known(self) -> list[Piece]:
        """Lines that both have and that were read the same, spread over the page."""
        single = (
            piece
            for piece in pieces(self.first.lines, self.second.lines, self.matrix)
            if len(piece.one) == len(piece.other) == 1
        )
        known = [piece for piece in single if _said_alike(piece)]
        return known[:: max(1, math.ceil(len(known) / MEASURED))]

    def _alike(self, one: Quad | None, other: Quad | None) -> float:
        """Correlation of the least alike window of a place, -1 to 1; -1 where there is nothing to see."""
        boxes = [bounds(box) for box in (one, other and laid(other, self.matrix)) if box]
        scale, edge = self.scale, AROUND * self.character
        least = scale * min(min(y1 - y0, x1 - x0) for x0, y0, x1, y1 in boxes)
        x0, y0, x1, y1 = zip(*boxes, strict=True)
        place = (min(x0) * scale - edge, min(y0) * scale - edge, max(x1) * scale + edge, max(y1) * scale + edge)
        pair = _cut(self.one, self.other, place)
        side = max(round(min(least, self.character)), LEAST_WINDOW)
        return min(_windows(*pair, side), default=-1.0) if pair else -1.0


def overlay(page_a: Image, page_b: Image, reading_a: PageReading, reading_b: PageReading) -> Overlay:
    """Lay two pictures of a page on each other, as they were read: height x width x 3."""
    matrix = lay(reading_a, reading_b)
    scale = scale_of(reading_a, DPI)
    laid_down = laid_over((page_a, page_b), (reading_a, reading_b), matrix, scale)
    one, other = (cv2.GaussianBlur(page, (0, 0), BLUR).astype(np.float32) for page in laid_down)
    return Overlay(one, other, reading_a, reading_b, matrix, scale)


def _said_alike(piece: Piece) -> bool:
    text = folded(piece.one[0].text)
    return len(text) >= LEAST_KNOWN and text == folded(piece.other[0].text)


def _cut(one: Window, other: Window, place: tuple[float, ...]) -> tuple[Window, Window] | None:
    """The place on the one page, and where it lies best on the other, with `LOOSE` pixels around; None at the edge."""
    reach = NEAR + LOOSE
    x0, y0, x1, y1 = (round(side) for side in place)
    high, wide = one.shape
    x0, y0, x1, y1 = max(x0, reach), max(y0, reach), min(x1, wide - reach), min(y1, high - reach)
    if min(x1 - x0, y1 - y0) < LEAST_WINDOW:
        return None
    here = one[y0:y1, x0:x1]
    near = other[y0 - reach : y1 + reach, x0 - reach : x1 + reach]
    if min(_spread(here), _spread(near)) < FLAT:
        return None
    inner = near[LOOSE : near.shape[0] - LOOSE, LOOSE : near.shape[1] - LOOSE]
    _, _, _, (right, down) = cv2.minMaxLoc(cv2.matchTemplate(inner, here, cv2.TM_CCOEFF_NORMED))
    there = near[down : down + here.shape[0] + 2 * LOOSE, right : right + here.shape[1] + 2 * LOOSE]
    return here, there


def _windows(here: Window, there: Window, side: int) -> Iterator[float]:
    """How alike each square of a character's size is; squares that are bare on both are passed over."""
    faint = max(LEAST_FAINT, MOST_FAINT * _spread(here))
    high, wide = here.shape
    for y in _steps(high, side):
        for x in _steps(wide, side):
            a = here[y : y + side, x : x + side]
            b = there[y : y + side + 2 * LOOSE, x : x + side + 2 * LOOSE]
            spreads = _spread(a), _spread(b[LOOSE:-LOOSE, LOOSE:-LOOSE])
            if max(spreads) >= faint:
                bare = min(spreads) < FLAT
                yield 0.0 if bare else float(cv2.matchTemplate(b, a, cv2.TM_CCOEFF_NORMED).max())


def _spread(window: Window) -> float:
    """Standard deviation in grey levels."""
    return float(cv2.meanStdDev(window)[1][0, 0])


def _steps(length: int, side: int) -> list[int]:
    """Where windows begin: a third of a window apart, the last at the end."""
    last = max(0, length - side)
    return sorted({*range(0, max(1, last), max(1, side // 3)), last})
