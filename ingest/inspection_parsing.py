"""Inspection inside the sandbox: the signature first, then bombs, then the real parsers (pdfium, Pillow)."""

import mmap
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.inspection_bombs import refuse_bombs
from ingest.inspection_magic import HEAD_BYTES, OFD, PDF, media_type, refusal_of
from ingest.inspection_ofd import inspect_ofd, is_ofd
from ingest.refusals import Refusal

TAIL_BYTES = 64 * 1024
"""Where the end of a PDF is looked for: some programs append that much behind it."""

# A signature's byte range can only stand in the clear: it gives places in the file itself (ISO 32000-1, 12.8.1).
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[")
_ZIP = b"PK"
_END_MARKS = (b"%%EOF", b"startxref")


def inspect_file(
    path: str, *, limits: dict[str, int], seal_roots: list[str], begin: Callable[[int], None]
) -> dict[str, Any]:
    """The fields of `Inspection` but the size, for a file that is not empty; `limits` are named by what they count."""
    with Path(path).open("rb") as file:
        # Left open: a search that is under way holds it, and this process ends soon.
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    head, tail = data[:HEAD_BYTES], data[-TAIL_BYTES:]
    kind = media_type(head)
    if kind is None:
        if head.startswith(_ZIP) and is_ofd(path):
            return {"media_type": OFD, "images": [], **inspect_ofd(path, limits, seal_roots)}
        raise refusal_of(head, tail)
    if kind != PDF:
        return {"media_type": kind, **_inspect_images(path, kind, limits, begin)}
    signed = _BYTE_RANGE.search(data) is not None
    refuse_bombs(data, max_stream_bytes=limits["stream_bytes"], max_text_stream_bytes=limits["text_stream_bytes"])
    facts = _inspect_pdf(path, limits["pages"])
    if not any(mark in tail for mark in _END_MARKS):
        raise Refusal("pdf-truncated")
    return {"media_type": kind, "images": [], **facts, "signed": signed or facts["signed"]}


def _inspect_pdf(path: str, max_pages: int) -> dict[str, Any]:
    from pypdfium2 import raw

    from ingest.paging_pdf import open_pdf

    pdf = open_pdf(path)
    pages = len(pdf)
    if pages == 0:
        raise Refusal("pdf-no-pages")
    if pages > max_pages:
        raise Refusal("too-many-pages", pages=pages, limit=max_pages)
    signatures = (raw.FPDF_GetSignatureObject(pdf, i) for i in range(max(0, raw.FPDF_GetSignatureCount(pdf))))
    return {
        "page_count": pages,
        "encrypted": raw.FPDF_GetSecurityHandlerRevision(pdf) != -1,
        # A field that waits for its signature has no contents yet.
        "signed": any(raw.FPDFSignatureObj_GetContents(one, None, 0) for one in signatures),
    }


def _inspect_images(path: str, kind: str, limits: dict[str, int], begin: Callable[[int], None]) -> dict[str, Any]:
    from ingest.paging_image import DECODING_ERRORS, believed_dpi, frames_of, go_to_frame, open_image, orientation_of

    begin(1)
    image = open_image(path, kind)
    try:
        count = frames_of(image, most=limits["pages"])
        facts = []
        for index in range(count):
            begin(index + 1)
            go_to_frame(image, index)
            width, height = image.size
            if width * height > limits["pixels"]:
                raise Refusal("image-too-large", width=width, height=height, limit=limits["pixels"] // 10_000)
            facts.append(
                {"width": width, "height": height, "dpi": believed_dpi(image), "orientation": orientation_of(image)}
            )
    except DECODING_ERRORS as error:
        raise Refusal("image-broken") from error
    return {"page_count": count, "images": facts}
