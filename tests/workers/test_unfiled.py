"""What is closed is filed by itself within a day; what is not is named with why, and told of once."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from archive import Event, Package
from ingest import Case
from tests.portal import factories
from tests.workers.casework import accepted
from workers import Job, unfiled_cases
from workers.nesting import RETRY_FAILED
from workers.unfiled import OVERDUE, file_closed

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


def issued(**changes: object) -> Case:
    return factories.case(factories.user(), state="issued", issued_at=timezone.now(), **changes)


def only(code: str) -> str:
    """The sentence of the one unfiled case, whose reason is that."""
    [one] = unfiled_cases()
    assert one.code == code
    return one.why


def test_a_closed_case_that_nobody_asked_to_file_is_filed_by_the_sweep_and_only_once():
    case = issued()
    assert "自动补办" in only("lost")
    assert file_closed() == 1
    assert file_closed() == 0
    assert Job.objects.filter(kind="package", case_number=case.number).count() == 1
    assert only("under-way") == "正在归档"


def test_an_open_case_and_one_in_the_archive_are_not_waiting():
    factories.case(factories.user())
    filed = issued()
    facts = {"retention": "Y", "element_count": 1, "byte_count": 1, "built_at": timezone.now(), "state": "stored"}
    Package.objects.create(case_number=filed.number, archive_number="J001", title="题名", **facts)
    assert unfiled_cases() == []


def test_what_keeps_a_case_back_is_said_in_words():
    case, _ = accepted()
    Case.objects.filter(pk=case.pk).update(state="issued", issued_at=timezone.now())
    assert "授权委托书" in only("open-gap")
    case.promises.update(state="void")
    assert "尚未生成" in only("notice-unmade")
    case.notices.update(sha256="ab" * 32)
    file_closed()
    job = Job.objects.filter(kind="package")
    job.update(error={"code": "store-not-trusted", "message": "归档存储的锁定可被绕过"})
    assert "锁定可被绕过" in only("waits")
    job.update(state="quarantined", finished_at=timezone.now())
    assert "归档失败" in only("failed")


def test_a_failed_filing_rests_and_is_then_tried_again():
    with time_machine.travel(MORNING, tick=False) as clock:
        issued()
        file_closed()
        Job.objects.filter(kind="package").update(state="quarantined", finished_at=timezone.now(), attempt=3)
        assert file_closed() == 0
        clock.shift(RETRY_FAILED + dt.timedelta(minutes=1))
        assert file_closed() == 1
        job = Job.objects.get(kind="package")
        assert (job.state, job.attempt) == ("queued", 0)


def test_a_package_that_was_built_and_whose_storing_was_lost_is_stored():
    case = issued()
    facts = {"retention": "Y", "element_count": 1, "byte_count": 1, "built_at": timezone.now()}
    row = Package.objects.create(case_number=case.number, archive_number="J001", title="题名", **facts)
    assert file_closed() == 1
    assert Job.objects.get(kind="store").arguments == {"package": row.pk}
    assert not Job.objects.filter(kind="package").exists()


def test_what_is_late_is_told_once_with_why():
    with time_machine.travel(MORNING, tick=False) as clock:
        case = issued()
        file_closed()
        clock.shift(dt.timedelta(hours=24))
        file_closed()
        assert not Event.objects.filter(kind=OVERDUE).exists()
        clock.shift(dt.timedelta(minutes=1))
        file_closed()
        file_closed()
        [told] = Event.objects.filter(kind=OVERDUE)
        assert (told.case_number, told.details["why"]) == (case.number, "under-way")
        [one] = unfiled_cases()
        assert one.overdue
        assert one.due_at - one.closed_at == dt.timedelta(hours=24)
