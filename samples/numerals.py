"""Dates as the forms print them, and any printed value as a program compares it.

Kept apart from the parsers of the catalogue on purpose: the truth must not come from what it measures.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal

_FIGURES = "〇一二三四五六七八九"
_TEN = 10
_VAIN = re.compile(r"(?<=〕)第(?=\d+号)")
"""The 第 that some offices put into a document number, which GB/T 9704 leaves out: numbers are compared without."""


def chinese_date(day: dt.date) -> str:
    """A date as forms print it: 2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def figure_date(day: dt.date) -> str:
    """A date as official letters print it: 二〇二六年十一月二十日."""
    year = "".join(_FIGURES[int(digit)] for digit in str(day.year))
    return f"{year}年{_count(day.month)}月{_count(day.day)}日"


def normalised(printed: str) -> str:
    """A printed value as a program compares it; see `samples.truth.Value`."""
    text = "".join(unicodedata.normalize("NFKC", printed).split())
    day = r"(\d{4})[年.-](\d{1,2})[月.-](\d{1,2})日?"
    if date := re.fullmatch(rf"(?:自?{day.replace('(', '(?:')}(?:起?至|-))?{day}止?", text):
        return _iso(date) or text
    if written := _written_date(text):
        return written.isoformat()
    if amount := re.fullmatch(r"(?:人民币)?¥?([\d,.]+)(万元|元)(?:整)?", text):
        return f"{Decimal(amount[1].replace(',', '')) * (10_000 if amount[2] == '万元' else 1):.2f}"
    if area := re.fullmatch(r"([\d,.]+)(?:平方米|m2)", text):
        return f"{Decimal(area[1].replace(',', '')):.2f}"
    return _VAIN.sub("", text)


def _iso(found: re.Match[str]) -> str:
    """The day in ISO 8601; "" where the calendar has no such day, as in a paper that was filled in wrongly."""
    try:
        return dt.date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


def _count(number: int) -> str:
    """A number below 100 in words: 十一, 二十."""
    tens, ones = divmod(number, _TEN)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_FIGURES[tens]}十") + (_FIGURES[ones] if ones else "")


def _written_date(text: str) -> dt.date | None:
    """The day that `figure_date` prints like this, if any."""
    found = re.fullmatch(
        rf"([{_FIGURES}]{{4}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日", text
    )
    if not found:
        return None
    year = int("".join(str(_FIGURES.index(letter)) for letter in found[1]))
    counts = {_count(number): number for number in range(1, 32)}
    return dt.date(year, counts[found[2]], counts[found[3]])
