"""The very same bytes once more: said at once, filed by reference, read once, and taken back with a key."""

import datetime as dt
from typing import Any

import pytest

from archive import Access, Event
from ingest import Case, Inspection, Project, Upload
from portal.roles import Role
from tests.portal import factories
from tests.workers.repeat_cases import LICENCE, archived, hand_in, standing
from workers import Job, NotPossibleError, Repeat, caught, restore_upload, take_repeat_back, undo, withdraw_upload
from workers.reading import record_inspection

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Any:
    return factories.user(Role.CLERK)


@pytest.fixture
def case(clerk: Any) -> Case:
    return factories.case(clerk)


def jobs(upload: Upload) -> list[str]:
    return list(Job.objects.filter(arguments__upload=upload.pk).order_by("pk").values_list("kind", flat=True))


def test_an_archived_file_stands_by_reference_and_nothing_is_read(case: Case) -> None:
    held = archived(case.opened_by)
    upload = hand_in(case)
    assert upload.state == "duplicate"
    assert jobs(upload) == []
    assert standing(case) == [("M-YYZZ", "repeat")]
    [row] = Repeat.objects.all()
    assert held.package.archive_number in row.why
    assert Access.objects.filter(held=held, case_number=case.number).exists()
    assert Event.objects.filter(kind="repeat-caught", case_number=case.number).count() == 1
    assert (caught().uploads, caught().sheets, caught(["another"]).uploads) == (1, 1, 0)


def test_a_reference_is_taken_back_and_the_file_goes_its_own_way(case: Case) -> None:
    archived(case.opened_by)
    upload = hand_in(case)
    undo(case, by=case.opened_by)
    upload.refresh_from_db()
    assert (upload.state, jobs(upload), standing(case)) == ("received", ["inspect"], [])
    [row] = Repeat.objects.all()
    assert row.state == "undone"
    assert take_repeat_back(row, by=case.opened_by).state == "undone"  # again changes nothing
    assert caught().uploads == 0


def test_a_file_by_reference_is_withdrawn_and_comes_back_with_what_it_stood_for(case: Case) -> None:
    archived(case.opened_by)
    upload = hand_in(case)
    withdraw_upload(upload, by=case.opened_by)
    assert standing(case) == []
    assert Repeat.objects.get().standing == "withdrawn"
    restore_upload(upload, by=case.opened_by)
    assert standing(case) == [("M-YYZZ", "repeat")]
    assert Repeat.objects.get().standing == "accepted"


def test_of_what_another_applicant_handed_in_nothing_is_said(clerk: Any, case: Case) -> None:
    archived(clerk, subject="91990101MA99999999")
    there = Project.objects.create(code="2026-990101-47-03-000009", name="别处", region="990101")
    other = factories.case(clerk, applicant_uscc="91990101MA99999999", project=there, works=None)
    Upload.objects.exclude(case=case).update(case=other)  # nor in any case of this applicant
    upload = hand_in(case)
    assert (upload.state, jobs(upload), standing(case)) == ("received", ["inspect"], [])
    assert not Repeat.objects.exists()


@pytest.mark.parametrize("left", [dt.timedelta(days=-1), dt.timedelta(days=1)])
def test_what_has_lapsed_is_told_and_does_not_stand(case: Case, left: dt.timedelta) -> None:
    held = archived(case.opened_by, valid_until=dt.datetime.now(dt.UTC).date() + left)
    upload = hand_in(case)
    lapsed = left < dt.timedelta(0)
    assert standing(case) == ([] if lapsed else [("M-YYZZ", "repeat")])
    assert jobs(upload) == (["inspect"] if lapsed else [])
    assert (str(held.valid_until) in Repeat.objects.get().why) is lapsed


def test_a_file_that_holds_more_than_is_archived_is_sorted_as_ever(case: Case) -> None:
    archived(case.opened_by)
    before = Upload.objects.get()
    factories.material(before, "M-SQWT")
    upload = hand_in(case)
    assert (upload.state, jobs(upload), standing(case)) == ("received", ["inspect"], [])
    assert Repeat.objects.get().state == "told"


def test_what_another_case_of_the_project_has_is_told_and_its_pages_serve_again(clerk: Any, case: Case) -> None:
    earlier = factories.upload(factories.case(clerk), "执照.pdf", sha256=factories.kept(LICENCE, "inbox"))
    page = factories.page(earlier)
    upload = hand_in(case)
    assert jobs(upload) == ["inspect"]
    assert earlier.case.number in Repeat.objects.get().why
    record_inspection({"upload": upload.pk}, Inspection("application/pdf", 1, 1))
    upload.refresh_from_db()
    again = upload.pages.get()
    assert (upload.state, again.picture_sha256, again.reading) == ("paged", page.picture_sha256, None)
    assert Job.objects.filter(kind="paginate").count() == 0
    assert Job.objects.filter(kind="read", arguments__page=again.pk).exists()  # finds the picture read before
    with pytest.raises(NotPossibleError, match="没有可撤销的"):
        take_repeat_back(Repeat.objects.get(), by=clerk)


def test_of_two_copies_in_one_case_the_second_stands_when_the_first_is_withdrawn(case: Case) -> None:
    first, second, third = hand_in(case), hand_in(case), hand_in(case)
    assert [one.state for one in (first, second, third)] == ["received", "duplicate", "duplicate"]
    assert caught([case.number]).uploads == 2
    withdraw_upload(first, by=case.opened_by)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, second.duplicate_of, third.duplicate_of) == ("received", None, second)
    assert "inspect" in jobs(second)
    assert caught([case.number]).uploads == 1


def test_a_copy_is_counted_by_itself_on_demand(case: Case) -> None:
    hand_in(case)
    copy = hand_in(case)
    take_repeat_back(Repeat.objects.get(), by=case.opened_by)
    copy.refresh_from_db()
    assert (copy.state, copy.duplicate_of, jobs(copy)) == ("received", None, ["inspect"])
