"""The marks of a copy handed out: words across each page, and a line at its foot with a code to verify it by."""

import dataclasses
import io

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from signing import qr_png

DPI = 150
"""Of the marks themselves; a page is given them at its own size."""
TILE_INK = (120, 20, 20, 52)
"""Dark red at a fifth: the words below stay readable, and a photocopy keeps the mark."""
TILE_ANGLE = 28
TILE_LETTER, FOOT_LETTER = 30, 21
"""Pixels at `DPI`: some 5 mm and 3.5 mm."""
TILE_GAP = 60
FOOT_WIDTH, FOOT_PADDING, QR_SIDE = 1180, 12, 110
"""At `DPI` nearly the width of A4, the code 19 mm wide: a telephone reads it from paper."""
SEAL_SIDE = 250
"""At `DPI` the 42 mm of a public seal (`signing.anchor.SEAL_MM`), and a little air."""
POINTS = 72 / DPI
NEVER_FIRST = "，。；：、）"
"""Signs that begin no line (GB/T 15834); they may stand in the padding."""
FOOT_INK, FOOT_PAPER = (90, 15, 15), (255, 255, 255)


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """What stands on every page: a tile that repeats across it, and its foot. PNG, the tile with transparency."""

    tile: bytes
    foot: bytes


def draw_marks(across: list[str], foot: list[str], address: str, *, sealed: bool = False) -> Marks:
    """Draw the words across the page, and the lines at its foot beside the code of the address that verifies it.

    `sealed` leaves room for a seal between both, so that it covers nothing: neither the page nor these words.
    """
    return Marks(_png(_tile(across)), _png(_foot(foot, address, SEAL_SIDE if sealed else 0)))


def seal_place(width: float) -> tuple[float, float, float]:
    """Where that room is on a page of this width: its middle from the left and from the foot, its side; in points."""
    foot = min(FOOT_WIDTH * POINTS, width)
    scale = foot / FOOT_WIDTH
    middle = FOOT_WIDTH - 2 * FOOT_PADDING - QR_SIDE - SEAL_SIDE / 2
    return (width - foot) / 2 + middle * scale, (SEAL_SIDE / 2 + FOOT_PADDING) * scale, SEAL_SIDE * scale


def _tile(lines: list[str]) -> Image.Image:
    font = ImageFont.truetype(str(sans_path()), TILE_LETTER)
    width = max(round(font.getlength(line)) for line in lines)
    height = round(TILE_LETTER * 1.5) * len(lines)
    words = Image.new("RGBA", (width, height), (*TILE_INK[:3], 0))
    draw = ImageDraw.Draw(words)
    for n, line in enumerate(lines):
        draw.text((width / 2, n * TILE_LETTER * 1.5), line, font=font, fill=TILE_INK, anchor="ma")
    turned = words.rotate(TILE_ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
    tile = Image.new("RGBA", (turned.width + TILE_GAP, turned.height + TILE_GAP), (*TILE_INK[:3], 0))
    tile.paste(turned, (TILE_GAP // 2, TILE_GAP // 2))
    return tile


def _foot(lines: list[str], address: str, seal: int) -> Image.Image:
    font = ImageFont.truetype(str(sans_path()), FOOT_LETTER)
    room = FOOT_WIDTH - QR_SIDE - seal - (4 if seal else 3) * FOOT_PADDING
    wrapped = [part for line in lines for part in _wrapped(line, font, room)]
    step = round(FOOT_LETTER * 1.35)
    height = max(QR_SIDE, seal, step * len(wrapped)) + 2 * FOOT_PADDING
    foot = Image.new("RGB", (FOOT_WIDTH, height), FOOT_PAPER)
    draw = ImageDraw.Draw(foot)
    draw.rectangle((0, 0, FOOT_WIDTH - 1, height - 1), outline=FOOT_INK, width=2)
    for n, line in enumerate(wrapped):
        draw.text((FOOT_PADDING, FOOT_PADDING + n * step), line, font=font, fill=FOOT_INK)
    code = Image.open(io.BytesIO(qr_png(address))).convert("RGB").resize((QR_SIDE, QR_SIDE))
    foot.paste(code, (FOOT_WIDTH - QR_SIDE - FOOT_PADDING, FOOT_PADDING))
    return foot


def _wrapped(line: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """The line in pieces that fit; Chinese may break anywhere."""
    pieces, piece = [], ""
    for character in line:
        if piece and character not in NEVER_FIRST and font.getlength(piece + character) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece] if piece else pieces


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
