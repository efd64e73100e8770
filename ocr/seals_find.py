"""Finding seals on a page: rings by their outline, rings that touch or cross others by votes, then squares.

In colour a seal is ink of one hue in the shape of a ring or a frame. Without colour only whole rings of the right size
are taken, and what they say decides later whether they are told at all (`ocr.seals`).
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import SealColour
from ocr.seals_ink import colour_masks, dark_mask, least_ink
from ocr.seals_outline import MM_PER_INCH, OVAL_RATIO, Outline, from_top, page_dpi
from ocr.seals_square import find_squares

SEARCH_DPI = 100
"""Seals are searched for at this resolution: a ring line of 1 mm is still 4 pixels wide."""

SMALLEST_MM, LARGEST_MM = 22.0, 65.0
"""Across. Seals of companies measure 40 to 42 mm, special seals less, those of authorities up to 58 mm; pages are
scanned at up to 10 % off."""

MIN_ROUNDNESS = 0.85
"""Hull area over that of the ellipse around it, and hull circularity once the ellipse is made a circle."""

MIN_RING = 0.55
"""Part of the ring's angles at which red ink is seen; a seal cut by text or a fold loses up to a third."""

MIN_OVAL_RING = 0.8
"""The same for an oval: red print such as a ticket number also fills a flat box, but leaves its corners empty."""

MIN_VOTED_RING = 0.7
"""The same for a ring that has no outline of its own."""

MIN_GREY_RING = 0.72
"""The same without colour, where print crosses every circle one can think of."""

MIN_GREY_CONTRAST = 0.45
"""By how much a ring without colour is inked more than circles just within and without it: text is inked alike."""

SMALLEST_GREY_MM = 30.0
"""Across; without colour anything smaller may be a logo, a clock or a valve in a drawing."""

MAX_FILLED = 0.7
"""Part of the area that may be ink; a solid disc is an emblem."""

MAX_OVAL_RATIO = 2.0
"""Flatter than this is a red line of text, not a seal."""

MAX_SEALS = 12
"""On one page; more red rings than this is a pattern of the paper."""

MOST_COVERED = 0.6
"""Centres nearer than this part of the larger radius are one seal found twice. Two seals overlapping by 40 % of their
width lie twice as far apart."""

VOTE_DPI = 75
"""Resolution at which circles are voted for; a ring line is then 3 pixels wide."""

VOTE_SUPPORT = 0.72
"""Part of a circle's edge that must vote for it (`param2` of OpenCV's HOUGH_GRADIENT_ALT)."""

_ANGLES = 180


