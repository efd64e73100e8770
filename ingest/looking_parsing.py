"""Looking into files inside the sandbox: format and version, encryption, compressions, pages, first and last page."""

import mmap
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.inspection_bombs import refuse_bombs
from ingest.inspection_magic import HEAD_BYTES, PDF, describe, media_type
from ingest.inspection_ofd import is_ofd
from ingest.refusals import Refusal

TAIL_BYTES = 64 * 1024
DRAWN_DPI = 40
"""Every image and every glyph is decoded at any size; this one shows that a page draws at a fraction of the time."""
POINTS_PER_INCH = 72

MAX_UNPACKED_BYTES = 600 << 20
"""For all parts of a zip package, as for an Office file (`inspection_office`)."""

_PIECE = 1 << 20
_VERSION = re.compile(rb"%PDF-(\d\.\d)")
_PDFA = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*(\d)")
_PDFA_LEVEL = re.compile(rb"pdfaid:conformance(?:>|\s*=\s*[\"'])\s*([A-Z])")
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]{0,400}\]|/[A-Za-z0-9]+)")
_NAME = re.compile(rb"/([A-Za-z0-9]+)")
_DICTIONARY_BYTES = 1024

STANDARD_FILTERS = frozenset(
    b"FlateDecode LZWDecode ASCIIHexDecode ASCII85Decode RunLengthDecode CCITTFaxDecode JBIG2Decode DCTDecode JPXDecode"
    b" Fl LZW AHx A85 RL CCF DCT".split()
)
"""ISO 32000-1, table 6, and the short names of inline images. `Crypt` is encryption, told as such."""

_ZIP_TROUBLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)


def look(paths: list[str], *, limits: dict[str, int], begin: Callable[[int], None]) -> list[dict[str, Any]]:
    """For each path the fields of `ContentFacts`, or `{"refusal": …}`."""
    found = []
    for number, path in enumerate(paths, 1):
        begin(number)
        try:
            found.append(_look(path, limits))
        except Refusal as refusal:
            found.append({"refusal": refusal.to_json()})
    return found


def _look(path: str, limits: dict[str, int]) -> dict[str, Any]:
    size = Path(path).stat().st_size
    if size == 0:
        raise Refusal("file-empty")
    with Path(path).open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        tail = file.read()
    kind = media_type(head)
    if kind == PDF:
        return _pdf(path, limits)
    if kind is not None:
        return _image(path, kind, limits)
    if head.startswith(b"PK"):
        return _zip(path, limits, describe(head, tail))
    return _other(path, describe(head, tail))


def _pdf(path: str, limits: dict[str, int]) -> dict[str, Any]:
    from pypdfium2 import raw

    from ingest.paging_pdf import open_pdf, scan_resolution

    with Path(path).open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    refuse_bombs(data, max_stream_bytes=limits["stream_bytes"], max_text_stream_bytes=limits["text_stream_bytes"])
    pdf = open_pdf(path)
    pages = len(pdf)
    if pages == 0:
        raise Refusal("pdf-no-pages")
    if pdf.get_formtype() != raw.FORMTYPE_NONE:
        pdf.init_forms()
    filters = _filters(data)
    drawn = sorted({1, pages})
    for number in drawn:
        _draw(pdf, number, scan_resolution, limits)
    encrypted = raw.FPDF_GetSecurityHandlerRevision(pdf) != -1 or "Crypt" in filters
    return _opened(
        pages=pages,
        rendered=drawn,
        encrypted=encrypted,
        fault="PDF 已加密或限制使用" if encrypted else "",
        filters=sorted(filters - {"Crypt"}),
        version=_pdf_version(data),
    )


def _draw(pdf: Any, number: int, scan_resolution: Callable[[Any, int], int | None], limits: dict[str, int]) -> None:
    import pypdfium2 as pdfium

    try:
        page = pdf[number - 1]
        scan_resolution(page, limits["pixels"])
        page.render(scale=DRAWN_DPI / POINTS_PER_INCH)
        page.close()
    except pdfium.PdfiumError as error:
        raise Refusal("page-broken", page=number) from error


