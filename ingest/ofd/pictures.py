"""Pictures of OFD (GB/T 33190-2016, 10.3 and 7.9) as images of the PDF: JPEG and JBIG2 as they are, others unpacked."""

import io
import struct
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

from ingest.paging_image import DECODING_ERRORS
from ingest.refusals import Refusal

_JBIG2_HEAD = b"\x97JB2\r\n\x1a\n"
_SEQUENTIAL, _UNKNOWN_PAGES = 0x01, 0x02
_PAGE_INFORMATION = 48
_UNKNOWN_HEIGHT = 0xFFFFFFFF
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "JPEG2000")


def picture_object(pdf: pikepdf.Pdf, data: bytes, *, max_pixels: int) -> pikepdf.Object | None:
    """The picture as an image of the PDF; None where it cannot be decoded. Refuses `image-too-large`."""
    if data.startswith(_JBIG2_HEAD):
        return _jbig2(pdf, data, max_pixels)
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        _refuse_large(*image.size, max_pixels)
        if image.format == "JPEG" and image.mode in {"L", "RGB"}:
            return _stream(pdf, data, image.size, image.mode, Filter=Name.DCTDecode)
        return _unpacked(pdf, image)
    except DECODING_ERRORS:
        return None


def _unpacked(pdf: pikepdf.Pdf, image: Any) -> pikepdf.Object:
    transparent = image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info
    if transparent:
        image = image.convert("RGBA")
        mask = _stream(pdf, image.getchannel("A").tobytes(), image.size, "L")
        return _stream(pdf, image.convert("RGB").tobytes(), image.size, "RGB", SMask=mask)
    grey = image.mode in {"1", "L", "I", "I;16", "F"}
    image = image.convert("L" if grey else "RGB")
    return _stream(pdf, image.tobytes(), image.size, image.mode)


def _stream(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], mode: str, **more: Any) -> pikepdf.Object:
    return pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=Name.DeviceGray if mode == "L" else Name.DeviceRGB,
        BitsPerComponent=8,
        **more,
    )


def masked(pdf: pikepdf.Pdf, image: pikepdf.Object, mask: bytes, *, max_pixels: int) -> None:
    """Give an image the mask of another picture: where the mask is black, nothing is drawn."""
    try:
        opened = Image.open(io.BytesIO(mask), formats=_FORMATS)
        _refuse_large(*opened.size, max_pixels)
        grey = opened.convert("L")
    except DECODING_ERRORS:
        return
    image.SMask = _stream(pdf, grey.tobytes(), grey.size, "L")


def _jbig2(pdf: pikepdf.Pdf, data: bytes, max_pixels: int) -> pikepdf.Object | None:
    """A JBIG2 file (ITU-T T.88, annex D) without its file head, as PDF wants it; only files in order."""
    flags = data[len(_JBIG2_HEAD)] if len(data) > len(_JBIG2_HEAD) else 0
    segments = data[len(_JBIG2_HEAD) + (1 if flags & _UNKNOWN_PAGES else 5) :]
    size = _jbig2_size(segments) if flags & _SEQUENTIAL else None
    if size is None:
        return None
    _refuse_large(*size, max_pixels)
    return pdf.make_stream(
        segments,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=1,
        Filter=Name.JBIG2Decode,
        DecodeParms=Dictionary(),
    )


def _jbig2_size(segments: bytes) -> tuple[int, int] | None:
    """Width and height of the first page, told by its page information segment (T.88, 7.4.8), the first or second."""
    at = 0
    while at + 19 <= len(segments):
        number, flags, referred = struct.unpack_from(">IBB", segments, at)
        count = referred >> 5
        if count > 4:  # noqa: PLR2004 - the long form of the count (7.2.4): no page information stands behind it
            return None
        width = 1 if number <= 256 else 2 if number <= 65536 else 4  # noqa: PLR2004 - 7.2.5
        head = at + 6 + count * width + (4 if flags & 0x40 else 1)
        (length,) = struct.unpack_from(">I", segments.ljust(head + 12, b"\0"), head)
        if flags & 0x3F == _PAGE_INFORMATION:
            w, h = struct.unpack_from(">II", segments.ljust(head + 12, b"\0"), head + 4)
            return (w, h) if w > 0 and 0 < h < _UNKNOWN_HEIGHT else None
        at = head + 4 + length
    return None


def _refuse_large(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refusal("image-too-large", width=width, height=height, limit=max_pixels // 10_000)
