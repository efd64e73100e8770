"""Looks for decompression bombs in a PDF before pdfium unpacks anything.

Each stream is unpacked piece by piece and thrown away, so the memory stays at one piece. Only Flate is looked at: no
other filter of PDF grows a thousandfold without an image's size saying so.
"""

import re
import zlib
from collections.abc import Iterator
from mmap import mmap

from ingest.refusals import Refusal

_MEBI = 1024 * 1024
_PIECE_BYTES = _MEBI
_MAX_LAYERS = 4
"""Flate inside Flate: two layers have a point (never seen from a scanner), four is an attack already seen at two."""

_FLATE_GROWTH = 1032
"""The most that Flate can grow (zlib technical details: 1032 to 1)."""

_DICTIONARY_BYTES = 1024
"""How far before a stream its dictionary is looked at for the word Image."""

_STREAM = re.compile(rb"stream\r?\n")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_ZLIB_HEADER_METHOD = 8


def refuse_bombs(data: mmap, *, max_stream_bytes: int, max_text_stream_bytes: int) -> None:
    """Raise `decompression-bomb` when an image stream, or any other, unpacks to more bytes than it may."""
    end = 0
    for start in (match.end() for match in _STREAM.finditer(data)):
        # "endstream" also ends in the word, and packed data may hold it by chance: those starts lead nowhere.
        if start < end or data[start - 12 : start].find(b"endstream") >= 0:
            continue
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        if not _looks_packed(data[start : start + 2]):
            continue
        dictionary = data[max(0, start - _DICTIONARY_BYTES) : start]
        limit = max_stream_bytes if _IMAGE.search(dictionary[dictionary.rfind(b"obj") :]) else max_text_stream_bytes
        _refuse_if_over(data, start, end, limit)


def _refuse_if_over(data: mmap, start: int, end: int, limit: int) -> None:
    for layers in range(1, _MAX_LAYERS + 1):
        pieces = _pieces(data, start, end)
        for _ in range(layers):
            pieces = _unpacked(pieces)
        first = next(pieces, b"")
        nested = _looks_packed(first[:2])
        # A short stream with one layer cannot reach the limit; skipping it saves nearly all of the work.
        if nested or layers > 1 or (end - start) * _FLATE_GROWTH > limit:
            size = len(first)
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise Refusal("decompression-bomb", limit=limit // _MEBI)
        if not nested:
            return


def _looks_packed(two: bytes) -> bool:
    """Whether two bytes can be a zlib header (RFC 1950, 2.2)."""
    return len(two) == 2 and two[0] & 0x0F == _ZLIB_HEADER_METHOD and (two[0] * 256 + two[1]) % 31 == 0  # noqa: PLR2004


def _pieces(data: mmap, start: int, end: int) -> Iterator[bytes]:
    for place in range(start, end, _PIECE_BYTES):
        yield data[place : min(place + _PIECE_BYTES, end)]


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces after one layer of Flate, each small, as far as they unpack; a broken end is a parser's business."""
    machine = zlib.decompressobj()
    try:
        for piece in pieces:
            packed = piece
            # Behind the end of the stream the machine keeps its tail for ever.
            while packed and not machine.eof:
                unpacked = machine.decompress(packed, _PIECE_BYTES)
                if unpacked:
                    yield unpacked
                packed = machine.unconsumed_tail
    except zlib.error:
        return