def _pdf_version(data: mmap.mmap) -> str:
    part = _PDFA.search(data)
    if part:
        level = _PDFA_LEVEL.search(data)
        return f"A-{part[1].decode()}{level[1].decode().lower() if level else ''}"
    found = _VERSION.search(data[:HEAD_BYTES])
    return found[1].decode() if found else ""


def _filters(data: mmap.mmap) -> set[str]:
    """Names of the filters of streams that the standard does not know, `Crypt` among them."""
    found: set[str] = set()
    for match in _STREAM.finditer(data):
        before = data[max(0, match.start() - _DICTIONARY_BYTES) : match.start()]
        dictionary = before[max(before.rfind(b"obj"), 0) :]
        if not dictionary.rstrip().endswith(b">>"):
            continue  # the word by chance, in packed data
        for named in _FILTER.finditer(dictionary):
            found |= {name.decode() for name in _NAME.findall(named[1]) if name not in STANDARD_FILTERS}
    return found


def _image(path: str, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    from ingest.paging_image import DECODING_ERRORS, frames_of, go_to_frame, open_image

    image = open_image(path, kind)
    try:
        count = frames_of(image, most=limits["pages"])
        drawn = sorted({1, count})
        for number in drawn:
            go_to_frame(image, number - 1)
            if image.size[0] * image.size[1] > limits["pixels"]:
                raise Refusal("image-too-large", width=image.size[0], height=image.size[1], limit=limits["pixels"])
            image.draft(None, (1, 1))  # a JPEG is read whole and drawn at an eighth; other formats are not concerned
            image.load()
    except DECODING_ERRORS as error:
        raise Refusal("image-broken") from error
    return _opened(pages=count, rendered=drawn)


def _zip(path: str, limits: dict[str, int], what: str) -> dict[str, Any]:
    packed, unpacked = _unpack(path)
    if not is_ofd(path):
        return {
            **_opened(packed=packed, unpacked=unpacked),
            "state": "unexamined",
            "fault": f"{what}：只核对能否解开，不逐页显示",
        }
    from ingest.ofd.document import OfdDocument
    from ingest.paging_ofd import draw_page, refusal_of
    from signing import OfdContainer, OfdError, ofd_stamps

    try:
        with OfdContainer(Path(path)) as container:
            document = OfdDocument(container, max_pages=limits["pages"])
            stamps, pages = ofd_stamps(container), len(document.pages)
            drawn = sorted({1, pages})
            for number in drawn:
                draw_page(document, number, stamps, {}, max_pixels=limits["pixels"])
    except OfdError as error:
        raise refusal_of(error) from error
    return _opened(pages=pages, rendered=drawn, packed=packed, unpacked=unpacked)


def _unpack(path: str) -> tuple[int, int]:
    """Bytes of all parts before and after unpacking, each read to its end and held against its checksum."""
    packed = unpacked = 0
    try:
        with zipfile.ZipFile(path) as package:
            for part in package.infolist():
                packed += part.compress_size
                with package.open(part) as file:
                    while piece := file.read(_PIECE):
                        unpacked += len(piece)
                        if unpacked > MAX_UNPACKED_BYTES:
                            raise Refusal("decompression-bomb", limit=MAX_UNPACKED_BYTES // _PIECE)
    except RuntimeError as error:  # what zipfile says of a part that needs a password
        raise Refusal("office-encrypted") from error
    except _ZIP_TROUBLE as error:
        raise Refusal("unpack-failed") from error
    return packed, unpacked


def _other(path: str, what: str) -> dict[str, Any]:
    """Text is readable when it is UTF-8; of anything else only its name is known."""
    if what in {"纯文本", "XML 文件", "网页（HTML）"}:
        try:
            with Path(path).open(encoding="utf-8") as file:
                while file.read(_PIECE):
                    pass
        except UnicodeDecodeError as error:
            raise Refusal("text-broken", detail=f"第 {error.start} 字节") from error
        return _opened()
    return {**_opened(), "state": "unexamined", "fault": f"{what}：没有可打开它的程序"}


def _opened(**facts: Any) -> dict[str, Any]:
    return {
        "state": "opened",
        "pages": None,
        "rendered": [],
        "encrypted": False,
        "fault": "",
        "filters": [],
        "version": "",
        "packed": 0,
        "unpacked": 0,
        **facts,
    }
