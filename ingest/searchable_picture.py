"""The picture of a scanned page exactly as it lies in its file: found in the page's drawing commands, not rendered.

Only a page that is nothing but one picture is taken so. Whatever else it draws (print, a stamp, a second layer, a
signature's appearance) would be lost, so such a page is shown by the picture that paging made of it.
"""

import dataclasses
from typing import Any

from pikepdf import Array, Matrix, Name, Page, PdfError, parse_content_stream

_TEXT_SHOWN = {"Tj", "TJ", "'", '"'}
_PAINTS = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh", "BI", "INLINE IMAGE", "EI"}
_INVISIBLE = 3

_COVERS = 0.8
"""Part of the page the picture must fill, as for paging: a scan leaves at most its margins free."""

_KEPT = {"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/FlateDecode"}
"""Compressions that PDF/A-2 allows and that go over byte for byte. JPEG 2000 has rules of its own there (ISO 19005-2,
6.2.8.3) which we cannot check; LZW is forbidden (6.1.7.2)."""

_COLOURS = {"/DeviceRGB", "/DeviceGray", "/CalRGB", "/CalGray", "/ICCBased", "/Indexed"}
"""Colour that the one output intent of the copy, sRGB, covers; ink colours (CMYK) would need another."""

_THREE = 3


@dataclasses.dataclass(frozen=True, slots=True)
class OwnPicture:
    """An image object of a PDF and where its unit square lies on the page, in points of the page's own space."""

    image: Any
    place: Matrix


def own_picture(page: Page) -> OwnPicture | None:
    """The one picture that the page is, or None where the page is more than that or may not go into PDF/A."""
    try:
        if any(_is_seen(annotation) for annotation in page.obj.get("/Annots", [])):
            return None
        found = _the_only_picture(page)
    except (PdfError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return None  # broken commands: the viewer that rendered the page made the best of them
    if found is None or not _may_be_kept(found.image) or not _fills(found.place, page):
        return None
    return found


def _the_only_picture(page: Page) -> OwnPicture | None:
    matrix, stack, invisible = Matrix(), [], False
    found: OwnPicture | None = None
    resources: Any = page.obj.get("/Resources", {})
    pictures: Any = resources.get("/XObject", {})
    for command in parse_content_stream(page):
        name, operands = str(command.operator), command.operands
        if name in _PAINTS or (name in _TEXT_SHOWN and not invisible):
            return None
        if name == "Tr":
            invisible = int(operands[0]) == _INVISIBLE
        elif name == "q":
            stack.append((matrix, invisible))
        elif name == "Q" and stack:
            matrix, invisible = stack.pop()
        elif name == "cm":
            matrix = Matrix(*(float(operand) for operand in operands)) @ matrix
        elif name == "Do":
            drawn = pictures[str(operands[0])]
            if found is not None or drawn.get("/Subtype") != Name.Image:
                return None
            found = OwnPicture(drawn, matrix)
    return found


def _is_seen(annotation: Any) -> bool:
    """Whether an annotation draws something: a stamp, a note, a signature with an appearance."""
    return annotation.get("/Subtype") != Name.Link and "/AP" in annotation


def _may_be_kept(image: Any) -> bool:
    if image.get("/ImageMask", False) or "/SMask" in image or "/Mask" in image:
        return False
    filters = image.get("/Filter", Array())
    names = [str(name) for name in filters] if isinstance(filters, Array) else [str(filters)]
    return all(name in _KEPT for name in names) and _colour_is_covered(image.get("/ColorSpace"))


def _colour_is_covered(space: Any) -> bool:
    if space is None:
        return False
    family = str(space) if isinstance(space, Name) else str(space[0])
    if family not in _COLOURS:
        return False
    if family == "/ICCBased":
        return int(space[1].get("/N", 0)) in {1, _THREE}
    return family != "/Indexed" or _colour_is_covered(space[1])


def _fills(place: Matrix, page: Page) -> bool:
    left, bottom, right, top = (float(value) for value in page.cropbox)
    area = abs(place.a * place.d - place.b * place.c)
    return area >= _COVERS * abs((right - left) * (top - bottom))
