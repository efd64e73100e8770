"""Drawing what people put on paper by hand: seals of every shape, and signatures.

Round and oval seals bear their owner's name along the ring, about a star, some with a caption (合同专用章) and a code
of 13 digits below; square ones a person's name in two columns from the right; rectangular ones rows in a frame.
"""

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

_SERIF = "NotoSerifSC-Regular.otf"
_SANS = "NotoSansSC-Regular.otf"
_MOST_TURNED = 14.0
"""Degrees by which a hand turns a round seal; an edge is set straighter."""
_MOST_TURNED_SQUARE = 6.0

Alpha = npt.NDArray[np.float32]
"""How much ink lies on each pixel: 0 none, 1 all."""
Strength = Literal["faded", "pale", "normal", "strong"]
_INK: dict[Strength, float] = {"faded": 0.28, "pale": 0.5, "normal": 0.75, "strong": 0.95}
Pad = Literal["red", "blue", "purple"]
"""The ink pad. Red but for some banks, shops and units abroad."""
_PADS: dict[Pad, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "red": ((196, 222), (26, 48), (34, 58)),
    "blue": ((24, 46), (52, 84), (160, 196)),
    "purple": ((96, 122), (40, 62), (150, 178)),
}
"""Range of red, green and blue of each ink."""
Cut = Literal["raised", "sunk"]
"""How a name is cut: its strokes print (朱文), or the field around them does (白文)."""


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


