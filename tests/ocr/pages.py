"""Small pages drawn for the tests: text, a table, a round or oval seal, and what a scanner does to them."""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

FONT = str(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf")
DPI = 150
A4 = (1240, 1754)
RED = (214, 32, 38)


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def blank(colour: tuple[int, int, int] = (252, 251, 248)) -> Image.Image:
    return Image.new("RGB", A4, colour)


def text_page(title: str, lines: Sequence[str], size: int = 30) -> Image.Image:
    page = blank()
    draw = ImageDraw.Draw(page)
    draw.text((A4[0] / 2, 170), title, font=font(52), fill="black", anchor="mm")
    for row, line in enumerate(lines):
        draw.text((150, 280 + row * 62), line, font=font(size), fill=(20, 20, 20))
    return page


def table_page(title: str, rows: Sequence[Sequence[str]], columns: Sequence[int], size: int = 26) -> Image.Image:
    page = blank()
    draw = ImageDraw.Draw(page)
    draw.text((A4[0] / 2, 170), title, font=font(50), fill="black", anchor="mm")
    top = 260
    for row in rows:
        cells = [cell.split("\n") for cell in row]
        height = 30 + 38 * max(len(cell) for cell in cells)
        x = 120
        for cell, width in zip(cells, columns, strict=False):
            draw.rectangle((x, top, x + width, top + height), outline="black", width=2)
            y = top + (height - 38 * len(cell)) / 2
            for part in cell:
                draw.text((x + 14, y), part, font=font(size), fill="black")
                y += 38
            x += width
        top += height
    return page


def stamp(
    page: Image.Image, text: str, centre: tuple[int, int], across_mm: float = 40, flat: float = 1.0
) -> Image.Image:
    """Put a seal on the page: ring, star and text along the ring; `flat` below 1 makes it oval."""
    side = round(across_mm / 25.4 * DPI * 2)
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    draw.ellipse((3, 3, side - 3, side - 3), outline=(*RED, 225), width=round(side * 0.028))
    points = [
        (side / 2 + side * r * math.sin(math.pi * k / 5), side / 2 - side * r * math.cos(math.pi * k / 5))
        for k in range(10)
        for r in ((0.15,) if k % 2 == 0 else (0.06,))
    ]
    draw.polygon(points, fill=(*RED, 225))
    spread = min(250.0, 17.5 * len(text))
    glyph = font(round(side * 0.125))
    for index, character in enumerate(text):
        angle = -spread / 2 + spread * index / max(1, len(text) - 1)
        tile = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((side / 2, side * 0.125), character, font=glyph, fill=(*RED, 225), anchor="mm")
        layer.alpha_composite(tile.rotate(-angle, center=(side / 2, side / 2), resample=Image.Resampling.BICUBIC))
    size = (side // 2, round(side // 2 * flat))
    small = layer.resize(size, Image.Resampling.LANCZOS)
    white = Image.new("RGBA", size, "white")
    white.alpha_composite(small)
    corner = (centre[0] - size[0] // 2, centre[1] - size[1] // 2)
    under = page.crop((*corner, corner[0] + size[0], corner[1] + size[1]))
    page.paste(ImageChops.multiply(under, white.convert("RGB")), corner)  # ink lets the print beneath show
    return page


def scanned(page: Image.Image, skew: float = 0.0, noise: float = 4.0, seed: int = 7) -> NDArray[np.uint8]:
    """The page as a scanner hands it over: BGR, turned clockwise by `skew` degrees, with noise."""
    image = cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR)
    if skew:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1)
        image = cv2.warpAffine(image, matrix, (width, height), borderValue=(248, 251, 252), flags=cv2.INTER_CUBIC)
    grain = np.random.default_rng(seed).normal(0, noise, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)
