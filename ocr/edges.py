"""Where the sheet of paper lies in a picture that shows more than it: dark scanner borders, a desk under a photograph.

Found by its outline, and only where everything speaks for it: four straight edges, paper lighter than its surroundings,
nothing printed outside. Where one of these fails the picture is left alone.
"""

import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image

LIGHTER, TIMES_LIGHTER = 45.0, 1.35
"""By how much (levels of grey, and factor) paper must outshine what lies around it. A shadow over the page falls off
gently and is caught by the straight edges; the grey lid of a scanner (236 against 245) is left alone."""

LEAST_SHEET = 0.35
"""Part of the picture a sheet must fill: less is a card on a page or a label in a photograph."""

LEAST_AROUND = 0.02
"""Part of the picture that must lie outside the sheet: cutting off less changes nothing."""

DARK_AROUND = 0.85
"""Part of what lies outside the sheet that must be dark."""

LIGHT_WITHIN = 0.8
"""Part of the sheet that must be light: a photograph or a plan on it is dark, but not most of it."""

PRINT_AROUND = 0.004
"""Share of light marks in the dark part from which it is a printed cover, not surroundings. The grain of wood and cloth
stays under 0.002."""

MARK = 40
"""Levels of grey by which such a mark is lighter than what is around it."""

FILLED = 0.96
"""Area of the outline over that of its hull, and of the four-sided figure over the hull (and the other way round)."""

LEAST_ANGLE, MOST_ANGLE = 62.0, 118.0
"""Degrees of each corner. A page photographed from 30 degrees aside has corners of 70 to 110."""

MOST_TAPER = 1.6
"""Longer of two opposite edges over the shorter one."""

MOST_TILT = 30.0
"""Degrees by which the sheet may be turned; beyond this its top edge is no longer told from its side."""

_CORNERS = 4
_Points = NDArray[np.float32]


def find_sheet(grey: Image) -> _Points | None:
    """The corners of the sheet, clockwise from the top left, 4 x 2, in pixels of `grey` (about 720 on its long side).

    None where the picture is all paper, and wherever it is not sure.
    """
    without_print = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_REPLICATE)
    level, mask = cv2.threshold(without_print, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light = mask > 0
    share = float(light.mean())
    if not LEAST_SHEET * LIGHT_WITHIN <= share <= 1 - LEAST_AROUND * DARK_AROUND:
        return None
    paper, around = float(np.median(without_print[light])), float(np.median(without_print[~light]))
    if paper - around < LIGHTER or paper < TIMES_LIGHTER * around:
        return None
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    corners = _four_sided(outline)
    if corners is None or not _plausible(corners):
        return None
    return corners if _surrounded(grey, corners, level) else None


def _four_sided(outline: Any) -> _Points | None:
    """The outline's four corners, each where the straight lines through its two edges meet."""
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if area <= 0 or cv2.contourArea(outline) < FILLED * area:
        return None
    rough = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float32)
    if len(rough) != _CORNERS:
        return None
    rough = _from_top_left(rough)
    points = outline.reshape(-1, 2).astype(np.float32)
    edges = [_edge(points, rough[n], rough[(n + 1) % _CORNERS]) for n in range(_CORNERS)]
    if any(edge is None for edge in edges):
        return None
    corners = np.array([_meet(edges[n - 1], edges[n]) for n in range(_CORNERS)], np.float32)
    corners += 0.5  # a pixel's number is its middle
    ratio = cv2.contourArea(corners) / max(1.0, area)
    return corners if FILLED <= ratio <= 1 / FILLED else None


def _from_top_left(points: _Points) -> _Points:
    """Clockwise as seen, starting at the corner nearest to the top left."""
    middle = points.mean(axis=0)
    order = np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))
    ordered = points[order]
    return cast("_Points", np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0))


def _edge(points: _Points, start: _Points, end: _Points) -> _Points | None:
    """A straight line (direction and a point of it) through the outline between two corners, but not near them."""
    along = end - start
    length = float(np.linalg.norm(along))
    if length == 0:
        return None
    along = along / length
    way = (points - start) @ along
    off = np.abs((points - start) @ np.array([-along[1], along[0]], np.float32))
    near = points[(way > 0.08 * length) & (way < 0.92 * length) & (off < 0.02 * length + 2)]
    if len(near) < length / 2:
        return None
    return cast("_Points", cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())


def _meet(first: Any, second: Any) -> tuple[float, float]:
    """Where two lines meet; far off where they run alongside each other, which no later check lets pass."""
    ax, ay, px, py = map(float, first)
    bx, by, qx, qy = map(float, second)
    cross = ax * by - ay * bx
    if abs(cross) < 1e-3:  # noqa: PLR2004 - all but parallel
        return 1e6, 1e6
    way = ((qx - px) * by - (qy - py) * bx) / cross
    return px + way * ax, py + way * ay


def _plausible(corners: _Points) -> bool:
    """Whether a sheet of paper can look like this: corners near right angles, little taper, little tilt."""
    sides = [math.dist(corners[n], corners[(n + 1) % _CORNERS]) for n in range(_CORNERS)]
    if min(sides) < 1 or max(sides[0] / sides[2], sides[2] / sides[0]) > MOST_TAPER:
        return False
    if max(sides[1] / sides[3], sides[3] / sides[1]) > MOST_TAPER:
        return False
    for n in range(_CORNERS):
        one, other = corners[n - 1] - corners[n], corners[(n + 1) % _CORNERS] - corners[n]
        cosine = float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other))
        if not LEAST_ANGLE <= math.degrees(math.acos(max(-1.0, min(1.0, cosine)))) <= MOST_ANGLE:
            return False
    top = corners[1] - corners[0]
    return abs(math.degrees(math.atan2(float(top[1]), float(top[0])))) <= MOST_TILT


def _surrounded(grey: Image, corners: _Points, level: float) -> bool:
    """Whether the sheet is large and light, what lies around it is dark, and nothing is printed there."""
    sheet = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(sheet, np.round(corners).astype(np.int32), (255,))
    within = sheet > 0
    beyond = cv2.dilate(sheet, np.ones((9, 9), np.uint8)) == 0
    around = 1 - float(within.mean())
    if around < LEAST_AROUND or 1 - around < LEAST_SHEET or not beyond.any():
        return False
    light = cv2.medianBlur(grey, 5)
    if float((light[~within] <= level).mean()) < DARK_AROUND or float((light[within] > level).mean()) < LIGHT_WITHIN:
        return False
    marks = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((9, 9), np.uint8)) > MARK
    return float(marks[beyond].mean()) < PRINT_AROUND
