"""Separator sheets (分隔页): what they say, how they cut a file, and how they are printed.

Three kinds are known. Ours bears a QR and a Code 128 with the item and the material: what follows is that material. A
Patch T, or a bar code that says PATCHT, begins the next document, whatever it is. A label stuck on a first page (ASN
and a number, or TAG: and a word, as other archives print them) begins a document too, and stays a page of it.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence

from catalogue import Item, load_catalogue
from ocr import PageReading

OURS = re.compile(r"YD:([A-Z0-9-]{2,20}):([A-Z0-9-]{2,20})")
"""What stands in the codes of our sheets: the item's and the material's code."""

NEXT_DOCUMENT = "PATCHT"

_LABEL = re.compile(r"ASN ?([0-9]{1,10})|TAG:.+")
_LARGEST_LABEL = 2**32 - 1
"""The largest number that the archives which print such labels count to; above it, it is none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """Pages between two sheets.

    `material` as the sheet before them says, "" where it does not; `one`: they are one document, since whoever laid
    the sheets cut at each; `sheet` is the number of that sheet's page, 0 for none.
    """

    pages: tuple[PageReading, ...]
    material: str = ""
    one: bool = False
    sheet: int = 0


def split_at_sheets(pages: Sequence[PageReading]) -> list[Part]:
    """The file cut at its separator sheets, which are in no part; one part with everything where there are none.

    Pages before the first of our sheets are cut by what they say; before the first Patch T they are one document, as
    those between two are. A blank page right after a sheet is its back.
    """
    cuts = [_cut(page) for page in pages]
    patched = any(cut == NEXT_DOCUMENT for cut in cuts)
    labelled = any(cut == "label" for cut in cuts)
    parts: list[Part] = []
    at = Part((), one=patched or labelled)
    for page, cut in zip(pages, cuts, strict=True):
        if cut == "label":
            parts.append(at)
            at = Part((page,), one=True)
        elif cut:
            parts.append(at)
            at = Part((), "" if cut == NEXT_DOCUMENT else cut, one=True, sheet=page.number)
        elif at.pages or page.lines or not at.sheet:
            at = dataclasses.replace(at, pages=(*at.pages, page))
    return [part for part in (*parts, at) if part.pages]


def sheets_of(pages: Iterable[PageReading]) -> tuple[int, ...]:
    """Numbers of the pages that are separator sheets and so belong to no material."""
    return tuple(page.number for page in pages if _cut(page) not in {"", "label"})


def _cut(page: PageReading) -> str:
    """What the page's codes say: a material's code, the next document, a "label", or "" for nothing of the kind."""
    said = [code.text.strip() for code in page.codes]
    known = {kind.code for kind in load_catalogue().material_types()}
    for text in said:
        match = OURS.fullmatch(text)
        if match and match[2] in known:
            return match[2]
    if any(text == NEXT_DOCUMENT or OURS.fullmatch(text) for text in said):
        return NEXT_DOCUMENT
    return "label" if any(_is_label(text) for text in said) else ""


def _is_label(text: str) -> bool:
    match = _LABEL.fullmatch(text)
    return match is not None and (match[1] is None or int(match[1]) <= _LARGEST_LABEL)


def print_sheets(item: Item, *, materials: Sequence[str] = (), patches: int = 1, created: dt.datetime) -> bytes:
    """Separator sheets of an item's list as PDF/A, one for each material, then so many Patch T sheets.

    Args:
        item: whose list; its code stands on the sheets.
        materials: only these of the list; all where empty.
        patches: sheets that begin the next document, whatever it is.
        created: aware; the creation date that the file states.
    """
    from signing import code128_svg, qr_svg, render

    chosen = [entry for entry in item.materials if not materials or entry.material in materials]
    sheets = [
        {
            "名称": entry.name,
            "代码": entry.material,
            "条码": code128_svg(f"YD:{item.code}:{entry.material}"),
            "二维码": qr_svg(f"YD:{item.code}:{entry.material}"),
        }
        for entry in chosen
    ]
    data = {
        "事项": f"{item.name}（{item.code}）",
        "材料": sheets,
        "补丁": patches,
        "补丁码": code128_svg(NEXT_DOCUMENT),
    }
    return render("separators", data, created=created)
