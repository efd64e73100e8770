"""Writing an OFD document (GB/T 33190-2016) from the pages of a PDF of ours: text with its own fonts, and paths.

Every object stands where it stands in the PDF; text stays text. Identical input gives identical bytes. Elements are in
the order of the standard's schema, since readers check it.
"""

import dataclasses
import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from signing.ofd_font import true_type
from signing.page_objects import DrawnDocument, DrawnPage, Path, Pen, Point, TextRun

NAMESPACE = "http://www.ofdspec.org/2016"
DOCUMENT = "Doc_0"
CREATOR = "一档"
NOTE_MM = 2.8
"""Size of the note's characters: 8 points, small and still legible in print."""
NOTE_EDGE_MM = 3.5
"""Between the note's baseline and the lower edge, outside every frame of our templates."""
_LATIN = 0.7
"""The width of a Latin capital, in sizes."""
_NOTE_FONT = "宋体"
_NOTE_COLOUR = "138 48 48"
_ZIP_TIME = (2016, 1, 1, 0, 0, 0)
"""The time of every file in the zip, which says nothing: identical input gives identical bytes."""
_READABLE = 0o644 << 16
_CAPS, _JOINS = ("Butt", "Round", "Square"), ("Miter", "Round", "Bevel")
_UPRIGHT = (1.0, 0.0, 0.0, 1.0)
_LETTERS = {"m": "M", "l": "L", "c": "B", "h": "C"}
_CLOSE = 1e-4
"""A tenth of a micrometre, to which coordinates are written."""

register_namespace("ofd", NAMESPACE)


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What the document says of itself: title, author, when made, `custom` data by name, and a `note` on each page."""

    title: str
    author: str
    created: dt.datetime
    custom: Mapping[str, str]
    note: str


def ofd_files(drawn: DrawnDocument, identifier: str, facts: Facts) -> dict[str, bytes]:
    """The files of the package, by name, not yet sealed. Pages have the identifiers 1, 2 and so on.

    Args:
        drawn: the pages, from `drawn_document`.
        identifier: 32 hex digits that name the document (7.4, DocID).
        facts: what it says of itself.
    """
    numbers = itertools.count(len(drawn.pages) + 1)
    fonts = {name: next(numbers) for name in drawn.fonts}
    note_font = next(numbers)
    files = {"OFD.xml": b"", f"{DOCUMENT}/Document.xml": b"", f"{DOCUMENT}/PublicRes.xml": b""}
    for number, page in enumerate(drawn.pages, 1):
        files[_page_file(number)] = _page(page, fonts, note_font, facts.note, numbers)
    for name, number in fonts.items():
        files[f"{DOCUMENT}/Res/font_{number}.ttf"] = true_type(drawn.fonts[name])
    files["OFD.xml"] = _root(identifier, facts)
    files[f"{DOCUMENT}/PublicRes.xml"] = _resources(fonts, note_font)
    files[f"{DOCUMENT}/Document.xml"] = _document(drawn, next(numbers))
    return files


def pack_ofd(files: Mapping[str, bytes]) -> bytes:
    """The package: a zip with the files in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            package.writestr(entry, data)
    return out.getvalue()


def element(parent: Element | None, name: str, text: str = "", **attributes: str) -> Element:
    """An element of OFD, below another or by itself."""
    tag = f"{{{NAMESPACE}}}{name}"
    made = Element(tag, attributes) if parent is None else SubElement(parent, tag, attributes)
    made.text = text or None
    return made


def written(root: Element) -> bytes:
    """An XML file."""
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _page_file(number: int) -> str:
    return f"{DOCUMENT}/Pages/Page_{number}/Content.xml"


def _root(identifier: str, facts: Facts) -> bytes:
    """OFD.xml (7.4)."""
    root = element(None, "OFD", Version="1.1", DocType="OFD")
    body = element(root, "DocBody")
    info = element(body, "DocInfo")
    element(info, "DocID", identifier)
    element(info, "Title", facts.title)
    element(info, "Author", facts.author)
    element(info, "CreationDate", f"{facts.created:%Y-%m-%d}")
    element(info, "Creator", CREATOR)
    custom = element(info, "CustomDatas")
    for name, value in facts.custom.items():
        element(custom, "CustomData", value, Name=name)
    element(body, "DocRoot", f"{DOCUMENT}/Document.xml")
    return written(root)


def _document(drawn: DrawnDocument, largest: int) -> bytes:
    """Document.xml (7.5)."""
    root = element(None, "Document")
    common = element(root, "CommonData")
    element(common, "MaxUnitID", str(largest))
    element(element(common, "PageArea"), "PhysicalBox", _box(drawn.pages[0]))
    element(common, "PublicRes", "PublicRes.xml")
    pages = element(root, "Pages")
    for number in range(1, len(drawn.pages) + 1):
        element(pages, "Page", ID=str(number), BaseLoc=_page_file(number).removeprefix(f"{DOCUMENT}/"))
    return written(root)


def _resources(fonts: Mapping[str, int], note_font: int) -> bytes:
    """PublicRes.xml (7.9): the fonts."""
    root = element(None, "Res", BaseLoc="Res")
    listed = element(root, "Fonts")
    for name, number in fonts.items():
        plain = name.partition("+")[2] or name
        font = element(listed, "Font", ID=str(number), FontName=name, FamilyName=plain)
        element(font, "FontFile", f"font_{number}.ttf")
    element(listed, "Font", ID=str(note_font), FontName=_NOTE_FONT, FamilyName=_NOTE_FONT)
    return written(root)


