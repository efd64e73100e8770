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
DOUBTFUL_VALUE = 0.985
DOUBTFUL_NAME = 0.995
"""Scores below which a line is read again: any line; one that holds the name of a firm or place, a date or a field's
value; a value that may be a person's name. Of 615 lines with 50 rare and 20 common names tiny reads 377 rightly, small
476, and both together, so chosen, 477."""

HEAD_START = 0.05
"""By how much less sure the better model may be and still be believed. Between 0.05 and 0.3 it makes no difference."""

LONGEST_NAME = 4
"""Characters; with more a misread one changes the score less, and it is seldom a person's name."""

MAX_NAME_LINE = 32
"""Characters; a longer line is running text, where one wrong character does no harm and a second look costs most."""

_IDEOGRAPHS = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
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
    label, written = _label_and_value(text)
    value = value or label in _asked_for()
    if value and _IDEOGRAPHS.fullmatch(written) and len(written) <= LONGEST_NAME:
        return score < DOUBTFUL_NAME
    return score < DOUBTFUL_VALUE and len(text) <= MAX_NAME_LINE and (value or bool(_NAMED.search(text)))


def better(first: Read, second: Read, known: frozenset[str]) -> Read:
    """The reading to keep of two: the first, and the one by the better model. `known` are the first one's characters.

    Where the numbers of only one pass their check, that one. Where the better model reads a rare character, which the
    first does not know, the second: the first took another for it, however surely (钱昇 for 钱昪, 0.998). Where the
    better model merely lost the end of a name, the first. Else the surer, the second with a head start. Two that agree
    are as sure as the surer of them.
    """
    if first[0] == second[0]:
        return max(first, second)
    first_right, second_right = (check_numbers(text) == "passes" for text, _ in (first, second))
    if first_right != second_right:
        return first if first_right else second
    if any(_IDEOGRAPHS.fullmatch(character) and character not in known for character in second[0]):
        return second
    if _lost_its_end(first[0], second[0]):
        return first
    return second if second[1] >= first[1] - HEAD_START else first


def _lost_its_end(first: str, second: str) -> bool:
    """Whether the second is a name of few characters without the last of them: what cannot be read is left out."""
    name = _label_and_value(first)[1]
    return bool(_IDEOGRAPHS.fullmatch(name)) and len(name) <= LONGEST_NAME and fold(first).startswith(fold(second))


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


def _label_and_value(text: str) -> tuple[str, str]:
    """The word before a colon, bare, and what follows it; a line without a colon is all value."""
    head, colon, rest = fold(text).partition(":")
    return (bare_label(head), rest) if colon else ("", head)


@functools.cache
def _labels() -> frozenset[str]:
    return frozenset(known_words())


@functools.cache
def _asked_for() -> frozenset[str]:
    """The labels of all fields that the catalogue asks for, folded; the other labels matter less."""
    fields = (field for kind in load_catalogue().material_types() for field in kind.fields)
    return frozenset(fold(word) for field in fields for word in (field.name, *field.labels))
