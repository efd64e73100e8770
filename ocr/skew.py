"""By how much the print on a page leans, told from the pixels alone, before anything is read.

The ink is summed up in narrow strips; the strips are sheared against each other, and the angle at which the rows of
print fall apart most sharply from the gaps between them is the lean. Costs a few milliseconds.
"""

import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image

MOST = 22.0
"""Degrees searched to either side. A page that leans more was not laid on a scanner but thrown on it."""

COARSE, FINE = 1.5, 0.25
"""Degrees between tries: rows of print 10 pixels high and 500 wide blur into each other from about one degree off,
so a coarse try is never more than that from the best. Right within half a degree on 66 turned sample pages."""

STRIP = 16
"""Pixels summed up into one strip: at `MOST` a row climbs 6 of them within a strip, still less than its height."""

MARGIN = 0.03
"""Part of each side left out: the edges of paper and scanner are straight, but not what is printed."""

WINDOW, BELOW = 31, 14
"""Ink is what is darker than the mean of so many pixels around it by so many levels of grey."""

LEAST_INK = 0.002
"""Share of ink below which nothing can be said: two lines of text on A4."""

SHARP = 1.6
"""Sharpness of the rows at the best angle over the median of all angles. A page with four lines of text reaches 2,
pictures, grain and blank paper stay under 1.4."""

_Profile = NDArray[np.float32]


def estimate_skew(grey: Image) -> float | None:
    """Degrees by which the print leans, clockwise positive, or None where there is no telling.

    `grey` is the page at about 60 dpi, upright or lying: rows of print are looked for along both axes.
    """
    height, width = grey.shape[:2]
    y, x = round(height * MARGIN), round(width * MARGIN)
    inner = np.ascontiguousarray(grey[y : height - y, x : width - x])
    if min(inner.shape) < 2 * WINDOW:
        return None
    ink = cast(
        "Image", cv2.adaptiveThreshold(inner, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW, BELOW)
    )
    if float(ink.mean()) < LEAST_INK:
        return None
    across, down = _strips(np.ascontiguousarray(ink.T)), _strips(ink)
    coarse = np.arange(-MOST, MOST + COARSE / 2, COARSE)
    tried = [[_sharpness(strips, float(angle)) for angle in coarse] for strips in (across, down)]
    over = [max(scores) / max(1.0, float(np.median(scores))) for scores in tried]
    if max(over) < SHARP:
        return None
    axis = int(np.argmax(over))
    rough = float(coarse[int(np.argmax(tried[axis]))])
    fine = np.arange(rough - COARSE, rough + COARSE + FINE / 2, FINE)
    best = float(fine[int(np.argmax([_sharpness((across, down)[axis], float(angle)) for angle in fine]))])
    return best if axis == 0 else -best  # rows that stand upright lean the other way round


def _strips(lying: Image) -> _Profile:
    """The ink summed up over every `STRIP` rows of the picture laid on its side, so that the rows of print stand."""
    height, width = lying.shape[0] // STRIP * STRIP, lying.shape[1]
    summed: Any = lying[:height].reshape(-1, STRIP, width).sum(axis=1, dtype=np.uint16)
    return cast("_Profile", summed.astype(np.float32))


def _sharpness(strips: _Profile, angle: float) -> float:
    """How steeply the sum of the strips changes from row to row once they are sheared by the angle."""
    count, length = strips.shape
    climb = math.tan(math.radians(angle)) * STRIP
    matrix = np.array([[1, climb, -climb * (count - 1) / 2], [0, 1, 0]], np.float32)
    sheared = cv2.warpAffine(strips, matrix, (length, count), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    steps = np.diff(sheared.sum(axis=0))
    return float(np.dot(steps, steps))
