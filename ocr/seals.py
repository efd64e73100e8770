"""Red seals on a page: where they are, their shape, and the text on their ring.

Found by colour, so a grey or black-and-white scan shows none. No single saturation limit finds all: pale ink needs a
low one, red paper tints a high one, so three passes are made and their finds united (measured: 13 of 13 rendered and
2 of 2 real pale seals).
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import Rotation, SealMark, quad

if TYPE_CHECKING:
    from ocr.engine import Engine

SATURATION_PASSES = (60, 30, 20)
"""Least saturation (of 255) of red ink in each pass."""

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

MAX_FILLED = 0.7
"""Part of the area that may be ink; a solid disc is an emblem."""

OVAL_RATIO = 1.2
"""Long over short axis from which a seal counts as oval (an oval seal is 45 x 30 mm); scans distort far less."""

MAX_OVAL_RATIO = 2.0
"""Flatter than this is a red line of text, not a seal."""

MAX_SEALS = 12
"""On one page; more red rings than this is a pattern of the paper."""

BAND_OUTER, BAND_INNER = 0.93, 0.57
"""The ring text lies between these parts of the radius."""

WASH_REACH = 1.04
"""The wash goes this much beyond the ring, over the blur of its outer edge."""

PLAIN_RED = 24
"""By how much red must outshine the other channels to be seal ink and nothing else: set to paper by the wash."""

STRIP_HEIGHT = 64
"""Pixels of the unrolled ring handed to the recogniser, which works at 48."""

FAINT_LIFT = 0.7
"""Exponent that lifts faint ink: on 24 sample seals 20 were read without an error against 18 without it."""

MIN_TEXT_SCORE = 0.5
"""Below this the ring text is guessed, and a guess is worse than none."""

A4_SHORT_MM = 210.0
PLAUSIBLE_SHORT_MM = (90.0, 620.0)
"""A page whose stated resolution gives a short side outside these is taken as A4: cameras state 72 at random."""

_MM_PER_INCH = 25.4
_RED_HUE_LOW, _RED_HUE_HIGH = 12, 165
_LEAST_BRIGHT = 70
_ANGLES = 180


@dataclasses.dataclass(frozen=True, slots=True)
class Ring:
    """An ellipse in page pixels: centre, half axes along the page's x and y, and how much of the ring is inked."""

    x: float
    y: float
    rx: float
    ry: float
    inked: float

    @property
    def ratio(self) -> float:
        """Long over short axis."""
        return max(self.rx, self.ry) / min(self.rx, self.ry)


def mark_seals(image: Image, rings: Iterable[Ring], engine: "Engine") -> tuple[SealMark, ...]:
    """What the rings of an upright page say: shape, box, and the ring text as far as it could be read."""
    marks = []
    for ring in rings:
        text, score = read_ring(image, ring, engine)
        box = quad(
            round(ring.x - ring.rx, 1),
            round(ring.y - ring.ry, 1),
            round(ring.x + ring.rx, 1),
            round(ring.y + ring.ry, 1),
        )
        confidence = round(min(1.0, ring.inked) * (0.5 + 0.5 * score), 3)
        marks.append(SealMark("oval" if ring.ratio >= OVAL_RATIO else "round", box, text, confidence))
    return tuple(marks)


def find_rings(image: Image, dpi: int | None) -> tuple[Ring, ...]:
    """Every red ring of the size of a seal, from top to bottom."""
    scale = SEARCH_DPI / page_dpi(image, dpi)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hsv = cast("Image", cv2.cvtColor(small, cv2.COLOR_BGR2HSV))
    found: list[Ring] = []
    for saturation in SATURATION_PASSES:
        for ring in _rings_in(_red_mask(hsv, saturation)):
            if not any(_same_place(ring, other) for other in found):
                found.append(ring)
    found.sort(key=lambda r: -r.inked)
    rings = (Ring(r.x / scale, r.y / scale, r.rx / scale, r.ry / scale, r.inked) for r in found[:MAX_SEALS])
    return sorted_rings(rings)


