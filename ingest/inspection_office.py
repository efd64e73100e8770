"""Looking into an Office file inside the sandbox, before LibreOffice may open it: no password, macros or links out."""

import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.refusals import Refusal

_OPEN_XML = {
    "word/": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_OLD = {
    "WordDocument": ("doc", "application/msword"),
    "Workbook": ("xls", "application/vnd.ms-excel"),
    "Book": ("xls", "application/vnd.ms-excel"),
}
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_PACKAGE, _MACROS = "EncryptedPackage", "_VBA_PROJECT"

MAX_PART_BYTES = 100 * 1024 * 1024
"""For one part, unpacked: the sheet of a bill of quantities with 200,000 rows has 60 MB."""

MAX_TOTAL_BYTES = 600 * 1024 * 1024
"""For all parts, unpacked."""

_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
_FIELDS = re.compile(rb"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|LINK|RD|DATABASE)\b")
_INSTRUCTION = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr\s*=\s*\"([^\"]*)\"")
_PIECE = 1024 * 1024


def inspect_office(path: str, *, begin: Callable[[int], None]) -> dict[str, Any]:
    """Ending and media type of an Office file that may be converted.

    Refuses `office-encrypted`, `office-macros`, `office-links`, `decompression-bomb`, and `office-not-paged` for kinds
    that are not converted.
    """
    begin(1)
    with Path(path).open("rb") as file:
        head = file.read(len(_OLE))
    ending, media_type = _old(path) if head == _OLE else _open_xml(path)
    return {"ending": ending, "media_type": media_type}


def _old(path: str) -> tuple[str, str]:
    """The names of an OLE file's streams stand in its directory in UTF-16 (MS-CFB, 2.6)."""
    data = Path(path).read_bytes()
    if _named(data, _ENCRYPTED_PACKAGE):
        raise Refusal("office-encrypted")
    if _named(data, _MACROS):
        raise Refusal("office-macros")
    found = next((kind for name, kind in _OLD.items() if _named(data, name)), None)
    if found is None:
        raise Refusal("office-not-paged", detail="旧版 Word、Excel 以外的 Office 文件")
    return found


def _named(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data


def _open_xml(path: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as package:
            return _look_through(package)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise Refusal("office-not-converted") from error
    except RuntimeError as error:  # what zipfile says of a part that needs a password
        raise Refusal("office-encrypted") from error


def _look_through(package: zipfile.ZipFile) -> tuple[str, str]:
    names = package.namelist()
    found = next((kind for folder, kind in _OPEN_XML.items() if any(n.startswith(folder) for n in names)), None)
    if found is None:
        raise Refusal("office-not-paged", detail="Word、Excel 以外的 Office 文件")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in names):
        raise Refusal("office-macros")
    left = MAX_TOTAL_BYTES
    for name in names:
        part = _part(package, name, min(MAX_PART_BYTES, left))
        left -= len(part)
        if name.endswith(".rels") and any(not _HYPERLINK.search(link[0]) for link in _EXTERNAL.finditer(part)):
            raise Refusal("office-links")
        if name.endswith(".xml") and any(
            _FIELDS.search(b" ".join(filter(None, i))) for i in _INSTRUCTION.findall(part)
        ):
            raise Refusal("office-links")
    return found


def _part(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    pieces, size = [], 0
    with package.open(name) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > most:
                raise Refusal("decompression-bomb", limit=most // _PIECE)
            pieces.append(piece)
    return b"".join(pieces)
