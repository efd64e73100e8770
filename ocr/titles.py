"""Which titles of the catalogue a heading bears, though characters were misread or others stand around it.

All titles are folded once and found by their characters, so that a hundred types cost hardly more than ten.
"""

import dataclasses
import functools
import math
import re
from collections import Counter
from collections.abc import Mapping

from catalogue import load_catalogue
from ocr.folding import fold, within

TITLE_ERRORS = 0.2
"""Part of a title's characters that may be misread: one of five, two of ten."""

SURE_LINE = 0.97
"""Score of a line from which a misread character is unlikely, so that a differing one counts twice: 排污许可证 is then
another document and not a misread 排水许可证."""

LETTER = 0.97
"""What an official letter's title counts that stands at the end of 关于…的批复: the subject before it is no noise."""

KIND_WORD = 2
"""Characters at a title's end that say what kind of paper it is; one of them must be read, else a 请示 is a 批复."""

GAP = "..."
"""Where the subject of a letter stands in its title (… once it is folded)."""

LONGEST_AGENCY = 24
"""Characters of an authority's name before 关于."""

_AROUND_TITLE = re.compile(r"^中华人民共和国|\([^()]*\)$")
_PLACE = re.compile(r"^[一-鿿]{2,8}?(?:省|市|县|区|自治州|旗)")
_LETTERS = ("批复", "决定书", "意见书", "意见", "证明", "结果")
_MARKS = "《》:;,。"


@dataclasses.dataclass(frozen=True, slots=True)
class _Title:
    code: str
    text: str
    least: int
    """Distinct characters of it that a heading must share."""


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """A type whose title a heading bears, and how alike they are, 0 to 1."""

    code: str
    likeness: float


@functools.lru_cache(maxsize=32768)
def titles_in(text: str, *, sure: bool = False) -> tuple[Match, ...]:
    """The types whose titles stand in a folded heading; each with its likeness above 0, best first.

    A title that is but a part of another type's title found there (建设工程规划许可证 in its 申请表) is not given.
    `sure` says that the line was read without doubt.
    """
    titles, by_character = _index()
    bare = _AROUND_TITLE.sub("", text).strip(_MARKS) or text
    shared = Counter(n for character in set(bare) for n in by_character.get(character, ()))
    found: dict[str, tuple[float, str]] = {}
    for n, count in sorted(shared.items()):
        title = titles[n]
        if count >= title.least:
            likeness = _likeness(title.text, bare, sure=sure)
            if likeness > found.get(title.code, (0.0, ""))[0]:
                found[title.code] = (likeness, title.text)
    for code, opening, ending in _letters():
        head, _, rest = bare.partition(opening)
        if rest.endswith(ending) and len(rest) > len(ending) and len(head) <= LONGEST_AGENCY:
            found[code] = (LETTER, opening + ending)
    own = [
        Match(code, likeness)
        for code, (likeness, title) in found.items()
        if not any(title != other and title in other and likeness <= more for more, other in found.values())
    ]
    return tuple(sorted(own, key=lambda match: -match.likeness))


@functools.cache
def _letters() -> tuple[tuple[str, str, str], ...]:
    """Titles that go around the subject, written with … in the catalogue (关于核准…的批复): type, opening, ending."""
    return tuple(
        (kind.code, *fold(title).partition(GAP)[::2])
        for kind in load_catalogue().material_types()
        for title in kind.titles
        if GAP in fold(title)
    )


@functools.cache
def _index() -> tuple[tuple[_Title, ...], Mapping[str, tuple[int, ...]]]:
    """Every title, folded, and in which of them each character stands."""
    titles = []
    for kind in load_catalogue().material_types():
        for printed in kind.titles:
            if GAP in fold(printed):
                continue
            text = _AROUND_TITLE.sub("", fold(printed)) or fold(printed)
            titles.append(_Title(kind.code, text, len(set(text)) - int(TITLE_ERRORS * len(text))))
    by_character: dict[str, list[int]] = {}
    for n, title in enumerate(titles):
        for character in set(title.text):
            by_character.setdefault(character, []).append(n)
    return tuple(titles), {character: tuple(numbers) for character, numbers in by_character.items()}


def _likeness(title: str, bare: str, *, sure: bool) -> float:
    """1 where the line is the title, less for misread characters and for other words around it; 0 if it is not it."""
    if len(bare) < len(title) * (1 - TITLE_ERRORS):
        return 0.0
    if not set(title[-KIND_WORD:]) & set(bare):
        return 0.0
    errors = within(title, bare)
    if errors > TITLE_ERRORS * len(title):
        return 0.0
    right = 1.0 - errors * (2 if sure else 1) / len(title)
    if title.endswith(_LETTERS) and "关于" in bare and within(title, bare[-len(title) - 1 :]) == errors:
        return right * LETTER
    local = _PLACE.sub("", bare)
    length = len(local) if within(title, local) == errors else len(bare)
    extra = max(0, length - len(title)) / length
    return max(0.0, right) * math.pow(1.0 - extra, 1.5)