def find_seals(image: Image, dpi: int | None) -> tuple[Outline, ...]:
    """Everything on an upright or turned page that has the shape of a seal, from top to bottom.

    `dpi` is the resolution the file states, or None.
    """
    scale = SEARCH_DPI / page_dpi(image, dpi)
    small = cast("Image", cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    found: list[Outline] = []
    colours: tuple[SealColour, ...] = ("red", "other")
    for colour in colours:
        masks = colour_masks(small, colour, SEARCH_DPI)
        _add(found, _squares(masks, found, colour))
        rings = [ring for mask in masks for ring in _rings_in(mask)]
        _add(found, [dataclasses.replace(ring, colour=colour) for ring in rings])
        voted = [ring for mask in masks[:1] + masks[-1:] for ring in _voted(mask, found)]
        _add(found, [dataclasses.replace(ring, colour=colour) for ring in voted])
        _add(found, _squares(masks, found, colour))
    dark = dark_mask(small, SEARCH_DPI)
    _add(found, [dataclasses.replace(ring, colour="grey") for ring in _grey_rings(dark)])
    found.sort(key=lambda ring: -ring.inked)
    return from_top(ring.times(1 / scale) for ring in found[:MAX_SEALS])


def _squares(masks: Sequence[Image], found: Sequence[Outline], colour: SealColour) -> list[Outline]:
    """Rectangular seals in what the seals found so far leave of the masks."""
    squares = [square for mask in masks for square in find_squares(_without(mask, found), SEARCH_DPI)]
    return [dataclasses.replace(square, colour=colour) for square in squares]


def _add(found: list[Outline], more: list[Outline]) -> None:
    """The new ones that are not there yet, the surest first."""
    for ring in sorted(more, key=lambda r: -r.inked):
        if not any(_same_place(ring, other) for other in found):
            found.append(ring)


def _same_place(a: Outline, b: Outline) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < max(a.rx, a.ry, b.rx, b.ry) * MOST_COVERED


def _without(mask: Image, found: Sequence[Outline]) -> Image:
    """The mask with the rings found wiped out, so that what touches them stands alone."""
    left = mask.copy()
    for ring in found:
        left[ring.area(mask.shape[:2], 1.03)] = 0
    return left


def _rings_in(mask: Image) -> list[Outline]:
    """Closed outlines of the right size and shape that have ink along their ring."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    contours, hierarchy = cv2.findContours(_closed(mask, kernel), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = []
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if hierarchy is not None else (), strict=True):
        if parent >= 0:  # the inside of a ring; what stands inside a red frame is again an outline of its own
            continue
        x, y, width, height = cv2.boundingRect(contour)
        across = [side / SEARCH_DPI * MM_PER_INCH for side in (width, height)]
        if max(across) > LARGEST_MM or max(across) < SMALLEST_MM or max(across) / min(across) > MAX_OVAL_RATIO:
            continue
        ring = _outlined(contour, mask, Outline(x + width / 2, y + height / 2, width / 2, height / 2, 0.0))
        if ring is not None and ring.inked >= (MIN_OVAL_RING if ring.shape == "oval" else MIN_RING):
            rings.append(ring)
    return rings


def _closed(mask: Image, kernel: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """The mask with gaps closed, looked at only where there is ink: that is mostly a small part of the page."""
    x, y, width, height = cv2.boundingRect(mask)
    rim = 4 * kernel.shape[0]
    part = slice(max(0, y - rim), y + height + rim), slice(max(0, x - rim), x + width + rim)
    closed = np.zeros_like(mask)
    closed[part] = cv2.morphologyEx(mask[part], cv2.MORPH_CLOSE, kernel, iterations=2)
    return closed


def _outlined(contour: Any, mask: Image, box: Outline) -> Outline | None:
    """The ellipse that the contour's hull really fills, fitted to the ring's outer edge, with the ink on its ring."""
    hull = cv2.convexHull(contour).reshape(-1, 2).astype(np.float32)
    if len(hull) < 5:  # noqa: PLR2004 - five points make an ellipse
        return None
    circle = (hull - np.array([box.x, box.y], np.float32)) / np.array([box.rx, box.ry], np.float32)
    area, around = cv2.contourArea(circle), cv2.arcLength(circle, True)
    round_enough = 4 * math.pi * area / (around * around + 1e-6) >= MIN_ROUNDNESS and area / math.pi >= MIN_ROUNDNESS
    ring = box if round_enough else _hull_ellipse(hull)
    if ring is None or float((mask[ring.area(mask.shape[:2])] > 0).mean()) > MAX_FILLED:
        return None
    return _fitted(mask, ring)


def _hull_ellipse(hull: NDArray[np.float32]) -> Outline | None:
    """The leaning ellipse of a hull that does not fill its upright box, if the hull fills that one."""
    (x, y), (width, height), lean = cv2.fitEllipse(hull)
    if min(width, height) < 1 or max(width, height) / min(width, height) > MAX_OVAL_RATIO:
        return None
    filled = cv2.contourArea(hull) / (math.pi * width * height / 4)
    if not MIN_ROUNDNESS + 0.08 <= filled <= 2 - MIN_ROUNDNESS - 0.08:
        return None
    if lean > 45:  # noqa: PLR2004 - its own x axis is the one nearer to the page's
        width, height, lean = (height, width, lean - 90) if lean <= 135 else (width, height, lean - 180)  # noqa: PLR2004
    return Outline(x, y, width / 2, height / 2, 0.0, lean)


def _fitted(mask: Image, ring: Outline) -> Outline:
    """The ring fitted to the outer edge of the ink near it, and how much of it is inked."""
    edge = _edge_points(mask, ring)
    best = ring
    if len(edge) >= _ANGLES // 2:
        (x, y), (width, height), lean = cv2.fitEllipseDirect(edge)
        if lean > 45:  # noqa: PLR2004
            width, height, lean = (height, width, lean - 90) if lean <= 135 else (width, height, lean - 180)  # noqa: PLR2004
        near = abs(width / 2 / ring.rx - 1) < 0.1 and abs(height / 2 / ring.ry - 1) < 0.1  # noqa: PLR2004
        if near and math.hypot(x - ring.x, y - ring.y) < 0.1 * ring.rx:
            if max(width, height) < OVAL_RATIO**0.5 * min(width, height):
                lean = 0.0 if abs(width - height) < 3 else lean  # noqa: PLR2004 - a circle has no lean
            best = Outline(x, y, width / 2, height / 2, 0.0, lean)
    first, second = (_inked(mask, shape) for shape in (ring, best))
    return dataclasses.replace(best, inked=second) if second >= first else dataclasses.replace(ring, inked=first)


def _edge_points(mask: Image, ring: Outline) -> NDArray[np.float32]:
    """For each angle the outermost ink near the ring, once outliers are dropped; n x 2."""
    radii = np.linspace(1.1, 0.88, 45, dtype=np.float32)
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False, dtype=np.float32)
    sampled = _sampled(mask, ring, radii, angles)
    has = sampled.any(axis=1)
    first = radii[sampled.argmax(axis=1)]
    if not has.any():
        return np.empty((0, 2), np.float32)
    middle = float(np.median(first[has]))
    keep = has & (np.abs(first - middle) < 0.06)  # noqa: PLR2004 - the edge of a leaning oval swings so far
    xs, ys = ring.points(first[keep] * np.cos(angles[keep]), first[keep] * np.sin(angles[keep]))
    return np.stack([xs, ys], axis=1)


def _sampled(mask: Image, ring: Outline, radii: NDArray[np.float32], angles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether there is ink at these radii (the ring's own is 1) and angles; angles x radii."""
    xs, ys = ring.points(np.cos(angles)[:, None] * radii[None, :], np.sin(angles)[:, None] * radii[None, :])
    inside = (xs >= 0) & (ys >= 0) & (xs < mask.shape[1]) & (ys < mask.shape[0])
    columns = np.clip(xs, 0, mask.shape[1] - 1).astype(int)
    rows = np.clip(ys, 0, mask.shape[0] - 1).astype(int)
    return np.asarray((mask[rows, columns] > 0) & inside)


def _inked(mask: Image, ring: Outline) -> float:
    """Part of the ring's angles at which there is ink on its line."""
    small = min(ring.rx, ring.ry)
    radii = np.linspace(1 - 6 / small, 1 + 1 / small, 8, dtype=np.float32)
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False, dtype=np.float32)
    return float(_sampled(mask, ring, radii, angles).any(axis=1).mean())