def draw_seal(  # noqa: PLR0913 -- one keyword for each way a real seal differs
    owner: str,
    *,
    diameter: int,
    rng: np.random.Generator,
    strength: Strength = "normal",
    caption: str = "",
    number: str = "",
    flat: float = 1.0,
    pad: Pad = "red",
    font: str = _SERIF,
) -> Stamp:
    """A round seal `diameter` pixels wide, a little turned, its ink uneven.

    `caption` stands below the star, `number` along the lower ring; `flat` below 1 makes it oval, so many times as high
    as wide; `font` is a file of `fonts_folder()` or a path.
    """
    plate = _plate(owner, diameter * _FINE, caption, number, font)
    if flat < 1:
        # The oval is turned as one: pressed flat first, on a square plate.
        pressed = plate.resize((plate.width, round(plate.height * flat)), Pil.Resampling.BILINEAR)
        plate = Pil.new("L", plate.size)
        plate.paste(pressed, (0, (plate.height - pressed.height) // 2))
    return _pressed(plate, (diameter, diameter), rng, strength, pad, _MOST_TURNED)


def draw_name_seal(  # noqa: PLR0913 -- as for draw_seal
    name: str,
    *,
    side: int,
    rng: np.random.Generator,
    strength: Strength = "normal",
    cut: Cut = "raised",
    pad: Pad = "red",
    font: str = _SERIF,
) -> Stamp:
    """A person's square seal, `side` pixels wide: two columns read from the right, each downwards; 印 fills a third."""
    letters = name if len(name) % 2 == 0 else f"{name}印"
    size = side * _FINE
    plate = Pil.new("L", (size, size), 255 if cut == "sunk" else 0)
    drawn = ImageDraw.Draw(plate)
    edge = max(2, round(size * 0.035))
    if cut == "raised":
        drawn.rectangle((1, 1, size - 2, size - 2), outline=255, width=edge)
    rows = len(letters) // 2
    inner = size * 0.86
    glyph = ImageFont.truetype(_font(font), round(min(inner / 2, inner / rows) * 0.92))
    for place, letter in enumerate(letters):
        column, row = divmod(place, rows)
        x = size / 2 + inner * (0.25 - 0.5 * column)
        y = size / 2 + inner * ((row + 0.5) / rows - 0.5)
        ink = 0 if cut == "sunk" else 255
        drawn.text((x, y), letter, ink, glyph, anchor="mm", stroke_width=max(1, size // 130))
    return _pressed(_margined(plate), _grown((side, side)), rng, strength, pad, _MOST_TURNED_SQUARE)


def draw_frame_seal(  # noqa: PLR0913 -- as for draw_seal
    rows: tuple[str, ...],
    *,
    size: tuple[int, int],
    rng: np.random.Generator,
    strength: Strength = "normal",
    pad: Pad = "red",
    font: str = _SANS,
) -> Stamp:
    """A rectangular seal of `size` pixels, width and height: rows of text within a frame, as a project department's."""
    wide, high = size[0] * _FINE, size[1] * _FINE
    plate = Pil.new("L", (wide, high))
    drawn = ImageDraw.Draw(plate)
    drawn.rectangle((1, 1, wide - 2, high - 2), outline=255, width=max(2, round(high * 0.03)))
    for place, row in enumerate(rows):
        letter = min(high * 0.8 / len(rows) * 0.72, wide * 0.88 / len(row))
        glyph = ImageFont.truetype(_font(font), round(letter))
        y = high / 2 + high * 0.84 * ((place + 0.5) / len(rows) - 0.5)
        drawn.text((wide / 2, y), row, 255, glyph, anchor="mm", stroke_width=max(1, high // 260))
    return _pressed(_margined(plate), _grown(size), rng, strength, pad, _MOST_TURNED_SQUARE)


def _pressed(  # noqa: PLR0913, PLR0917
    plate: Pil.Image,
    size: tuple[int, int],
    rng: np.random.Generator,
    strength: Strength,
    pad: Pad,
    most_turned: float,
) -> Stamp:
    """The face on paper: turned a little, its ink uneven; faded ink has gone from whole patches."""
    turned = plate.rotate(float(rng.uniform(-most_turned, most_turned)), Pil.Resampling.BILINEAR)
    ink = np.asarray(turned.resize(size, Pil.Resampling.LANCZOS), np.float32) / 255
    worn = _cloud(rng, size[::-1], cells=9)
    grain = rng.random(size[::-1], np.float32)
    ink = ink * _INK[strength] * (0.72 + 0.36 * worn) * np.where(grain < _BARE, 0.45, 1).astype(np.float32)
    if strength == "faded":
        ink *= np.clip(0.35 + 1.3 * _cloud(rng, size[::-1], cells=5), 0, 1)
    red, green, blue = (int(rng.integers(low, high)) for low, high in _PADS[pad])
    return Stamp(np.clip(ink, 0, 1).astype(np.float32), (red, green, blue))


def _margined(plate: Pil.Image) -> Pil.Image:
    """The face with bare margin about it, so that turning cuts no corner."""
    wide, high = _grown(plate.size)
    larger = Pil.new("L", (wide, high))
    larger.paste(plate, ((wide - plate.width) // 2, (high - plate.height) // 2))
    return larger


def _grown(size: tuple[int, int]) -> tuple[int, int]:
    """Room for a rectangle of that size turned by as much as it ever is."""
    margin = round(max(size) * 0.14 / _FINE) * _FINE
    return size[0] + margin, size[1] + margin


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


def _font(name: str) -> str:
    return str(fonts_folder() / name)


@functools.lru_cache(maxsize=16)
def _plate(owner: str, size: int, caption: str, number: str = "", font: str = _SERIF) -> Pil.Image:
    """The cut face of the seal, white on black, square of `size` pixels."""
    plate = Pil.new("L", (size, size))
    drawn = ImageDraw.Draw(plate)
    edge = size * 0.03
    drawn.ellipse((2, 2, size - 3, size - 3), outline=255, width=int(edge))
    middle = size / 2
    _ring(plate, owner, radius=size * 0.372, letter=int(size * 0.125), font=font)
    star = [
        (middle + r * math.sin(math.pi * i / 5), middle - r * math.cos(math.pi * i / 5))
        for i in range(10)
        for r in (size * (0.145 if i % 2 == 0 else 0.0555),)
    ]
    drawn.polygon(star, fill=255)
    if caption:
        glyphs = ImageFont.truetype(_font(font), int(size * 0.082))
        drawn.text((middle, size * 0.74), caption, 255, glyphs, anchor="mm", stroke_width=int(size * 0.003))
    if number:
        _lower_ring(plate, number, radius=size * 0.425, letter=int(size * 0.06))
    return plate


def _ring(plate: Pil.Image, words: str, *, radius: float, letter: int, font: str) -> None:
    """Set the words along the upper ring, their feet to the middle, evenly spread."""
    spread = min(math.radians(22 * len(words)), math.radians(262))
    narrow = 0.72 if len(words) >= _LONG_NAME else 0.8
    for place, word in enumerate(words):
        angle = spread * (place / max(len(words) - 1, 1) - 0.5)
        _set_letter(plate, word, angle, radius=radius, letter=letter, narrow=narrow, font=font)


def _lower_ring(plate: Pil.Image, digits: str, *, radius: float, letter: int) -> None:
    """Set the digits along the lower ring, their feet to the rim, read from the left."""
    step = letter * 0.8 / radius
    for place, digit in enumerate(digits):
        angle = math.pi - step * (place - (len(digits) - 1) / 2)
        _set_letter(plate, digit, angle, radius=radius, letter=letter, narrow=0.95, font=_SANS, inward=True)


def _set_letter(  # noqa: PLR0913 -- where and how one letter stands
    plate: Pil.Image,
    word: str,
    angle: float,
    *,
    radius: float,
    letter: int,
    narrow: float,
    font: str,
    inward: bool = False,
) -> None:
    """One letter at that angle from the top, clockwise; `inward` turns its head to the middle."""
    box = int(letter * 1.3)
    glyph = Pil.new("L", (box, box))
    cut = ImageFont.truetype(_font(font), letter)
    ImageDraw.Draw(glyph).text((box / 2, box / 2), word, 255, cut, anchor="mm", stroke_width=max(1, letter // 40))
    glyph = glyph.resize((int(box * narrow), int(box * 1.08)), Pil.Resampling.BILINEAR)
    glyph = glyph.rotate(-math.degrees(angle) + (180 if inward else 0), Pil.Resampling.BICUBIC, expand=True)
    x = plate.width / 2 + radius * math.sin(angle) - glyph.width / 2
    y = plate.height / 2 - radius * math.cos(angle) - glyph.height / 2
    plate.paste(255, (int(x), int(y)), glyph)


def _cloud(rng: np.random.Generator, shape: tuple[int, int], *, cells: int) -> Alpha:
    """Smooth random unevenness from 0 to 1, about `cells` swells across."""
    coarse = Pil.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize(shape[::-1], Pil.Resampling.BICUBIC), np.float32) / np.float32(255)
