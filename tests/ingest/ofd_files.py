"""Makes the OFD documents of the tests: a good one with everything on it, and those that must be refused."""

import io
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from ingest.paging_ofd import page_ofd
from samples import ofd
from tests.ingest import bad_files

DPMM = 200 / 25.4
"""Pixels a millimetre of a page picture: pages of text are drawn at 200 dpi."""


def shown(path: Path, out: Path, *, pages: int = 1):
    """The pages of an OFD, drawn here and not in the sandbox: what was found, and the pictures in grey."""
    out.mkdir(exist_ok=True)
    numbers = list(range(1, pages + 1))
    found = page_ofd(
        str(path),
        out_dir=str(out),
        numbers=numbers,
        max_pages=1000,
        max_pixels=150_000_000,
        begin=lambda _: None,
    )
    return found, [Image.open(out / page["file"]).convert("RGB") for page in found]


def colour_at(picture: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    """The colour at a place in millimetres, by the middle of a few pixels around it."""
    left, top = round(x * DPMM), round(y * DPMM)
    return picture.crop((left - 2, top - 2, left + 3, top + 3)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


def encoded(image: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()


def picture_bytes(kind: str, mode: str = "RGB") -> bytes:
    """A picture whose upper left quarter is black."""
    return encoded(bad_files.picture(400, 300, mode), kind)


def quarter(size: int = 64) -> Image.Image:
    """White, its upper left quarter black."""
    image = Image.new("L", (size, size), "white")
    ImageDraw.Draw(image).rectangle((0, 0, size // 2 - 1, size // 2 - 1), fill="black")
    return image


def media(name: str, file: str) -> str:
    return f'<ofd:MultiMedia ID="{name}" Type="Image"><ofd:MediaFile>{file}</ofd:MediaFile></ofd:MultiMedia>'


def font_entry(name: str, file: str) -> str:
    return f'<ofd:Font ID="{name}" FontName="Subset"><ofd:FontFile>{file}</ofd:FontFile></ofd:Font>'


def subset_font(words: str, *, without_table: bool) -> tuple[bytes, list[int]]:
    """An OpenType font with only some characters, as programs embed it; and the glyph of each character."""
    font = TTFont(pylopdf_fonts_zh_cn.sans_path())
    options = Options(notdef_outline=True, glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=words)
    subsetter.subset(font)
    table = font.getBestCmap()
    glyphs = [font.getGlyphID(table[ord(character)]) for character in words]
    if without_table:
        del font["cmap"]
    written = io.BytesIO()
    font.save(written)
    return written.getvalue(), glyphs


def block_font(character: str) -> bytes:
    """A TrueType font with one character: a black square over the whole of its size."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 1000), (1000, 1000), (1000, 0)):
        pen.lineTo(point)
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "block"])
    builder.setupCharacterMap({ord(character): "block"})
    builder.setupGlyf({".notdef": empty, "block": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "block": (1000, 0)})
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupPost()
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


def one_page(*objects: str, **more: object) -> bytes:
    return ofd.make_ofd(ofd.Design([ofd.Page(objects)], **more))


def changed(package: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The package with one file changed."""
    files = ofd.unpack(package)
    assert old in files[name]
    return ofd.pack({**files, name: files[name].replace(old, new)})
