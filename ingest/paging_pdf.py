"""PDF pages to page pictures and text lines with pdfium, inside the sandbox."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.paging_cap import fit_scale
from ingest.paging_image import save_picture
from ingest.paging_text import text_lines
from ingest.refusals import Refusal

POINTS_PER_INCH = 72

RENDER_DPI = 200
"""Small print of a form (小五, 9 points) is 25 pixels high: recognition reads it without loss, 300 dpi costs double."""

MAX_RENDER_DPI = 300
"""A page that is one scan is rendered at the scan's own resolution up to this, so that no detail of seals is lost."""

_FULL_PAGE_SHARE = 0.8
"""A scan leaves at most its margins free."""

_SEARCH_DEPTH = 3
"""Scanning programs put the page's image at most into a form inside a form."""


def open_pdf(path: str) -> Any:
    """The PDF, opened for reading with no password; `pdf-encrypted` or `pdf-broken` where that fails."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        passwords = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise Refusal("pdf-encrypted" if error.err_code in passwords else "pdf-broken") from error


def page_pdf(
    path: str, *, out_dir: str, numbers: list[int], max_pixels: int, begin: Callable[[int], None]
) -> list[dict[str, Any]]:
    """The pictures of the pages of those numbers, written to `out_dir`; fields of `PagePicture`."""
    pdf = open_pdf(path)
    # Form fields, and with them the appearance of a signature, are drawn only when the form is set up.
    if pdf.get_formtype() != raw.FORMTYPE_NONE:
        pdf.init_forms()
    pictures = []
    for number in numbers:
        begin(number)
        try:
            page = pdf[number - 1]
            pictures.append(picture_of(page, number, Path(out_dir), max_pixels))
            page.close()
        except pdfium.PdfiumError as error:
            raise Refusal("page-broken") from error
    return pictures


def picture_of(page: Any, number: int, out_dir: Path, max_pixels: int) -> dict[str, Any]:
    """The picture of one page, written to `out_dir` as `%06d.jpg`, and its text lines; fields of `PagePicture`."""
    scan_dpi = scan_resolution(page, max_pixels)
    wanted = min(max(scan_dpi or RENDER_DPI, RENDER_DPI), MAX_RENDER_DPI)
    width, height = page.get_size()
    scale = wanted / POINTS_PER_INCH
    scale *= fit_scale(max(1.0, width * scale), max(1.0, height * scale))
    bitmap = page.render(scale=scale, rev_byteorder=True, bitmap_maker=pdfium.PdfBitmap.new_native)
    picture = bitmap.to_pil().convert("RGB")
    file, dpi = f"{number:06d}.jpg", max(1, round(scale * POINTS_PER_INCH))
    save_picture(picture, out_dir / file, dpi)
    return {
        "number": number,
        "file": file,
        "width": picture.width,
        "height": picture.height,
        "dpi": dpi,
        "text_lines": text_lines(page, picture.width, picture.height),
        "scanned": scan_dpi is not None,
    }


def scan_resolution(page: Any, max_pixels: int) -> int | None:
    """The resolution of the image that covers the page, None when there is none; no image may be over the limit."""
    left, bottom, right, top = page.get_bbox()
    area = max(1.0, (right - left) * (top - bottom))
    found = None
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_SEARCH_DEPTH):
        try:
            columns, rows = image.get_px_size()
            x0, y0, x1, y1 = image.get_bounds()
        except pdfium.PdfiumError:
            continue
        if columns * rows > max_pixels:
            raise Refusal("image-too-large", width=columns, height=rows, limit=max_pixels // 10_000)
        inside = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
        if inside >= _FULL_PAGE_SHARE * area:
            longer = max(columns, rows) / max(x1 - x0, y1 - y0) * POINTS_PER_INCH
            found = max(found or 0, round(longer))
    return found