def _circles(mask: Image, smallest_mm: float) -> list[Outline]:
    """Circles for which the edges of the mask vote, likeliest first, in pixels of the mask."""
    shrink = VOTE_DPI / SEARCH_DPI
    voting = cv2.GaussianBlur(cv2.resize(mask, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
    pixels = VOTE_DPI / MM_PER_INCH
    circles = cv2.HoughCircles(
        voting,
        cv2.HOUGH_GRADIENT_ALT,
        dp=1.5,
        minDist=smallest_mm / 2 * pixels,
        param1=200,
        param2=VOTE_SUPPORT,
        minRadius=round(smallest_mm / 2 * pixels),
        maxRadius=round(LARGEST_MM / 2 * pixels),
    )
    found = [] if circles is None else circles[0]
    return [Outline(float(x), float(y), float(r), float(r), 0.0).times(1 / shrink) for x, y, r in found]


def _voted(mask: Image, found: list[Outline]) -> list[Outline]:
    """Rings whose outline is no ring because they touch or cross other ink of their colour."""
    if cv2.countNonZero(_without(mask, found)) < least_ink(SEARCH_DPI):
        return []  # all ink is explained
    fitted = [
        _fitted(mask, ring) for ring in _circles(mask, SMALLEST_MM) if not any(_same_place(ring, o) for o in found)
    ]
    return [
        ring
        for ring in fitted
        if ring.inked >= MIN_VOTED_RING and float((mask[ring.area(mask.shape[:2])] > 0).mean()) <= MAX_FILLED
    ]


def _grey_rings(mask: Image) -> list[Outline]:
    """Rings among everything dark."""
    fitted = [_fitted(mask, ring) for ring in _circles(mask, SMALLEST_GREY_MM)]
    return [ring for ring in fitted if ring.inked >= MIN_GREY_RING and _stands_out(mask, ring) >= MIN_GREY_CONTRAST]


def _stands_out(mask: Image, ring: Outline) -> float:
    """By how much the ring's line is inked more than circles of 1.5 mm within and without it."""
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False, dtype=np.float32)
    step = 6 / min(ring.rx, ring.ry)
    line, beside = (
        _sampled(mask, ring, np.array(radii, np.float32), angles)
        for radii in ([1 - step / 3, 1 - step / 6, 1], [1 - 1.6 * step, 1 + step])
    )
    return float(line.any(axis=1).mean() - beside.mean())
