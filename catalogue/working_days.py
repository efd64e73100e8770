"""Working days (工作日) by the State Council's calendar, in which the periods of 行政许可法 art. 82 are counted.

A year whose notice is not entered yet is counted by the law alone, and said to be so: `is_provisional`.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from catalogue.errors import CalendarUnknown, CatalogueError
from catalogue.statutory_days import LUNAR, statutory_days

_FILE = Path(__file__).parent / "data" / "holidays.yaml"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class _Calendar:
    years: frozenset[int]
    provisional: frozenset[int]
    off: Mapping[dt.date, str]
    work: frozenset[dt.date]


@functools.cache
def _calendar() -> _Calendar:
    told = yaml.safe_load(_FILE.read_text("utf-8"))
    years: dict[int, dict[str, list[list[dt.date | str]]]] = told["years"]
    awaited: dict[int, dict[str, dt.date]] = told["provisional"]["years"]
    off: dict[dt.date, str] = {}
    work: set[dt.date] = set()
    for year, entry in years.items():
        for span in entry["closed"]:
            off |= _named_days(span, year)
        for day in entry["worked"]:
            if not isinstance(day, dt.date) or day.weekday() < _SATURDAY or day in off:
                raise CatalogueError("wrong-shape", f"{day} is no weekend day to be worked.", file=_FILE.name)
            work.add(day)
    for year in awaited.keys() - years.keys():
        if awaited[year].keys() != LUNAR.keys():
            raise CatalogueError("wrong-shape", f"{year} needs a day for {'、'.join(LUNAR)}.", file=_FILE.name)
        off |= statutory_days(year, awaited[year])
    return _Calendar(frozenset(years), frozenset(awaited) - years.keys(), off, frozenset(work))


def _named_days(span: object, year: int) -> dict[dt.date, str]:
    match span:
        case [dt.date() as first, dt.date() as last, str() as name] if first <= last and first.year == year:
            return {first + dt.timedelta(days=n): name for n in range((last - first).days + 1)}
    raise CatalogueError("wrong-shape", f"{span} is no holiday in {year}: [first, last, name].", file=_FILE.name)


def holiday_name(day: dt.date) -> str:
    """What the State Council calls the holiday of that day; empty when it is none, on a plain weekend too."""
    return _calendar().off.get(day, "")


def is_provisional(year: int) -> bool:
    """Whether the year is counted by the law's days alone, since its notice is not entered."""
    return year in _calendar().provisional


def provisional_note(year: int) -> str:
    """What is said with every count that runs into such a year."""
    return f"{year}年放假安排尚未录入，按法定节假日暂计，录入后重算"


def counted_before_notice(told: str, first: int, last: int) -> bool:
    """Whether a count, as it was told, ran into one of these years before its notice was entered, and now it is."""
    years = range(first, last + 1)
    return any(provisional_note(year) in told and not is_provisional(year) for year in years)


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on this day; in a provisional year, as far as the law alone says.

    Raises:
        CalendarUnknown: That year is in the catalogue in no way.
    """
    calendar = _calendar()
    if day.year not in calendar.years | calendar.provisional:
        raise CalendarUnknown(day.year)
    return day in calendar.work or (day.weekday() < _SATURDAY and day not in calendar.off)


def add_working_days(start: dt.date, n: int) -> dt.date:
    """The n-th working day after a day; the day itself is not counted, so 0 gives it back as it is.

    Raises:
        CalendarUnknown: The count runs into a year whose calendar is not in the catalogue.
        ValueError: n is negative.
    """
    if n < 0:
        raise ValueError(f"A limit counts forward: {n} working days make no sense.")
    day = start
    left = n
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """How many working days lie after start up to and with end; 0 when end is not after start.

    Raises:
        CalendarUnknown: The span touches a year whose calendar is not in the catalogue.
    """
    return sum(is_working_day(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))
