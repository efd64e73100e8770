"""The type of a file by its first and last bytes; for what we do not take a name, and which refusal it meets."""

import re
from collections.abc import Mapping

from ingest.refusals import Refusal

PDF, JPEG, PNG, TIFF = "application/pdf", "image/jpeg", "image/png", "image/tiff"
WEBP, HEIC = "image/webp", "image/heic"
OFD = "application/ofd"

HEAD_BYTES = 4096
"""Enough for every signature here; a PDF may carry up to 1024 bytes before its header (PDF 1.7, Annex H.3)."""

_PDF_HEADER_WITHIN = 1024

_ACCEPTED: Mapping[bytes, str] = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"II*\x00": TIFF,
    b"MM\x00*": TIFF,
    b"II+\x00": TIFF,
    b"MM\x00+": TIFF,
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
"""Still pictures in HEVC (ISO/IEC 23008-12, annex B). A phone may name its file `mif1` and only list one of these."""

_HEIF_BRANDS = frozenset({b"mif1", b"msf1", b"hevc", b"hevx", b"avif", b"avis"})
_BRANDS_START, _BRAND_BYTES = 16, 4

_OFD, _DWG, _DXF, _DWF = "OFD 版式文件", "DWG 图纸", "DXF 图纸", "DWF 图纸"
_DRAWING_ZIP = "图纸压缩包（DWG、DXF）"
_WORD, _EXCEL, _POWERPOINT = "Word 文档", "Excel 表格", "PowerPoint 演示文稿"
_OLD_OFFICE, _RTF, _OPEN_DOCUMENT = "旧版 Word、Excel 或其他 Office 文件", "RTF 文档", "OpenDocument 文档"

_CODES: Mapping[str, str] = {
    _OFD: "ofd-broken",
    **dict.fromkeys((_DWG, _DXF, _DWF, _DRAWING_ZIP), "drawing-not-viewable"),
    **dict.fromkeys((_WORD, _EXCEL, _POWERPOINT, _OLD_OFFICE, _RTF, _OPEN_DOCUMENT), "office-not-paged"),
}
"""Files that belong to a case but cannot be shown page by page: each has a remedy of its own."""

# What people hand in by mistake, in the words they know.
_KNOWN: Mapping[bytes, str] = {
    b"GIF8": "GIF 图片",
    b"BM": "BMP 图片",
    b"RIFF": "音视频文件",
    b"\xd0\xcf\x11\xe0": _OLD_OFFICE,
    b"{\\rtf": _RTF,
    b"7z\xbc\xaf": "7z 压缩包",
    b"Rar!": "RAR 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"MZ": "Windows 程序",
    b"\x7fELF": "Linux 程序",
    b"%!PS": "PostScript 文件",
}
# A zip's directory names its files at its end; the first of them stands at its beginning.
_INSIDE_ZIP: Mapping[bytes, str] = {
    b"word/": _WORD,
    b"xl/": _EXCEL,
    b"ppt/": _POWERPOINT,
}
_OFFICE_DIRECTORY = b"[Content_Types].xml"
"""In every Office Open XML file (ISO/IEC 29500-2): a folder named `word` alone does not make a document."""

_OPEN_DOCUMENT_MARK = b"mimetypeapplication/vnd.oasis.opendocument."
"""The first file of the zip, stored plain, at this place (OpenDocument 1.3, part 2, 3.3)."""

_FIRST_NAME_IN_ZIP = 30
_DRAWINGS: Mapping[re.Pattern[bytes], str] = {
    re.compile(rb"AC10\d\d\x00"): _DWG,
    re.compile(rb"(\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n"): _DXF,
    re.compile(rb"AutoCAD Binary DXF\r\n"): _DXF,
    re.compile(rb"\(DWF V\d\d\.\d\d\)"): _DWF,
}
"""A DWG's version and the zero behind it; a DXF in text, which may begin with comments (group 999), and in binary."""

_NAMED_DRAWING = re.compile(rb"\.(dwg|dxf)(PK|[^\w.])", re.IGNORECASE)
"""A name in a zip's directory that ends so, followed by the next entry, the end, or an extra field."""

_FIRST_PRINTABLE = 0x20
_BLANKS = b"\t\n\r\f\x1b"


def media_type(head: bytes) -> str | None:
    """The accepted media type that the first `HEAD_BYTES` bytes tell, None when it is none of ours."""
    for magic, name in _ACCEPTED.items():
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if _brands(head) & _HEIC_BRANDS:
        return HEIC
    return PDF if b"%PDF-" in head[:_PDF_HEADER_WITHIN] else None


def refusal_of(head: bytes, tail: bytes) -> Refusal:
    """Why a file that has no accepted type is refused, by its first and last bytes."""
    name = describe(head, tail)
    # A sound OFD is an accepted type: one that is only described is a zip that cannot be opened.
    return Refusal(_CODES.get(name, "type-not-accepted"), detail="压缩包不完整" if name == _OFD else name)


def describe(head: bytes, tail: bytes) -> str:
    """A name in Chinese for a file that is not accepted, by its first and last bytes."""
    if head.startswith(b"PK"):
        return _describe_zip(head, tail)
    if head[4:8] == b"ftyp":
        return "HEIF 动态照片或 AVIF 图片" if _brands(head) & _HEIF_BRANDS else "音视频文件"
    drawing = next((name for pattern, name in _DRAWINGS.items() if pattern.match(head)), None)
    known = drawing or next((name for magic, name in _KNOWN.items() if head.startswith(magic)), None)
    return known or _describe_text(head)


def _describe_text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "网页（HTML）"
    if start.startswith(b"<?xml"):
        return "XML 文件"
    return "纯文本" if _is_text(head) else "无法识别的数据"


def _describe_zip(head: bytes, tail: bytes) -> str:
    if head[_FIRST_NAME_IN_ZIP:].startswith(_OPEN_DOCUMENT_MARK):
        return _OPEN_DOCUMENT
    if b"OFD.xml" in head or b"OFD.xml" in tail:
        return _OFD
    if b"dwf/documents/" in tail:  # DWFx: a package like Office's
        return _DWF
    if _OFFICE_DIRECTORY in head or _OFFICE_DIRECTORY in tail:
        return next((name for mark, name in _INSIDE_ZIP.items() if mark in head or mark in tail), "ZIP 压缩包")
    return _DRAWING_ZIP if _NAMED_DRAWING.search(tail) else "ZIP 压缩包"


def _brands(head: bytes) -> set[bytes]:
    """What an ISO media file says it is: its own brand and those it also keeps to; none for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    listed = {head[place : place + _BRAND_BYTES] for place in range(_BRANDS_START, end, _BRAND_BYTES)}
    return {head[8:12]} | listed


def _is_text(head: bytes) -> bool:
    return all(byte >= _FIRST_PRINTABLE or byte in _BLANKS for byte in head)
