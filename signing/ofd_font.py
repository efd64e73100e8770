"""A font of a PDF as a font file of OFD: the glyphs that the PDF embeds, in an OpenType file with a character map."""

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import newTable

from signing.page_objects import FontProgram

_UNITS = 1000
"""Of our fonts to the em; PDF's widths are counted in the same."""
_MADE = 3_786_825_600
"""The date in the font, 2024-01-01 in seconds since 1904: identical input gives identical bytes."""


def open_type(program: FontProgram) -> bytes:
    """The font file. The glyphs are not touched, so the page looks as it does in the PDF."""
    builder = FontBuilder(_UNITS, isTTF=False)
    builder.font.sfntVersion, builder.font.recalcTimestamp = "OTTO", False
    compact = newTable("CFF ")
    compact.decompile(program.cff, builder.font)
    top = compact.cff.topDictIndex[0]
    for part in top.FDArray:
        # One scale, to the em, is enough: beside the PDF's second one readers make every glyph a thousand times as big.
        part.rawDict.pop("FontMatrix", None)
        vars(part).pop("FontMatrix", None)
    names = list(top.charset)
    builder.setupGlyphOrder(names)
    builder.font["CFF "] = compact
    builder.setupCharacterMap({character: names[glyph] for character, glyph in program.characters.items()})
    builder.setupHorizontalMetrics({name: (round(program.widths.get(n, 0)), 0) for n, name in enumerate(names)})
    ascent, descent = round(program.ascent), round(program.descent)
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    builder.setupNameTable({"familyName": program.name, "styleName": "Regular", "psName": program.name})
    builder.setupPost()
    builder.updateHead(created=_MADE, modified=_MADE)
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()
