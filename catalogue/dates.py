"""Dates and periods of validity as they are written in Chinese documents."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.chinese import normalise, parse_number

_ZERO = "〇○◯零Oo"
_CN = "一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_YEAR = rf"(?P<y>(?:19|20|21)[0-9]{{2}}|[一二壹贰][{_ZERO}{_CN}0-9]{{3}})"
_PART = rf"(?:[0-9]{{1,2}}|[{_ZERO}{_CN}十拾廿卅]{{1,3}})"
_DATE = re.compile(
    # 2026年3月5日, 二〇二六年三月五日; the 日 is sometimes missing or written 号
    rf"(?<![0-9]){_YEAR} ?年 ?(?P<m>{_PART}) ?月 ?(?P<d>{_PART}) ?(?:[日号]|(?![0-9]))"
    # 2026-3-5, 2026.03.05, 2026/3/5: one separator throughout, and not the middle of a longer number
    r"|(?<![0-9A-Za-z.\-/])(?P<y2>(?:19|20|21)[0-9]{2})(?P<sep> ?[-./] ?)(?P<m2>[0-9]{1,2})(?P=sep)(?P<d2>[0-9]{1,2})"
    r"(?![0-9]|[-./][0-9])"
    # 20260305, standing alone
    r"|(?<![0-9A-Za-z.\-/第])(?P<y3>(?:19|20|21)[0-9]{2})(?P<m3>[0-9]{2})(?P<d3>[0-9]{2})(?![0-9A-Za-z]|[-./][0-9])"
)
_DASHES = re.compile("[‐‑‒–—―−－]")

_NO_END = re.compile("长期|永久|无固定期限|不约定期限|(?<![0-9])9999(?=[-./年])")
_PERIOD = re.compile(
    r"(?P<n>[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|[壹贰叁肆伍陆柒捌玖拾]{1,3}) ?个?(?P<unit>周年|年|月|日|天)"
)
_BEFORE_END = re.compile(r"(?:至|到|截止|截止日期|截至|有效期|有效期限|有效日期|到期日|到期日期) ?:? ?$")
_BETWEEN = re.compile(r" ?(?:起|始)?(?:有效)?,? ?(?:至|到|-|~|〜) ?")
_RANGE_DASH = re.compile(
    r"((?:19|20|21)[0-9]{2} ?([-./]) ?[0-9]{1,2} ?\2 ?[0-9]{1,2}|日) ?-+ ?(?=(?:19|20|21)[0-9]{2} ?[-./年])"
)


def find_dates(text: str) -> tuple[dt.date, ...]:
    """All dates in a text in the order they stand; what is no day of the calendar is left out."""
    return tuple(day for day, _, _ in _dates(_plain(text)))


def parse_date(text: str) -> dt.date | None:
    """The first date in a text, in any of the written forms (2026年3月5日, 2026-3-5, 20260305, 二〇二六年三月五日)."""
    return next(iter(find_dates(text)), None)


def _plain(text: str) -> str:
    """Half-width, one kind of dash, and the dash between two dates as 至, lest it be taken for part of one."""
    return _RANGE_DASH.sub(r"\1至", normalise(_DASHES.sub("-", text)))


def _dates(text: str) -> Iterator[tuple[dt.date, int, int]]:
    for m in _DATE.finditer(text):
        parts = [m[name] or m[f"{name}2"] or m[f"{name}3"] for name in "ymd"]
        numbers = [parse_number(part) for part in parts]
        try:
            yield dt.date(*(n for n in numbers if n is not None)), m.start(), m.end()
        except (ValueError, TypeError):
            continue


@dataclass(frozen=True, slots=True)
class ValidityPeriod:
    """How long something holds.

    Attributes:
        no_end: It says 长期 or 永久, or carries the year 9999 that exchange systems write for it.
        start: First day, if it is written.
        until: Last day, None if there is no end.
    """

    no_end: bool
    start: dt.date | None
    until: dt.date | None


def parse_validity(text: str, start: dt.date | None = None) -> ValidityPeriod | None:
    """Reads a phrase of validity: 长期, 永久, 有效期至…, …至…, 自…起三年, 三年.

    A period of months or years ends on the day of the same number, or on the month's last day where it has none
    (民法典 art. 201, 202: the first day is not counted).

    Args:
        text: The phrase.
        start: The first day when the phrase gives only a length, for example the day of issue.

    Returns:
        None if the text tells no end and no 长期, so that nobody takes silence for "no end".
    """
    plain = _plain(text)
    days = list(_dates(plain))
    if _NO_END.search(plain):
        return ValidityPeriod(no_end=True, start=days[0][0] if days else start, until=None)
    if not days:
        length = _PERIOD.search(plain)
        return ValidityPeriod(no_end=False, start=start, until=_after(start, length)) if length and start else None
    day, begin, end = days[0]
    before, after = plain[:begin], plain[end:]
    if len(days) > 1 and _BETWEEN.fullmatch(plain[end : days[1][1]]):
        return ValidityPeriod(no_end=False, start=day, until=days[1][0])
    if not after.startswith("起") and (_BEFORE_END.search(before) or not (before or after)):
        return ValidityPeriod(no_end=False, start=start, until=day)
    length = _PERIOD.search(after)
    return ValidityPeriod(no_end=False, start=day, until=_after(day, length)) if length else None


def _after(first: dt.date, length: re.Match[str]) -> dt.date:
    n = parse_number(length["n"]) or 0
    if length["unit"] in {"日", "天"}:
        return first + dt.timedelta(days=n)
    return add_months(first, n if length["unit"] == "月" else 12 * n)


def add_months(day: dt.date, months: int) -> dt.date:
    """The day of the same number so many months later, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
