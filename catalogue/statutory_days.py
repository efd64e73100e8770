"""The days off of a year by law alone, before the State Council says how they are arranged.

全国年节及纪念日放假办法 (国务院令第795号, in force since 2025-01-01): clause 2 names thirteen days, clause 6 gives a
working day in place of each that falls on a weekend. Which day that is, and which weekends are worked in exchange
(调休), only the year's notice says; here it is the next working day. So such a year has as many working days as it will
have, though not each where it will be.
"""

import datetime as dt
from collections.abc import Mapping

LUNAR: Mapping[str, tuple[int, int]] = {"春节": (1, 4), "清明": (0, 1), "端午": (0, 1), "中秋": (0, 1)}
"""Holidays whose day differs by year: how many days before it they begin (除夕), and how long they are."""
FIXED: Mapping[str, tuple[int, int, int]] = {"元旦": (1, 1, 1), "劳动节": (5, 1, 2), "国庆": (10, 1, 3)}
"""Month, first day, and how many days."""

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


def statutory_days(year: int, lunar: Mapping[str, dt.date]) -> dict[dt.date, str]:
    """Each day off of the year with the holiday it belongs to.

    Args:
        year: From 2025 on.
        lunar: The day of 正月初一, 清明, 端午 and 中秋, by the names of `LUNAR`.
    """
    spans = [(dt.date(year, month, first), days, name) for name, (month, first, days) in FIXED.items()]
    spans += [(lunar[name] - before * _DAY, days, name) for name, (before, days) in LUNAR.items()]
    off: dict[dt.date, str] = {}
    for first, days, name in sorted(spans):
        off |= _with_those_in_place(first, days, name, off)
    return off


def _with_those_in_place(first: dt.date, days: int, name: str, taken: Mapping[dt.date, str]) -> dict[dt.date, str]:
    """The days of one holiday, and a working day after them for each that was off already."""
    own = [first + n * _DAY for n in range(days)]
    owed = sum(day.weekday() >= _SATURDAY or day in taken for day in own)
    found = {day: name for day in own if day not in taken}
    day = own[-1]
    while owed:
        day += _DAY
        if day.weekday() < _SATURDAY and day not in taken:
            found[day], owed = name, owed - 1
    return found
