"""Which letters are one for comparing: marks that scans lose, and letters read for the digit they look like."""

import functools
import re

from catalogue import squeeze

_MARKS = re.compile(r"[^\w]|_")
"""Everything that is neither letter, digit nor Chinese character: stops, brackets, rules and dots come and go."""
_BETWEEN = re.compile(r"(?<=\d)[.,](?=\d)")
_POINT = "·"

LOOKS = str.maketrans(
    {"O": "0", "o": "0", "D": "0", "Q": "0", "I": "1", "l": "1", "i": "1", "|": "1"}
    | {"Z": "2", "z": "2", "S": "5", "s": "5", "B": "8", "G": "6", "g": "9", "q": "9", "b": "6"}
)
"""Letters that readers take for a digit. Two different digits are never one."""


@functools.lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """A text as it is compared: one width, no space and no mark but a point between digits, letters as their digits."""
    plain = squeeze(text)
    pointed = _BETWEEN.sub(lambda mark: _POINT if mark[0] == "." else "", plain)
    kept = "".join(part if part == _POINT else _MARKS.sub("", part) for part in re.split(f"({_POINT})", pointed))
    return kept.translate(LOOKS)
