"""Reading one page: laid flat and turned upright, its lines, its seals and its quality.

The same image gives the same reading. All boxes are of the picture as it was handed in, turned upright, never of the
page laid flat.
"""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from ocr.behind import shows_through
from ocr.checkboxes import read_checkboxes
from ocr.codes import read_codes
from ocr.engine import Engine
from ocr.framing import find_gutter, framing_remarks
from ocr.geometry import MOST_CORRECTED, Back, find_flattening
from ocr.handwriting import mark_handwriting
from ocr.layersample import lines_besides, says_what_is_shown
from ocr.layout import MAX_LEAN, lean, reading_order
from ocr.orientation import read_upright
from ocr.pixels import Image, turn
from ocr.quality import is_blank, measure, remarked, with_lines
from ocr.results import CheckMark, Line, PageReading, Rotation, SealMark, Table
from ocr.rules import Ruled, find_rules
from ocr.seals import mark_seals
from ocr.seals_find import find_seals
from ocr.seals_outline import Outline, from_top, without_seals
from ocr.tables import find_tables
from ocr.textlayer import trustworthy
from ocr.title_block_look import look_closer

MIN_SIDE = 16
"""Pixels; a smaller image holds no character."""

MAX_PIXELS = 120_000_000
"""A3 at 600 dpi is 70 million. What is handed in is decoded already, so this only guards the reader's own memory."""

_COLOUR_AXES = 3


class PageUnreadable(ValueError):  # noqa: N818 - the name the other rooms know
    """The array handed in is no page image."""

    code = "page-unreadable"


def read_page(
    image: Image, *, number: int, dpi: int | None, engine: Engine, text_layer: Sequence[Line] | None = None
) -> PageReading:
    """Read one page.

    Args:
        image: The decoded page, height x width x 3, blue green red (grey, height x width, is taken too).
        number: The page's number within its file, from 1.
        dpi: Resolution the file states, or None.
        engine: What reads lines, see `load_engine`.
        text_layer: Lines that came with the page, in pixels of `image`, which then must already stand upright. Used
            instead of recognition where it is `trustworthy` and a few of its lines, read from the picture, agree with
            it; what the picture shows besides is read. Seals and quality are taken from the pixels in any case.

    Raises:
        PageUnreadable: The array has a wrong shape or type, or is too small or too large.
    """
    image = _checked(image)
    height, width = image.shape[:2]
    layer = tuple(text_layer or ())
    if trustworthy(layer, (width, height)) and says_what_is_shown(image, layer, engine):
        return _digital(image, number, dpi, engine, layer)
    flattening = find_flattening(image)
    flat = image if flattening is None else flattening.apply(image)
    quality = measure(flat, dpi)
    if is_blank(quality):
        return PageReading(number, width, height, 0, "ocr", (), (), quality, engine.name)
    outlines = find_seals(flat, dpi)
    washed = without_seals(flat, outlines)
    rotation, lines = read_upright(washed, engine)
    if all(o.colour == "grey" for o in outlines) and shows_through(flat, quality, lines, engine):
        quality = dataclasses.replace(quality, remarks=("show-through",))
        return PageReading(number, width, height, 0, "ocr", (), (), quality, engine.name)
    rotation, lines = look_closer(washed, rotation, lines, dpi, engine)
    ruled = find_rules(turn(washed, rotation), dpi, lean(lines))
    del washed  # 26 MB of a page at 300 dpi, which what follows has better use for
    found = _found_on(flat, rotation, outlines, lines, ruled, dpi, engine)
    way: tuple[float, ...] = ()
    most, upright = MAX_LEAN, turn(image, rotation)
    if flattening is not None:
        back = flattening.back(rotation, (width, height))
        found, way, most = found.laid_back(back), back.flat, MOST_CORRECTED
    gutter = find_gutter(upright, found.lines, dpi)
    lines = reading_order(found.lines, gutter) if gutter else found.lines
    return PageReading(
        number=number,
        width=upright.shape[1],
        height=upright.shape[0],
        rotation=rotation,
        source="ocr",
        lines=lines,
        seals=found.seals,
        quality=remarked(with_lines(quality, lines, most), framing_remarks(upright, lines, gutter)),
        engine=engine.name,
        codes=read_codes(upright),
        flat=way,
        gutter=gutter,
        tables=found.tables,
        marks=found.marks,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """What stands on a page."""

    lines: tuple[Line, ...]
    seals: tuple[SealMark, ...]
    tables: tuple[Table, ...]
    marks: tuple[CheckMark, ...]

    def laid_back(self, back: Back) -> "_Found":
        """The same, in pixels of the page as it was handed in, turned upright."""
        return _Found(back.lines(self.lines), back.seals(self.seals), back.tables(self.tables), back.marks(self.marks))


def _found_on(  # noqa: PLR0913, PLR0917 - one page, these are its views
    flat: Image,
    rotation: Rotation,
    outlines: Sequence[Outline],
    lines: tuple[Line, ...],
    ruled: Ruled,
    dpi: int | None,
    engine: Engine,
) -> _Found:
    """What stands on the page laid flat, besides its lines as read and its rules."""
    upright, size = turn(flat, rotation), (flat.shape[1], flat.shape[0])
    seals = mark_seals(upright, from_top(o.turned(rotation, size) for o in outlines), engine)
    lines = mark_handwriting(upright, lines, seals)
    tables = find_tables(ruled, lines)
    return _Found(lines, seals, tables, read_checkboxes(upright, lines, dpi))


def _digital(image: Image, number: int, dpi: int | None, engine: Engine, layer: tuple[Line, ...]) -> PageReading:
    """A page whose own text is taken as it is; what only its picture shows is read besides."""
    outlines = find_seals(image, dpi)
    washed = without_seals(image, outlines)
    lines = reading_order((*layer, *lines_besides(washed, layer, engine)))
    return PageReading(
        number=number,
        width=image.shape[1],
        height=image.shape[0],
        rotation=0,
        source="text-layer",
        lines=lines,
        seals=mark_seals(image, outlines, engine),
        quality=with_lines(measure(image, dpi), lines),
        engine="text-layer",
        codes=read_codes(image),
        tables=find_tables(find_rules(washed, dpi, 0.0), lines),
        marks=read_checkboxes(image, lines, dpi),
    )


def _checked(image: Image) -> Image:
    if image.dtype != np.uint8 or image.ndim not in {2, _COLOUR_AXES}:
        raise PageUnreadable(f"a page image is 8-bit grey or colour, not {image.dtype} of shape {image.shape}")
    if image.ndim == _COLOUR_AXES and image.shape[2] != _COLOUR_AXES:
        raise PageUnreadable(f"a colour page has 3 channels, not {image.shape[2]}: drop the transparency first")
    height, width = image.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise PageUnreadable(f"a page of {width} x {height} pixels is too small: at least {MIN_SIDE} on each side")
    if height * width > MAX_PIXELS:
        raise PageUnreadable(
            f"a page of {width} x {height} pixels is too large: at most {MAX_PIXELS} pixels, shrink it"
        )
    if image.ndim == _COLOUR_AXES:
        return image
    return np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
