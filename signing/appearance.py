"""How a seal looks: a red ring with the owner's name, a star, the code, and 测试 below, as PNG with alpha.

After the form of public seals in China (国发〔1999〕25号): round, a star, the name around it from left to right.
"""

import functools
import io
import math

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

SIZE = 640
"""Pixels across: 42 mm at about 390 dpi, sharp in print."""
SCALE = 2
"""Drawn larger and reduced, for smooth edges."""
RED = (214, 24, 31, 235)
"""Slightly transparent: the text under a seal must stay readable."""
ARC_DEGREES = 250.0
"""The share of the ring a long name may take; the rest is for the code below."""
MARK = "测试"


@functools.lru_cache(maxsize=64)
def draw_seal(owner: str, code: str) -> bytes:
    """Draw the seal of an owner; `code` is the number of the seal, such as "9901010000018"."""
    edge = SIZE * SCALE
    image = Image.new("RGBA", (edge, edge), (*RED[:3], 0))
    pen = ImageDraw.Draw(image)
    line = edge // 40
    pen.ellipse((line, line, edge - line, edge - line), outline=RED, width=line)
    pen.polygon(_star(edge / 2, edge * 0.47, edge * 0.145), fill=RED)
    height = min(edge * 0.125, 2 * math.pi * edge * 0.375 * ARC_DEGREES / 360 / max(len(owner), 1) * 0.95)
    step = min(ARC_DEGREES / max(len(owner), 1), 30.0)
    _text_on_ring(image, owner, radius=edge * 0.375, height=height, step=step, top=True)
    _text_on_ring(image, code, radius=edge * 0.405, height=edge * 0.062, step=5.4, top=False)
    font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.serif_path()), int(edge * 0.1))
    pen.text((edge / 2, edge * 0.71), MARK, font=font, fill=RED, anchor="mm", stroke_width=SCALE, stroke_fill=RED)
    out = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, format="PNG", optimize=False)
    return out.getvalue()


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for corner in range(10):
        angle = math.radians(36 * corner - 90)
        reach = inner if corner % 2 else radius
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return points


def _text_on_ring(  # noqa: PLR0913  each a measure of its own
    image: Image.Image, text: str, *, radius: float, height: float, step: float, top: bool
) -> None:
    """Set characters around the middle: on top reading clockwise, below reading left to right."""
    font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.serif_path()), max(int(height), 1))
    side = int(height * 1.6)
    centre = image.width / 2
    for index, character in enumerate(text):
        offset = (index - (len(text) - 1) / 2) * step
        turn = offset if top else -offset
        glyph = Image.new("RGBA", (side, side), (*RED[:3], 0))
        pen = ImageDraw.Draw(glyph)
        pen.text((side / 2, side / 2), character, font=font, fill=RED, anchor="mm", stroke_width=SCALE, stroke_fill=RED)
        glyph = glyph.rotate(-turn, resample=Image.Resampling.BICUBIC)
        angle = math.radians(turn - 90) if top else math.radians(turn + 90)
        x, y = centre + radius * math.cos(angle), centre + radius * math.sin(angle)
        image.alpha_composite(glyph, (round(x - side / 2), round(y - side / 2)))
