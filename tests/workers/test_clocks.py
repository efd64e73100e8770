"""The clock of a case: started by acceptance, paused with a reason, counted anew, and never read from a form."""

import datetime as dt
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from time_machine import Traveller

import workers
from catalogue import Limit, load_catalogue
from ingest import Pause
from tests.workers.casework import MONDAY, accepted, kinds
from workers import NotPossibleError, decide, keep_dates, pause, resume
from workers.clocks import check_decision

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


def test_acceptance_starts_the_clock_and_says_how_the_day_was_counted(clock: Traveller):
    case, _ = accepted()
    assert case.due_on == dt.date(2026, 3, 12)
    assert case.due_why == ["3个工作日：从2026年3月9日起（当日不计）", "到2026年3月12日止"]


def test_a_pause_moves_the_day_and_both_ends_are_on_record(clock: Traveller):
    case, _ = accepted()
    clock.shift(DAY)
    pause(case, "special", reason="专家评审", evidence="江审评〔2026〕7号", by=case.opened_by)
    case.refresh_from_db()
    assert case.due_on is None
    assert "计时暂停中" in case.due_why[-1]
    clock.shift(3 * DAY)
    resume(case, evidence="评审意见", by=case.opened_by)
    case.refresh_from_db()
    assert case.due_on == dt.date(2026, 3, 17)
    row = Pause.objects.get()
    assert (row.approved_by, row.ended_by, row.end_evidence) == (case.opened_by, case.opened_by, "评审意见")
    assert row.ended_at - row.started_at == 3 * DAY
    assert kinds(case)[-2:] == ["clock-paused", "clock-resumed"]


@pytest.mark.parametrize(
    ("kind", "reason", "evidence", "code"),
    [
        ("special", "", "文号", "no-evidence"),
        ("1+X", "联审", " ", "no-evidence"),
        ("expired-gap", "x", "y", "pause-kind"),
    ],
)
def test_a_pause_needs_a_kind_a_reason_and_evidence(clock: Traveller, kind: str, reason: str, evidence: str, code: str):
    case, _ = accepted()
    with pytest.raises(NotPossibleError) as refused:
        pause(case, kind, reason=reason, evidence=evidence, by=case.opened_by)
    assert refused.value.code == code


def test_no_second_pause_no_decision_in_one_and_no_resuming_of_none(clock: Traveller):
    case, _ = accepted()
    with pytest.raises(NotPossibleError, match="没有暂停"):
        resume(case, evidence="x", by=case.opened_by)
    pause(case, "correction", reason="补正", evidence="990101补正〔2026〕1号", by=case.opened_by)
    with pytest.raises(NotPossibleError, match="已暂停"):
        pause(case, "special", reason="听证", evidence="x", by=case.opened_by)
    with pytest.raises(NotPossibleError, match="计时暂停中"):
        decide(case, by=case.opened_by)


def test_a_case_is_warned_of_before_its_day_and_said_to_be_overdue_after_it_each_once(
    clock: Traveller,
):
    case, _ = accepted()
    keep_dates()
    assert "clock-warned" not in kinds(case)
    clock.shift(2 * DAY)
    keep_dates()
    keep_dates()
    clock.shift(2 * DAY)
    keep_dates()
    keep_dates()
    said = [kind for kind in kinds(case) if kind.startswith("clock-")]
    assert said == ["clock-warned", "clock-overdue"]
    case.refresh_from_db()
    assert case.overdue_at - case.warned_at == 2 * DAY


def test_a_decision_that_is_too_quick_is_refused_with_the_time_from_which_it_may_be(clock: Traveller, settings: Any):
    settings.QUICK_DECISIONS = "refuse"
    case, _ = accepted()
    with pytest.raises(NotPossibleError, match="最早于 2026年3月9日 10:30 之后") as refused:
        decide(case, by=case.opened_by)
    assert refused.value.code == "too-quick"
    item = load_catalogue().item("S3-05")
    clock.shift(dt.timedelta(minutes=30))
    assert check_decision(case, item) == {}


def test_an_item_that_may_be_decided_at_once_is_neither_refused_nor_flagged(clock: Traveller, settings: Any):
    settings.QUICK_DECISIONS = "refuse"
    case, _ = accepted()
    plain = load_catalogue().item("S3-05")
    limits = plain.limits.model_copy(update={"instant_ok": True, "min_handling": Limit(n=1, unit="小时")})
    clock.shift(dt.timedelta(seconds=5))
    assert check_decision(case, plain.model_copy(update={"limits": limits})) == {}
    settings.QUICK_DECISIONS = "flag"
    assert check_decision(case, plain) == {"quick": True, "seconds": 5}


def test_no_use_case_takes_a_time_from_whoever_asks():
    for name in workers.__all__:
        thing = getattr(workers, name)
        if inspect.isfunction(thing) and "by" in inspect.signature(thing).parameters:
            times = {"now", "at", "when", "date", "day", "accepted_at", "started_at"}
            assert not times & set(inspect.signature(thing).parameters), name
