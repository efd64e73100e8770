"""The life of a gap and of a promise: given, reminded, closed, overdue, re-checked, on record."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone
from time_machine import Traveller

from ingest import Case, CreditRecord, Notice, Promise
from tests.workers.casework import MONDAY, accepted, handed_in, kinds, opened, report, reported
from workers import (
    Job,
    NotPossibleError,
    accept,
    decide,
    keep_dates,
    package_state,
    promise,
    recheck,
    running_pause,
    settle_credit,
    undo_promise,
)
from workers.keeping import package, request_package
from workers.stage import NotYetError

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


def test_who_promised_why_and_until_when_is_written_down_and_put_on_paper(clock: Traveller):
    case = opened()
    given = promise(case, "M-SQWT", by=case.opened_by, promised_by="李思雨", reason="公章外借")
    assert (given.kind, given.state, given.due_on) == ("gap", "open", dt.date(2026, 3, 16))
    assert (given.promised_by, given.reason, given.given_by) == ("李思雨", "公章外借", case.opened_by)
    paper = Notice.objects.get(promise=given)
    assert (paper.kind, paper.number, paper.content["标题"]) == (
        "commitment",
        "990101承诺〔2026〕1号",
        "容缺受理承诺书",
    )
    assert promise(case, "M-SQWT", by=case.opened_by) == given  # asked twice is once
    assert Notice.objects.count() == 1
    assert kinds(case) == ["gap-given"]


def test_a_slip_is_undone_while_the_case_is_open_and_the_entry_is_free_again(clock: Traveller):
    case = opened()
    given = promise(case, "M-SQWT", by=case.opened_by)
    undo_promise(given, by=case.opened_by)
    again = promise(case, "M-SQWT", by=case.opened_by)
    assert again.pk != given.pk
    reported(case)
    accept(case, by=case.opened_by)
    with pytest.raises(NotPossibleError, match="不能撤销"):
        undo_promise(again, by=case.opened_by)


def test_a_reminder_is_made_once_two_working_days_before_the_date(clock: Traveller):
    case, given = accepted()
    clock.shift(3 * DAY)  # Thursday: the date is two working days away on Monday
    keep_dates()
    keep_dates()
    given.refresh_from_db()
    assert given.reminded_at
    assert [n.kind for n in case.notices.all()][-1] == "reminder"
    assert case.notices.filter(kind="reminder").count() == 1
    assert kinds(case).count("gap-reminded") == 1


def test_a_gap_is_closed_by_its_material_and_only_then_is_the_case_archived(clock: Traveller):
    case, given = accepted()
    case.state, case.issued_at = Case.State.ISSUED, timezone.now()
    case.save()
    request_package(case)
    assert not Job.objects.filter(kind="package").exists()
    assert package_state(case) == "容缺材料尚未补齐：授权委托书；补齐后自动归档"
    with pytest.raises(NotYetError, match="容缺材料尚未补齐"):
        package({"case_id": case.pk, "package": "X", "archive_number": "Y"})
    use = handed_in(case)
    given.refresh_from_db()
    assert (given.state, given.closed_by) == ("closed", use)
    assert Job.objects.filter(kind="package").count() == 1
    assert [kind for kind in kinds(case) if kind in {"package-waits", "gap-closed"}] == ["package-waits", "gap-closed"]


def test_a_gap_opens_again_when_what_closed_it_is_taken_back(clock: Traveller):
    case = opened()
    given = promise(case, "M-SQWT", by=case.opened_by)
    use = handed_in(case)
    use.withdrawn_at = MONDAY
    use.save()
    report(case, "M-SQWT")
    given.refresh_from_db()
    assert (given.state, given.closed_at, given.closed_by) == ("open", None, None)


def expire(given: Promise, clock: Traveller) -> None:
    clock.shift(8 * DAY)
    keep_dates()
    keep_dates()
    given.refresh_from_db()
    assert given.state == "expired"


def test_a_gap_that_nothing_was_accepted_on_lapses_without_a_record_and_may_be_given_anew(clock: Traveller):
    case = opened()
    given = promise(case, "M-SQWT", by=case.opened_by)
    clock.shift(8 * DAY)
    keep_dates()
    given.refresh_from_db()
    assert (given.state, given.reminded_at) == ("void", None)
    assert not CreditRecord.objects.exists()
    assert promise(case, "M-SQWT", by=case.opened_by).due_on == dt.date(2026, 3, 24)


def test_on_its_day_a_gap_is_not_overdue_yet(clock: Traveller):
    _, given = accepted()
    clock.shift(7 * DAY)
    keep_dates()
    given.refresh_from_db()
    assert given.state == "open"


def test_an_overdue_gap_stops_the_clock_until_its_material_comes(clock: Traveller):
    case, given = accepted(on_expiry="stop")
    expire(given, clock)
    case.refresh_from_db()
    pause = running_pause(case)
    assert pause
    assert (pause.kind, pause.approved_by, case.due_on) == ("expired-gap", None, None)
    with pytest.raises(NotPossibleError, match="计时暂停中"):
        decide(case, by=case.opened_by)
    clock.shift(DAY)
    handed_in(case)
    case.refresh_from_db()
    given.refresh_from_db()
    assert (given.state, running_pause(case)) == ("closed", None)
    assert case.due_on
    assert not CreditRecord.objects.exists()


def test_an_overdue_gap_takes_the_acceptance_back(clock: Traveller):
    case, given = accepted(on_expiry="revert")
    expire(given, clock)
    case.refresh_from_db()
    assert (case.state, case.accepted_at, case.due_on) == ("open", None, None)
    assert "acceptance-reverted" in kinds(case)
    with pytest.raises(NotPossibleError, match="不能再次登记"):
        promise(case, "M-SQWT", by=case.opened_by)


def test_after_the_decision_nothing_is_taken_back_but_the_record_is_written(clock: Traveller):
    case, given = accepted(on_expiry="revert")
    case.state, case.issued_at = Case.State.ISSUED, timezone.now()
    case.save()
    expire(given, clock)
    case.refresh_from_db()
    assert case.state == "issued"
    assert CreditRecord.objects.get().promise == given
    assert package_state(case).startswith("容缺材料尚未补齐")


def test_a_late_material_closes_an_overdue_gap_and_the_record_stays(clock: Traveller):
    case, given = accepted(on_expiry="credit")
    expire(given, clock)
    handed_in(case)
    given.refresh_from_db()
    assert given.state == "closed"
    assert CreditRecord.objects.get().what == "逾期未提交承诺的材料：授权委托书（应于2026年3月16日前提交）"


def test_a_promise_is_rechecked_after_the_decision_with_evidence(clock: Traveller):
    case, given = accepted("M-CNS")
    given.due_on, given.recheck_days = None, 60
    given.save()
    with pytest.raises(NotPossibleError, match="决定之后"):
        recheck(given, kept=True, evidence="现场核查记录", by=case.opened_by)
    case.state, case.decided_at = Case.State.DECIDED, MONDAY
    case.save()
    keep_dates()
    given.refresh_from_db()
    assert given.recheck_on == dt.date(2026, 6, 4)
    with pytest.raises(NotPossibleError, match="核查依据"):
        recheck(given, kept=True, evidence=" ", by=case.opened_by)
    done = recheck(given, kept=True, evidence="江审核〔2026〕3号", by=case.opened_by)
    assert (done.state, done.recheck_evidence, done.rechecked_by) == ("kept", "江审核〔2026〕3号", case.opened_by)
    with pytest.raises(NotPossibleError, match="已兑现"):
        recheck(given, kept=False, evidence="另一次", by=case.opened_by)
    assert not CreditRecord.objects.exists()


def test_a_broken_promise_goes_on_record_and_bars_the_next_one_until_it_is_repaired(clock: Traveller):
    case, given = accepted("M-CNS")
    case.decided_at = MONDAY
    case.save()
    recheck(given, kept=False, evidence="现场核查：资金未到位", by=case.opened_by)
    record = CreditRecord.objects.get()
    assert (record.party_uscc, record.promise.state) == (case.applicant_uscc, "broken")
    other = opened()
    with pytest.raises(NotPossibleError, match="信用修复"):
        promise(other, "M-SQWT", by=case.opened_by)
    with pytest.raises(NotPossibleError, match="依据"):
        settle_credit(record, why="", by=case.opened_by)
    settle_credit(record, why="江信修〔2026〕1号", by=case.opened_by)
    assert promise(other, "M-SQWT", by=case.opened_by).state == "open"
    assert kinds(case)[-3:] == ["promise-broken", "credit-recorded", "credit-settled"]


def test_a_gap_is_never_closed_by_a_recheck(clock: Traveller):
    case, given = accepted()
    case.decided_at = MONDAY
    case.save()
    with pytest.raises(NotPossibleError, match="不能改为“已兑现”"):
        recheck(given, kept=True, evidence="说过了", by=case.opened_by)
