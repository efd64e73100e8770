"""Which pixels of a page may be seal ink: by colour where there is any, else by darkness."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import SealColour

RED_PASSES = (60, 30, 20)
"""Least saturation (of 255) of red ink in each pass: pale ink needs a low one, red paper tints a high one, and no
single one finds all (measured: 13 of 13 rendered and 2 of 2 real pale seals by the three together)."""

OTHER_PASSES = (70, 35)
"""The same for blue and purple; paler than this is shadow and paper."""

LEAST_INK_MM2 = 25.0
"""Less coloured ink on a page than this holds no seal; the ring alone has more."""

STROKE_MM = 8.0
"""Darkness is judged against the mean of surroundings so wide, which a ring hardly changes."""

LEAST_DARKER = 14
"""Grey levels by which ink is darker than its surroundings: pale red is some 20 levels under paper."""

TINT_REACH = 3.0
"""Pixels of a strip over which the colour of a JPEG is smeared."""

LEAST_TINT = 0.04
"""Part of full colour that must lie near for ink to be of that colour."""

PRINT_RATIO, PRINT_SOFT = 0.92, 0.25
"""Darkness in the ink's own channel over that in the other from which it is print, and how softly that sets in."""

_RED_HUE_LOW, _RED_HUE_HIGH = 12, 165
_OTHER_HUE = (95, 164)
_LEAST_BRIGHT = 70


def colour_masks(small: Image, colour: SealColour, dpi: float) -> list[Image]:
    """The ink of one colour (red or other), one mask a pass, 255 where it may be; none where there is hardly any."""
    hsv = cast("Image", cv2.cvtColor(small, cv2.COLOR_BGR2HSV))
    tints = ((0, _RED_HUE_LOW), (_RED_HUE_HIGH, 255)) if colour == "red" else (_OTHER_HUE,)
    passes: tuple[int, ...] = RED_PASSES if colour == "red" else OTHER_PASSES
    least = least_ink(dpi)
    masks = []
    for limit in passes:
        ranges = [
            cv2.inRange(hsv, np.array([low, limit, _LEAST_BRIGHT]), np.array([high, 255, 255])) for low, high in tints
        ]
        masks.append(cast("Image", cv2.bitwise_or(*ranges) if len(ranges) > 1 else ranges[0]))
    return [mask for mask in masks if cv2.countNonZero(mask) >= least]


def least_ink(dpi: float) -> float:
    """Pixels of ink below which there is no seal."""
    return LEAST_INK_MM2 * (dpi / 25.4) ** 2


def dark_mask(small: Image, dpi: float) -> Image:
    """What is darker than its surroundings, 255 there: print and, on a grey scan, seals."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    side = round(STROKE_MM * dpi / 25.4) | 1
    around = cv2.blur(grey, (side, side))
    return (cv2.subtract(around, grey) >= LEAST_DARKER).astype(np.uint8) * 255


def ink_of(strip: Image, colour: SealColour) -> NDArray[np.float32]:
    """How much seal ink lies on each pixel, 0 to 1, stretched so that the inkiest fiftieth is 1.

    A JPEG keeps colour in blocks of 16 pixels or so, but brightness sharply. So ink is what is dark in the channel that
    it darkens most, unless its own channel says that it is print: black is dark in both.
    """
    parts = cv2.GaussianBlur(strip, (0, 0), 0.6).astype(np.float32)
    paper = np.maximum(np.percentile(parts.reshape(-1, 3), 85, axis=0), 60.0)
    dark = np.clip(1 - parts / paper, 0, 1)
    if colour == "grey":
        ink = dark.mean(axis=2)
    else:
        own, most = (2, (0, 1)) if colour == "red" else (0, (1,))
        taken = np.maximum(*(dark[:, :, c] for c in most)) if len(most) > 1 else dark[:, :, most[0]]
        bright = dark[:, :, own]
        tint = cv2.GaussianBlur(np.clip(taken - bright, 0, 1), (0, 0), TINT_REACH)
        print_like = bright / np.maximum(taken, 0.05)
        ink = taken * np.clip((PRINT_RATIO - print_like) / PRINT_SOFT, 0, 1) * np.clip(tint / LEAST_TINT, 0, 1)
    return np.asarray(np.clip(ink / max(0.08, float(np.percentile(ink, 98))), 0, 1), np.float32)
