"""Fonts of OFD text as fonts of the PDF: embedded ones as they are, all others by the two Chinese fonts we bring along.

Each pair of a glyph and the characters it stands for gets a number of its own, so that what a viewer copies is what
the OFD's author wrote, even where a subset font's own table says something else.
"""

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from ingest.unicode_map import to_unicode_map

_UNITS = 1000
"""Of PDF's glyph widths, to the size of the font."""

_MAX_CODES = 0xFFFF

_SERIF_WORDS = ("宋", "仿宋", "楷", "明", "song", "sun", "ming", "kai", "fang", "times", "roman", "serif", "georgia")
_SANS_WORDS = ("sans", "黑", "hei", "arial", "helvetica", "等线", "yahei", "雅黑")
_SFNT = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")


class FontFile:
    """A font's file as it is: its bytes, which character is which glyph, and how wide each is."""

    def __init__(self, data: bytes) -> None:
        """Read a font's file (TrueType or OpenType).

        Raises:
            Exception: whatever the font library says of a broken file; `font_file` gives None then.
        """
        from fontTools.ttLib import TTFont

        self.data = data
        self._font = TTFont(io.BytesIO(data), lazy=True, fontNumber=0, checkChecksums=0)
        self.glyph_count = int(self._font["maxp"].numGlyphs)
        self._units = int(self._font["head"].unitsPerEm) or _UNITS
        self._advances = self._font["hmtx"].metrics if "hmtx" in self._font else {}
        # A file without a table of characters is still good for glyphs that are given by number.
        self._characters: dict[int, str] = (self._font.getBestCmap() if "cmap" in self._font else None) or {}

    def glyph_of(self, character: str) -> int:
        """The glyph of a character, 0 where the font has none."""
        name = self._characters.get(ord(character))
        return int(self._font.getGlyphID(name)) if name is not None else 0

    def advance(self, glyph: int) -> float:
        """How far the glyph reaches, in sizes of the font."""
        try:
            return float(self._advances[self._font.getGlyphName(glyph)][0]) / self._units
        except (KeyError, IndexError, TypeError):
            return 1.0


def font_file(data: bytes) -> FontFile | None:
    """A font's file; None where it cannot be used."""
    if not data.startswith(_SFNT):
        return None
    try:
        return FontFile(data)
    except Exception:  # noqa: BLE001 - a broken font may raise anything; the text is drawn in ours then
        return None


class PdfFont:
    """One font of the PDF being made; characters are added as they are drawn, `finish` writes what was used."""

    def __init__(self, pdf: pikepdf.Pdf, file: FontFile) -> None:
        self._pdf, self._file = pdf, file
        self._codes: dict[tuple[int, str], int] = {}
        self.object = pdf.make_indirect(Dictionary(Type=Name.Font))
        self.glyph_of = file.glyph_of
        self.advance = file.advance

    def has_glyph(self, glyph: int) -> bool:
        """Whether the font has a glyph of this number."""
        return 0 < glyph < self._file.glyph_count

    def code_of(self, glyph: int, text: str) -> int:
        """The number under which a glyph that stands for `text` is drawn."""
        code = self._codes.setdefault((glyph, text), len(self._codes) + 1)
        return code if code < _MAX_CODES else 0

    def finish(self) -> None:
        """Write the font into the PDF, with the numbers given out so far."""
        glyphs = b"\0\0" + b"".join(glyph.to_bytes(2, "big") for glyph, _ in self._codes)
        widths = pikepdf.Array([1, pikepdf.Array([round(self.advance(g) * _UNITS) for g, _ in self._codes])])
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.OFD,
            Flags=4,
            FontBBox=[0, -200, 1000, 900],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=700,
            StemV=80,
            FontFile2=self._pdf.make_stream(self._file.data),
        )
        below = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name.OFD,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            DW=_UNITS,
            W=widths,
            CIDToGIDMap=self._pdf.make_stream(glyphs),
        )
        self.object.Subtype = Name.Type0
        self.object.BaseFont = Name.OFD
        self.object.Encoding = Name("/Identity-H")
        self.object.DescendantFonts = pikepdf.Array([self._pdf.make_indirect(below)])
        texts = ((number, text) for number, (_, text) in enumerate(self._codes, 1) if text)
        self.object.ToUnicode = self._pdf.make_stream(to_unicode_map("OFD", texts))


class FontShelf:
    """The fonts of one PDF: each font file is taken into it once. `files` keeps what was read for the next PDF."""

    def __init__(self, pdf: pikepdf.Pdf, files: dict[str, FontFile | None]) -> None:
        self._pdf, self._files = pdf, files
        self._fonts: dict[str, PdfFont] = {}

    def embedded(self, file: str, read: Callable[[str], bytes]) -> PdfFont | None:
        """The font in a file of the package; None where it cannot be used."""
        if file not in self._files:
            self._files[file] = font_file(read(file))
        found = self._files[file]
        return None if found is None else self._font(file, found)

    def own(self, name: str) -> PdfFont:
        """The font of ours that stands in for one of this name: serif for 宋, 仿宋 and 楷, else without."""
        low = name.lower()
        serif = any(word in low for word in _SERIF_WORDS) and not any(word in low for word in _SANS_WORDS)
        key = "/serif" if serif else "/sans"
        return self._font(key, _own_file(serif=serif))

    def _font(self, key: str, file: FontFile) -> PdfFont:
        if key not in self._fonts:
            self._fonts[key] = PdfFont(self._pdf, file)
        return self._fonts[key]

    def finish(self) -> None:
        """Write all fonts."""
        for font in self._fonts.values():
            font.finish()


@functools.cache
def _own_file(*, serif: bool) -> FontFile:
    import pylopdf_fonts_zh_cn as fonts

    path: Any = fonts.serif_path() if serif else fonts.sans_path()
    return FontFile(Path(path).read_bytes())
