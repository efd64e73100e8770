"""Days that run into a year whose notice is not entered are provisional; once it is entered they are counted anew."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
import yaml

from catalogue import working_days
from ingest import Promise
from tests.workers.casework import accepted, kinds
from workers import keep_dates

pytestmark = pytest.mark.django_db
LATE_IN_DECEMBER = dt.datetime(2026, 12, 30, 2, 0, tzinfo=dt.UTC)
NEXT_WEEKEND = dt.date(2027, 1, 2)
PROVISIONAL = "2027年放假安排尚未录入，按法定节假日暂计，录入后重算"


@pytest.fixture(autouse=True)
def _in_december() -> Iterator[None]:
    with time_machine.travel(LATE_IN_DECEMBER, tick=False):
        yield


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Enter a notice for 2027, as whoever keeps the catalogue does: closed from New Year on, these days worked."""

    def entered(until: dt.date, *worked: dt.date) -> None:
        told = yaml.safe_load(working_days._FILE.read_text("utf-8"))
        closed = [[dt.date(2027, 1, 1), until, "元旦"]]
        told["years"][2027] = {"source": "a notice", "verified": False, "closed": closed, "worked": list(worked)}
        file = tmp_path / "holidays.yaml"
        file.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
        monkeypatch.setattr(working_days, "_FILE", file)
        working_days._calendar.cache_clear()

    yield entered
    working_days._calendar.cache_clear()


def test_acceptance_is_not_stopped_and_the_day_is_said_to_be_provisional() -> None:
    case, given = accepted()
    assert case.due_on == dt.date(2027, 1, 5)  # three working days: 31 December, Monday and Tuesday
    assert case.due_why[-2:] == [PROVISIONAL, "到2027年1月5日止"]
    assert given.due_on == dt.date(2027, 1, 7)
    assert PROVISIONAL in given.due_why
    keep_dates()
    assert "clock-recounted" not in kinds(case)


def test_a_later_day_is_told_with_the_day_it_was_before(enter: Callable[..., None]) -> None:
    case, given = accepted()
    enter(dt.date(2027, 1, 4))  # Monday is closed too
    for _ in range(2):
        keep_dates()
    case.refresh_from_db()
    given.refresh_from_db()
    assert (case.due_on, given.due_on) == (dt.date(2027, 1, 6), dt.date(2027, 1, 8))
    assert case.due_why[-2:] == ["放假安排录入前暂计到2027年1月5日", "到2027年1月6日止"]
    assert PROVISIONAL not in case.due_why
    told = [kind for kind in kinds(case) if kind.endswith("recounted")]
    assert sorted(told) == ["clock-recounted", "gap-recounted"]


def test_an_earlier_day_binds_the_office_and_not_the_applicant(enter: Callable[..., None]) -> None:
    case, given = accepted()
    enter(dt.date(2027, 1, 1), NEXT_WEEKEND)  # Saturday is worked
    keep_dates()
    case.refresh_from_db()
    given.refresh_from_db()
    assert (case.due_on, given.due_on) == (dt.date(2027, 1, 4), dt.date(2027, 1, 7))
    assert "放假安排录入前暂计到2027年1月5日" in case.due_why
    assert "承诺的日期2027年1月7日不提前" in given.due_why
    assert kinds(case).count("clock-recounted") == 1


def test_a_case_that_was_decided_or_a_gap_that_was_closed_meanwhile_is_left_as_it_was(
    enter: Callable[..., None],
) -> None:
    case, given = accepted()
    case.state = "decided"
    case.save()
    Promise.objects.filter(pk=given.pk).update(state=Promise.State.CLOSED)
    enter(dt.date(2027, 1, 4))
    keep_dates()
    case.refresh_from_db()
    given.refresh_from_db()
    assert (case.due_on, given.due_on) == (dt.date(2027, 1, 5), dt.date(2027, 1, 7))
