"""Lines written by hand, told by their pen: ink bluer than the page's print. Their score is then an honest one.

The recogniser was taught print and is as sure of a scrawl as of a letter. A black pen, a pencil and a grey scan give no
sign that tells them from print without taking print for handwriting, so there no line is marked.
"""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from ocr.pixels import Image, cut
from ocr.results import Line, SealMark, bounds

BLUER = 10.0
"""Levels by which blue outshines red in a line's darkest ink, over the page's usual line. On 1,366 printed lines of
colour scans none differs by more than 8.3; pens differ by 12 to 30 on clean scans, by 5 to 20 on poor ones."""

HAND_SCORE = 0.8
"""What a reading of handwriting is worth at most: of the sample signatures a quarter is misread at scores above 0.9."""

FEWEST_LINES = 4
"""With fewer there is no usual line to compare with."""

DARKEST = 40
"""Percentile of the ink's brightness up to which it is the middle of strokes, where it shows its colour."""

_LEAST_SIDE = 6


def mark_handwriting(image: Image, lines: Sequence[Line], seals: Sequence[SealMark] = ()) -> tuple[Line, ...]:
    """The lines, those by hand marked and their score capped; `image` is the page they were read from.

    What lies under a seal that is not red is left alone: its colour may be the seal's.
    """
    if len(lines) < FEWEST_LINES:
        return tuple(lines)
    blue = [_blueness(image, line) for line in lines]
    usual = float(np.median(blue))
    stamped = [bounds(seal.box) for seal in seals if seal.colour != "red"]
    return tuple(
        dataclasses.replace(line, hand=True, score=min(line.score, HAND_SCORE))
        if value - usual >= BLUER and not any(_within(line, box) for box in stamped)
        else line
        for line, value in zip(lines, blue, strict=True)
    )


def _blueness(image: Image, line: Line) -> float:
    """By how much blue outshines red in the middle of the line's strokes."""
    crop = cut(image, line.box)
    if min(crop.shape[:2]) < _LEAST_SIDE:
        return 0.0
    blue, green, red = cv2.split(crop)
    dark = cv2.min(cv2.min(blue, green), red)
    level, _ = cv2.threshold(dark, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ink = dark[dark <= level]
    if not ink.size:
        return 0.0
    core = dark <= np.percentile(ink, DARKEST)
    return float(blue[core].mean()) - float(red[core].mean())


def _within(line: Line, box: tuple[float, float, float, float]) -> bool:
    x0, y0, x1, y1 = bounds(line.box)
    return min(x1, box[2]) - max(x0, box[0]) > 0 and min(y1, box[3]) - max(y0, box[1]) > 0
