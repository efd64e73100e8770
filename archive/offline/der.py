"""DER, as little of it as certificates' envelopes and timestamps need (X.690); whatever is not plain is refused."""

import dataclasses
import datetime as dt
import re

SEQUENCE, SET, INTEGER, OCTETS, OID, BIT_STRING = 0x30, 0x31, 0x02, 0x04, 0x06, 0x03
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
_LONG, _MANY, _MOST_LENGTH_BYTES = 0x80, 0x1F, 4
_CENTURY = 50


class Damaged(ValueError):  # noqa: N818 - what the auditor reads
    """The bytes are not what they should be; the message says where."""


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag, its content, and its whole spelling."""

    tag: int
    body: bytes
    raw: bytes

    def children(self) -> list["Node"]:
        """The values inside it."""
        found, at = [], 0
        while at < len(self.body):
            node, at = read_node(self.body, at)
            found.append(node)
        return found

    def child(self, place: int, tag: int) -> "Node":
        """The value at a place, of a kind."""
        inside = self.children()
        if place >= len(inside) or inside[place].tag != tag:
            raise Damaged(f"no value of kind {tag:#04x} at place {place}")
        return inside[place]


def read_node(data: bytes, at: int = 0) -> tuple[Node, int]:
    """The value at a place and the place behind it."""
    if at + 2 > len(data):
        raise Damaged("a value ends before it began")
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & _MANY == _MANY:
        raise Damaged("a tag of more than one byte")
    if length & _LONG:
        count = length & ~_LONG
        if not 1 <= count <= _MOST_LENGTH_BYTES or start + count > len(data):
            raise Damaged("a length that is not written in DER")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise Damaged("a value is longer than what holds it")
    return Node(tag, data[start : start + length], data[at : start + length]), start + length


def whole(data: bytes, tag: int = SEQUENCE) -> Node:
    """The one value that the bytes are, of a kind."""
    node, end = read_node(data)
    if end != len(data) or node.tag != tag:
        raise Damaged("bytes behind the value, or another kind of value")
    return node


def dotted(node: Node) -> str:
    """An object identifier in its usual spelling."""
    if node.tag != OID or not node.body or node.body[-1] & _LONG:
        raise Damaged("no object identifier")
    parts, number = [], 0
    for byte in node.body:
        number = number << 7 | byte & 0x7F
        if not byte & _LONG:
            parts.append(number)
            number = 0
    first = min(parts[0] // 40, 2)
    return ".".join(str(part) for part in [first, parts[0] - 40 * first, *parts[1:]])


def integer(node: Node) -> int:
    """A whole number."""
    if node.tag != INTEGER or not node.body:
        raise Damaged("no whole number")
    return int.from_bytes(node.body, "big", signed=True)


def moment_of(node: Node) -> dt.datetime:
    """A time, always in UTC (RFC 5280, 4.1.2.5)."""
    text = node.body.decode("ascii", "replace")
    if node.tag == UTC_TIME and re.fullmatch(r"\d{12}Z", text):
        text = ("20" if int(text[:2]) < _CENTURY else "19") + text
    match = re.fullmatch(r"(\d{14})(?:\.(\d{1,6})\d*)?Z", text)
    if node.tag not in {UTC_TIME, GENERALIZED_TIME} or match is None:
        raise Damaged(f"{text!r} is no time")
    try:
        found = dt.datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Damaged(f"{text!r} is no time") from None
    return found.replace(microsecond=int((match[2] or "0").ljust(6, "0")))
