"""The face of an impression: a small picture of its ink, to tell whether two seals are one picture pasted twice.

Ink lies differently each time a seal is pressed: it is turned a little, and it is thick here and thin there. One
picture used twice is alike to the dot.
"""

import base64
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.seals_outline import Outline

SIDE = 56
"""Points of a face along each side: enough for the strokes and the thin patches of ink."""

UNKNOWN = 15
"""Level of a point under print, where the ink of the seal cannot be seen; the others run from 0, bare paper, to 14."""

PRINT = 110
"""Brightness (of 255) in the ink's own colour below which there is print under the seal, or beside it."""

SEEN = 0.7
"""Part of a point that must be free of print."""

SAME_FACE = 0.98
"""Likeness (correlation) from which two faces are one picture. Of one drawn seal pressed 80 times none of 3160 pairs
reaches it (the nearest 0.978). Of pictures pasted over other text and kept as JPEG 80 % do; printed and scanned, 45 %.
"""

WORTH_FITTING, WORTH_GOING_ON = 0.8, 0.9
"""Likeness before fitting, and after each step of it, below which two faces are no one picture: fitting is what takes
the time, and of 40 pasted pictures none was below 0.91 before it, where half the pairs of any two seals reach 0.74."""

COARSEST, FINEST = 0.5, 0.1
"""Points by which one face is moved against the other to lay them on each other, from the first step to the last: the
outline is found to less than a point, so whole points never made two faces more alike."""

WHOLLY = 0.99
"""Part of a moved point that must be seen, so that none is half ink and half print."""

LEAST_SHARED = 0.4
"""Part of a face's points that must be seen in both, else nothing is said."""


def face_of(image: Image, outline: Outline) -> str:
    """The impression's face as text; empty where it is cut off or has no colour: print and ink then look alike."""
    across, down = outline.reach()
    x0, y0 = round(outline.x - across), round(outline.y - down)
    wide, high = round(2 * across), round(2 * down)
    inside = x0 >= 0 and y0 >= 0 and x0 + wide <= image.shape[1] and y0 + high <= image.shape[0]
    if outline.colour == "grey" or not inside or min(wide, high) < SIDE:
        return ""
    part = image[y0 : y0 + high, x0 : x0 + wide].astype(np.float32)
    channel = 2 if outline.colour == "red" else 0
    others = cv2.min(*(np.ascontiguousarray(part[:, :, c]) for c in range(3) if c != channel))
    own = np.ascontiguousarray(part[:, :, channel])
    free = (own >= PRINT).astype(np.float32)
    ink = np.clip(1.0 - others / np.maximum(own, 1.0), 0.0, 1.0) * free
    size = (SIDE, SIDE)
    seen = cv2.resize(free, size, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(ink, size, interpolation=cv2.INTER_AREA) / np.maximum(seen, 1e-6)
    levels = np.where(seen >= SEEN, np.round(mean * (UNKNOWN - 1)), UNKNOWN).astype(np.uint8).reshape(-1, 2)
    return base64.b64encode((levels[:, 0] << 4 | levels[:, 1]).tobytes()).decode()


def same_impression(one: str, other: str) -> bool:
    """Whether two faces are of one impression, dot for dot."""
    return bool(one and other) and likeness(one, other) >= SAME_FACE


def likeness(one: str, other: str) -> float:
    """How alike two faces are once laid on each other as well as may be: 1 the same, 0 nothing in common.

    The outline of a seal is found to about a pixel, so one face may be moved and sized a little, but never turned.
    """
    first, second = _points(one), _points(other)
    best = _correlation(first, second)
    if best < WORTH_FITTING:
        return best
    at, step = (0.0, 0.0, 1.0), COARSEST
    while step >= FINEST:
        tries = {
            (at[0] + dx * step, at[1] + dy * step, at[2] + ds * step / SIDE * 2)
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for ds in (-1, 0, 1)
        }
        found = max((_correlation(first, _moved(second, *t)), t) for t in sorted(tries))
        if found[0] > best + 1e-6:
            best, at = found
        elif best < WORTH_GOING_ON:
            return best
        else:
            step /= 2
    return best


def _moved(face: NDArray[np.float32], dx: float, dy: float, scale: float) -> NDArray[np.float32]:
    middle = (SIDE - 1) / 2
    matrix = np.array([[scale, 0, dx + middle * (1 - scale)], [0, scale, dy + middle * (1 - scale)]], np.float32)
    known = (face < UNKNOWN).astype(np.float32)
    ink = cv2.warpAffine(face * known, matrix, (SIDE, SIDE), flags=cv2.INTER_CUBIC)
    seen = cv2.warpAffine(known, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(1.0,))
    return np.where(seen > WHOLLY, ink, UNKNOWN).astype(np.float32)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    shared = (one < UNKNOWN) & (other < UNKNOWN)
    if shared.mean() < LEAST_SHARED:
        return 0.0
    a, b = one[shared], other[shared]
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread else 0.0


def _points(face: str) -> NDArray[np.float32]:
    packed = np.frombuffer(base64.b64decode(face), np.uint8)
    levels = np.stack((packed >> 4, packed & 0x0F), axis=1).reshape(SIDE, SIDE)
    return cast("NDArray[np.float32]", levels.astype(np.float32))
