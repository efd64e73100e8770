"""OFD pages to page pictures and text lines, inside the sandbox: drawn as PDF pages, which pdfium shows and reads."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from ingest.ofd import values
from ingest.ofd.document import OfdDocument
from ingest.ofd.drawing import PageDrawing
from ingest.ofd.fonts import FontFile, FontShelf
from ingest.ofd.pictures import picture_object
from ingest.paging_pdf import picture_of
from ingest.refusals import Refusal
from signing import OfdContainer, OfdError, OfdStamp, ofd_stamps

MAX_SEAL_BYTES = 16 * 1024 * 1024
"""A seal's picture, or the OFD that some seals carry in place of one."""

_CODES = {"broken": "ofd-broken", "encrypted": "ofd-encrypted", "bomb": "decompression-bomb"}


def refusal_of(error: OfdError) -> Refusal:
    """The refusal that a fault of the package means."""
    if error.fault == "bomb":
        return Refusal("decompression-bomb", limit=_LIMIT_MEBI, detail=error.detail)
    return Refusal(_CODES[error.fault], detail=error.detail)


_LIMIT_MEBI = 160
"""What the message names: the bound of the largest file (`signing.ofd_container.MAX_ENTRY_BYTES`)."""


def page_ofd(  # noqa: PLR0913 - the order of the sandbox
    path: str, *, out_dir: str, numbers: list[int], max_pages: int, max_pixels: int, begin: Callable[[int], None]
) -> list[dict[str, Any]]:
    """The pictures of the pages of those numbers, written to `out_dir`; fields of `PagePicture`."""
    begin(numbers[0])
    pictures: list[dict[str, Any]] = []
    files: dict[str, FontFile | None] = {}
    try:
        with OfdContainer(Path(path)) as container:
            document = OfdDocument(container, max_pages=max_pages)
            stamps = ofd_stamps(container)
            for number in numbers:
                begin(number)
                drawn = draw_page(document, number, stamps, files, max_pixels=max_pixels)
                pictures.append(_picture(drawn, number, Path(out_dir), max_pixels))
    except OfdError as error:
        raise refusal_of(error) from error
    return pictures


def draw_page(
    document: OfdDocument,
    number: int,
    stamps: list[OfdStamp],
    files: dict[str, FontFile | None],
    *,
    max_pixels: int,
) -> bytes:
    """Page `number` of the document as a PDF of one page, with the seals that stand on it. Raises OfdError, Refusal."""
    sheet, entry = document.sheet(number), document.pages[number - 1]
    with pikepdf.new() as pdf:
        fonts = FontShelf(pdf, files)
        drawing = PageDrawing(pdf, document.container, sheet, fonts, {}, max_pixels=max_pixels)
        drawing.draw()
        for stamp in stamps:
            place = values.box(stamp.boundary)
            if stamp.page == entry.id and place:
                image = _seal_image(pdf, stamp, fonts, max_pixels)
                if image is not None:
                    drawing.laid(image, place, values.box(stamp.clip))
        drawing.finish()
        fonts.finish()
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, static_id=True)
    return out.getvalue()


def _seal_image(pdf: pikepdf.Pdf, stamp: OfdStamp, fonts: FontShelf, max_pixels: int) -> pikepdf.Object | None:
    """The picture of a seal; some seals carry an OFD page in its place, which is drawn without seals of its own."""
    if len(stamp.picture) > MAX_SEAL_BYTES:
        return None
    if not stamp.picture.startswith(b"PK"):
        return picture_object(pdf, stamp.picture, max_pixels=max_pixels)
    try:
        with OfdContainer(io.BytesIO(stamp.picture)) as inner:
            sheet = OfdDocument(inner, max_pages=1).sheet(1)
            drawing = PageDrawing(pdf, inner, sheet, fonts, {}, max_pixels=max_pixels)
            drawing.draw()
            return drawing.form()
    except (OfdError, Refusal):
        return None


def _picture(drawn: bytes, number: int, out_dir: Path, max_pixels: int) -> dict[str, Any]:
    try:
        pdf = pdfium.PdfDocument(drawn)
        page = pdf[0]
        picture = picture_of(page, number, out_dir, max_pixels)
        page.close()
        pdf.close()
    except pdfium.PdfiumError as error:
        raise Refusal("page-broken") from error
    return picture