def _page(page: DrawnPage, fonts: Mapping[str, int], note_font: int, note: str, numbers: Iterator[int]) -> bytes:
    """Content.xml of a page (7.7), the note in a layer of its own."""
    root = element(None, "Page")
    element(element(root, "Area"), "PhysicalBox", _box(page))
    content = element(root, "Content")
    layer = element(content, "Layer", Type="Body", ID=str(next(numbers)))
    for one in page.objects:
        if isinstance(one, TextRun):
            _text(layer, one, fonts[one.font], str(next(numbers)), page)
        else:
            _path(layer, one, str(next(numbers)))
    if note:
        above = element(content, "Layer", Type="Foreground", ID=str(next(numbers)))
        _note(above, page, note, note_font, str(next(numbers)))
    return written(root)


def _text(layer: Element, run: TextRun, font: int, identifier: str, page: DrawnPage) -> None:
    """A text object (11.3). Upright text has its own box; turned text is laid out in its own frame and turned."""
    upright = all(abs(a - b) < _CLOSE for a, b in zip(run.turn, _UPRIGHT, strict=True))
    x, y = run.places[0]
    placed = [(a - x, b - y) for a, b in run.places] if upright else list(_unturned(run))
    wide = placed[-1][0] + run.size
    box = (x, y - run.size, wide, run.size * 1.4) if upright else (0.0, 0.0, page.width, page.height)
    made = element(
        layer, "TextObject", ID=identifier, Boundary=_numbers(box), Font=str(font), Size=_numbers((run.size,))
    )
    if not upright:
        made.set("CTM", _numbers((*run.turn, x, y)))
    _paint(made, run.pen, text=True)
    code = element(made, "TextCode", run.text, X="0", Y=_numbers((run.size if upright else 0.0,)))
    for name, axis in (("DeltaX", 0), ("DeltaY", 1)):
        steps = [after[axis] - before[axis] for before, after in itertools.pairwise(placed)]
        if steps and (axis == 0 or any(abs(step) >= _CLOSE for step in steps)):
            code.set(name, _numbers(steps))


def _unturned(run: TextRun) -> Iterator[Point]:
    """The places of turned text in its own frame, from its first glyph."""
    a, b, c, d = run.turn
    whole = a * d - b * c
    for x, y in run.places:
        right, down = x - run.places[0][0], y - run.places[0][1]
        yield (d * right - c * down) / whole, (a * down - b * right) / whole


def _path(layer: Element, path: Path, identifier: str) -> None:
    """A path object (9.1), in the frame of its own box, which has room for the line."""
    points = [point for _, points in path.segments for point in points]
    room = path.pen.width if path.pen.stroke else 0.0
    left, top = (min(point[axis] for point in points) - room for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) + room for axis in (0, 1))
    made = element(layer, "PathObject", ID=identifier, Boundary=_numbers((left, top, right - left, bottom - top)))
    if path.even_odd:
        made.set("Rule", "Even-Odd")
    _paint(made, path.pen, text=False)
    words = itertools.chain.from_iterable(
        (_LETTERS[kind], *(_numbers((x - left, y - top)) for x, y in points)) for kind, points in path.segments
    )
    element(made, "AbbreviatedData", " ".join(words))


def _paint(made: Element, pen: Pen, *, text: bool) -> None:
    """Colours and line. Text is filled where nothing is said, a path is stroked (tables 29 and 35)."""
    if bool(pen.fill) != text:
        made.set("Fill", "true" if pen.fill else "false")
    if bool(pen.stroke) == text:
        made.set("Stroke", "true" if pen.stroke else "false")
    if pen.stroke:
        made.set("LineWidth", _numbers((pen.width,)))
        made.set("Cap", _CAPS[pen.cap])
        made.set("Join", _JOINS[pen.join])
        made.set("MiterLimit", _numbers((pen.miter,)))
        if pen.dash:
            made.set("DashPattern", _numbers(pen.dash))
    if pen.fill:
        element(made, "FillColor", Value=" ".join(map(str, pen.fill)))
    if pen.stroke:
        element(made, "StrokeColor", Value=" ".join(map(str, pen.stroke)))


def _note(layer: Element, page: DrawnPage, note: str, font: int, identifier: str) -> None:
    """One line in the middle of the lower edge, in a font that every reader has."""
    steps = [NOTE_MM * (_LATIN if character.isascii() else 1) for character in note]
    wide = sum(steps)
    box = ((page.width - wide) / 2, page.height - NOTE_EDGE_MM - NOTE_MM, wide, NOTE_MM * 1.4)
    made = element(
        layer, "TextObject", ID=identifier, Boundary=_numbers(box), Font=str(font), Size=_numbers((NOTE_MM,))
    )
    element(made, "FillColor", Value=_NOTE_COLOUR)
    code = element(made, "TextCode", note, X="0", Y=_numbers((NOTE_MM,)))
    code.set("DeltaX", _numbers(steps[:-1]))


def _box(page: DrawnPage) -> str:
    return _numbers((0, 0, page.width, page.height))


def _numbers(values: Iterable[float]) -> str:
    """Numbers as OFD writes them: never with an exponent."""
    return " ".join(f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".") for value in values)
