"""Which lines deserve to be read again by a better model, and which of two readings of a line is kept."""

import re

Read = tuple[str, float]
"""Text of a line and how sure its reader is, 0 to 1."""

MIN_LINE_SCORE = 0.3
"""Below this the recogniser saw a rule, a stamp's edge or dirt; words that were read at all score above 0.5."""

DOUBTFUL = 0.95
DOUBTFUL_NAME = 0.985
"""Scores below which a line read by tiny is read again by small, for any line and for one that holds a name, a date or
a label. On 26 sample pages this reads as many of 629 lines rightly (601) as small alone, at a quarter of its cost."""

MAX_NAME_LINE = 32
"""Characters; a longer line is running text, where one wrong character does no harm and a second look costs most."""

_NAMED = re.compile("公司|项目|厂房|号楼|局|院|[0-9]{4}年|[0-9A-Z-]{12}|[:：]")


def is_doubtful(text: str, score: float) -> bool:
    """Whether a line read so is to be read again."""
    if score < MIN_LINE_SCORE:
        return False
    return score < DOUBTFUL or (score < DOUBTFUL_NAME and len(text) <= MAX_NAME_LINE and bool(_NAMED.search(text)))


def surer(first: Read, second: Read) -> Read:
    """The reading to keep: the one with the higher score, the first where they are equal."""
    return max(first, second, key=lambda read: read[1])
