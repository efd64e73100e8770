"""Whose seal it is: the text read off it held against the names it may bear.

A ring is read letter by letter off a curve, so one or two letters in ten are wrong; another company of the same city
and trade may differ by two letters. Between "the same" and "another" there is therefore a span in which only a person
can say.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Literal

from rapidfuzz import fuzz

from ocr.folding import fold

SAME_OWNER = 80.0
"""Likeness (0 to 100) of the telling parts from which it is the owner's. Of 143 drawn seals in five kinds of scans 82 %
of the owner's own reach it, 12 % of names with another brand, 11 % with another district, 1 % with another trade and no
other authority. At 60, the limit before, it was 94 %, but also 84 %, 69 %, 25 % and 0 %."""

OTHER_OWNER = 50.0
"""Below this it is another's: 2 % of the owner's own seals came out so, the worst of the black-and-white scans."""

LEAST_READ = 6
"""Letters; with fewer the reading says nothing about whose seal it is."""

MORE_THAN_A_NAME = 3
"""Letters by which a text must exceed a name to be the name with a department's beside it."""

_ALL_HAVE = re.compile("有限责任公司|有限公司|股份|集团")


@dataclasses.dataclass(frozen=True, slots=True)
class SealMatch:
    """`verdict`: "same" owner, "other", "unsure" (between the two), or "unread" (too little was read).

    `owner` is the name that comes nearest, "" where none is near; `likeness` of both runs from 0 to 1.
    """

    verdict: Literal["same", "unsure", "other", "unread"]
    owner: str
    likeness: float


def whose_seal(text: str, owner: str, others: Sequence[str] = ()) -> SealMatch:
    """Whether a seal with this text is the `owner`'s; `others` are further names it may bear instead.

    Another name that fits, and fits better than the owner's, settles it against the owner.
    """
    read = fold(text)
    if len(read) < LEAST_READ:
        return SealMatch("unread", "", 0.0)
    own = _likeness(read, owner)
    rival = max(others, key=lambda name: _likeness(read, name), default="")
    against = _likeness(read, rival) if rival else 0.0
    if against >= SAME_OWNER and against > own:
        return SealMatch("other", rival, round(against / 100, 3))
    if own >= SAME_OWNER:
        return SealMatch("same", owner, round(own / 100, 3))
    if own >= OTHER_OWNER:
        return SealMatch("unsure", owner, round(own / 100, 3))
    return SealMatch("other", "", round(own / 100, 3))


def _likeness(read: str, name: str) -> float:
    """How alike the telling parts are, 0 to 100."""
    told, known = _telling(read), _telling(fold(name))
    if not known:
        return 0.0
    whole = fuzz.ratio(told, known)
    return max(whole, fuzz.partial_ratio(told, known)) if len(told) >= len(known) + MORE_THAN_A_NAME else whole


def _telling(name: str) -> str:
    """A name without the words that every company's ring has, which would make strangers alike."""
    return _ALL_HAVE.sub("", name) or name
