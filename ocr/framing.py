"""How a page came to lie in its picture, as far as a person must act on it: text cut off, two pages on one scan.

Remarks: `cut-edge`, `double-page`. What is cut off is lost. A spread is read as two pages, left one first, but stays
one picture: page numbers on the screen are those of the file.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import Line, bounds

AT_EDGE = 0.004
"""Part of the page's width within which a line ends at the very edge: 0.8 mm of A4, where no printer prints."""

CUT_LINES = 3
"""Lines that must end at the same edge; a single one is a scanner's streak or a note in the margin."""

SPREAD_RATIO = 1.2
"""Width over height from which a page may be two: two A4 pages side by side make 1.41, two narrow ones 1.3."""

SPREAD_LINES = 4
"""Lines each half must bear; a licence or a drawing in landscape has its text in one piece or across the middle."""

GUTTER_REGION = 0.06
"""Part of the width to either side of the middle in which the gutter lies."""

CROSSING = 0.01
"""Part of the width by which a line must reach beyond the gutter on both sides to be one that crosses it."""

SPREAD_MM = 380.0
"""Width from which a landscape page is larger than A4 laid across (297): two A4 pages are 420 wide."""

GUTTER_DIP = 0.9
"""Brightness of the paper in the gutter against that 4 % of the width beside it, from which it is a shadow."""

GUTTER_WIDE = 0.006
"""Part of the width the shadow fills at least: 2.5 mm of A3. The rule of a table is a fifth of that."""

GUTTER_BANDS, BANDS_SHADED = 8, 6
"""The page is looked at in so many bands from top to bottom, and so many of them must show the shadow."""

_LOOK_WIDTH = 600
_MM_PER_INCH = 25.4


def framing_remarks(upright: Image, lines: Sequence[Line], gutter: float) -> tuple[str, ...]:
    """What is wrong with how the page lies in its picture. `lines` are in pixels of the `upright` picture."""
    found = {"cut-edge": is_cut(lines, upright.shape[1]), "double-page": gutter > 0}
    return tuple(name for name, holds in found.items() if holds)


def find_gutter(upright: Image, lines: Sequence[Line], dpi: int | None) -> float:
    """Where two pages side by side meet, in pixels from the left; 0 where the picture holds one page."""
    height, width = upright.shape[:2]
    if not is_spread(lines, (width, height)) or not (is_large(width, dpi) or has_gutter(upright)):
        return 0.0
    spans = [bounds(line.box) for line in lines]
    middle, reach = width / 2, CROSSING * width
    ends = max((x1 for _, _, x1, _ in spans if x1 <= middle + reach), default=middle)
    begins = min((x0 for x0, _, _, _ in spans if x0 >= middle - reach), default=middle)
    return float(round(min(max(middle, ends), max(begins, ends)), 1))


def is_cut(lines: Sequence[Line], width: int) -> bool:
    """Whether several lines run into the left or the right edge of the picture."""
    reach = max(1.0, AT_EDGE * width)
    spans = [bounds(line.box) for line in lines]
    left = sum(x0 <= reach for x0, _, _, _ in spans)
    right = sum(x1 >= width - reach for _, _, x1, _ in spans)
    return max(left, right) >= CUT_LINES


def is_spread(lines: Sequence[Line], size: tuple[int, int]) -> bool:
    """Whether both halves of a landscape picture bear text and no line crosses the middle."""
    width, height = size
    if width < SPREAD_RATIO * height:
        return False
    middle, reach = width / 2, CROSSING * width
    spans = [bounds(line.box) for line in lines]
    if any(x0 < middle - reach and x1 > middle + reach for x0, _, x1, _ in spans):
        return False
    left = sum(x1 <= middle + reach for _, _, x1, _ in spans)
    return min(left, len(spans) - left) >= SPREAD_LINES


def is_large(width: int, dpi: int | None) -> bool:
    """Whether the picture is, by the resolution its file states, wider than one A4 page can be."""
    return dpi is not None and width / dpi * _MM_PER_INCH >= SPREAD_MM


def has_gutter(upright: Image) -> bool:
    """Whether a shadow runs down the middle, where the spine of an open book stood off the glass."""
    scale = _LOOK_WIDTH / upright.shape[1]
    small: Any = cv2.resize(cv2.extractChannel(upright, 1), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    bands = np.array_split(small, GUTTER_BANDS, axis=0)
    return sum(_is_shaded(np.percentile(band, 80, axis=0).astype(np.float32)) for band in bands) >= BANDS_SHADED


def _is_shaded(paper: NDArray[np.float32]) -> bool:
    """Whether the paper's brightness, column by column, has a dip near the middle that is wide enough."""
    width = len(paper)
    aside, wide = round(0.04 * width), max(2, round(GUTTER_WIDE * width))
    region = range(round((0.5 - GUTTER_REGION) * width), round((0.5 + GUTTER_REGION) * width))
    dark = [paper[x] < GUTTER_DIP * min(paper[x - aside], paper[x + aside]) for x in region]
    return any(all(dark[n : n + wide]) for n in range(len(dark) - wide + 1))
