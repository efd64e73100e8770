"""The tag files of a bag, parsed as RFC 8493 section 2 says, and more loosely for the versions before 1.0."""

import codecs
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

from archive.bag import MAX_TAG_BYTES
from archive.bag_findings import BagFinding

OLD_VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97"})
_DECLARED = re.compile(r"BagIt-Version: (\d+\.\d+)\r?\n?\r?Tag-File-Character-Encoding: (\S+)(?:\r\n|\r|\n)?")
_LISTED = re.compile(r"([0-9a-fA-F]+)[ \t]+(\*?)(\S.*)")
_FETCH = re.compile(r"(\S+)[ \t]+(-|\d+)[ \t]+(\S.*)")
_LABEL = re.compile(r"([^:\s][^:]*?)[ \t]*:[ \t]*(.*)")
_ESCAPED = {"%0A": "\n", "%0D": "\r", "%25": "%"}


class TagError(ValueError):
    """A tag file cannot be read at all; nothing further of the bag is judged."""

    code = "archive-bad-bag"

    def __init__(self, code: str, where: str, seen: str = "") -> None:
        self.finding = BagFinding(code, where, seen)
        super().__init__(f"{where}: {self.finding.words}")


@dataclasses.dataclass(frozen=True, slots=True)
class Declaration:
    """Version and encoding that `bagit.txt` declares."""

    version: str
    encoding: str

    @property
    def is_old(self) -> bool:
        """Before 1.0, when less was asked."""
        return self.version in OLD_VERSIONS


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """A line of a manifest. `marked` with the star of md5sum; `relative`: written with `./` before it."""

    digest: str
    path: str
    marked: bool = False
    relative: bool = False


def read_declaration(file: Path | None) -> Declaration:
    """What `bagit.txt` declares: always UTF-8 without a byte order mark, two lines, exactly spelled.

    Raises:
        TagError: `bag-no-declaration`, `bag-version-unknown` or `bag-encoding-unknown`.
    """
    if file is None:
        raise TagError("bag-no-declaration", "bagit.txt")
    try:
        text = _bytes(file).decode()
    except UnicodeDecodeError:
        raise TagError("bag-no-declaration", "bagit.txt") from None
    found = _DECLARED.fullmatch(text)
    if found is None:
        raise TagError("bag-no-declaration", "bagit.txt", text[:80])
    if found[1] != "1.0" and found[1] not in OLD_VERSIONS:
        raise TagError("bag-version-unknown", "bagit.txt", found[1])
    try:
        codecs.lookup(found[2])
    except LookupError:
        raise TagError("bag-encoding-unknown", "bagit.txt", found[2]) from None
    return Declaration(found[1], found[2])


def parse_listing(file: Path, declaration: Declaration) -> list[Listed]:
    """The lines of a manifest or tag manifest. Raises TagError."""
    return [_listed(file.name, line, declaration) for line in _lines(file, declaration)]


def _listed(name: str, line: str, declaration: Declaration) -> Listed:
    found = _LISTED.fullmatch(line)
    if found is None:
        raise TagError("bag-tag-malformed", name, line[:80])
    path = found[3].removeprefix("./")
    return Listed(found[1], _unescaped(path, declaration), bool(found[2]), path != found[3])


def parse_fetch(file: Path, declaration: Declaration) -> list[str]:
    """The paths that `fetch.txt` says can be had elsewhere. Raises TagError."""
    paths = []
    for line in _lines(file, declaration):
        found = _FETCH.fullmatch(line)
        if found is None:
            raise TagError("bag-tag-malformed", file.name, line[:80])
        paths.append(_unescaped(found[3].removeprefix("./"), declaration))
    return paths


def parse_info(file: Path, declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Label and value of each entry of `bag-info.txt`, continuation lines joined. Raises TagError."""
    entries: list[list[str]] = []
    for line in _lines(file, declaration):
        if line[:1] in {" ", "\t"} and entries:
            entries[-1][1] += " " + line.strip()
        elif found := _LABEL.fullmatch(line):
            entries.append([found[1], found[2].strip()])
        else:
            raise TagError("bag-tag-malformed", file.name, line[:80])
    return ((label, value) for label, value in entries)


def _unescaped(path: str, declaration: Declaration) -> str:
    """Line ends and percent signs stand escaped in a path since 1.0; before, a path stood as it was."""
    if declaration.is_old:
        return path
    return re.sub(r"%(?:0[AaDd]|25)", lambda match: _ESCAPED[match[0].upper()], path)


def _lines(file: Path, declaration: Declaration) -> list[str]:
    try:
        text = _bytes(file).decode(declaration.encoding)
    except UnicodeDecodeError:
        raise TagError("bag-encoding-unknown", file.name, declaration.encoding) from None
    return [line for line in re.split(r"\r\n|\r|\n", text) if line]


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > MAX_TAG_BYTES:
        raise TagError("bag-tag-malformed", file.name, f"> {MAX_TAG_BYTES >> 20} MiB")
    try:
        return file.read_bytes()
    except OSError as error:
        raise TagError("bag-unreadable", file.name, error.strerror or "") from None
