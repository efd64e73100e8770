"""Invisible text for a searchable copy: a font of plain squares, never painted, set into the boxes that were read.

The font has two glyphs, one as wide as an ideograph and one half as wide, so that the places of single characters
within a line are about right too. They fill their squares, since some viewers select by a glyph's outline. What is
selected and found is told by the font's table of characters.
"""

import functools
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf

from ingest.unicode_map import to_unicode_map

FULL, HALF = 1000, 500
"""Widths of the two glyphs, in thousandths of the size."""

DESCENT = 120
"""How far a box reaches below the baseline, in thousandths of its height: Chinese print stands in its square so."""

STANDING = 1.5
"""Height over width from which a line of several characters runs from top to bottom (as recognition takes it)."""

_INVISIBLE = 3

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]


class TextFont:
    """The font of one document: gives each character that occurs a number and writes the tables in the end."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def encode(self, text: str) -> tuple[str, int]:
        """The text as a PDF hex string, and its width in thousandths of the size."""
        numbers = [self._numbers.setdefault(character, len(self._numbers) + 1) for character in text]
        return "".join(f"{number:04x}" for number in numbers), sum(map(_width, text))

    def write(self, pdf: Pdf) -> Any:
        """The font as an object of that file."""
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.YidangInvisible,
            Flags=4,
            FontBBox=[0, -DESCENT, FULL, FULL - DESCENT],
            ItalicAngle=0,
            Ascent=FULL - DESCENT,
            Descent=-DESCENT,
            CapHeight=FULL - DESCENT,
            StemV=80,
            FontFile2=pdf.make_stream(_program()),
        )
        described = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name.YidangInvisible,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=FULL,
            W=Array([1, Array([_width(character) for character in self._numbers])]),
            CIDToGIDMap=pdf.make_stream(self._glyphs()),
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.YidangInvisible,
            Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(described)],
            ToUnicode=pdf.make_stream(to_unicode_map("Adobe-Identity-UCS", ((n, c) for c, n in self._numbers.items()))),
        )
        return pdf.make_indirect(font)

    def _glyphs(self) -> bytes:
        glyphs = [0, *(1 if _width(character) == FULL else 2 for character in self._numbers)]
        return b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)


def text_operators(lines: Iterable[tuple[str, Corners]], font: TextFont) -> str:
    """Drawing commands that set each line invisibly into its box.

    `lines` are texts with their corners in points of the page (y upwards), clockwise as read from the top left. The
    font is expected under the name `/F0`.
    """
    parts = ["BT", f"{_INVISIBLE} Tr"]
    for text, box in lines:
        printable = "".join(c for c in text if c.isprintable() and not "\ud800" <= c <= "\udfff")
        if printable.strip():
            parts += _set(printable, box, font)
    return "\n".join([*parts, "ET"]) if len(parts) > 2 else ""  # noqa: PLR2004 - the two that begin it


def _set(text: str, box: Corners, font: TextFont) -> list[str]:
    a, b, c, d = _as_read(text, box)
    size = max(0.1, (math.dist(a, d) + math.dist(b, c)) / 2)
    width = max(0.1, (math.dist(a, b) + math.dist(d, c)) / 2)
    angle = math.atan2(c[1] - d[1], c[0] - d[0])
    encoded, units = font.encode(text)
    lift = size * DESCENT / 1000
    x, y = d[0] - lift * math.sin(angle), d[1] + lift * math.cos(angle)
    cos, sin = math.cos(angle), math.sin(angle)
    return [
        f"/F0 {size:.3f} Tf {100 * width / (units * size / 1000):.3f} Tz",
        f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.3f} {y:.3f} Tm <{encoded}> Tj",
    ]


def _as_read(text: str, box: Corners) -> Corners:
    """The corners beginning where the text begins: a standing line runs down, its characters' heads to the right."""
    a, b, c, d = box
    if len(text) > 1 and math.dist(a, d) >= STANDING * math.dist(a, b):
        return b, c, d, a
    return box


def _width(character: str) -> int:
    return HALF if character.isascii() else FULL


@functools.cache
def _program() -> bytes:
    """The font program: TrueType, two squares, no date, so that the bytes are always the same."""
    from fontTools.fontBuilder import FontBuilder

    names: Sequence[str] = (".notdef", "full", "half")
    builder = FontBuilder(FULL, isTTF=True)
    builder.setupGlyphOrder(list(names))
    builder.setupCharacterMap({0x3000: "full", 0x20: "half"})
    builder.setupGlyf({".notdef": _square(FULL), "full": _square(FULL), "half": _square(HALF)})
    builder.setupHorizontalMetrics({".notdef": (FULL, 0), "full": (FULL, 0), "half": (HALF, 0)})
    builder.setupHorizontalHeader(ascent=FULL - DESCENT, descent=-DESCENT)
    builder.setupNameTable({"familyName": "Yidang Invisible", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=FULL - DESCENT, sTypoDescender=-DESCENT)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


def _square(width: int) -> Any:
    """A glyph that fills its place from descent to ascent."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    bottom, top = -DESCENT, FULL - DESCENT
    pen.moveTo((0, bottom))
    for corner in ((0, top), (width, top), (width, bottom)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
