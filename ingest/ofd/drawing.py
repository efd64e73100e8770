"""One OFD page as one PDF page: every object in its order, with its place, colours, clips and drawing parameters.

What a stranger's file may cost is bounded: objects a page, depth of composite units and blocks, pixels of a picture.
A single broken object is left out; the rest of the page is drawn.
"""

import dataclasses
from xml.etree.ElementTree import Element

import pikepdf
from pikepdf import Dictionary, Name

from ingest.ofd import values
from ingest.ofd.colours import BLACK, Colour, colour_of
from ingest.ofd.document import Sheet
from ingest.ofd.fonts import FontShelf
from ingest.ofd.paths import path_operators, rectangle
from ingest.ofd.pictures import masked, picture_object
from ingest.ofd.text import INVISIBLE, is_visible, text_operators
from ingest.ofd.values import IDENTITY, Matrix, is_true, number, numbers, written
from ingest.refusals import Refusal
from signing import OfdContainer, OfdError

POINTS_PER_MM = 72 / 25.4

MAX_OBJECTS = 300_000
"""On one page: a dense map has 60,000."""

MAX_DEPTH = 12
"""Of blocks and composite units inside each other. A unit that draws itself ends here."""

_LINE_WIDTH_MM = 0.353
"""Where none is given (8.2): one point."""

_CAPS = {"Butt": 0, "Round": 1, "Square": 2}
_JOINS = {"Miter": 0, "Round": 1, "Bevel": 2}
_FULL = 255.0
_FLAT = 1e-12


@dataclasses.dataclass(frozen=True, slots=True)
class _Style:
    """Drawing parameters in force: attributes and colours, the nearest first."""

    sources: tuple[Element, ...] = ()

    def attribute(self, name: str) -> str | None:
        return next((value for source in self.sources if (value := source.get(name)) is not None), None)

    def child(self, name: str) -> Element | None:
        return next((found for source in self.sources if (found := source.find(name)) is not None), None)


