"""What is handed in makes a version, adds to one, or is one already; nothing that is settled changes."""

import pytest
from django.db import IntegrityError, transaction

from ingest.drawings import Kind, SetVersion, Sheet, State, VersionUse, approve, current_reviewed, enter, take_out
from ingest.drawings import presented as presented_by
from portal.roles import Role
from tests.ingest.drawings.sheets import NOW, handed_in, read, sheets
from tests.portal import factories

pytestmark = pytest.mark.django_db
RESULT = {"how": "decision", "case": "1", "certificate": "", "digest": ""}


@pytest.fixture
def case() -> factories.ingest.Case:
    return factories.case(factories.user(Role.CLERK), item_code="S3-01")


def numbers(version: SetVersion) -> list[str]:
    return sorted(version.present.values_list("number", flat=True))


def used(version: SetVersion, case: factories.ingest.Case) -> None:
    VersionUse.objects.create(version=version, case=case, moment="accepted", digest=version.digest, record={}, at=NOW)


def test_the_files_of_one_submission_make_one_version(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1", "建施-2"))
    second = handed_in(case, sheets("结施-1"))
    assert (first.pk, numbers(second)) == (second.pk, ["建施-1", "建施-2", "结施-1"])
    second.refresh_from_db()
    assert (second.number, second.state, second.supersedes) == (1, State.SUBMITTED, None)


def test_what_comes_twice_changes_nothing(case: factories.ingest.Case) -> None:
    file = factories.upload(case, "建施.pdf")
    found = sheets("建施-1", "建施-2")
    first = enter(file, Kind.DESIGN, found, now=NOW)
    assert first
    again = enter(file, Kind.DESIGN, found, now=NOW)
    other = handed_in(case, sheets("建施-2"))
    assert first == again == other
    assert (Sheet.objects.count(), SetVersion.objects.count()) == (2, 1)
    assert first.submissions.count() == 2


def test_a_changed_sheet_makes_the_next_version_which_keeps_the_others(case: factories.ingest.Case) -> None:
    handed_in(case, sheets("建施-1", "结施-12"))
    second = handed_in(case, [read("结施-12", "changed", revision="B")])
    assert (second.number, second.supersedes, numbers(second)) == (2, 1, ["建施-1", "结施-12"])
    assert list(second.present.filter(carried=True).values_list("number", flat=True)) == ["建施-1"]


def test_what_somebody_was_accepted_on_is_added_to_no_more(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1"))
    used(first, case)
    before = first.digest
    second = handed_in(case, sheets("建施-2"))
    first.refresh_from_db()
    assert (second.number, numbers(first), first.digest) == (2, ["建施-1"], before)


def test_the_pointer_moves_with_a_review_and_with_nothing_else(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1"))
    assert current_reviewed(case.project, case.works) is None
    approve(first, RESULT, now=NOW)
    second = handed_in(case, [read("建施-1", "changed")])
    assert current_reviewed(case.project, case.works) == first
    approve(second, RESULT, now=NOW)
    first.refresh_from_db()
    assert (first.state, first.reviewed_at, first.review) == (State.SUPERSEDED, NOW, RESULT)
    assert current_reviewed(case.project, case.works) == second


def test_the_table_itself_has_room_for_one_pointer(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1"))
    approve(first, RESULT, now=NOW)
    second = handed_in(case, [read("建施-1", "changed")])
    with pytest.raises(IntegrityError), transaction.atomic():
        SetVersion.objects.filter(pk=second.pk).update(state=State.REVIEWED)


def test_a_case_that_brings_the_reviewed_sheets_again_is_of_that_version(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1", "建施-2"))
    approve(first, RESULT, now=NOW)
    permit = factories.case(case.opened_by)
    assert handed_in(permit, sheets("建施-2")) == first == presented_by(permit, Kind.DESIGN)


def test_a_file_taken_back_takes_its_sheets_along_and_comes_back_with_them(case: factories.ingest.Case) -> None:
    version = handed_in(case, sheets("建施-1"))
    file = factories.upload(case, "结施.pdf")
    enter(file, Kind.DESIGN, sheets("结施-1"), now=NOW)
    with_it = SetVersion.objects.get().digest
    take_out(version.set, file, now=NOW)
    version.refresh_from_db()
    assert (numbers(version), version.state) == (["建施-1"], State.SUBMITTED)
    assert version.digest != with_it
    enter(file, Kind.DESIGN, sheets("结施-1"), now=NOW)
    assert SetVersion.objects.get().digest == with_it


def test_a_version_of_which_nothing_is_left_is_withdrawn(case: factories.ingest.Case) -> None:
    first = handed_in(case, sheets("建施-1"))
    file = factories.upload(case, "改.pdf")
    second = enter(file, Kind.DESIGN, [read("建施-1", "changed")], now=NOW)
    assert second
    take_out(first.set, file, now=NOW)
    second.refresh_from_db()
    assert (second.state, presented_by(case, Kind.DESIGN)) == (State.WITHDRAWN, first)


def test_as_built_drawings_stand_in_a_line_of_their_own(case: factories.ingest.Case) -> None:
    design = handed_in(case, sheets("建施-1"))
    approve(design, RESULT, now=NOW)
    built = handed_in(factories.case(case.opened_by, item_code="S4-03"), sheets("建竣-1"), Kind.AS_BUILT)
    assert (built.number, built.state, built.supersedes) == (2, State.AS_BUILT, None)
    assert current_reviewed(case.project, case.works) == design


def looks(version: SetVersion) -> list[tuple[str, str]]:
    return sorted(version.present.values_list("number", "picture_sha256"))


def test_a_file_read_again_does_not_take_the_place_of_what_came_after_it(case: factories.ingest.Case) -> None:
    file, found = factories.upload(case, "全套.pdf"), sheets("建施-1", "结施-12")
    enter(file, Kind.DESIGN, found, now=NOW)
    second = handed_in(case, [read("结施-12", "corrected", revision="B")])
    enter(file, Kind.DESIGN, found, now=NOW)
    assert (SetVersion.objects.count(), presented_by(case, Kind.DESIGN)) == (2, second)
    third = enter(file, Kind.DESIGN, [*found, read("水施-1", page=3)], now=NOW)
    assert third == second  # a page more of the file is added to the newest, and nothing else changes
    assert dict(looks(second))["结施-12"] == read("结施-12", "corrected").picture


@pytest.mark.parametrize("order", [(0,), (0, 1), (1, 0)])
@pytest.mark.parametrize("kind", Kind)
def test_files_taken_back_and_restored_stand_where_they_stood(
    case: factories.ingest.Case, kind: Kind, order: tuple[int, ...]
) -> None:
    files = [factories.upload(case, "全套.pdf"), factories.upload(case, "改.pdf")]
    brought = [sheets("建施-1", "结施-12"), [read("结施-12", "corrected", revision="B")]]
    for file, found in zip(files, brought, strict=True):
        enter(file, kind, found, now=NOW)
    before = [(one.number, one.state, one.digest, looks(one)) for one in SetVersion.objects.all()]
    drawings = SetVersion.objects.latest("number").set
    for place in order:
        take_out(drawings, files[place], now=NOW)
    assert {picture for one in drawings.versions.exclude(state="withdrawn") for _, picture in looks(one)} == (
        {brought[1][0].picture} if order == (0,) else set()
    )
    for place in order:
        enter(files[place], kind, brought[place], now=NOW)
    assert [(one.number, one.state, one.digest, looks(one)) for one in SetVersion.objects.all()] == before
    assert presented_by(case, kind) == SetVersion.objects.latest("number")


def test_what_came_in_the_place_of_a_file_taken_back_stays_when_it_is_restored(case: factories.ingest.Case) -> None:
    file, found = factories.upload(case, "旧.pdf"), sheets("建施-1", look="old")
    first = enter(file, Kind.DESIGN, found, now=NOW)
    assert first
    take_out(first.set, file, now=NOW)
    second = handed_in(case, sheets("结施-1"))
    enter(file, Kind.DESIGN, found, now=NOW)
    assert numbers(second) == ["建施-1", "结施-1"]
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN


def test_as_built_sheets_taken_back_are_gone_though_a_later_version_had_taken_their_place(
    case: factories.ingest.Case,
) -> None:
    files = [factories.upload(case, "竣工.pdf"), factories.upload(case, "改.pdf")]
    enter(files[0], Kind.AS_BUILT, sheets("建竣-1", "结竣-12"), now=NOW)
    second = enter(files[1], Kind.AS_BUILT, [read("结竣-12", "corrected")], now=NOW)
    assert second
    for file in files:
        take_out(second.set, file, now=NOW)
    assert numbers(handed_in(case, sheets("水竣-1"), Kind.AS_BUILT)) == ["水竣-1"]


def test_a_review_does_not_approve_unawares_what_a_permit_brought(case: factories.ingest.Case) -> None:
    approve(handed_in(case, sheets("建施-1", "建施-2", "结施-12")), RESULT, now=NOW)
    changed = [read("结施-12", "changed"), read("建施-1", "changed too", 2)]
    handed_in(factories.case(case.opened_by), changed)
    for found in ([read("建施-2", "next", revision="B")], changed[:1]):
        version = handed_in(factories.case(case.opened_by, item_code="S3-01"), found)
        assert dict(looks(version))["建施-1"] == read("建施-1").picture
