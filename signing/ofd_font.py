"""A font of a PDF as a font file of OFD: the outlines that the PDF embeds, as TrueType with a character map.

OFD allows OpenType with either kind of outlines, but `ofdrw` shows only TrueType, as do older readers: cubic curves
become quadratic ones, within a bound that no eye sees.
"""

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable

from signing.page_objects import FontProgram

_UNITS = 1000
"""Of our fonts to the em; PDF's widths are counted in the same."""
_MAX_ERROR = 0.5
"""How far a curve may stray, in units: 7 micrometres in the largest heading."""
_MADE = 3_786_825_600
"""The date in the font, 2024-01-01 in seconds since 1904: identical input gives identical bytes."""


def true_type(program: FontProgram) -> bytes:
    """The font file, with the glyphs under the numbers that they have in the PDF."""
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.font.recalcTimestamp = False
    compact = newTable("CFF ")
    compact.decompile(program.cff, builder.font)
    top = compact.cff.topDictIndex[0]
    names = list(top.charset)
    builder.setupGlyphOrder(names)
    builder.setupGlyf({name: _outline(top.CharStrings[name]) for name in names})
    builder.setupCharacterMap({character: names[glyph] for character, glyph in program.characters.items()})
    edges = {name: builder.font["glyf"][name] for name in names}
    widths = (round(program.widths.get(number, 0)) for number in range(len(names)))
    builder.setupHorizontalMetrics(
        {name: (width, getattr(edges[name], "xMin", 0)) for name, width in zip(names, widths, strict=True)}
    )
    ascent, descent = round(program.ascent), round(program.descent)
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    builder.setupNameTable({"familyName": program.name, "styleName": "Regular", "psName": program.name})
    builder.setupPost()
    builder.updateHead(created=_MADE, modified=_MADE)
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def _outline(glyph: object) -> object:
    quadratic = TTGlyphPen(None)
    glyph.draw(Cu2QuPen(quadratic, _MAX_ERROR, reverse_direction=True))  # type: ignore[attr-defined]  # fontTools' own
    return quadratic.glyph()
