"""个人标识遮盖: resident identity numbers, passports and telephone numbers in what was read, hidden from most eyes.

The shape of an identity number is that of GB 11643-1999 (region, birth date, sequence, check character). The check
character is not asked for: a number that was misread by one character is still a person's. What is not found by its
shape (a name, a number by hand that could not be read) is not hidden, and every masked copy says so.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

HIDDEN = "***"
OLDEST_BIRTH = 1900
YOUNGEST = 14
"""Nobody younger signs for a building project; numbers of ours carry the year they were given in the same place."""
MOST_MISREAD = 3
"""Letters in an identity number that stand for digits they look like."""

_LOOKALIKES = str.maketrans("OoDQIl|ZzSsB", "000011122558")
_EDGE = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
_GAP = r"[ \-]?"
_DIGIT = r"[0-9OoDQIl|ZzSsB]"
_IDENTITY = re.compile(
    rf"{_EDGE[0]}{_DIGIT}{{6}}{_GAP}({_DIGIT}{{4}}){_GAP}({_DIGIT}{{2}}){_GAP}({_DIGIT}{{2}}){_GAP}{_DIGIT}{{3}}[0-9XxOoIl]"
    rf"{_EDGE[1]}"
)
_OLD_IDENTITY = re.compile(rf"{_EDGE[0]}[1-9]\d{{5}}(\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}{_EDGE[1]}")
_OTHERS = (
    re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"),  # a mobile telephone
    re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"),  # a line with its area code
    re.compile(rf"{_EDGE[0]}(?:E[A-HJ-NP-Z]\d{{7}}|[EGPSD]\d{{8}}){_EDGE[1]}"),  # a passport
)


def mask_text(text: str, *, on: dt.date, known: Collection[str] = ()) -> tuple[str, int]:
    """The text with `***` for every personal identifier, and how many there were.

    `known` are numbers that look like one and are not: those of certificates.
    """
    out, end, count = "", 0, 0
    for first, last in identifiers(text, on=on, known=known):
        out, end, count = out + text[end:first] + HIDDEN, last, count + 1
    return out + text[end:], count


def hidden_parts(texts: Sequence[str], *, on: dt.date, known: Collection[str] = ()) -> set[int]:
    """Which lines of a page, in reading order, hold an identifier or a part of one that goes over a line's end."""
    found = {n for n, text in enumerate(texts) if identifiers(text, on=on, known=known)}
    for n in range(len(texts) - 1):
        if n in found or n + 1 in found:
            continue
        edge = len(texts[n])
        if any(first < edge < last for first, last in identifiers(texts[n] + texts[n + 1], on=on, known=known)):
            found |= {n, n + 1}
    return found


def identifiers(text: str, *, on: dt.date, known: Collection[str] = ()) -> list[tuple[int, int]]:
    """Where personal identifiers stand: from, to, in order and apart. Found as written and without the spaces."""
    plain = [(one, place) for place, c in enumerate(text) if len(one := unicodedata.normalize("NFKC", c)) == 1]
    close = [(c, place) for c, place in plain if not c.isspace()]
    spans = sorted({*_spans(plain, on, known), *_spans(close, on, known)})
    apart: list[tuple[int, int]] = []
    for first, last in spans:
        if apart and first < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart


def _spans(letters: list[tuple[str, int]], on: dt.date, known: Collection[str]) -> Iterator[tuple[int, int]]:
    text = "".join(c for c, _ in letters)
    for first, last in _shapes(text, on):
        if re.sub(r"[ \-]", "", text[first:last]) not in known:
            yield letters[first][1], letters[last - 1][1] + 1


def _shapes(text: str, on: dt.date) -> Iterator[tuple[int, int]]:
    for found in _IDENTITY.finditer(text):
        misread = sum(c.isalpha() or c == "|" for c in found[0][:-1])
        year, month, day = (int(part.translate(_LOOKALIKES)) for part in found.groups())
        if misread <= MOST_MISREAD and _is_birth(year, month, day, on):
            yield found.span()
    for found in _OLD_IDENTITY.finditer(text):
        year, month, day = map(int, found.groups())
        if _is_birth(OLDEST_BIRTH + year, month, day, on):
            yield found.span()
    for shape in _OTHERS:
        for found in shape.finditer(text):
            yield found.span()


def _is_birth(year: int, month: int, day: int, on: dt.date) -> bool:
    try:
        born = dt.date(year, month, day)
    except ValueError:
        return False
    return year >= OLDEST_BIRTH and born.year <= on.year - YOUNGEST
