"""Working days by the State Council's calendar."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import CalendarUnknown, add_working_days, is_working_day, working_days_between

days_2026 = st.dates(dt.date(2026, 1, 1), dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (dt.date(2026, 11, 20), True),
        (dt.date(2026, 11, 22), False),
        (dt.date(2026, 2, 16), False),
        (dt.date(2026, 2, 14), True),
        (dt.date(2026, 10, 10), True),
        (dt.date(2026, 10, 7), False),
        (dt.date(2025, 1, 26), True),
        (dt.date(2025, 10, 8), False),
    ],
)
def test_holidays_are_off_and_exchanged_weekends_are_worked(day: dt.date, working: bool) -> None:  # noqa: FBT001
    assert is_working_day(day) == working


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_with_thirteen_holidays_has_248_working_days(year: int) -> None:
    first = dt.date(year, 1, 1)  # a holiday itself
    assert working_days_between(first, dt.date(year, 12, 31)) == 248


def test_a_limit_over_the_spring_festival_skips_it() -> None:
    assert add_working_days(dt.date(2026, 2, 13), 3) == dt.date(2026, 2, 25)


def test_five_working_days_from_a_sunday_end_on_friday() -> None:
    assert add_working_days(dt.date(2026, 11, 22), 5) == dt.date(2026, 11, 27)


@given(days_2026, st.integers(0, 30))
def test_the_days_added_are_the_days_between(start: dt.date, n: int) -> None:
    end = add_working_days(start, n)
    assert working_days_between(start, end) == n
    assert end == start if n == 0 else is_working_day(end)


@given(days_2026, st.integers(0, 15), st.integers(0, 15))
def test_adding_in_two_steps_is_adding_at_once(start: dt.date, a: int, b: int) -> None:
    assert add_working_days(add_working_days(start, a), b) == add_working_days(start, a + b)


def test_an_unknown_year_is_said_and_never_guessed() -> None:
    with pytest.raises(CalendarUnknown) as caught:
        add_working_days(dt.date(2030, 12, 30), 5)
    assert (caught.value.code, caught.value.year) == ("calendar-unknown", 2031)
    assert "2031" in str(caught.value)


def test_a_limit_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(dt.date(2026, 11, 22), -1)
