"""One spelling for each value: canonical JSON (RFC 8785), so that a digest of a record means the record."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import jcs

MAX_INTEGER = 2**53 - 1
"""Beyond it a reader that keeps numbers as doubles, as RFC 8785 supposes, sees another number."""
MAX_DEPTH = 64
"""Far deeper than our records; ends hostile nesting before Python's own limit does."""


class NotCanonical(ValueError):  # noqa: N818
    """The value has no single exact spelling, or the bytes are not in it."""

    code = "archive-not-canonical"


def canonical_json(value: Any) -> bytes:
    """UTF-8 bytes of canonical JSON.

    Takes None, bool, int within ±(2⁵³-1), text, mappings with text keys, sequences, dates and aware times (written
    as ISO 8601, times in UTC with Z). Fractions are refused: write money and scores as text or whole units.
    """
    plain = _plain(value, 0)
    return bytes(jcs.canonicalize(plain))


def parse_canonical(data: bytes) -> Any:
    """The value of canonical JSON; raises NotCanonical for any other spelling, doubled keys and fractions included."""
    try:
        value = json.loads(data, parse_float=_no_fraction, parse_constant=_no_fraction)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not canonical JSON: {error}") from error
    if canonical_json(value) != data:  # also finds doubled keys: the later one alone is written back
        raise NotCanonical("JSON is not in its canonical spelling (RFC 8785); it was written by another program")
    return value


def _no_fraction(text: str) -> NoReturn:
    raise NotCanonical(f"number {text} has no exact spelling; write it as text")


def _plain(value: Any, depth: int) -> Any:  # noqa: C901, PLR0911 - one line for each kind
    if depth > MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int() if abs(value) <= MAX_INTEGER:
            return value
        case dt.datetime():
            if value.tzinfo is None:
                raise NotCanonical(f"time {value.isoformat()} has no zone; give an aware time")
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case dt.date():
            return value.isoformat()
        case Mapping():
            if not all(isinstance(name, str) for name in value):
                raise NotCanonical("keys must be text")
            return {_text(name): _plain(item, depth + 1) for name, item in value.items()}
        case bytes() | bytearray():
            raise NotCanonical("bytes have no JSON spelling; write them as hexadecimal or base64")
        case Sequence():
            return [_plain(item, depth + 1) for item in value]
    raise NotCanonical(f"{type(value).__name__} {value!r} has no exact JSON spelling; write it as text")


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(f"text {value!r} holds half a surrogate pair") from error
    return str(value)
