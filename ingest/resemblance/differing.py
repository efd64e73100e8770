"""What differs between two texts at one place, and how surely: digits strictly, marks not at all, the rest by score."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Levenshtein

from ingest.resemblance.laying import Piece, around
from ingest.resemblance.letters import folded
from ocr import Line, Quad

_DIGITS = "0123456789"
Weight = Literal["slight", "sure"]
"""slight: perhaps misread; sure: read surely on both sides and not the same."""

SURE_LINE = 0.93
"""Score of a line from which a differing digit in it is no misreading."""
OTHER_WORDS = 60.0
"""Likeness (0 to 100) below which two texts at one place are others, however surely they were read."""
LEAST_OTHER = 5
"""Characters of both that must then be there: labels beside a seal (乙方（盖章）) are read as anything."""
SEEN = 0.6
"""Score below which a line may be no text at all (a seal's ring, a stain)."""
LEAST_LOST = 2
"""Characters from which text that only one of two pages has is told."""


@dataclasses.dataclass(frozen=True, slots=True)
class Differing:
    """A place where two pages do not say the same.

    `digits` tells that a digit stands for another one, `score` is that of the line that was read least surely.
    """

    one: str
    other: str
    weight: Weight
    digits: bool
    boxes: tuple[Quad | None, Quad | None]
    score: float


def differing(piece: Piece) -> Differing | None:
    """How the two sides of a place differ; None where they agree."""
    one, other = _text(piece.one), _text(piece.other)
    a, b = folded(one), folded(other)
    if a == b:
        return None
    boxes = (around(piece.one) if piece.one else None, around(piece.other) if piece.other else None)
    if not a or not b:
        return _only_one(piece, one, other, boxes)
    digits = other_digit(a, b)
    return Differing(one, other, _weight(piece, a, b, digits=digits), digits, boxes, _score(piece))


def _score(piece: Piece) -> float:
    return min(line.score for line in (*piece.one, *piece.other))


def _weight(piece: Piece, a: str, b: str, *, digits: bool) -> Weight:
    score = _score(piece)
    if any(line.hand for line in (*piece.one, *piece.other)):
        return "slight"
    if score >= SEEN and _other_words(a, b):
        return "sure"
    return "sure" if digits and score >= SURE_LINE else "slight"


def _other_words(a: str, b: str) -> bool:
    """Whether two texts are others: not one that lost a part, nor one whose parts were read in another order."""
    short, long = sorted((a, b), key=len)
    lost = Indel.distance(short, long) == len(long) - len(short)
    alike = max(fuzz.ratio(a, b), fuzz.ratio("".join(sorted(a)), "".join(sorted(b))))
    return len(short) >= LEAST_OTHER and not lost and alike < OTHER_WORDS


def _only_one(piece: Piece, one: str, other: str, boxes: tuple[Quad | None, Quad | None]) -> Differing | None:
    """Text that only one page has: a lost line, or one that was added."""
    lines: Sequence[Line] = piece.one or piece.other
    if not any(is_text(line) for line in lines):
        return None  # the pictures are compared there
    return Differing(one, other, "slight", False, boxes, _score(piece))


def is_text(line: Line) -> bool:
    """Whether a line surely says something; else it may be a mark, a stain or a signature."""
    return line.score >= SEEN and len(folded(line.text)) >= LEAST_LOST


def other_digit(a: str, b: str) -> bool:
    """Whether a digit stands in the place of another one; one that is lost or added may be a fault of reading.

    Texts of other lengths may be laid beside each other in more than one way, so both orders are looked at.
    """
    return _replaced(a, b) or _replaced(b, a)


def _replaced(a: str, b: str) -> bool:
    changed = (op for op in Levenshtein.opcodes(a, b) if op.tag == "replace")
    pairs = itertools.chain.from_iterable(
        zip(a[op.src_start : op.src_end], b[op.dest_start : op.dest_end], strict=False) for op in changed
    )
    return any(x != y and x in _DIGITS and y in _DIGITS for x, y in pairs)


def _text(lines: Sequence[Line]) -> str:
    return "".join(line.text for line in lines)
