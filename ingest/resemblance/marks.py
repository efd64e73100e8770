"""What a document can be found again by: the numbers on it, the names in its fields, and bands of its text, as text.

Rescans of one page share nearly all of them (measured in `docs/measurements.md`); what thousands of documents share,
such as the words of a form, is passed over when it is looked up, not here.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from catalogue import squeeze
from ocr import FieldValue

MOST_NUMBERS = 12
"""Numbers kept of a document, the longest first: codes and permits are long, and the first of them decide."""
LEAST_DIGITS, LEAST_LENGTH = 4, 6
"""A shorter number (a floor, a page, a year) is on every second paper."""
MOST_NAMES = 4
"""Names kept of a document's fields, for papers that bear no number."""
LEAST_NAME = 3
"""Characters of a name; shorter ones are 有 and 无."""
BANDS, ROWS = 6, 10
"""Bands of a page's text and rows in each. Two scans of a page share 0.92 of their four-character shingles in the
middle and 0.81 at worst, two applicants' forms 0.63: such pairs share a band with probability 0.99, 0.54 and 0.06."""
BANDED_PAGES = 3
"""Pages of a document whose text is banded: enough to find it, and a contract of a hundred pages stays a few rows."""
SHINGLE = 4
LEAST_TEXT = 40
"""Characters of a page below which its bands say nothing: a stamp and a page number."""

_NUMBER = re.compile(r"[0-9A-Z]+(?:[-.,:/()#][0-9A-Z]+)*")
_DATE = re.compile(r"(?<=\d)[年月](?=\d)")
_OPEN, _CLOSE = re.compile(r"[〔\[【(]"), re.compile(r"[〕\]】)]")
_MULTIPLIERS = np.random.default_rng(0x0A11).integers(1, 1 << 32, (BANDS * ROWS, 2), dtype=np.uint64) | np.uint64(1)
_WORD = np.uint64((1 << 32) - 1)


def marks_of(material: str, texts: Sequence[str], fields: Mapping[str, FieldValue]) -> Iterator[str]:
    """Every mark of a document of that type ("" for none) with these pages, the most telling first."""
    numbers = sorted({number for text in texts for number in numbers_in(text)}, key=lambda n: (-len(n), n))
    for number in numbers[:MOST_NUMBERS]:
        yield f"number {material} {number}"
    names = sorted({name for name in map(_name, fields.values()) if name}, key=lambda n: (-len(n), n))
    for name in names[:MOST_NAMES]:
        yield f"name {material} {name}"
    for text in texts[:BANDED_PAGES]:
        yield from bands_of(text)


def numbers_in(text: str) -> Iterator[str]:
    """Numbers, codes and dates of a text without the marks between their digits."""
    for line in text.splitlines():
        plain = _CLOSE.sub(")", _OPEN.sub("(", _DATE.sub("-", squeeze(line).upper())))
        for found in _NUMBER.finditer(plain):
            number = re.sub(r"[^0-9A-Z]", "", found[0])
            if len(number) >= LEAST_LENGTH and sum(letter.isdigit() for letter in number) >= LEAST_DIGITS:
                yield number


def bands_of(text: str) -> Iterator[str]:
    """Minhash bands of a page's text; none where it has hardly any."""
    plain = "".join(squeeze(line) for line in text.splitlines())
    if len(plain) < LEAST_TEXT:
        return
    shingles = {zlib.crc32(plain[at : at + SHINGLE].encode()) for at in range(len(plain) - SHINGLE + 1)}
    hashed = np.fromiter(shingles, np.uint64, len(shingles))
    mixed = (hashed[None, :] * _MULTIPLIERS[:, :1] + _MULTIPLIERS[:, 1:]) >> np.uint64(17) & _WORD
    least = mixed.min(axis=1).reshape(BANDS, ROWS)
    for number, band in enumerate(least):
        yield f"band {number} {band.tobytes().hex()}"


def _name(value: FieldValue) -> str:
    name = squeeze(value.value)
    return "" if len(name) < LEAST_NAME or any(letter.isdigit() for letter in name) else name
