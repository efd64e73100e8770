"""The gap in a signed file that holds the signature: the only bytes a signature does not cover.

What stands there must be one hexadecimal string, in one case of letters, with the signature first and zeros after it;
anything else was put in by somebody (ISO 32000-2, 12.8.1; ETSI EN 319 142-1, 4.2).
"""

import re
from typing import IO

from asn1crypto import parser
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_HEX = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")
RANGE_PARTS = 4
MAX_GAP = 4 * 1024 * 1024
"""Signatures with long revocation lists inside take some hundred kB."""


def is_sound(signature: EmbeddedPdfSignature, file: IO[bytes]) -> bool:
    """Whether nothing but the signature stands in the gap of this signature's byte range."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != RANGE_PARTS:
        return False
    start, end = numbers[0] + numbers[1], numbers[2]
    if not 0 <= start < end <= start + MAX_GAP:
        return False
    file.seek(start)
    gap = file.read(end - start)
    if not _HEX.fullmatch(gap) or len(gap) % 2:
        return False
    content = bytes.fromhex(gap[1:-1].decode("ascii"))
    try:
        _, _, _, header, body, trailer = parser.parse(content, strict=False)
    except ValueError:
        return False
    return not any(content[len(header) + len(body) + len(trailer) :])
