"""Drawing what people put on paper by hand: round red seals with ring text and star, and signatures."""

import dataclasses
import functools
import io
import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from samples.typesetting import Image, fonts_folder

SEAL_MM = 42
"""Diameter of a company's or an office's round seal in the samples, as most are cut."""
_FINE = 3
"""Seals are drawn this many times larger and scaled down: a cut seal has smooth edges."""
_LONG_NAME = 13
"""Characters from which a ring text needs narrower letters."""

_BARE = 0.05
"""Share of the face that takes hardly any ink, as small grains."""

Alpha = npt.NDArray[np.float32]
"""How much ink lies on each pixel: 0 none, 1 all."""
Strength = Literal["pale", "normal", "strong"]
_INK: dict[Strength, float] = {"pale": 0.5, "normal": 0.75, "strong": 0.95}


@dataclasses.dataclass(frozen=True, slots=True)
class Stamp:
    """An impression ready to be laid over a page: its ink and the ink's colour (red green blue, 0 to 255)."""

    ink: Alpha
    colour: tuple[int, int, int]

    def press(self, page: Image, center: tuple[int, int]) -> None:
        """Lay it over the page, in place: ink darkens what lies under it (multiply), as on paper; clipped at edges."""
        high, wide = self.ink.shape
        top, left = center[1] - high // 2, center[0] - wide // 2
        y0, x0 = max(top, 0), max(left, 0)
        y1, x1 = min(top + high, page.shape[0]), min(left + wide, page.shape[1])
        if y0 >= y1 or x0 >= x1:
            return
        ink = self.ink[y0 - top : y1 - top, x0 - left : x1 - left, None]
        filtered = 1 - ink * (1 - np.asarray(self.colour, np.float32) / 255)
        page[y0:y1, x0:x1] = (page[y0:y1, x0:x1] * filtered).astype(np.uint8)

    def picture(self) -> bytes:
        """The impression as a PNG with transparency, for a born-digital file."""
        high, wide = self.ink.shape
        pixels = np.empty((high, wide, 4), np.uint8)
        pixels[..., :3] = self.colour
        pixels[..., 3] = (self.ink * 255).astype(np.uint8)
        written = io.BytesIO()
        Pil.fromarray(pixels, "RGBA").save(written, "PNG")
        return written.getvalue()


def draw_seal(
    owner: str, *, diameter: int, rng: np.random.Generator, strength: Strength = "normal", caption: str = ""
) -> Stamp:
    """A round seal `diameter` pixels wide, a little turned, its ink uneven; `caption` stands below the star."""
    plate = _plate(owner, diameter * _FINE, caption)
    turned = plate.rotate(float(rng.uniform(-14, 14)), Pil.Resampling.BILINEAR)
    ink = np.asarray(turned.resize((diameter, diameter), Pil.Resampling.LANCZOS), np.float32) / 255
    worn = _cloud(rng, (diameter, diameter), cells=9)
    grain = rng.random((diameter, diameter), np.float32)
    ink = ink * _INK[strength] * (0.72 + 0.36 * worn) * np.where(grain < _BARE, 0.45, 1).astype(np.float32)
    colour = (int(rng.integers(196, 222)), int(rng.integers(26, 48)), int(rng.integers(34, 58)))
    return Stamp(np.clip(ink, 0, 1).astype(np.float32), colour)


def draw_signature(name: str, *, height: int, rng: np.random.Generator) -> Stamp:
    """A name as if written with a pen, `height` pixels tall: slanted, wavy, its strokes of changing weight."""
    import cv2

    size = height * 2
    font = ImageFont.truetype(str(fonts_folder() / "NotoSansSC-Regular.otf"), size)
    plate = Pil.new("L", (int(size * (len(name) * 0.92 + 0.8)), int(size * 1.7)))
    drawn = ImageDraw.Draw(plate)
    for place, letter in enumerate(name):
        drawn.text((size * (0.3 + 0.86 * place), size * (0.1 + 0.12 * float(rng.random()))), letter, 255, font)
    ink = np.asarray(plate)
    # Printed strokes are far too even: thin them, then pull them about.
    ink = cv2.erode(ink, np.ones((2, 2), np.uint8), iterations=max(1, size // 60))
    high, wide = ink.shape
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    sway = (_cloud(rng, (high, wide), cells=7) - 0.5) * size * 0.22
    lift = (_cloud(rng, (high, wide), cells=6) - 0.5) * size * 0.26
    slant = (rows - high / 2) * 0.22
    ink = cv2.remap(ink, columns + sway + slant, rows + lift, cv2.INTER_LINEAR)
    ink = cv2.GaussianBlur(ink, (0, 0), size / 70)
    small = cv2.resize(ink, (wide // 2, high // 2), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return Stamp(np.clip(small * 1.5, 0, 0.92), (24, 28, 62))


@functools.lru_cache(maxsize=16)
def _plate(owner: str, size: int, caption: str) -> Pil.Image:
    """The cut face of the seal, white on black, square of `size` pixels."""
    plate = Pil.new("L", (size, size))
    drawn = ImageDraw.Draw(plate)
    edge = size * 0.03
    drawn.ellipse((2, 2, size - 3, size - 3), outline=255, width=int(edge))
    middle = size / 2
    _ring(plate, owner, radius=size * 0.372, letter=int(size * 0.125))
    star = [
        (middle + r * math.sin(math.pi * i / 5), middle - r * math.cos(math.pi * i / 5))
        for i in range(10)
        for r in (size * (0.145 if i % 2 == 0 else 0.0555),)
    ]
    drawn.polygon(star, fill=255)
    if caption:
        font = ImageFont.truetype(str(fonts_folder() / "NotoSerifSC-Regular.otf"), int(size * 0.082))
        drawn.text((middle, size * 0.74), caption, 255, font, anchor="mm", stroke_width=int(size * 0.003))
    return plate


def _ring(plate: Pil.Image, words: str, *, radius: float, letter: int) -> None:
    """Set the words along the upper ring, their feet to the middle, evenly spread."""
    font = ImageFont.truetype(str(fonts_folder() / "NotoSerifSC-Regular.otf"), letter)
    spread = min(math.radians(22 * len(words)), math.radians(262))
    narrow = 0.72 if len(words) >= _LONG_NAME else 0.8
    box = int(letter * 1.3)
    for place, word in enumerate(words):
        angle = spread * (place / max(len(words) - 1, 1) - 0.5)
        glyph = Pil.new("L", (box, box))
        ImageDraw.Draw(glyph).text((box / 2, box / 2), word, 255, font, anchor="mm", stroke_width=max(1, letter // 40))
        glyph = glyph.resize((int(box * narrow), int(box * 1.08)), Pil.Resampling.BILINEAR)
        glyph = glyph.rotate(-math.degrees(angle), Pil.Resampling.BICUBIC, expand=True)
        x = plate.width / 2 + radius * math.sin(angle) - glyph.width / 2
        y = plate.height / 2 - radius * math.cos(angle) - glyph.height / 2
        plate.paste(255, (int(x), int(y)), glyph)


def _cloud(rng: np.random.Generator, shape: tuple[int, int], *, cells: int) -> Alpha:
    """Smooth random unevenness from 0 to 1, about `cells` swells across."""
    coarse = Pil.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize(shape[::-1], Pil.Resampling.BICUBIC), np.float32) / np.float32(255)
