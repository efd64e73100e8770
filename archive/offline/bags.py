"""The folder: a bag (RFC 8493) in the one strict spelling in which packages are written; digests by SHA-256 and SM3."""

import contextlib
import dataclasses
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from archive.offline.der import Damaged

DATA = "data/"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD_LISTS = {"sha256": "manifest-sha256.txt", "sm3": "manifest-sm3.txt"}
TAG_LISTS = {"sha256": "tagmanifest-sha256.txt", "sm3": "tagmanifest-sm3.txt"}
TAGS = ("bag-info.txt", "bagit.txt", *PAYLOAD_LISTS.values())
MOST_TAG, CHUNK = 64 << 20, 1 << 20
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_BITS = 0xFFFFFFFF


class Digest(Protocol):
    """What digests bytes piece by piece."""

    def update(self, data: bytes, /) -> None:
        """Take more."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Digests:
    """Lower-case hexadecimal digests and the size in bytes."""

    sha256: str
    sm3: str
    size: int


class PlainSm3:
    """SM3 (GB/T 32905) in plain Python, for machines whose OpenSSL leaves it out: slow, some 0.3 MB a second."""

    def __init__(self) -> None:
        self._state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
        self._rest, self._size = b"", 0

    def update(self, data: bytes, /) -> None:
        """Take more."""
        self._size += len(data)
        data = self._rest + data
        whole = len(data) - len(data) % 64
        for at in range(0, whole, 64):
            self._block(data[at : at + 64])
        self._rest = data[whole:]

    def hexdigest(self) -> str:
        """The digest of all that was taken."""
        bits = self._size * 8
        self.update(b"\x80" + bytes((55 - len(self._rest)) % 64) + bits.to_bytes(8, "big"))
        return "".join(f"{word:08x}" for word in self._state)

    def _block(self, block: bytes) -> None:
        words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
        for at in range(16, 68):
            mixed = words[at - 16] ^ words[at - 9] ^ _turned(words[at - 3], 15)
            mixed ^= _turned(mixed, 15) ^ _turned(mixed, 23)
            words.append(mixed ^ _turned(words[at - 13], 7) ^ words[at - 6])
        a, b, c, d, e, f, g, h = self._state
        for at in range(64):
            high = _turned(a, 12)
            one = _turned((high + e + _turned(0x79CC4519 if at < 16 else 0x7A879D8A, at % 32)) & _BITS, 7)  # noqa: PLR2004
            two = one ^ high
            if at < 16:  # noqa: PLR2004 - as the standard has it
                left, right = a ^ b ^ c, e ^ f ^ g
            else:
                left, right = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
            first = (left + d + two + (words[at] ^ words[at + 4])) & _BITS
            second = (right + h + one + words[at]) & _BITS
            a, b, c, d = first, a, _turned(b, 9), c
            e, f, g, h = second ^ _turned(second, 9) ^ _turned(second, 17), e, _turned(f, 19), g
        self._state = [x ^ y for x, y in zip(self._state, (a, b, c, d, e, f, g, h), strict=True)]


def _turned(word: int, by: int) -> int:
    return (word << by | word >> (32 - by)) & _BITS


def sm3() -> Any:
    """An SM3 by the quickest way that this machine has."""
    with contextlib.suppress(UnsupportedAlgorithm):
        return hashes.Hash(hashes.SM3())
    with contextlib.suppress(ValueError):
        return hashlib.new("sm3")
    return PlainSm3()


def digest_file(path: Path) -> Digests:
    """Both digests of a file, read once."""
    one, other, size = hashlib.sha256(), sm3(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            one.update(chunk)
            other.update(chunk)
            size += len(chunk)
    finished = other.hexdigest() if hasattr(other, "hexdigest") else other.finalize().hex()
    return Digests(one.hexdigest(), finished, size)


@dataclasses.dataclass
class Bag:
    """A folder as it lies there: files by path (NFC), what does not belong there, what cannot be read, digests."""

    folder: Path
    files: dict[str, Path] = dataclasses.field(default_factory=dict)
    foreign: list[str] = dataclasses.field(default_factory=list)
    unread: dict[str, str] = dataclasses.field(default_factory=dict)
    digests: dict[str, Digests] = dataclasses.field(default_factory=dict)

    @property
    def payload(self) -> set[str]:
        """Paths below data/."""
        return {path for path in self.files if path.startswith(DATA)}

    def read(self, path: str, most: int = MOST_TAG) -> bytes:
        """A file, up to a size. Raises Damaged where it is missing or larger."""
        if path not in self.files:
            raise Damaged(f"缺少 {path} (missing)")
        with self.files[path].open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise Damaged(f"{path} 过大 (too large)")
        return data


def open_bag(folder: Path) -> Bag:
    """List a folder and digest all that it holds."""
    bag = Bag(folder)
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix().encode(errors="backslashreplace").decode()
        path = unicodedata.normalize("NFC", name)
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()) or path in bag.files:
            bag.foreign.append(path)
        elif entry.is_file():
            try:
                bag.digests[path] = digest_file(entry)
            except OSError as error:
                bag.unread[path] = str(error.strerror)
            else:
                bag.files[path] = entry
    return bag


def listed_digests(data: bytes, name: str) -> dict[str, str]:
    """Path and digest of each line of a list. Raises Damaged for any spelling that packages are not written in."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise Damaged(f"{name} 不是 UTF-8，第 {error.start} 字节 (not UTF-8)") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found or ".." in match[2].split("/") or match[2].startswith("/"):
            raise Damaged(f"{name} 第 {number} 行不成格式，或重复 (line {number} is malformed or doubled)")
        found[match[2]] = match[1]
    ordered = "".join(f"{found[path]}  {path}\n" for path in sorted(found, key=str.encode))
    if ordered.encode() != data:
        raise Damaged(f"{name} 的次序或写法不对 (not in the order or spelling that is written)")
    return found
