"""Spoiling a scan as a careless hand at the scanner does: blurred, dark, faint, too coarse, crooked, cut off, blank."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from PIL import Image as Pil
from PIL import ImageFilter

Spoil = Literal["blurred", "dark", "low-contrast", "low-resolution", "skewed", "cut-edge", "blank"]
"""What goes wrong with a page; the words are those of `ocr.quality` with which a page is remarked."""

_BLUR_PIXELS = 4.0
"""Standard deviation at 200 dpi from which the strokes of 12-point text run together, while large print is read."""
_DARK, _FAINT = 0.34, 0.24
"""Share of the light that is left; share of its contrast that print keeps."""
_COARSE_DPI = 100
_CROOKED = 4.6
"""Degrees: more than the three that are remarked, less than what spoils reading."""
_CUT = 0.2
"""Part of the width that did not come to lie on the glass: 42 mm, more than any margin of our forms."""
_PAPER = (247, 244, 236)


def spoil(image: Pil.Image, how: Spoil, dpi: int) -> tuple[Pil.Image, int]:
    """The page spoiled, and its resolution then."""
    if how == "low-resolution":
        small = (round(image.width * _COARSE_DPI / dpi), round(image.height * _COARSE_DPI / dpi))
        return image.resize(small, Pil.Resampling.BOX), _COARSE_DPI
    return _WAYS[how](image, dpi), dpi


def blank_page(like: Pil.Image) -> Pil.Image:
    """An empty sheet of the same size, with the grain of a scanner that is always the same."""
    grain = np.random.default_rng(7).normal(0, 1.5, (like.height, like.width, 1))
    return Pil.fromarray(np.clip(np.asarray(_PAPER, np.float32) + grain, 0, 255).astype(np.uint8))


def _blurred(image: Pil.Image, dpi: int) -> Pil.Image:
    return image.filter(ImageFilter.GaussianBlur(_BLUR_PIXELS * dpi / 200))


def _dark(image: Pil.Image, _: int) -> Pil.Image:
    return image.point(lambda level: level * _DARK)


def _faint(image: Pil.Image, _: int) -> Pil.Image:
    return Pil.blend(Pil.new("RGB", image.size, _PAPER), image, _FAINT)


def _skewed(image: Pil.Image, _: int) -> Pil.Image:
    return image.rotate(_CROOKED, Pil.Resampling.BICUBIC, fillcolor=_PAPER)


def _cut(image: Pil.Image, _: int) -> Pil.Image:
    return image.crop((round(_CUT * image.width), 0, image.width, image.height))


def _blank(image: Pil.Image, _: int) -> Pil.Image:
    return blank_page(image)


_WAYS: Mapping[Spoil, Callable[[Pil.Image, int], Pil.Image]] = {
    "blurred": _blurred,
    "dark": _dark,
    "low-contrast": _faint,
    "skewed": _skewed,
    "cut-edge": _cut,
    "blank": _blank,
}
