"""The State Council's calendar as data: each year complete, plausible, and the year not yet announced said so."""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

import catalogue
from catalogue import CalendarUnknown, is_working_day

FILE: dict[str, Any] = yaml.safe_load((Path(catalogue.__file__).parent / "data/holidays.yaml").read_text("utf-8"))
YEARS: dict[int, dict[str, Any]] = FILE["years"]
DAY = dt.timedelta(days=1)
STATUTORY = dict.fromkeys(range(2020, 2025), 11) | {2025: 13, 2026: 13}
"""Days of 全国年节及纪念日放假办法: eleven, and thirteen since 2025 (除夕 and 2 May were added)."""
EXTENDED = {2020: 2}
"""国办发明电〔2020〕1号: of the three days added, Friday 31 January, and Saturday 1 February was no longer worked."""


def _days(year: int) -> list[dt.date]:
    return [dt.date(year, 1, 1) + DAY * n for n in range((dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days)]


def test_the_years_2020_to_2026_are_there_and_a_year_in_no_table_is_unknown() -> None:
    assert list(YEARS) == list(range(2020, 2027))
    with pytest.raises(CalendarUnknown):
        is_working_day(dt.date(2019, 1, 4))


@pytest.mark.parametrize("year", YEARS)
def test_a_year_has_its_weekdays_less_the_statutory_holidays(year: int) -> None:
    weekdays = sum(day.weekday() < 5 for day in _days(year))
    assert sum(map(is_working_day, _days(year))) == weekdays - STATUTORY[year] - EXTENDED.get(year, 0)


@pytest.mark.parametrize("year", YEARS)
def test_the_seven_holidays_of_a_year_stand_in_order_and_apart(year: int) -> None:
    spans = YEARS[year]["closed"]
    both_in_one = any(first.month in {9, 10} and (last - first).days == 7 for first, last, _ in spans)
    assert len(spans) == (6 if both_in_one else 7)  # 中秋 and 国庆 are one holiday of eight days in some years
    assert all(first <= last for first, last, _ in spans)
    assert all(before[1] + DAY < after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize("year", YEARS)
def test_a_weekend_day_is_worked_only_near_a_holiday_and_never_within_one(year: int) -> None:
    closed = {first + DAY * n for first, last, _ in YEARS[year]["closed"] for n in range((last - first).days + 1)}
    for day in YEARS[year]["worked"]:
        assert day.year == year
        assert day.weekday() >= 5
        assert day not in closed
        assert min(abs((day - other).days) for other in closed) <= 12, day


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (dt.date(2020, 1, 31), False),  # the extended Spring Festival
        (dt.date(2020, 2, 1), False),
        (dt.date(2020, 2, 3), True),
        (dt.date(2022, 12, 31), False),  # a Saturday that opens the holiday of 2023
        (dt.date(2023, 10, 7), True),
        (dt.date(2024, 2, 9), True),  # leave was only encouraged
        (dt.date(2024, 2, 18), True),
        (dt.date(2026, 2, 23), False),
    ],
)
def test_the_days_that_are_easily_wrong(day: dt.date, working: bool) -> None:  # noqa: FBT001
    assert is_working_day(day) == working