def sorted_rings(rings: Iterable[Ring]) -> tuple[Ring, ...]:
    """From top to bottom."""
    return tuple(sorted(rings, key=lambda r: (r.y, r.x)))


def without_seals(image: Image, rings: Sequence[Ring]) -> Image:
    """The page with the seals' red washed out, so that print beneath them is read and their own text is not.

    Inside a ring only the red channel is kept: red ink is as bright in it as the paper, black ink stays black.
    """
    if not rings:
        return image
    washed = image.copy()
    mask = np.zeros(image.shape[:2], np.uint8)
    for ring in rings:
        axes = (round(ring.rx * WASH_REACH), round(ring.ry * WASH_REACH))
        cv2.ellipse(mask, (round(ring.x), round(ring.y)), axes, 0, 0, 360, (255,), -1)
    inside = mask > 0
    blue, green, red = (image[:, :, channel][inside].astype(np.int16) for channel in range(3))
    paper = int(np.percentile(red, 90))
    plainly_red = (red - np.maximum(blue, green) > PLAIN_RED) & (red > paper // 2)
    washed[inside] = np.where(plainly_red, paper, red).astype(np.uint8)[:, None]
    return washed


def turned(ring: Ring, rotation: Rotation, size: tuple[int, int]) -> Ring:
    """The ring after its page of that width and height was turned clockwise."""
    width, height = size
    match rotation:
        case 90:
            return dataclasses.replace(ring, x=height - ring.y, y=ring.x, rx=ring.ry, ry=ring.rx)
        case 180:
            return dataclasses.replace(ring, x=width - ring.x, y=height - ring.y)
        case 270:
            return dataclasses.replace(ring, x=ring.y, y=width - ring.x, rx=ring.ry, ry=ring.rx)
        case _:
            return ring


def read_ring(image: Image, ring: Ring, engine: "Engine") -> tuple[str, float]:
    """The ring text, clockwise, and its score: unrolled, cut where the gap is widest, recognised without detector."""
    strip = unroll(image, ring)
    if strip is None:
        return "", 0.0
    text, score = engine.read_strips([strip])[0]
    text = "".join(text.split())
    return (text, score) if score >= MIN_TEXT_SCORE else ("", score)


def unroll(image: Image, ring: Ring) -> Image | None:
    """The text band of the ring as one straight strip, black ink on white, or None where the band is empty."""
    radius = (ring.rx + ring.ry) / 2
    height = STRIP_HEIGHT
    width = round(height * 2 * math.pi * (BAND_OUTER + BAND_INNER) / 2 / (BAND_OUTER - BAND_INNER))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    radii = BAND_OUTER - ys / height * (BAND_OUTER - BAND_INNER)
    # Image angles grow clockwise; the strip starts at six o'clock, where company seals have no text.
    angles = np.pi / 2 + xs / width * 2 * np.pi
    map_x = (ring.x + ring.rx * radii * np.cos(angles)).astype(np.float32)
    map_y = (ring.y + ring.ry * radii * np.sin(angles)).astype(np.float32)
    blur = max(1.0, radius * (BAND_OUTER - BAND_INNER) / height)
    source = cv2.GaussianBlur(image, (0, 0), blur / 2) if blur > 2 else image  # noqa: PLR2004 - shrunk by more than half
    strip = cv2.remap(source, map_x, map_y, cv2.INTER_CUBIC, borderValue=(255, 255, 255)).astype(np.float32)
    red = np.clip(strip[:, :, 2] - np.maximum(strip[:, :, 0], strip[:, :, 1]), 0, 255)
    red = np.clip(red / max(20.0, float(np.percentile(red, 98))), 0, 1)
    start = _gap_middle(red)
    if start is None:
        return None
    rolled = np.roll(red, -start, axis=1)
    inked = np.flatnonzero(_inked_columns(rolled))
    margin = height // 4
    rolled = rolled[:, max(0, inked[0] - margin) : inked[-1] + margin]
    grey = (255 * (1 - rolled**FAINT_LIFT)).astype(np.uint8)
    return cast("Image", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def page_dpi(image: Image, dpi: int | None) -> float:
    """The resolution to reckon with: the stated one where it makes a plausible page, else as if the page were A4."""
    short = float(min(image.shape[:2]))
    low, high = PLAUSIBLE_SHORT_MM
    if dpi and low <= short / dpi * _MM_PER_INCH <= high:
        return float(dpi)
    return short / A4_SHORT_MM * _MM_PER_INCH


def _red_mask(hsv: Image, saturation: int) -> Image:
    hue, sat, value = hsv[:, :, 0], hsv[:, :, 1], hsv[:, :, 2]
    red = ((hue <= _RED_HUE_LOW) | (hue >= _RED_HUE_HIGH)) & (sat >= saturation) & (value >= _LEAST_BRIGHT)
    return red.astype(np.uint8) * 255


def _rings_in(mask: Image) -> list[Ring]:
    """Closed outlines of the right size and shape that have ink along their ring."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, iterations=2)
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = []
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if hierarchy is not None else (), strict=True):
        if parent >= 0:  # the inside of a ring; what stands inside a red frame is again an outline of its own
            continue
        x, y, width, height = cv2.boundingRect(contour)
        across = [side / SEARCH_DPI * _MM_PER_INCH for side in (width, height)]
        if max(across) > LARGEST_MM or max(across) < SMALLEST_MM or max(across) / min(across) > MAX_OVAL_RATIO:
            continue
        ring = _fitted(contour, mask, Ring(x + width / 2, y + height / 2, width / 2, height / 2, 0.0))
        if ring is not None and ring.inked >= (MIN_RING if ring.ratio < OVAL_RATIO else MIN_OVAL_RING):
            rings.append(ring)
    return rings


def _fitted(contour: Any, mask: Image, box: Ring) -> Ring | None:
    """The ellipse of the contour's upright box, if the contour's hull really fills it, with the ink on its ring."""
    x, y, rx, ry = box.x, box.y, box.rx, box.ry
    hull = cv2.convexHull(contour).reshape(-1, 2).astype(np.float32)
    if len(hull) < 5:  # noqa: PLR2004 - five points make an ellipse
        return None
    circle = (hull - np.array([x, y], np.float32)) / np.array([rx, ry], np.float32)
    area, around = cv2.contourArea(circle), cv2.arcLength(circle, True)
    if 4 * math.pi * area / (around * around + 1e-6) < MIN_ROUNDNESS or area / math.pi < MIN_ROUNDNESS:
        return None
    inside = np.zeros_like(mask)
    cv2.ellipse(inside, (round(x), round(y)), (round(rx), round(ry)), 0, 0, 360, (255,), -1)
    if float((mask[inside > 0] > 0).mean()) > MAX_FILLED:
        return None
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)[:, None]
    radii = np.linspace(1 - 6 / min(rx, ry), 1 + 1 / min(rx, ry), 8)[None, :]
    xs = np.clip((x + rx * radii * np.cos(angles)).astype(int), 0, mask.shape[1] - 1)
    ys = np.clip((y + ry * radii * np.sin(angles)).astype(int), 0, mask.shape[0] - 1)
    return dataclasses.replace(box, inked=float((mask[ys, xs] > 0).any(axis=1).mean()))


def _same_place(a: Ring, b: Ring) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < max(a.rx, a.ry, b.rx, b.ry) * 0.5


def _inked_columns(red: NDArray[np.float32]) -> NDArray[np.bool_]:
    return cast("NDArray[np.bool_]", (red > 0.35).mean(axis=0) > 0.06)  # noqa: PLR2004 - a stroke, not a speck


def _gap_middle(red: NDArray[np.float32]) -> int | None:
    """The middle column of the widest stretch without ink, the strip taken as a ring; None where nothing is inked."""
    inked = _inked_columns(red)
    columns = np.flatnonzero(inked)
    if not len(columns):
        return None
    following = np.append(columns[1:], columns[0] + len(inked))
    widest = int(np.argmax(following - columns))
    return int((columns[widest] + following[widest]) // 2 % len(inked))
