"""The BagIt form of a package (RFC 8493), in the one strict spelling that we write: any changed byte then shows.

The RFC allows upper-case digests, tabs and other layouts; a reader that accepts them cannot see a changed letter.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from archive.digests import Digests, digest_bytes, digest_stream
from archive.durable_files import sync_directory

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD_FOLDER = "data"
PAYLOAD_MANIFESTS = {"sha256": "manifest-sha256.txt", "sm3": "manifest-sm3.txt"}
TAG_MANIFESTS = {"sha256": "tagmanifest-sha256.txt", "sm3": "tagmanifest-sm3.txt"}
TAG_FILES = ("bag-info.txt", "bagit.txt", *PAYLOAD_MANIFESTS.values())
MAX_TAG_BYTES = 64 << 20
"""Half a million lines; a larger manifest is an attack on memory."""

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


class BadBag(ValueError):  # noqa: N818
    """The folder is no bag in our spelling; the message names file and line."""

    code = "archive-bad-bag"


@dataclasses.dataclass(frozen=True, slots=True)
class BagFiles:
    """What lies in a bag's folder: regular files by NFC path, and everything that has no business there."""

    regular: Mapping[str, Path]
    foreign: tuple[str, ...]

    def payload(self) -> set[str]:
        """Paths below `data/`."""
        return {path for path in self.regular if path.startswith(f"{PAYLOAD_FOLDER}/")}


def list_bag(folder: Path) -> BagFiles:
    """Every entry below a folder; links, devices and names that differ only in their Unicode form are foreign."""
    regular: dict[str, Path] = {}
    foreign = []
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        path = unicodedata.normalize("NFC", name.encode(errors="backslashreplace").decode())  # not all are UTF-8
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()) or path in regular:
            foreign.append(path)
        elif entry.is_file():
            regular[path] = entry
    return BagFiles(regular, tuple(foreign))


def digest_lines(digests: Mapping[str, str]) -> bytes:
    """A manifest file: digest, two spaces, path; in the byte order of the paths."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests, key=str.encode)).encode()


def parse_digest_lines(data: bytes, name: str) -> dict[str, str]:
    """Path and digest of each line of a manifest file. Raises BadBag for any spelling that we do not write."""
    if len(data) > MAX_TAG_BYTES:
        raise BadBag(f"{name} is larger than {MAX_TAG_BYTES >> 20} MiB")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadBag(f"{name} is not UTF-8 (byte {error.start})") from error
    found: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None or ".." in match[2].split("/") or match[2].startswith("/"):
            raise BadBag(f"{name} line {number} is not 'digest, two spaces, path'")
        if match[2] in found:
            raise BadBag(f"{name} line {number} names {match[2]} again")
        found[match[2]] = match[1]
    if digest_lines(found) != data:
        raise BadBag(f"{name} is not in the order or spelling that we write")
    return found


def bag_info(facts: Mapping[str, str], payload: Iterable[Digests]) -> bytes:
    """bag-info.txt: the facts, and Payload-Oxum (bytes.files), which check GD-2-2 compares."""
    sizes = [digests.size for digests in payload]
    lines = {**facts, "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}"}
    return "".join(f"{label}: {' '.join(lines[label].split())}\n" for label in sorted(lines)).encode()


def seal_bag(folder: Path, payload: Mapping[str, Digests], facts: Mapping[str, str]) -> None:
    """Write the tag files of a bag whose payload is already there. `payload` by path from the bag's folder."""
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": bag_info(facts, payload.values()),
        PAYLOAD_MANIFESTS["sha256"]: digest_lines({path: d.sha256 for path, d in payload.items()}),
        PAYLOAD_MANIFESTS["sm3"]: digest_lines({path: d.sm3 for path, d in payload.items()}),
    }
    listed = {name: digest_bytes(data) for name, data in tags.items()}
    for algorithm, name in TAG_MANIFESTS.items():
        tags[name] = digest_lines({tag: getattr(digests, algorithm) for tag, digests in listed.items()})
    for name, data in tags.items():
        (folder / name).write_bytes(data)
    sync_directory(folder)


def digest_file(path: Path) -> Digests:
    """Both digests of a file. Raises OSError when it cannot be read."""
    with path.open("rb") as stream:
        return digest_stream(stream)
