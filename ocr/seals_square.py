"""Square and rectangular seals: red frames that stand alone with red letters in them, and red fields with bare letters.

A name seal (法人名章) is 15 to 25 mm square; a project department's or a drawing's seal is a frame of up to 90 mm.
"""

import math

import cv2
import numpy as np

from ocr.pixels import Image
from ocr.seals_outline import MM_PER_INCH, Outline

SMALLEST_SIDE_MM, LARGEST_SIDE_MM = 13.0, 92.0
"""Of the longer side: from the smallest name seal to that of an as-built drawing (竣工图章, 50 x 80 mm)."""

LOWEST_MM = 9.0
"""Of the shorter side; flatter is a line of text."""

MAX_SIDES = 3.2
"""Longer over shorter side."""

MIN_RECTANGULAR = 0.86
"""Area of the outline's hull over that of the smallest rectangle about it; a ring has 0.79."""

MIN_FRAME = 0.8
"""Part of each side along which there must be ink; worn corners and crossing strokes take a fifth. The letters of a
red heading fill a box, too, but not its edges."""

LEAST_FILLED, MOST_FILLED = 0.08, 0.985
"""Part of the inside that is ink: an empty frame is a tick box or a table cell, a full one a bar. A field with bare
letters comes near to full, because a JPEG smears its colour over them."""

EDGE = 3.5
"""Pixels inwards within which the ink of a side must lie: a frame of 0.6 mm and its blur, at 100 dpi."""

MOST_LEANING = 30.0
"""Degrees; people set an edge straighter."""


def find_squares(mask: Image, dpi: float) -> list[Outline]:
    """The rectangular seals in a mask of one ink (255 where it is), in its pixels."""
    pixels = dpi / MM_PER_INCH
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if hierarchy is not None else (), strict=True):
        if parent >= 0:  # the inside of a frame; what stands in the red frame of a page is an outline of its own
            continue
        _, _, width, height = cv2.boundingRect(contour)
        if max(width, height) < SMALLEST_SIDE_MM * pixels or max(width, height) > LARGEST_SIDE_MM * 1.1 * pixels:
            continue
        square = _rectangle(contour, pixels)
        seal = square and _framed(mask, square)
        if seal:
            found.append(seal)
    return found


def _rectangle(contour: cv2.typing.MatLike, pixels: float) -> Outline | None:
    """The rectangle about an outline that fills it and has the size and proportions of a seal."""
    (x, y), (width, height), lean = cv2.minAreaRect(contour)
    if lean > 45:  # noqa: PLR2004 - its own x axis is the one nearer to the page's
        width, height, lean = height, width, lean - 90
    long, short = max(width, height), min(width, height)
    if not (SMALLEST_SIDE_MM * pixels <= long <= LARGEST_SIDE_MM * pixels) or short < LOWEST_MM * pixels:
        return None
    if long / short > MAX_SIDES or abs(lean) > MOST_LEANING:
        return None
    if cv2.contourArea(cv2.convexHull(contour)) < MIN_RECTANGULAR * width * height:
        return None
    return Outline(x, y, width / 2, height / 2, 0.0, lean, square=True)


def _framed(mask: Image, square: Outline) -> Outline | None:
    """The rectangle with how much of its edge is inked, if that and what is inside are a seal's."""
    long = np.linspace(-0.97, 0.97, 80, dtype=np.float32)
    depth = np.linspace(0, 1, 5, dtype=np.float32)
    inked = []
    for side in range(4):
        reach = EDGE / (square.rx if side % 2 else square.ry)
        across = np.broadcast_to((1.01 - reach * depth)[None, :], (80, 5)) * (1 if side < 2 else -1)  # noqa: PLR2004
        along = np.broadcast_to(long[:, None], (80, 5))
        xs, ys = square.points(*((across, along) if side % 2 else (along, across)))
        columns = np.clip(np.round(xs), 0, mask.shape[1] - 1).astype(int)
        rows = np.clip(np.round(ys), 0, mask.shape[0] - 1).astype(int)
        inked.append(float((mask[rows, columns] > 0).any(axis=1).mean()))
    inside = float((mask[square.area(mask.shape[:2], 0.86)] > 0).mean())
    if min(inked) < MIN_FRAME or not LEAST_FILLED <= inside <= MOST_FILLED:
        return None
    return Outline(square.x, square.y, square.rx, square.ry, math.fsum(inked) / 4, square.lean, square=True)
