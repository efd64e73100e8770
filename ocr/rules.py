"""Ruled lines on a page: long straight strokes along and across the print, broken and faint ones joined.

They are looked for once the lean of the print is taken out, at a resolution at which a rule is one or two pixels thick.
"""

import dataclasses
import math
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import Point
from ocr.seals_outline import page_dpi

LOOK_DPI = 150
"""Rules are looked for at this resolution: a hairline of 0.1 mm is still seen, and A4 takes 15 ms."""

WINDOW, BELOW = 25, 12
"""Ink is what is darker than the mean of so many pixels around it by so many levels of grey; a faint rule differs by
20, the grain of paper by under 10."""

ALONG, ACROSS = 40, 26
"""Pixels at `LOOK_DPI` (7 and 4.4 mm) that a stroke must run straight to be a rule: the strokes of 12-point characters
reach 25, a row of a table is at least 30 high."""

GAP = 2
"""Pixels of a gap that is closed before strokes are judged: more would join the strokes of neighbouring characters."""

SAME_RULE = 4.0
"""Pixels two pieces may lie apart and be one rule."""

FAR_ALONG = 24.0
"""Pixels between two pieces of one rule, one after the other: what a character written over it hides."""

LEAN_LEFT = 1.5
"""Degrees a rule may still lean once the print's own lean is taken out."""

MOST_RULES = 600
"""In each direction; a drawing or a pattern has more, and is no table."""

Way = Literal["along", "across"]


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A rule in straightened pixels at `LOOK_DPI`: its place (y of one along the print, x of one across), its ends."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """From end to end."""
        return self.end - self.start


@dataclasses.dataclass(frozen=True, slots=True)
class Ruled:
    """All rules of a page, and the way between the page's pixels and the straightened ones."""

    along: tuple[Rule, ...]
    across: tuple[Rule, ...]
    scale: float
    lean: float

    def straight(self, point: Point) -> Point:
        """A point of the page among the rules."""
        cos, sin = math.cos(math.radians(self.lean)), math.sin(math.radians(self.lean))
        x, y = point[0] * self.scale, point[1] * self.scale
        return x * cos + y * sin, -x * sin + y * cos

    def back(self, point: Point) -> Point:
        """A point among the rules on the page, to a tenth of a pixel."""
        cos, sin = math.cos(math.radians(self.lean)), math.sin(math.radians(self.lean))
        x, y = point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos
        return round(x / self.scale, 1), round(y / self.scale, 1)


def find_rules(image: Image, dpi: int | None, lean: float) -> Ruled:
    """The ruled lines of an upright page whose print leans by so many degrees, clockwise positive."""
    scale = min(1.0, LOOK_DPI / page_dpi(image, dpi))
    # Red and black rules are dark in green; shrinking one channel takes a third of the time of three.
    green = cv2.extractChannel(image, 1)
    grey = cast("Image", cv2.resize(green, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    ink = _straightened(cast("Image", _ink(grey)), lean)
    along = _rules(ink, "along")
    across = _rules(ink, "across") if along else ()
    if max(len(along), len(across)) > MOST_RULES:
        along = across = ()
    offset = _offset(grey.shape, lean)
    return Ruled(_moved(along, offset[1], offset[0]), _moved(across, offset[0], offset[1]), scale, lean)


def _ink(grey: Image) -> NDArray[Any]:
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW, BELOW)


def _straightened(ink: Image, lean: float) -> Image:
    """The ink turned against the lean, on a page large enough to lose nothing."""
    if lean == 0:
        return ink
    height, width = ink.shape
    cos, sin = math.cos(math.radians(lean)), math.sin(math.radians(lean))
    x, y = _offset(ink.shape, lean)
    size = (math.ceil(width * cos + height * abs(sin)), math.ceil(width * abs(sin) + height * cos))
    matrix = np.array([[cos, sin, -x], [-sin, cos, -y]], np.float64)
    turned = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR)
    return cast("Image", cv2.threshold(turned, 96, 255, cv2.THRESH_BINARY)[1])


def _offset(shape: tuple[int, ...], lean: float) -> Point:
    """The least x and y that a corner of the page has once it is turned."""
    height, width = shape[:2]
    sin = math.sin(math.radians(lean))
    return min(0.0, height * sin), min(0.0, -width * sin)


def _moved(rules: tuple[Rule, ...], across: float, along: float) -> tuple[Rule, ...]:
    return tuple(Rule(r.at + across, r.start + along, r.end + along) for r in rules)


def _rules(ink: Image, way: Way) -> tuple[Rule, ...]:
    """Pieces of rules joined to whole ones, in the order of their places."""
    long, gap = (ALONG if way == "along" else ACROSS), GAP
    kernels = [(gap, 1), (long, 1), (1, 3)] if way == "along" else [(1, gap), (1, long), (3, 1)]
    close, opened, thick = (cv2.getStructuringElement(cv2.MORPH_RECT, size) for size in kernels)
    strokes = cv2.morphologyEx(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, close), cv2.MORPH_OPEN, opened)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(strokes, thick), connectivity=8)
    pieces = []
    for x, y, width, height, _area in stats[1:]:
        length, thickness = (width, height) if way == "along" else (height, width)
        if thickness > 4 + 2 * math.tan(math.radians(LEAN_LEFT)) * length or thickness > length / 3:
            continue  # a solid block, not a stroke
        at = y + height / 2 if way == "along" else x + width / 2
        start = float(x if way == "along" else y)
        pieces.append(Rule(float(at), start, start + float(length)))
    return _joined(pieces)


def _joined(pieces: list[Rule]) -> tuple[Rule, ...]:
    """Pieces that follow each other on one line made one; the place is that of the longer piece, weighted by length."""
    whole: list[Rule] = []
    open_ends: list[int] = []  # what ended too far back will not be continued by any later piece
    for piece in sorted(pieces, key=lambda r: (r.start, r.at)):
        open_ends = [n for n in open_ends if piece.start - whole[n].end <= FAR_ALONG]
        for n in open_ends:
            rule = whole[n]
            if abs(rule.at - piece.at) <= SAME_RULE:
                total = rule.length + piece.length
                at = (rule.at * rule.length + piece.at * piece.length) / total
                whole[n] = Rule(at, rule.start, max(rule.end, piece.end))
                break
        else:
            open_ends.append(len(whole))
            whole.append(piece)
    return tuple(sorted(whole, key=lambda r: (r.at, r.start)))
