"""What two pictures of one page show differently besides their text: a seal, a signature, a drawing."""

import functools

import cv2
import numpy as np

from ingest.resemblance.differing import is_text
from ingest.resemblance.laying import Matrix, laid, lay
from ocr import Image, PageReading, Quad, bounds, quad

DPI = 75
"""Resolution in which pictures are compared: a pen stroke is then about a pixel wide."""
A4_INCHES = 11.7
"""Height that a page is taken to have: nothing here hangs on more than its rough size."""
INK = 22
"""Grey levels below the paper near by from which a point is ink; a fold's shadow is softer."""
NEAR_MM = 2.0
"""How far apart the same stroke may lie on two scans of a page."""
LEAST_MM2, LEAST_MM = 3.0, 6.0
"""Ink, and length of the place it lies in, from which it is told: one side of a small building on a site plan has as
much; a speck of dust is smaller. A crease is as long: a folded page is looked at by a person."""
MARGIN = 0.03
"""Part of the page along its edges where scans show the edge itself."""


def picture_differences(
    page_a: Image, page_b: Image, reading_a: PageReading, reading_b: PageReading
) -> tuple[tuple[Quad, ...], tuple[Quad, ...]]:
    """Boxes of ink that only one of two pictures of a page has, outside of text: on the first, and on the second.

    Pictures as they were read, height x width x 3; boxes are in pixels of the upright page.
    """
    matrix = lay(reading_a, reading_b)
    scale = scale_of(reading_a, DPI)
    a, b = laid_over((page_a, page_b), (reading_a, reading_b), matrix, scale)
    small: Matrix = np.diag((scale, scale, 1.0)).astype(np.float64)
    text = _text_places(reading_a, small, a.shape) | _text_places(reading_b, small @ matrix, a.shape)
    ink_a, ink_b = (_ink(page) & (1 - text) for page in (a, b))
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    only_a = _places(ink_a, ink_b, scale)
    only_b = [_moved(box, back) for box in _places(ink_b, ink_a, scale)]
    return tuple(only_a), tuple(only_b)


def scale_of(reading: PageReading, dpi: int) -> float:
    """Pixels at that resolution of one of the page."""
    return dpi * A4_INCHES / reading.height


def laid_over(
    pages: tuple[Image, Image], readings: tuple[PageReading, PageReading], matrix: Matrix, scale: float
) -> tuple[Image, Image]:
    """Both pages in grey, so much larger than read, the second laid on the first by `matrix`; both height x width."""
    size = (round(readings[0].width * scale), round(readings[0].height * scale))
    small: Matrix = np.diag((scale, scale, 1.0)).astype(np.float64)
    one, other = (
        np.asarray(cv2.warpPerspective(grey, lies, size, flags=cv2.INTER_AREA, borderValue=(255,)), np.uint8)
        for grey, lies in zip(map(_grey, pages, readings), (small, small @ matrix), strict=True)
    )
    return one, other


def _grey(page: Image, reading: PageReading) -> Image:
    """The upright page in grey, by the darkest of its colours: a red seal is ink too."""
    darkest = functools.reduce(cv2.min, cv2.split(page))  # numpy's minimum over the last axis takes ten times as long
    return np.ascontiguousarray(np.rot90(darkest, -reading.rotation // 90), np.uint8)


def _ink(grey: Image) -> Image:
    """Where there is ink, as 1, the page's edges left out."""
    paper = cv2.medianBlur(grey, 2 * (DPI // 10) + 1)
    ink = np.asarray(paper.astype(np.int16) - grey > INK, np.uint8)
    y, x = (round(side * MARGIN) for side in ink.shape)
    ink[:y], ink[-y:], ink[:, :x], ink[:, -x:] = 0, 0, 0, 0
    return ink


def _text_places(reading: PageReading, matrix: Matrix, shape: tuple[int, ...]) -> Image:
    """Where there is text, as 1: it is compared as text. What was hardly read may be a signature, and is looked at."""
    places = np.zeros(shape, np.uint8)
    for line in filter(is_text, reading.lines):
        corners = cv2.perspectiveTransform(np.asarray(line.box, np.float64)[None], matrix)[0]
        cv2.fillPoly(places, [np.round(corners).astype(np.int32)], (1,))
    return np.asarray(cv2.dilate(places, np.ones((5, 5), np.uint8)), np.uint8)


def _places(ink: Image, other: Image, scale: float) -> list[Quad]:
    """Boxes of ink that the other picture has not near by, in pixels of the page."""
    per_mm = DPI / 25.4
    reach = 2 * round(NEAR_MM * per_mm) + 1
    lone = ink & ~np.asarray(cv2.dilate(other, np.ones((reach, reach), np.uint8)), np.uint8) & 1
    joined = cv2.dilate(lone, np.ones((7, 7), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    inked = np.bincount(labels[lone > 0].ravel(), minlength=count)
    found = []
    for at in range(1, count):
        x, y, w, h = (float(side) / scale for side in stats[at][:4])
        if inked[at] / per_mm**2 >= LEAST_MM2 and max(w, h) * scale / per_mm >= LEAST_MM:
            found.append(quad(x, y, x + w, y + h))
    return found


def _moved(box: Quad, matrix: Matrix) -> Quad:
    x0, y0, x1, y1 = bounds(laid(box, matrix))
    return quad(x0, y0, x1, y1)
