"""The server's clock is set back: what is written meanwhile keeps its place in the log, and is marked."""

import datetime as dt

import pytest

from archive import Event, append_event, mark_late_entries, seconds_behind
from portal.pages.board import clock_state

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def at(minutes: int) -> Event:
    return append_event("noted", now=NOON + dt.timedelta(minutes=minutes))


def test_every_entry_after_the_clock_went_back_is_marked_until_it_has_caught_up() -> None:
    marks = [at(minutes).behind for minutes in (0, 10, -120, -119, 7, 11)]
    assert marks == [0, 0, 130 * 60, 129 * 60, 0, 0]
    assert clock_state(NOON - dt.timedelta(hours=2)) == {"behind": 131, "late": 2}
    assert clock_state(NOON + dt.timedelta(minutes=12)) == {"behind": 0, "late": 2}


def test_servers_that_differ_by_a_little_are_not_told() -> None:
    at(0)
    assert seconds_behind(NOON - dt.timedelta(minutes=5)) == 0
    assert seconds_behind(NOON - dt.timedelta(minutes=5, seconds=1)) == 301


def test_a_mark_that_was_taken_away_follows_from_the_order_of_the_log_again() -> None:
    late = [at(minutes) for minutes in (0, -60, -59)][1:]
    Event.objects.update(behind=0)
    assert mark_late_entries() == 2
    assert [Event.objects.get(pk=event.pk).behind for event in late] == [3600, 3540]
