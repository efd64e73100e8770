"""A copy made of pictures: black over what is hidden, the marks over everything, one JPEG a page in a PDF.

A masked copy holds nothing of the original but these pixels: no text, no layer, no metadata that could be uncovered.
"""

import dataclasses
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import img2pdf
from PIL import Image, ImageDraw

from archive.lookup.marks import DPI, Marks
from ocr import Quad

JPEG_QUALITY = 80
UNKNOWN_DPI = 200
"""For a photograph that states none: some size must be written."""
LEAST_MARGIN, MARGIN_SHARE = 4, 0.15
"""Pixels, and share of a line's height, that are blackened around its box: strokes reach beyond it, and JPEG smears."""


@dataclasses.dataclass(frozen=True, slots=True)
class CopyPage:
    """A page for the copy: its picture as it came, the turn that brings it upright, and what is hidden, on each."""

    picture: Path
    dpi: int | None
    rotation: int
    hidden_as_it_came: Sequence[Quad]
    hidden_upright: Sequence[Quad]


def write_copy(pages: Iterable[CopyPage], marks: Marks, out: Path, *, facts: Mapping[str, str], at: dt.datetime) -> int:
    """Write the pages to a PDF, one after the other; returns how many. The pictures on the way lie beside `out`.

    `facts` are title and subject; `at` is the date the copy states: the same pages and facts give the same bytes.
    """
    tile, foot = (Image.open(io.BytesIO(data)) for data in (marks.tile, marks.foot))
    made: list[str] = []
    for number, page in enumerate(pages, 1):
        path = out.with_name(f"{out.stem}-{number:06d}.jpg")
        dpi = page.dpi or UNKNOWN_DPI
        _marked(_blackened(page), tile, foot, dpi).save(path, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
        page.picture.unlink()
        made.append(str(path))
    with out.open("wb") as stream:
        img2pdf.convert(
            made,
            outputstream=stream,
            **facts,
            creationdate=at,
            moddate=at,
            producer="Yidang",
            engine=img2pdf.Engine.internal,
        )
    for name in made:
        Path(name).unlink()
    return len(made)


def _blackened(page: CopyPage) -> Image.Image:
    with Image.open(page.picture) as opened:
        picture = opened.convert("RGB")
    _black(picture, page.hidden_as_it_came)
    if page.rotation:
        picture = picture.rotate(-page.rotation, expand=True)
    _black(picture, page.hidden_upright)
    return picture


def _black(picture: Image.Image, boxes: Sequence[Quad]) -> None:
    """Upright rectangles around the boxes: a leaning line is covered with what surrounds it."""
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        left, right = min(x for x, _ in box), max(x for x, _ in box)
        top, bottom = min(y for _, y in box), max(y for _, y in box)
        margin = max(LEAST_MARGIN, MARGIN_SHARE * (bottom - top))
        draw.rectangle((left - margin, top - margin, right + margin, bottom + margin), fill="black")


def _marked(picture: Image.Image, tile: Image.Image, foot: Image.Image, dpi: int) -> Image.Image:
    """The page with the tile across it and the foot below it: the sheet grows, so that no line is covered."""
    scale = dpi / DPI
    across = _scaled(tile, scale)
    below = _scaled(foot, min(scale, picture.width / foot.width))
    sheet = Image.new("RGB", (picture.width, picture.height + below.height), "white")
    sheet.paste(picture, (0, 0))
    for row, top in enumerate(range(0, picture.height, across.height)):
        for left in range(-(row % 2) * across.width // 2, picture.width, across.width):
            sheet.paste(across, (left, top), across)
    sheet.paste(below, ((picture.width - below.width) // 2, picture.height))
    return sheet


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
