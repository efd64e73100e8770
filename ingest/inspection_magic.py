"""The type of a file by its first and last bytes, and a name for what we do not take, so that the clerk knows."""

from collections.abc import Mapping

PDF, JPEG, PNG, TIFF = "application/pdf", "image/jpeg", "image/png", "image/tiff"

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

# What people hand in by mistake, in the words they know.
_KNOWN: Mapping[bytes, str] = {
    b"GIF8": "GIF 图片",
    b"BM": "BMP 图片",
    b"RIFF": "WebP 图片或音视频",
    b"\xd0\xcf\x11\xe0": "旧版 Word、Excel 或其他 Office 文件",
    b"{\\rtf": "RTF 文档",
    b"7z\xbc\xaf": "7z 压缩包",
    b"Rar!": "RAR 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"MZ": "Windows 程序",
    b"\x7fELF": "Linux 程序",
    b"AC10": "DWG 图纸",
    b"%!PS": "PostScript 文件",
}
# A zip's directory names its files at its end; the first of them stands at its beginning.
_INSIDE_ZIP: Mapping[bytes, str] = {
    b"OFD.xml": "OFD 版式文件",
    b"word/": "Word 文档",
    b"xl/": "Excel 表格",
    b"ppt/": "PowerPoint 演示文稿",
}
_FIRST_PRINTABLE = 0x20
_BLANKS = b"\t\n\r\f\x1b"


def media_type(head: bytes) -> str | None:
    """The accepted media type that the first `HEAD_BYTES` bytes tell, None when it is none of ours."""
    for magic, name in _ACCEPTED.items():
        if head.startswith(magic):
            return name
    return PDF if b"%PDF-" in head[:_PDF_HEADER_WITHIN] else None


def describe(head: bytes, tail: bytes) -> str:
    """A name in Chinese for a file that is not accepted, by its first and last bytes."""
    if head.startswith(b"PK"):
        return next((name for mark, name in _INSIDE_ZIP.items() if mark in head or mark in tail), "ZIP 压缩包")
    if head[4:8] == b"ftyp":
        return "HEIC 照片" if head[8:11] in {b"hei", b"hev", b"mif"} else "音视频文件"
    known = next((name for magic, name in _KNOWN.items() if head.startswith(magic)), None)
    if known:
        return known
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "网页（HTML）"
    if start.startswith(b"<?xml"):
        return "XML 文件"
    return "纯文本" if _is_text(head) else "无法识别的数据"


def _is_text(head: bytes) -> bool:
    return all(byte >= _FIRST_PRINTABLE or byte in _BLANKS for byte in head)
