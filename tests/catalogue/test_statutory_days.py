"""Years whose notice is not entered: the law's days, those in place of weekends, and where moon and sun stand."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

import catalogue
from catalogue import add_working_days, holiday_name, is_provisional, is_working_day, working_days_between
from catalogue.statutory_days import statutory_days

FILE: dict[str, Any] = yaml.safe_load((Path(catalogue.__file__).parent / "data/holidays.yaml").read_text("utf-8"))
LUNAR: dict[int, dict[str, dt.date]] = FILE["provisional"]["years"]
DAY = dt.timedelta(days=1)
BEIJING = dt.timedelta(hours=8)
J2000 = dt.datetime(2000, 1, 1, 12)  # noqa: DTZ001 - the epoch of the formulas below
TERRESTRIAL_AHEAD = dt.timedelta(seconds=71)
"""What terrestrial time is ahead of the clock in these years, within a few seconds."""


def test_the_years_after_the_last_notice_are_provisional_and_follow_it_without_a_gap() -> None:
    last = max(FILE["years"])
    ahead = [year for year in LUNAR if year > last]
    assert ahead == list(range(last + 1, last + 1 + len(ahead)))
    assert all(is_provisional(year) for year in ahead)
    assert not is_provisional(last)


@pytest.mark.parametrize("year", LUNAR)
def test_such_a_year_has_its_weekdays_less_thirteen_as_every_year_has(year: int) -> None:
    days = [dt.date(year, 1, 1) + n * DAY for n in range(365)]
    off = statutory_days(year, LUNAR[year])
    assert sum(day.weekday() < 5 for day in off) == 13
    assert sum(map(is_working_day, days)) == sum(day.weekday() < 5 for day in days) - 13


@pytest.mark.parametrize("year", [2025, 2026])
def test_in_years_that_have_their_notice_the_laws_days_are_among_those_announced(year: int) -> None:
    lunar = {
        2025: {"春节": (1, 29), "清明": (4, 4), "端午": (5, 31), "中秋": (10, 6)},
        2026: {"春节": (2, 17), "清明": (4, 5), "端午": (6, 19), "中秋": (9, 25)},
    }[year]
    off = statutory_days(year, {name: dt.date(year, *day) for name, day in lunar.items()})
    announced = {day for day in off if holiday_name(day)}
    assert {day for day in off if day.weekday() < 5} <= announced


def test_days_of_a_holiday_that_fall_on_a_weekend_are_given_on_the_next_working_days() -> None:
    spring = [day for day, name in statutory_days(2027, LUNAR[2027]).items() if name == "春节"]
    assert spring == [dt.date(2027, 2, day) for day in (5, 6, 7, 8, 9, 10)]
    both = statutory_days(2028, LUNAR[2028])  # 中秋 on the third day of 国庆, and the first a Sunday
    assert [day.day for day in both if day.month == 10] == [1, 2, 3, 4, 5]


def test_twenty_working_days_run_into_the_year_that_is_not_announced() -> None:
    end = add_working_days(dt.date(2026, 12, 21), 20)
    assert end == dt.date(2027, 1, 19)
    assert working_days_between(dt.date(2026, 12, 21), end) == 20


@pytest.mark.parametrize("year", LUNAR)
def test_the_days_of_the_moon_and_the_sun_are_where_these_stand(year: int) -> None:
    days = LUNAR[year]
    assert days["春节"] == new_moon_near(days["春节"])
    assert days["端午"] - 4 * DAY == new_moon_near(days["端午"] - 4 * DAY)
    assert days["中秋"] - 14 * DAY == new_moon_near(days["中秋"] - 14 * DAY)
    before, after = sun_at(days["清明"]), sun_at(days["清明"] + DAY)
    assert before < 15 <= after


def new_moon_near(day: dt.date) -> dt.date:
    """The day in China of the new moon nearest to a day: Meeus, Astronomical Algorithms, ch. 49, to half a minute."""
    k = round(((day - J2000.date()).days / 365.25) * 12.3685)
    found = [_new_moon(k + n) for n in (-1, 0, 1)]
    return min(found, key=lambda one: abs((one.date() - day).days)).date()


def _new_moon(k: int) -> dt.datetime:
    t = k / 1236.85
    mean = 5.09766 + 29.530588861 * k + 0.00015437 * t * t
    e = 1 - 0.002516 * t
    m = math.radians(2.5534 + 29.10535670 * k)
    p = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    f = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    node = math.radians(124.7746 - 1.56375588 * k)
    terms = [
        (-0.40720, p), (0.17241 * e, m), (0.01608, 2 * p), (0.01039, 2 * f), (0.00739 * e, p - m),
        (-0.00514 * e, p + m), (0.00208 * e * e, 2 * m), (-0.00111, p - 2 * f), (-0.00057, p + 2 * f),
        (0.00056 * e, 2 * p + m), (-0.00042, 3 * p), (0.00042 * e, m + 2 * f), (0.00038 * e, m - 2 * f),
        (-0.00024 * e, 2 * p - m), (-0.00017, node), (0.000325, math.radians(299.77 + 0.107408 * k)),
        (0.000165, math.radians(251.88 + 0.016321 * k)), (0.000164, math.radians(251.83 + 26.651886 * k)),
        (0.000126, math.radians(349.42 + 36.412478 * k)), (0.000110, math.radians(84.66 + 18.206239 * k)),
    ]  # fmt: skip
    after = mean + sum(size * math.sin(angle) for size, angle in terms)
    return J2000 + dt.timedelta(days=after) - TERRESTRIAL_AHEAD + BEIJING


def sun_at(day: dt.date) -> float:
    """Apparent longitude of the sun in degrees where that day begins in China: Meeus, ch. 25, to a hundredth."""
    moment = dt.datetime.combine(day, dt.time()) - BEIJING + TERRESTRIAL_AHEAD
    t = (moment - J2000) / dt.timedelta(days=36525)
    m = math.radians(357.52911 + 35999.05029 * t)
    center = (1.914602 - 0.004817 * t) * math.sin(m) + 0.019993 * math.sin(2 * m) + 0.000289 * math.sin(3 * m)
    node = math.radians(125.04 - 1934.136 * t)
    return (280.46646 + 36000.76983 * t + center - 0.00569 - 0.00478 * math.sin(node)) % 360
