"""PDF files as far as their seals need: objects by the file's own tables, revision by revision (ISO 32000-2, 7.5).

Only what follows the standard plainly is read; a reader that mends what is broken may see another file than the next.
"""

import dataclasses
import re
import zlib
from typing import Any, NamedTuple, TypeGuard

from archive.offline.der import Damaged

MOST_DEPTH, MOST_SECTIONS, MOST_OBJECTS = 60, 400, 500_000
MOST_UNPACKED = 64 << 20
"""Of one stream: tables and object streams of a drawing set of a thousand sheets are a tenth of it."""
_SPACE = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![0-9A-Za-z])")
_HEADER = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj\b")
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_WORD = re.compile(rb"(true|false|null)(?![0-9A-Za-z])")
_STREAM = re.compile(rb"[\0\t\n\f\r ]*stream(\r\n|\n)")
_END_STREAM = re.compile(rb"[\r\n]{0,2}endstream\b")
_START = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF")
_ESCAPES = {ord("n"): b"\n", ord("r"): b"\r", ord("t"): b"\t", ord("b"): b"\b", ord("f"): b"\f"}
_WIDTHS, _PNG = 3, 10


class Name(bytes):
    """A name, such as /Type, without its slash."""


class Ref(NamedTuple):
    """What points at another object."""

    number: int
    generation: int


@dataclasses.dataclass(frozen=True)
class Stream:
    """A dictionary and its data as they stand in the file."""

    facts: dict[bytes, Any]
    raw: bytes

    def unpacked(self) -> bytes:
        """The data as it was before it was packed."""
        filters = self.facts.get(b"Filter")
        if filters in (None, []):
            return self.raw
        if filters not in (b"FlateDecode", [b"FlateDecode"]):
            raise Damaged("a stream is packed in a way that is not followed here")
        try:
            data = zlib.decompressobj().decompress(self.raw, MOST_UNPACKED)
        except zlib.error as error:
            raise Damaged(f"a stream cannot be unpacked: {error}") from None
        settings = self.facts.get(b"DecodeParms")
        settings = settings[0] if isinstance(settings, list) and settings else settings
        if isinstance(settings, dict) and settings.get(b"Predictor", 1) != 1:
            return _unpredicted(data, settings)
        return data


def _unpredicted(data: bytes, settings: dict[bytes, Any]) -> bytes:
    """Undo the predictor "up" or "none" of a table of bytes (PNG)."""
    width = settings.get(b"Columns", 1)
    if settings.get(b"Predictor", 1) < _PNG or not isinstance(width, int) or not 0 < width <= MOST_OBJECTS:
        raise Damaged("a stream is predicted in a way that is not followed here")
    rows, above = bytearray(), bytes(width)
    for at in range(0, len(data), width + 1):
        kind, row = data[at], data[at + 1 : at + 1 + width]
        if kind not in {0, 2} or len(row) != width:
            raise Damaged("a stream is predicted in a way that is not followed here")
        above = bytes((a + b) & 0xFF for a, b in zip(above, row, strict=True)) if kind else row
        rows += above
    return bytes(rows)


