"""Limits are counted by the calendar, pauses left out, and every step is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import Limit, Pause, add_working_days, explain_deadline, is_working_day

MONDAY = dt.datetime(2026, 9, 28, 10, 30)  # noqa: DTZ001 - local time, as the caller gives it
WEEK = Limit(n=7, unit="工作日")


def _at(month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute)  # noqa: DTZ001


def test_working_days_over_the_national_day_are_told_step_by_step() -> None:
    found = explain_deadline(MONDAY, WEEK)
    assert found.on == dt.date(2026, 10, 13)
    assert found.text == (
        "7个工作日：从2026年9月28日起（当日不计），国庆（10月1日至7日）不计，周末1天不计，10月10日调休上班计入，到2026年10月13日止"
    )


def test_days_of_a_permit_are_working_days_and_of_anything_else_calendar_days() -> None:
    limit = Limit(n=7, unit="日")
    assert explain_deadline(_at(11, 23), limit, permit=True).on == dt.date(2026, 12, 2)
    assert explain_deadline(_at(11, 23), limit).on == dt.date(2026, 11, 30)
    assert "第八十二条" in explain_deadline(_at(11, 23), limit, permit=True).text


def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    found = explain_deadline(_at(9, 28), Limit(n=5, unit="日"))
    assert found.on == dt.date(2026, 10, 8)
    assert "顺延" in found.text


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        (_at(11, 23, 9), Limit(n=24, unit="小时"), _at(11, 24, 9)),
        (_at(11, 27, 15), Limit(n=24, unit="小时"), _at(11, 30, 15)),  # Friday to Monday
        (_at(11, 28, 15), Limit(n=24, unit="小时"), _at(12, 1)),  # from a Saturday: the whole of Monday
        (_at(11, 23, 9), Limit(n=30, unit="分钟"), _at(11, 23, 9, 30)),
        (_at(9, 30, 23, 50), Limit(n=30, unit="分钟"), _at(10, 8, 0, 20)),
    ],
)
def test_hours_and_minutes_run_on_working_days_only(start: dt.datetime, limit: Limit, end: dt.datetime) -> None:
    found = explain_deadline(start, limit)
    assert (found.at, found.on) == (end, end.date())
    assert f"{end:%H:%M}" in found.text


def test_a_pause_leaves_its_days_out_and_is_told_with_its_reason() -> None:
    pause = Pause(_at(11, 24, 16), _at(11, 26, 9), "专家评审")
    found = explain_deadline(_at(11, 23), Limit(n=3, unit="工作日"), [pause])
    assert found.on == dt.date(2026, 11, 30)
    assert "2026年11月24日起暂停（专家评审），2026年11月26日恢复，其间不计" in found.text


def test_hours_stand_still_in_a_pause_to_the_minute() -> None:
    pauses = [Pause(_at(11, 23, 15), _at(11, 23, 16, 30)), Pause(_at(11, 23, 16), _at(11, 23, 17))]
    assert explain_deadline(_at(11, 23, 14), Limit(n=4, unit="小时"), pauses).at == _at(11, 23, 20)


def test_while_the_clock_stands_no_date_is_promised() -> None:
    found = explain_deadline(_at(11, 23), WEEK, [Pause(_at(11, 24), None, "补正")])
    assert (found.on, found.at) == (None, None)
    assert "尚未恢复" in found.text


def test_a_year_whose_calendar_is_unknown_is_said_and_never_guessed() -> None:
    found = explain_deadline(dt.datetime(2034, 12, 28), WEEK)  # noqa: DTZ001
    assert found.on is None
    assert "2034年的放假安排尚未公布或录入" in found.text


def test_a_year_without_its_notice_is_counted_by_the_law_and_said_to_be_provisional() -> None:
    found = explain_deadline(dt.datetime(2026, 12, 21, 10), Limit(n=20, unit="工作日"))  # noqa: DTZ001
    assert found.on == dt.date(2027, 1, 19)
    assert "2027年放假安排尚未录入，按法定节假日暂计，录入后重算，到2027年1月19日止" in found.text
    assert "元旦（1月1日）不计" in found.text
    assert "暂计" not in explain_deadline(_at(12, 21), WEEK).text


days = st.dates(dt.date(2025, 1, 1), dt.date(2026, 8, 1))
numbers = st.integers(1, 40)


@given(days, numbers)
def test_without_pauses_the_end_is_what_adding_working_days_gives(day: dt.date, n: int) -> None:
    start = dt.datetime.combine(day, dt.time(9))
    assert explain_deadline(start, Limit(n=n, unit="工作日")).on == add_working_days(day, n)


@given(days, numbers, st.integers(0, 30), st.integers(0, 30))
def test_a_pause_never_brings_the_end_nearer_and_costs_no_more_than_it_lasts(
    day: dt.date, n: int, after: int, length: int
) -> None:
    start = dt.datetime.combine(day, dt.time(9))
    began = start + dt.timedelta(days=after)
    pause = Pause(began, began + dt.timedelta(days=length))
    limit = Limit(n=n, unit="工作日")
    plain, paused = explain_deadline(start, limit).on, explain_deadline(start, limit, [pause]).on
    assert plain
    assert paused
    lost = sum(is_working_day(began.date() + dt.timedelta(days=k)) for k in range(length))
    assert plain <= paused <= add_working_days(plain, lost)


@given(days, st.integers(1, 200), st.integers(1, 200))
def test_hours_add_up(day: dt.date, a: int, b: int) -> None:
    start = dt.datetime.combine(day, dt.time(9))
    first = explain_deadline(start, Limit(n=a, unit="小时")).at
    assert first
    assert (
        explain_deadline(first, Limit(n=b, unit="小时")).at == explain_deadline(start, Limit(n=a + b, unit="小时")).at
    )