class PageDrawing:
    """Draws one page: `draw` once, then `laid` for each seal, then `finish`."""

    def __init__(  # noqa: PLR0913 - what a page is drawn with
        self,
        pdf: pikepdf.Pdf,
        container: OfdContainer,
        sheet: Sheet,
        fonts: FontShelf,
        pictures: dict[str, pikepdf.Object | None],
        *,
        max_pixels: int,
    ) -> None:
        self._pdf, self._container, self._sheet, self._fonts = pdf, container, sheet, fonts
        self._pictures, self._max_pixels = pictures, max_pixels
        self._lines: list[str] = []
        self._font_names: dict[int, str] = {}
        self._fonts_used: dict[str, pikepdf.Object] = {}
        self._images: dict[str, pikepdf.Object] = {}
        self._states: dict[tuple[float, float, str], str] = {}
        self._left = MAX_OBJECTS

    def draw(self) -> None:
        """Layers, then annotations (15), onto the page."""
        for layer in self._sheet.layers:
            self._block(layer, _Style(self._parameters(layer)), 0)
        for annotation in self._sheet.annotations:
            appearance = annotation.find("Appearance")
            if appearance is not None:
                place = values.box(appearance.get("Boundary"))
                shift: Matrix = (1, 0, 0, 1, place[0], place[1]) if place else IDENTITY
                self._lines.append(f"q {written(shift)} cm")
                self._block(appearance, _Style(), 0)
                self._lines.append("Q")

    def laid(self, image: pikepdf.Object, place: values.Box, clip: values.Box | None) -> None:
        """A seal's picture over the page, as ink: it darkens what lies under it (18.2)."""
        x, y, width, height = place
        self._lines.append(f"q {self._state(1.0, 1.0, 'Multiply')}")
        if clip:
            self._lines.append(f"{rectangle(x + clip[0], y + clip[1], clip[2], clip[3])} W n")
        self._lines.append(f"{written((width, 0, 0, height, x, y))} cm")
        self._paint(image)
        self._lines.append("Q")

    def form(self) -> pikepdf.Object:
        """What was drawn as a picture one unit wide and high, for a seal that is an OFD page itself."""
        _, _, width, height = self._sheet.box
        return self._pdf.make_stream(
            self._content(),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=[0, 0, width * POINTS_PER_MM, height * POINTS_PER_MM],
            Matrix=pikepdf.Array([1 / (width * POINTS_PER_MM), 0, 0, 1 / (height * POINTS_PER_MM), 0, 0]),
            Resources=self._resources(),
        )

    def finish(self) -> None:
        """Add the page to the PDF."""
        _, _, width, height = self._sheet.box
        self._pdf.add_blank_page(page_size=(width * POINTS_PER_MM, height * POINTS_PER_MM))
        page = self._pdf.pages[-1]
        page.Contents = self._pdf.make_stream(self._content())
        page.Resources = self._resources()

    def _content(self) -> bytes:
        x, y, _, height = self._sheet.box
        scale = POINTS_PER_MM
        down = (scale, 0, 0, -scale, -x * scale, (height + y) * scale)
        return "\n".join(["q", f"{written(down)} cm", *self._lines, "Q"]).encode()

    def _resources(self) -> Dictionary:
        states = {
            f"/{name}": Dictionary(ca=fill, CA=stroke, BM=Name(f"/{blend}"))
            for (fill, stroke, blend), name in self._states.items()
        }
        return Dictionary(
            Font=Dictionary({f"/{name}": font for name, font in self._fonts_used.items()}),
            XObject=Dictionary({f"/{name}": image for name, image in self._images.items()}),
            ExtGState=Dictionary(states),
        )

    def _with(self, style: _Style, element: Element) -> _Style:
        """The style with an object's own parameters before it, and its parameter sets before the others (8.2)."""
        return _Style((element, *self._parameters(element), *style.sources))

    def _parameters(self, element: Element) -> tuple[Element, ...]:
        """The parameter set an element names and those that one leans on; a ring of them ends."""
        sources: list[Element] = []
        name = element.get("DrawParam")
        while name and len(sources) < MAX_DEPTH and (found := self._sheet.resources.get(name)):
            sources.append(found.element)
            name = found.element.get("Relative")
        return tuple(sources)

    def _block(self, block: Element, style: _Style, depth: int) -> None:
        for element in block:
            self._left -= 1
            if self._left < 0:
                raise Refusal("page-broken")
            if not is_true(element, "Visible", otherwise=True):
                continue
            if element.tag == "PageBlock" and depth < MAX_DEPTH:
                self._block(element, style, depth + 1)
            elif element.tag in _DRAWERS:
                self._lines.append("q")
                self._object(element, self._with(style, element), depth)
                self._lines.append("Q")

    def _object(self, element: Element, style: _Style, depth: int) -> None:
        place = values.box(element.get("Boundary"))
        if place and element.tag != "TextObject":  # many programs measure the boundary of text too small
            self._lines.append(f"{rectangle(*place)} W n")
        if place:
            self._lines.append(f"{written((1, 0, 0, 1, place[0], place[1]))} cm")
        self._clips(element)
        self._lines.append(f"{written(values.matrix(element.get('CTM')))} cm")
        _DRAWERS[element.tag](self, element, style, depth)

    def _clips(self, element: Element) -> None:
        """The areas outside of which nothing of an object is drawn (8.4); areas made of text are passed over."""
        clips = element.find("Clips")
        for clip in [] if clips is None else clips.iter("Clip"):
            areas = [
                (values.matrix(area.get("CTM")), path_operators(path.findtext("AbbreviatedData") or ""))
                for area in clip.iter("Area")
                for path in area.iter("Path")
            ]
            # PDF cannot move a path while it is built: several areas with matrices of their own are not seen in use,
            # and a clip that is left out hides nothing.
            matrices = {matrix for matrix, _ in areas}
            built = "\n".join(operators for _, operators in areas)
            if len(matrices) == 1 and built and (there := matrices.pop()) and (back := _inverse(there)):
                self._lines.append(f"{written(there)} cm {built} W n {written(back)} cm")

    def _state(self, fill: float, stroke: float, blend: str = "Normal") -> str:
        name = self._states.setdefault((round(fill, 4), round(stroke, 4), blend), f"G{len(self._states)}")
        return f"/{name} gs"

    def _opacity(self, element: Element) -> float:
        return min(max(number(element.get("Alpha"), _FULL), 0.0), _FULL) / _FULL

    def _colours(
        self, element: Element, style: _Style, fill: Colour | None, stroke: Colour | None
    ) -> tuple[bool, bool]:
        """Set the colours and lines; tells whether there is one to fill and one to stroke with."""
        resources, opacity = self._sheet.resources, self._opacity(element)
        filling = colour_of(style.child("FillColor"), resources, fill)
        stroking = colour_of(style.child("StrokeColor"), resources, stroke)
        shares = [opacity * (1.0 if colour is None else colour.opacity) for colour in (filling, stroking)]
        if min(shares) < 1:
            self._lines.append(self._state(shares[0], shares[1]))
        if filling is not None:
            self._lines.append(f"{written(filling[:3])} rg")
        if stroking is not None:
            self._lines.append(f"{written(stroking[:3])} RG")
            width = number(style.attribute("LineWidth"), _LINE_WIDTH_MM)
            cap = _CAPS.get(style.attribute("Cap") or "Butt", 0)
            join = _JOINS.get(style.attribute("Join") or "Miter", 0)
            self._lines.append(f"{written((max(width, 0.0),))} w {cap} J {join} j")
            if (miter := number(style.attribute("MiterLimit"), 0.0)) >= 1:
                self._lines.append(f"{written((miter,))} M")
            dashes = [abs(dash) for dash in numbers(style.attribute("DashPattern"))]
            if any(dashes):
                self._lines.append(f"[{written(dashes)}] {written((number(style.attribute('DashOffset'), 0.0),))} d")
        return filling is not None, stroking is not None

    def _text(self, element: Element, style: _Style, _depth: int) -> None:
        fonts = self._sheet.resources.get(element.get("Font", ""))
        described = fonts.element if fonts else Element("Font")
        name = f"{described.get('FontName', '')} {described.get('FamilyName', '')}"
        spare = self._fonts.own(name)
        file = self._container.find((described.findtext("FontFile") or "").strip(), fonts.folder) if fonts else None
        font = (self._fonts.embedded(file, self._container.read) if file else None) or spare
        fill = colour_of(style.child("FillColor"), self._sheet.resources, BLACK) or BLACK
        visible = is_visible(element, self._opacity(element) * fill.opacity)
        fills, strokes = (is_true(element, name, otherwise=name == "Fill") for name in ("Fill", "Stroke"))
        self._colours(element, style, BLACK, BLACK if strokes else None)
        operators = text_operators(element, font, spare, self._font_names)
        for used in (font, spare):
            if id(used) in self._font_names:
                self._fonts_used[self._font_names[id(used)]] = used.object
        mode = (2 if fills else 1) if strokes else 0  # of PDF: filled, stroked, both
        self._lines += ["BT", f"{mode if visible else INVISIBLE} Tr", *operators, "ET"]

    def _path(self, element: Element, style: _Style, _depth: int) -> None:
        operators = path_operators(element.findtext("AbbreviatedData") or "")
        fill, stroke = is_true(element, "Fill", otherwise=False), is_true(element, "Stroke", otherwise=True)
        has_fill, has_stroke = self._colours(element, style, None, BLACK)
        fill, stroke = fill and has_fill, stroke and has_stroke
        if not operators or not (fill or stroke):
            return
        even = "*" if element.get("Rule") == "Even-Odd" and fill else ""
        self._lines += [operators, ("B" if fill and stroke else "f" if fill else "S") + even]

    def _image(self, element: Element, _style: _Style, _depth: int) -> None:
        image = self._picture(element.get("ResourceID", ""), element.get("ImageMask", ""))
        if image is None:
            return
        if (opacity := self._opacity(element)) < 1:
            self._lines.append(self._state(opacity, opacity))
        place = values.box(element.get("Boundary"))
        if element.get("CTM") is None and place:  # without a matrix the picture fills its boundary
            self._lines.append(f"{written((place[2], 0, 0, place[3], 0, 0))} cm")
        self._paint(image)

    def _paint(self, image: pikepdf.Object) -> None:
        """An image over the unit square, the right way up: PDF's images stand on their feet, OFD's hang down."""
        name = self._images_name(image)
        self._lines.append(f"1 0 0 -1 0 1 cm /{name} Do")

    def _images_name(self, image: pikepdf.Object) -> str:
        name = f"X{image.objgen[0]}"
        self._images[name] = image
        return name

    def _picture(self, identifier: str, mask: str) -> pikepdf.Object | None:
        key = f"{identifier} {mask} {self._file_of(identifier)}"
        if key not in self._pictures:
            self._pictures[key] = self._made(identifier, mask)
        return self._pictures[key]

    def _made(self, identifier: str, mask: str) -> pikepdf.Object | None:
        file = self._file_of(identifier)
        if file is None:
            return None
        try:
            image = picture_object(self._pdf, self._container.read(file), max_pixels=self._max_pixels)
            masking = self._file_of(mask)
            if image is not None and masking is not None:
                masked(self._pdf, image, self._container.read(masking), max_pixels=self._max_pixels)
        except OfdError as error:
            if error.fault == "bomb":
                raise
            return None
        return image

    def _file_of(self, identifier: str) -> str | None:
        found = self._sheet.resources.get(identifier)
        if found is None:
            return None
        return self._container.find(found.element.findtext("MediaFile"), found.folder)

    def _composite(self, element: Element, style: _Style, depth: int) -> None:
        unit = self._sheet.resources.get(element.get("ResourceID", ""))
        content = unit.element.find("Content") if unit else None
        if content is not None and depth < MAX_DEPTH:
            self._block(content, style, depth + 1)


_DRAWERS = {
    "TextObject": PageDrawing._text,  # noqa: SLF001 - the class's own table
    "PathObject": PageDrawing._path,  # noqa: SLF001
    "ImageObject": PageDrawing._image,  # noqa: SLF001
    "CompositeObject": PageDrawing._composite,  # noqa: SLF001
}


def _inverse(matrix: Matrix) -> Matrix | None:
    """The way back from a matrix; None where it flattens everything."""
    a, b, c, d, e, f = matrix
    size = a * d - b * c
    if abs(size) < _FLAT:
        return None
    return d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size
