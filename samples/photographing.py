"""A page as a telephone photographs it: lying on a desk, seen at an angle, under uneven light, not quite sharp."""

import numpy as np
import numpy.typing as npt

from samples.typesetting import Image

_NEAREST, _FARTHEST = 0.012, 0.075
"""How far the corners of the page lie from those of the photograph, as a share of its sides."""
_SHADOW = 0.42
"""Light that the shadow of the hand and the telephone takes away at most."""
_SHARP_BLUR, _SOFT_BLUR = 0.55, 1.15
"""Blur in pixels at 200 dpi, of a steady hand and of a less steady one."""


def photographed(
    page: Image, *, dpi: int, noise: float, rng: np.random.Generator
) -> tuple[Image, npt.NDArray[np.float64]]:
    """The photograph, as large as the page, and the 3 × 3 matrix that says where its points went."""
    import cv2

    high, wide = page.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    away = rng.uniform(_NEAREST, _FARTHEST, (4, 2)).astype(np.float32) * np.array([wide, high], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, corners + inward * away), np.float64)
    photo = _desk(high, wide, rng)
    cv2.warpPerspective(
        page, matrix, (wide, high), dst=photo, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    blur = float(rng.uniform(_SHARP_BLUR, _SOFT_BLUR)) * dpi / 200
    soft = cv2.GaussianBlur(photo, (0, 0), blur).astype(np.float32)
    soft *= _light(high, wide, rng)
    soft += (rng.standard_normal((high, wide), np.float32) * noise)[..., None]
    return np.clip(soft, 0, 255, out=soft).astype(np.uint8), matrix


def _desk(high: int, wide: int, rng: np.random.Generator) -> Image:
    """The top of a desk with its grain."""
    import cv2

    wood = np.array((rng.integers(70, 120), rng.integers(52, 84), rng.integers(36, 64)), np.float32)
    grain = cv2.resize(rng.normal(0, 9, (64, 4)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(wood + grain[..., None], 0, 255).astype(np.uint8)


def _light(high: int, wide: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Light on each pixel: a lamp at one side, a shadow with a soft edge across one corner, the lamp's tint."""
    import cv2

    rows, columns = np.mgrid[0:64, 0:64].astype(np.float32) / 63
    turn = float(rng.uniform(0, 2 * np.pi))
    along = (columns - 0.5) * np.cos(turn) + (rows - 0.5) * np.sin(turn)
    lamp = 1 - float(rng.uniform(0.08, 0.26)) * (0.5 + along)
    edge = float(rng.uniform(0.12, 0.4))
    turn += float(rng.uniform(-0.8, 0.8))
    reach = (columns - 0.5) * np.cos(turn) + (rows - 0.5) * np.sin(turn)
    shadow = 1 - float(rng.uniform(0.2, _SHADOW)) / (1 + np.exp(-(reach - edge) * 26))
    small = np.asarray(lamp * shadow, np.float32)
    light = cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC)
    tint = np.array((1.0, float(rng.uniform(0.955, 1.0)), float(rng.uniform(0.88, 1.0))), np.float32)
    return np.asarray(light[..., None] * tint, np.float32)
