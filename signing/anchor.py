"""Where the seal goes: the （盖章） in the page text, as a box in PDF user space (points, unrotated page)."""

import dataclasses
import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from signing.errors import AnchorNotFound, SealRefused

MARK = re.compile(r"[（(]\s*盖\s*章\s*[）)]")
"""Brackets of full or half width, as typists mix them."""
POINTS_PER_MM = 72 / 25.4
SEAL_MM = 42.0
"""The diameter of public seals of counties and cities (国发〔1999〕25号)."""
MAX_PAGES = 200
"""We seal certificates, notices and contracts; reading more pages would keep an officer waiting."""

Box = tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True)
class Anchor:
    """A place for a seal: page (from 0), box (left, bottom, right, top in user space, points), rotation (degrees)."""

    page: int
    box: Box
    rotation: int


def find_anchor(pdf: bytes | Path, near: str = "", diameter_mm: float = SEAL_MM) -> Anchor:
    """The place for a seal over the last （盖章） of the file.

    With `near`, such as "承包人", only marks count whose line names it before the mark and after any mark before that:
    departments stand side by side.

    Raises:
        AnchorNotFound: no such mark in the text.
        SealRefused: the file cannot be read.
    """
    try:
        with pdfplumber.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf) as document:
            for page in reversed(document.pages[:MAX_PAGES]):
                if found := _last_mark(page, near):
                    return _place(page, found, diameter_mm * POINTS_PER_MM)
                page.close()
    except (PdfminerException, PDFException, ValueError, TypeError, KeyError) as error:
        raise SealRefused("文件无法读取：请重新生成后再盖章 (the file cannot be read)") from error
    raise AnchorNotFound("页面上没有“（盖章）”：请在模板中标出盖章位置 (the page text has no place for the seal)")


def anchor_at(pdf: Path, where: Callable[[float], tuple[float, float, float]]) -> Anchor:
    """A place on the first page, for files whose pages are pictures and carry no mark.

    `where` is told the width of the page as it is shown, and answers with the middle of the seal from the left and from
    the foot, and its diameter; all in points.

    Raises:
        SealRefused: the file cannot be read.
    """
    try:
        with pdfplumber.open(pdf) as document:
            page = document.pages[0]
            left, _, right, bottom = (float(value) for value in page.bbox)
            x, y, diameter = where(right - left)
            return _place(page, (left + x, bottom - y, left + x, bottom - y), diameter)
    except (PdfminerException, PDFException, ValueError, TypeError, KeyError, IndexError) as error:
        raise SealRefused("文件无法读取：请重新生成后再盖章 (the file cannot be read)") from error


def is_seal_mark(text: str) -> bool:
    """Whether a text has a （盖章） in it: printed on a certificate, it could be taken for the place of the seal."""
    return MARK.search(unicodedata.normalize("NFKC", text)) is not None


def _last_mark(page: Page, near: str) -> Box | None:
    """The mark's box as pdfplumber sees the page: as displayed, from the top left."""
    found: Box | None = None
    for line in page.extract_text_lines(strip=False):
        end_of_last = 0
        for match in MARK.finditer(line["text"]):
            words, end_of_last = line["text"][end_of_last : match.start()], match.end()
            if near and near not in words:
                continue
            characters = _characters(line, match.start(), match.end())
            if characters:
                found = (
                    min(float(c["x0"]) for c in characters),
                    min(float(c["top"]) for c in characters),
                    max(float(c["x1"]) for c in characters),
                    max(float(c["bottom"]) for c in characters),
                )
    return found


def _characters(line: dict[str, object], start: int, end: int) -> list[dict[str, float]]:
    """The characters of a line that make up the given part of its text, blanks left out."""
    characters = line["chars"]
    text = str(line["text"])
    if not isinstance(characters, list):
        return []
    skipped = len(text[:start].replace(" ", ""))
    length = len(text[start:end].replace(" ", ""))
    solid = [character for character in characters if str(character["text"]).strip()]
    return solid[skipped : skipped + length]


def _place(page: Page, mark: Box, diameter: float) -> Anchor:
    """Centre the seal on the mark, shifted to lie wholly on the page, and turn the box back to the unrotated page."""
    radius = diameter / 2
    left, top, right, bottom = page.bbox
    x = min(max((mark[0] + mark[2]) / 2, left + radius), right - radius)
    y = min(max((mark[1] + mark[3]) / 2, top + radius), bottom - radius)
    x, y = x - left, y - top  # on the page as displayed, from its top left
    width, height = float(right - left), float(bottom - top)
    rotation = int(page.rotation or 0) % 360
    # where a point of the displayed page lies on the unrotated one, from its bottom left
    user_x, user_y = {
        0: (x, height - y),
        90: (y, x),
        180: (width - x, y),
        270: (height - y, width - x),
    }.get(rotation, (x, height - y))
    origin_x, origin_y = _origin(page)
    user_x, user_y = user_x + origin_x, user_y + origin_y
    return Anchor(page.page_number - 1, (user_x - radius, user_y - radius, user_x + radius, user_y + radius), rotation)


def _origin(page: Page) -> tuple[float, float]:
    """The bottom left corner of the page's own box, which need not be at zero."""
    box = page.page_obj.attrs.get("MediaBox") or page.page_obj.mediabox
    corners = [float(value) for value in box]
    return min(corners[0], corners[2]), min(corners[1], corners[3])
