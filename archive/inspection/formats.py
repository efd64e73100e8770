"""Formats that may lie in the archive: identified by signature and version, each with its PRONOM id and the reason.

GB/T 18894-2016 names kinds, not versions; the ids are those of PRONOM (The National Archives). OFD (GB/T 33190) has
none there, so it is named by its standard.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final

from archive.inspection.evidence import ContentFacts
from archive.manifest import Element

PDF: Final = "application/pdf"
OFD: Final = "application/ofd"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_PDF_IDS: Mapping[str, str] = {
    "1.0": "fmt/14", "1.1": "fmt/15", "1.2": "fmt/16", "1.3": "fmt/17", "1.4": "fmt/18", "1.5": "fmt/19",
    "1.6": "fmt/20", "1.7": "fmt/276", "2.0": "fmt/1129", "A-1a": "fmt/95", "A-1b": "fmt/354", "A-2a": "fmt/476",
    "A-2b": "fmt/477", "A-2u": "fmt/478", "A-3a": "fmt/479", "A-3b": "fmt/480", "A-3u": "fmt/481",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: PRONOM id (or the standard), endings of its names, why it is taken, fit to be kept for ever."""

    media_type: str
    name: str
    puid: str
    endings: tuple[str, ...]
    reason: str
    lasting: bool = True


_TEXT = "文本，任何系统可读"
_ORIGINAL = "收到时的原件，按原样保存；长期保存另需转换为 OFD 或 PDF/A"
_FORMATS = (
    Format(PDF, "PDF", "fmt/276", (".pdf",), "GB/T 18894-2016 推荐的版式文件"),
    Format(OFD, "OFD", "GB/T 33190-2016", (".ofd",), "国家标准版式文件"),
    Format("image/jpeg", "JPEG", "fmt/44", (".jpg", ".jpeg", ".jpe", ".jfif"), "GB/T 18894-2016 扫描件与照片"),
    Format("image/png", "PNG", "fmt/11", (".png",), "ISO/IEC 15948，无损且公开"),
    Format("image/tiff", "TIFF", "fmt/353", (".tif", ".tiff"), "GB/T 18894-2016 扫描件"),
    Format("application/json", "JSON", "fmt/817", (".json",), _TEXT),
    Format("application/xml", "XML", "fmt/101", (".xml",), _TEXT),
    Format("text/xml", "XML", "fmt/101", (".xml",), _TEXT),
    Format("text/plain", "TXT", "x-fmt/111", (".txt", ".log"), _TEXT),
    Format("text/csv", "CSV", "x-fmt/18", (".csv",), _TEXT),
    Format("application/timestamp-reply", "时间戳", "RFC 3161", (".tsr",), "RFC 3161，公开标准"),
    Format("application/pkix-cert", "证书", "fmt/993", (".cer", ".crt", ".pem"), "X.509，公开标准"),
    Format("image/webp", "WebP", "fmt/566", (".webp",), _ORIGINAL, lasting=False),
    Format("image/heic", "HEIC", "fmt/1101", (".heic", ".heif"), _ORIGINAL, lasting=False),
    Format("application/msword", "DOC", "fmt/40", (".doc",), _ORIGINAL, lasting=False),
    Format("application/vnd.ms-excel", "XLS", "fmt/61", (".xls",), _ORIGINAL, lasting=False),
    Format(WORD, "DOCX", "fmt/412", (".docx",), _ORIGINAL, lasting=False),
    Format(SHEET, "XLSX", "fmt/214", (".xlsx",), _ORIGINAL, lasting=False),
)
FORMATS: Mapping[str, Format] = {one.media_type: one for one in _FORMATS}
"""What may lie in the archive, by media type. Whatever is not here is refused by 3-3."""

TEXTS = frozenset({"application/json", "application/xml", "text/xml", "text/plain", "text/csv"})
RECORDS = frozenset({"application/json", "application/xml", "text/xml"})
"""What is parsed as metadata (3-1) instead of being opened page by page (3-4)."""
PAGED = frozenset({PDF, OFD, "image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic"})
"""What has pages that can be drawn."""
CONTAINERS = frozenset({OFD, WORD, SHEET})
"""Kinds that are zip packages inside."""


def puid_of(kind: Format, content: ContentFacts) -> str:
    """The id of the format in the version that the file says it has."""
    return _PDF_IDS.get(content.version, kind.puid) if kind.media_type == PDF else kind.puid


def ending_fault(element: Element) -> str:
    """Why the ending of a file's name does not go with its format; names without an ending say nothing."""
    kind = FORMATS.get(element.media_type)
    _, dot, ending = element.name.rpartition(".")
    known = {one for each in FORMATS.values() for one in each.endings}
    written = f".{ending.lower()}" if dot else ""
    if kind is None or written not in known or written in kind.endings:
        return ""
    return f"扩展名 {written} 与格式 {kind.name} 不符"
