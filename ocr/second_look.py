"""Which lines deserve to be read again by a better model, and which of two readings of a line is kept.

The better model costs five times as much, so it reads what was read unsurely, what matters (names, dates, the values of
fields) and what cannot be right (a number that fails its check), and not what is known to be right: a label
word for word, a code whose check characters agree.
"""

import functools
import re
from collections.abc import Iterator, Sequence

from catalogue import load_catalogue
from ocr.folding import fold
from ocr.labels import bare_label, known_words
from ocr.layout import Placed, place
from ocr.number_checks import check_numbers, is_proven
from ocr.results import Line

Read = tuple[str, float]
"""Text of a line and how sure its reader is, 0 to 1."""

MIN_LINE_SCORE = 0.3
"""Below this the recogniser saw a rule, a stamp's edge or dirt; words that were read at all score above 0.5."""

DOUBTFUL = 0.95
DOUBTFUL_NAME = 0.985
"""Scores below which a line is read again, for any line and for one that holds a name, a date or a field's value."""

HEAD_START = 0.05
"""By how much less sure the better model may be and still be believed: the first knows a third of the characters, and
is sure of the likeliest of those (钱昇 for 钱昪, 0.97 against 0.93). Between 0.05 and 0.3 it makes no difference."""

MAX_NAME_LINE = 32
"""Characters; a longer line is running text, where one wrong character does no harm and a second look costs most."""

_NAMED = re.compile("公司|项目|厂房|号楼|局|院|[0-9]{4}年|[0-9A-Z-]{12}")


def doubtful_lines(lines: Sequence[Line]) -> tuple[int, ...]:
    """Positions of those lines of a page, as first read, that are to be read again; the lines may come in any order."""
    values = _values(lines)
    return tuple(i for i, line in enumerate(lines) if is_doubtful(line.text, line.score, value=i in values))


def is_doubtful(text: str, score: float, *, value: bool = False) -> bool:
    """Whether a line read so is to be read again; `value` says that it stands where a field's value does."""
    if score < MIN_LINE_SCORE:
        return False
    if check_numbers(text) == "fails":
        return True
    if bare_label(text) in _labels() or is_proven(text):
        return False
    if score < DOUBTFUL:
        return True
    matters = value or bool(_NAMED.search(text)) or _holds_value(text)
    return score < DOUBTFUL_NAME and len(text) <= MAX_NAME_LINE and matters


def better(first: Read, second: Read) -> Read:
    """The reading to keep, the second by the better model: the one whose numbers pass their check where only one does.

    Otherwise the surer, the second with a head start. Two that agree are as sure as the surer of them.
    """
    if first[0] == second[0]:
        return max(first, second)
    first_right, second_right = (check_numbers(text) == "passes" for text, _ in (first, second))
    if first_right != second_right:
        return first if first_right else second
    return second if second[1] >= first[1] - HEAD_START else first


def _values(lines: Sequence[Line]) -> frozenset[int]:
    """Positions of the lines that stand in the cell right of a field's label."""
    placed = place(lines)
    labels = [item for item in placed if bare_label(item.line.text) in _asked_for()]
    return frozenset(i for label in labels for i in _right_of(label, placed))


def _right_of(label: Placed, placed: Sequence[Placed]) -> Iterator[int]:
    """The lines of the next cell: all that begin where the nearest one does, on the row or wrapped around it."""
    beside = [
        (item.x0, i)
        for i, item in enumerate(placed)
        if item.x0 >= label.x1 - 0.3 * label.height and abs(item.middle - label.middle) <= label.height
    ]
    left = min(beside, default=(0.0, 0))[0]
    return (i for x, i in beside if x - left <= label.height)


def _holds_value(text: str) -> bool:
    """Whether the line is a field's label, a colon and something after it."""
    head, colon, rest = fold(text).partition(":")
    return bool(colon and rest) and bare_label(head) in _asked_for()


@functools.cache
def _labels() -> frozenset[str]:
    return frozenset(known_words())


@functools.cache
def _asked_for() -> frozenset[str]:
    """The labels of all fields that the catalogue asks for, folded; the other labels matter less."""
    fields = (field for kind in load_catalogue().material_types() for field in kind.fields)
    return frozenset(fold(word) for field in fields for word in (field.name, *field.labels))
