"""A file that somebody wants verified, and the register's image of a certificate, inside the sandbox."""

import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pylopdf_fonts_zh_cn
import pypdfium2 as pdfium
from cryptography import x509
from PIL import Image, ImageDraw, ImageFont
from pypdfium2 import raw

from ingest.paging_pdf import POINTS_PER_INCH, open_pdf, scan_resolution
from ingest.refusals import Refusal
from ocr import read_codes
from signing import edition_of, holds, validate_ofd, validate_pdf

LOOKED_AT = 3
"""Pages: a certificate has one, with its annex two; the code stands on the first."""
CODE_DPI = 150
"""A code of 25 mm then has more than three pixels a module."""
FACE_DPI = 90
"""Enough to compare every word with the paper in the hand, too little to print another from."""
MARK = "查验用"
MARK_STEP = 260
"""Pixels between two marks: every line of the page is crossed by one."""
MARK_SIZE = 34
MARK_INK = (150, 30, 30, 60)
MARK_ANGLE = 28
MAX_SCAN_PIXELS = 40_000_000
"""A3 at 400 dpi; larger pictures are no scan of a certificate."""
_JPEG_QUALITY = 72
MAX_SIDE_POINTS = 3000
"""A0 is 3370 points long; no certificate is."""


def examine_file(  # noqa: PLR0913 - one order of the sandbox
    path: str, *, roots: list[str], lists: list[str], ofd_roots: list[str], at: str, begin: Callable[[int], None]
) -> dict[str, Any]:
    """Judge the seals, read the codes and the text: `validation` as `Validation.to_json`, `codes`, `lines` by page.

    Of an OFD whose seals hold as far as they can, `edition` is the SHA-256 of the PDF that it says it is an edition of.

    Roots and revocation lists are DER in hexadecimal, `at` in ISO 8601. The file is only read.
    """
    begin(1)
    moment = dt.datetime.fromisoformat(at)
    with Path(path).open("rb") as file:
        is_package = file.read(2) == b"PK"
    if is_package:
        judged = validate_ofd(Path(path), _certificates(ofd_roots), at=moment)
        edition = edition_of(Path(path)) if holds(judged) else ""
        return {"validation": judged.to_json(), "codes": [], "lines": [], "edition": edition}
    found = validate_pdf(Path(path), _certificates(roots), crls=[bytes.fromhex(one) for one in lists], at=moment)
    codes: list[str] = []
    lines: list[list[str]] = []
    with contextlib.suppress(Refusal, pdfium.PdfiumError):  # no page can be drawn: the seals were judged all the same
        for page in _pages(path, begin):
            picture = np.asarray(_picture(page, CODE_DPI))
            codes += [mark.text for mark in read_codes(picture)]
            lines.append([] if scan_resolution(page, MAX_SCAN_PIXELS) else _lines(page))
    return {"validation": found.to_json(), "codes": list(dict.fromkeys(codes)), "lines": lines, "edition": ""}


def draw_faces(path: str, *, out_dir: str, begin: Callable[[int], None]) -> list[str]:
    """The pages of a certificate as small pictures that are marked for comparing; the names of the files."""
    names = []
    for number, page in enumerate(_pages(path, begin), 1):
        names.append(f"{number}.jpg")
        _marked(_picture(page, FACE_DPI)).save(Path(out_dir) / names[-1], "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return names


def _pages(path: str, begin: Callable[[int], None]) -> Any:
    pdf = open_pdf(path)
    if pdf.get_formtype() != raw.FORMTYPE_NONE:
        pdf.init_forms()  # without it the pictures of seals are not drawn
    try:
        for number in range(1, min(len(pdf), LOOKED_AT) + 1):
            begin(number)
            page = pdf[number - 1]
            if max(page.get_size()) > MAX_SIDE_POINTS:
                raise Refusal("page-broken")
            yield page
    except pdfium.PdfiumError as error:
        raise Refusal("page-broken") from error


def _certificates(ders: list[str]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(bytes.fromhex(one)) for one in ders]


def _lines(page: Any) -> list[str]:
    text = page.get_textpage().get_text_bounded()
    return [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]


def _picture(page: Any, dpi: int) -> Image.Image:
    made: Image.Image = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True).to_pil().convert("RGB")
    return made


def _marked(picture: Image.Image) -> Image.Image:
    """The picture with the mark across it again and again, on the slant."""
    width, height = picture.size
    side = width + height
    sheet = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), MARK_SIZE)
    for row, top in enumerate(range(0, side, MARK_STEP // 2)):
        for left in range(-(row % 2) * MARK_STEP // 2, side, MARK_STEP):
            draw.text((left, top), MARK, font=font, fill=MARK_INK)
    left, top = (side - width) // 2, (side - height) // 2
    marks = sheet.rotate(MARK_ANGLE).crop((left, top, left + width, top + height))
    return Image.alpha_composite(picture.convert("RGBA"), marks).convert("RGB")
