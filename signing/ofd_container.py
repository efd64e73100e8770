"""The package of an OFD document (GB/T 33190-2016, 7): a zip of XML files, read with bounds and never unpacked to disk.

Both the drawing of pages and the judging of seals read through here, so that they see the same bytes.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

ROOT = "OFD.xml"

MAX_ENTRIES = 50_000
"""A thousand pages with a picture, a template and an annotation file each have under 5,000."""

MAX_XML_BYTES = 48 * 1024 * 1024
"""For one XML file, unpacked. The densest page seen (a vector map) has 6 MB; the tree takes ten times the bytes."""

MAX_ENTRY_BYTES = 160 * 1024 * 1024
"""For any other file in the package, unpacked: an uncompressed A0 scan in grey at 300 dpi."""

MAX_TOTAL_BYTES = 1024 * 1024 * 1024
"""For all that one process reads out of a package, unpacked: the sum of 4 pages with their pictures and fonts."""

_PIECE = 1024 * 1024
_ENCRYPTED = 0x1
_DECLARED_CHINESE = re.compile(
    rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](gbk|gb2312|gb18030)["'][^>]*\?>""", re.IGNORECASE
)

OfdFault = Literal["broken", "encrypted", "bomb"]


class OfdError(Exception):
    """The package cannot be read: `fault` says in which way, `detail` in Chinese what was met."""

    def __init__(self, fault: OfdFault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault: OfdFault = fault
        self.detail = detail


class OfdContainer:
    """An OFD package opened for reading. A context manager; also takes the bytes of a package inside another."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        """Open it.

        Raises:
            OfdError: it is no sound zip, it is encrypted, has two files of one name or a name that leads out of it.
        """
        self._left = MAX_TOTAL_BYTES
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise OfdError("broken", "压缩包不完整") from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise OfdError("bomb", "文件过多")
        self._entries = {entry.filename.lstrip("/"): entry for entry in entries if not entry.is_dir()}
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise OfdError("encrypted", "压缩包已加密")
        if len(self._entries) < sum(not entry.is_dir() for entry in entries):
            # Two files of one name: what is shown and what a seal covers could be different ones.
            raise OfdError("broken", "包内有重名文件")
        if any(".." in name.split("/") or "\\" in name for name in self._entries):
            raise OfdError("broken", "包内文件名越出包外")
        if ROOT not in self._entries:
            raise OfdError("broken", "缺少 OFD.xml")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    @property
    def names(self) -> frozenset[str]:
        """The files in the package, without a leading slash."""
        return frozenset(self._entries)

    def read(self, name: str, *, at_most: int = MAX_ENTRY_BYTES) -> bytes:
        """One file of the package, unpacked within bounds.

        Raises:
            OfdError: it is not there, is damaged, or unpacks to more than `at_most` bytes.
        """
        if name not in self._entries:
            raise OfdError("broken", f"缺少 {name}")
        limit = min(at_most, self._left)
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(self._entries[name]) as file:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    if size > limit:
                        raise OfdError("bomb", name)
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise OfdError("broken", f"{name} 已损坏") from error
        self._left -= size
        return b"".join(pieces)

    def xml(self, name: str) -> Element:
        """One XML file of the package, its names without namespaces. Raises OfdError."""
        return parse_xml(self.read(name, at_most=MAX_XML_BYTES), name)

    def find(self, location: str | None, *folders: str) -> str | None:
        """The file that a location (ST_Loc, 7.3) means: with a slash from the root, else from a folder that has it.

        The root is tried last: some programs leave the slash out.
        """
        if not location or not (location := location.strip().replace("\\", "/")):
            return None
        if location.startswith("/"):
            folders = ("",)
        for folder in (*folders, ""):
            name = posixpath.normpath(posixpath.join(folder, location.lstrip("/"))).lstrip("/")
            if name in self._entries:
                return name
        return None


def parse_xml(data: bytes, name: str) -> Element:
    """XML without namespaces. A document type is refused: OFD has none, and entities can grow without end."""
    parser = XMLParser(target=_PlainNames())  # noqa: S314 - DTDs are refused by the target
    try:
        if _DECLARED_CHINESE.match(data):
            parser.feed(_DECLARED_CHINESE.sub(b"", data, count=1).decode("gb18030"))
        else:
            parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise OfdError("broken", f"{name} 不是完好的 XML") from error
    return root


class _PlainNames(TreeBuilder):
    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        return super().end(tag.rpartition("}")[2])

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002 - expat's signature
        raise OfdError("broken", "XML 中有文档类型定义（DTD）")


def children(element: Element | None, *names: str) -> Iterable[Element]:
    """The direct children of some names, in order; none of nothing."""
    return () if element is None else (child for child in element if child.tag in names)


def text_of(element: Element | None, name: str) -> str:
    """The text of a direct child, "" where there is none."""
    found = None if element is None else element.find(name)
    return (found.text or "").strip() if found is not None else ""
