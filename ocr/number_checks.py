"""Whether the numbers on a line can be right: what carries a check of its own betrays a misread character.

Credit codes and identity cards have check characters, project codes and dates a shape, and an amount written in words
(大写) stands beside its figure.
"""

import re
from typing import Literal

from catalogue import (
    check_construction_permit,
    check_id_card,
    check_uscc,
    find_dates,
    find_project_codes,
    parse_amount,
    parse_amount_in_words,
)
from ocr.folding import fold

Verdict = Literal["passes", "fails"]

FIRST_YEAR, LAST_YEAR = 1949, 2100
"""Documents of the administration, and terms of land that run for 70 years, lie between."""

PROJECT_CODE_LENGTH = 20
"""Characters with hyphens of a project code that lost up to four; telephone numbers with hyphens are shorter."""

_EDGE = r"(?<![0-9A-Za-z-])", r"(?![0-9A-Za-z-])"
_CODE = re.compile(rf"{_EDGE[0]}[0-9A-Z]{{17,19}}{_EDGE[1]}")
_HYPHENED = re.compile(rf"{_EDGE[0]}[0-9A-Z]{{2,6}}(?:-[0-9A-Z]{{1,8}}){{2,5}}{_EDGE[1]}")
_DIGITS = "[0-9OIl()|]"
_NUMERALS = "[〇零○O一二三四五六七八九]"
_DATE = re.compile(
    rf"{_DIGITS}{{2,6}}年{_DIGITS}{{1,3}}月{_DIGITS}{{1,3}}日?|{_NUMERALS}{{3,5}}年[一二三四五六七八九十]{{1,3}}月"
    r"[一二三四五六七八九十]{1,4}日"
)
_WORDS = re.compile("[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{3,}[元圆]")
_DIGIT_CODE = re.compile("[0-9]{17}|[0-9]{19}")
"""All digits and not of 18: an account number, which has no check that we know."""


def check_numbers(text: str) -> Verdict | None:
    """Whether all numbers on the line that carry a check pass it; None where there is none."""
    line = fold(text)
    found = [*_codes(line), *_project_codes(line), *_dates(line), *_amounts(line)]
    if not found:
        return None
    return "passes" if all(found) else "fails"


def is_proven(text: str) -> bool:
    """Whether the line is one code with a check character that is right, and perhaps its label: read without error."""
    code = fold(text).rpartition(":")[2]
    return check_uscc(code).ok or check_id_card(code).ok


def _codes(line: str) -> list[bool]:
    codes = [match.group() for match in _CODE.finditer(line)]
    return [
        check_uscc(code).ok or check_id_card(code).ok or check_construction_permit(code).ok
        for code in codes
        if not _DIGIT_CODE.fullmatch(code)
    ]


def _project_codes(line: str) -> list[bool]:
    codes = [match.group() for match in _HYPHENED.finditer(line)]
    return [bool(find_project_codes(code)) for code in codes if len(code) >= PROJECT_CODE_LENGTH]


def _dates(line: str) -> list[bool]:
    return [_is_day(match.group()) for match in _DATE.finditer(line)]


def _is_day(text: str) -> bool:
    days = find_dates(text)
    head = text.partition("年")[0]
    return len(days) == 1 and len(head) == len("2026") and FIRST_YEAR <= days[0].year <= LAST_YEAR


def _amounts(line: str) -> list[bool]:
    """An amount in words must be one, and be the figure's where both stand on the line."""
    words = _WORDS.search(line)
    if words is None:
        return []
    said, figure = parse_amount_in_words(words.group()), parse_amount(_WORDS.sub("", line))
    if said is None:
        return [False]
    return [] if figure is None else [said == figure]