class Scanner:
    """Reads values one after the other up to an end."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def value(self, depth: int = 0) -> Any:
        """The next value."""
        if depth > MOST_DEPTH:
            raise Damaged("values are nested too deeply")
        self._skip()
        head = self.data[self.at : min(self.at + 2, self.end)]
        if head == b"<<":
            return self._dictionary(depth)
        if head[:1] == b"[":
            return self._array(depth)
        if head[:1] == b"(":
            return self._text()
        for pattern, make in _PLAIN:
            if match := pattern.match(self.data, self.at, self.end):
                self.at = match.end()
                return make(match)
        raise Damaged(f"byte {self.at} of the file is no value")

    def _skip(self) -> None:
        if match := _SPACE.match(self.data, self.at, self.end):
            self.at = match.end()

    def _array(self, depth: int) -> list[Any]:
        self.at += 1
        found: list[Any] = []
        while True:
            self._skip()
            if self.data[self.at : self.at + 1] == b"]" and self.at < self.end:
                self.at += 1
                return found
            found.append(self.value(depth + 1))

    def _dictionary(self, depth: int) -> dict[bytes, Any]:
        self.at += 2
        found: dict[bytes, Any] = {}
        while True:
            self._skip()
            if self.data[self.at : self.at + 2] == b">>" and self.at + 2 <= self.end:
                self.at += 2
                return found
            name = self.value(depth + 1)
            if not isinstance(name, Name) or name in found:
                raise Damaged(f"a dictionary before byte {self.at} has a key twice, or one that is no name")
            found[bytes(name)] = self.value(depth + 1)

    def _text(self) -> bytes:
        found, depth, at = bytearray(), 1, self.at + 1
        while at < self.end:
            byte = self.data[at]
            if byte == 0x5C:  # noqa: PLR2004 - backslash
                at += 1
                following = self.data[at : at + 1]
                octal = re.compile(rb"[0-7]{1,3}").match(self.data, at, self.end)
                if octal:
                    found.append(int(octal[0], 8) & 0xFF)
                    at = octal.end() - 1
                elif following not in {b"\n", b"\r"}:
                    found += _ESCAPES.get(following[0], following) if following else b""
            elif byte == 0x29 and depth == 1:  # noqa: PLR2004 - closing bracket
                self.at = at + 1
                return bytes(found)
            else:
                depth += {0x28: 1, 0x29: -1}.get(byte, 0)
                found.append(byte)
            at += 1
        raise Damaged("a text does not end")


def _hexadecimal(match: re.Match[bytes]) -> bytes:
    digits = re.sub(rb"[\0\t\n\f\r ]", b"", match[1]).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def _name(match: re.Match[bytes]) -> Name:
    return Name(re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), match[1]))


_PLAIN = (
    (_REFERENCE, lambda match: Ref(int(match[1]), int(match[2]))),
    (_NUMBER, lambda match: float(match[0]) if b"." in match[0] else int(match[0])),
    (_NAME, _name),
    (_HEXADECIMAL, _hexadecimal),
    (_WORD, lambda match: {b"true": True, b"false": False, b"null": None}[match[1]]),
)


class Document:
    """A file as it stood when it ended at some byte."""

    def __init__(self, data: bytes, end: int | None = None) -> None:
        """Read the tables. Raises Damaged where they cannot be followed."""
        self.data, self.end = data, len(data) if end is None else end
        self.places: dict[int, tuple[int, int, int]] = {}
        """Number: kind (0 free, 1 at a byte, 2 in an object stream), place or stream, generation or place in it."""
        self.trailer: dict[bytes, Any] = {}
        self.hybrid = False
        self._found: dict[int, Any] = {}
        self._packed: dict[int, list[tuple[int, Any]]] = {}
        self._read_sections()

    def get(self, value: Any) -> Any:
        """A value, or what it points at; None for what is not there."""
        for _ in range(MOST_DEPTH):
            if not isinstance(value, Ref):
                return value
            value = self.object(value.number)
        raise Damaged("references lead in a circle")

    def dictionary(self, value: Any) -> dict[bytes, Any]:
        """A dictionary, or what points at one; empty for anything else."""
        found = self.get(value)
        return found if isinstance(found, dict) else {}

    def items(self, value: Any) -> list[Any]:
        """A list, or what points at one; empty for anything else."""
        found = self.get(value)
        return found if isinstance(found, list) else []

    def object(self, number: int) -> Any:
        """An object by its number; None for one that is not there."""
        if number not in self._found:
            kind, place, third = self.places.get(number, (0, 0, 0))
            self._found[number] = None  # an object that needs itself to be read has no value
            if kind == 1:
                self._found[number] = self._at(place, number, third)
            elif kind == 2:  # noqa: PLR2004
                inside = self._in_stream(place)
                if third >= len(inside) or inside[third][0] != number:
                    raise Damaged(f"object {number} is not where the table says")
                self._found[number] = inside[third][1]
        return self._found[number]

    def _at(self, place: int, number: int | None, generation: int = 0) -> Any:
        match = _HEADER.match(self.data, place, self.end)
        if match is None or (number is not None and (int(match[1]), int(match[2])) != (number, generation)):
            raise Damaged(f"no object {'' if number is None else number} at byte {place}")
        scanner = Scanner(self.data, match.end(), self.end)
        value = scanner.value()
        begins = _STREAM.match(self.data, scanner.at, self.end)
        if begins is None or not isinstance(value, dict):
            return value
        length = self.get(value.get(b"Length"))
        last = begins.end() + length if isinstance(length, int) and length >= 0 else self.end + 1
        if last > self.end or not _END_STREAM.match(self.data, last, self.end):
            raise Damaged(f"the stream at byte {place} does not end where it says")
        return Stream(value, self.data[begins.end() : last])

    def _in_stream(self, number: int) -> list[tuple[int, Any]]:
        if number not in self._packed:
            stream = self.object(number)
            if not isinstance(stream, Stream):
                raise Damaged(f"object {number} is no object stream")
            data = stream.unpacked()
            count, first = (self.get(stream.facts.get(key)) for key in (b"N", b"First"))
            if not isinstance(count, int) or not isinstance(first, int) or not 0 <= count <= MOST_OBJECTS:
                raise Damaged(f"object stream {number} does not say what it holds")
            numbers = [int(one) for one in data[:first].split()[: 2 * count]]
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            self._packed[number] = [(one, Scanner(data, first + at, len(data)).value()) for one, at in pairs]
        return self._packed[number]

    def _read_sections(self) -> None:
        start = self.data.rfind(b"startxref", 0, self.end)
        match = _START.match(self.data, start, self.end) if start >= 0 else None
        if match is None:
            raise Damaged("the file does not say where its table is")
        place: Any = int(match[1])
        seen: set[int] = set()
        while place is not None:
            if not isinstance(place, int) or place in seen or len(seen) >= MOST_SECTIONS or place >= self.end:
                raise Damaged("the tables of the file lead in a circle or nowhere")
            seen.add(place)
            trailer = self._table(place) if self.data.startswith(b"xref", place) else self._table_stream(place)
            self.hybrid = self.hybrid or b"XRefStm" in trailer
            self.trailer = self.trailer or trailer
            place = trailer.get(b"Prev")

    def _put(self, number: int, entry: tuple[int, int, int]) -> None:
        if len(self.places) > MOST_OBJECTS:
            raise Damaged("the file has too many objects to be looked at")
        self.places.setdefault(number, entry)

    def _table(self, place: int) -> dict[bytes, Any]:
        at = place + 4
        heading = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) (\d{1,10})[\t ]*(?:\r\n|\n|\r)")
        row = re.compile(rb"(\d{10}) (\d{5}) ([fn])(?: \r| \n|\r\n|\n)")
        while match := heading.match(self.data, at, self.end):
            first, at = int(match[1]), match.end()
            for number in range(first, first + int(match[2])):
                entry = row.match(self.data, at, self.end)
                if entry is None:
                    raise Damaged(f"the table at byte {place} breaks at object {number}")
                self._put(number, (int(entry[3] == b"n"), int(entry[1]), int(entry[2])))
                at = entry.end()
        word = re.compile(rb"[\0\t\n\f\r ]*trailer").match(self.data, at, self.end)
        found = Scanner(self.data, word.end(), self.end).value() if word else None
        if not isinstance(found, dict):
            raise Damaged(f"the table at byte {place} has no trailer")
        return found

    def _table_stream(self, place: int) -> dict[bytes, Any]:
        stream = self._at(place, None)
        if not isinstance(stream, Stream) or stream.facts.get(b"Type") != b"XRef":
            raise Damaged(f"no table at byte {place}")
        facts, data = stream.facts, stream.unpacked()
        widths, index = facts.get(b"W"), facts.get(b"Index", [0, facts.get(b"Size")])
        if not _whole_numbers(widths) or len(widths) != _WIDTHS or not _whole_numbers(index) or not sum(widths):
            raise Damaged(f"the table at byte {place} does not say its form")
        at, (one, two, three) = 0, widths
        for first, count in zip(index[::2], index[1::2], strict=False):
            for number in range(first, first + min(count, MOST_OBJECTS)):
                row = data[at : at + one + two + three]
                if len(row) < one + two + three:
                    raise Damaged(f"the table at byte {place} is too short")
                kind = int.from_bytes(row[:one], "big") if one else 1
                entry = (kind, int.from_bytes(row[one : one + two], "big"), int.from_bytes(row[one + two :], "big"))
                self._put(number, entry)
                at += len(row)
        return facts


def _whole_numbers(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(one) is int and one >= 0 for one in value)
