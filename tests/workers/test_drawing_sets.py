"""Every decision says on which drawings it was taken; one on other drawings than the reviewed is not taken."""

from typing import Any

import pytest

import ingest
from archive import Event, HeldMaterial
from archive.holdings import replaces
from ingest.drawings import Kind, SetVersion, State, VersionUse, approve, check_decision, current_reviewed
from portal.roles import Role
from tests.ingest.drawings.sheets import handed_in, read, sheets
from tests.portal import factories
from tests.workers.casework import reported
from workers import NotPossibleError, accept, decide, drawing_sets, give_opinion, read_derivative, reading
from workers.drawing_sets import decision_record, read_again, record, request_sheets
from workers.models import Job
from workers.reviewed_sets import reviewed_elements, reviewed_rows
from workers.stage import NotYetError

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Any:
    return factories.user(Role.OFFICER, Role.CLERK)


def reviewed(by: Any) -> tuple[ingest.Case, SetVersion]:
    """A review that was decided in favour of what was handed in with it."""
    case = factories.case(by, item_code="S3-01", state="accepted", accepted_at=factories.NOW)
    version = handed_in(case, sheets("建施-1", "结施-12"))
    give_opinion(case, passed=True, text="审查合格", drawings=version.digest, by=by)
    version.refresh_from_db()
    return case, version


def test_a_favourable_review_approves_exactly_what_it_saw(by: Any) -> None:
    case, version = reviewed(by)
    assert (version.state, version.review and version.review["case"]) == (State.REVIEWED, case.number)
    assert current_reviewed(case.project, case.works) == version
    said = Event.objects.get(kind="opinion-given").details["drawings"]
    assert said == [{"set": version.set_id, "version": 1, "digest": version.digest}]
    (kept,) = decision_record(case)
    assert (kept["moment"], kept["digest"], kept["state"]) == ("decided", version.digest, "reviewed")
    assert [sheet["number"] for sheet in kept["sheets"]] == ["建施-1", "结施-12"]


def test_an_unfavourable_review_approves_nothing(by: Any) -> None:
    case = factories.case(by, item_code="S3-01", state="accepted", accepted_at=factories.NOW)
    version = handed_in(case, sheets("建施-1"))
    give_opinion(case, passed=False, text="结构计算书与图纸不符", drawings=version.digest, by=by)
    version.refresh_from_db()
    assert version.state == State.SUBMITTED


def test_a_review_that_failed_at_first_is_noted_as_it_was_passed_and_is_a_joint_result_like_any(by: Any) -> None:
    case = factories.case(by, item_code="S3-01", state="accepted", accepted_at=factories.NOW)
    version = handed_in(case, sheets("建施-1"))
    for passed, rows in ((False, 0), (True, 1)):
        give_opinion(case, passed=passed, text="意见", drawings=version.digest, by=by)
        assert len(list(reviewed_rows(case))) == rows
    (kept,) = decision_record(case)
    assert (kept["state"], [event.kind for event in Event.objects.order_by("pk")].count("opinion-given")) == (
        "reviewed",
        2,
    )


def test_a_permit_says_on_which_version_it_was_accepted(by: Any) -> None:
    _, version = reviewed(by)
    permit = reported(factories.case(by))
    accept(permit, by=by)
    said = Event.objects.get(kind="case-accepted").details["drawings"]
    assert [one["digest"] for one in said] == [version.digest]
    assert VersionUse.objects.get(case=permit).moment == "accepted"


def test_on_other_drawings_nothing_is_accepted_and_nothing_decided(by: Any) -> None:
    reviewed(by)
    permit = reported(factories.case(by))
    handed_in(permit, [read("结施-12", "changed")])
    with pytest.raises(NotPossibleError) as stopped:
        accept(permit, by=by)
    assert stopped.value.code == "drawings-differ"
    assert "结施-12" in str(stopped.value)
    permit.state = "accepted"
    permit.save()
    with pytest.raises(NotPossibleError, match="结施-12"):
        decide(permit, by=by)
    assert not VersionUse.objects.filter(case=permit).exists()


def test_what_was_kept_of_a_decision_does_not_follow_later_corrections(by: Any) -> None:
    case, version = reviewed(by)
    before = decision_record(case)
    sheet = version.present.first()
    assert sheet
    sheet.set_value("title", "更正")
    sheet.save()
    assert decision_record(case) == before


def test_a_file_with_drawings_is_read_for_its_sheets_and_one_without_is_not(by: Any) -> None:
    case = factories.case(by, item_code="S3-01")
    plain = factories.upload(case)
    factories.material(plain, "M-SQWT")
    request_sheets(plain)
    assert not Job.objects.exists()
    drawn = factories.upload(case, "施工图.pdf")
    factories.material(drawn, "M-SGT")
    for _ in range(2):
        request_sheets(drawn)
    assert Job.objects.get().kind == "sheets"


def test_a_case_whose_list_has_nothing_to_do_with_reviews_gathers_no_set(by: Any) -> None:
    case = factories.case(by, item_code="S2-03")
    drawn = factories.upload(case, "人防.pdf")
    factories.material(drawn, "M-RFT")
    request_sheets(drawn)
    assert not Job.objects.exists()


def test_as_built_drawings_are_noted_beside_the_reviewed_ones(by: Any) -> None:
    _, version = reviewed(by)
    case = factories.case(by, item_code="S4-03", state="accepted", accepted_at=factories.NOW)
    built = handed_in(case, sheets("建竣-1", "结竣-12", look="built"), Kind.AS_BUILT)
    give_opinion(case, passed=True, text="合格", by=by)
    said = Event.objects.filter(kind="opinion-given").latest("pk").details["drawings"]
    assert [one["version"] for one in said] == [version.number, built.number]


def test_the_reviewed_set_is_held_as_a_joint_result_and_the_next_version_replaces_it(by: Any) -> None:
    case, version = reviewed(by)
    (row,) = reviewed_rows(case)
    (element,) = reviewed_elements(case)
    assert (row["type"], row["sha256"], row["version"]) == ("OUT-ST", element.sha256, "1")
    assert read_derivative(element.sha256).startswith(b"%PDF")
    facts = {name: row[name] for name in ("type", "number", "version", "subject_kind", "subject")}
    first = HeldMaterial(**facts, sha256=row["sha256"], source="joint", fields=row["fields"])
    second = HeldMaterial(**facts | {"version": "2"}, sha256="f" * 64, source="joint", fields={})
    assert (replaces(second, first), replaces(first, second)) == (True, False)
    assert row["number"] == version.set.code


def test_a_held_result_of_an_earlier_version_does_not_serve(by: Any) -> None:
    case, version = reviewed(by)
    package = factories.package(case)
    permit = factories.case(by)
    facts = {"name": "审查合格书", "subject_kind": "works", "subject": "1", "held_since": factories.NOW, "size": 1}
    held = HeldMaterial.objects.create(
        package=package, type="OUT-ST", sha256="a" * 64, number=version.set.code, version="1", **facts
    )
    permit.uses.create(entry="OUT-ST", how="joint", held=held, used_at=factories.NOW)
    assert check_decision(permit) == ()
    approve(handed_in(case, [read("结施-12", "changed")]), {"how": "decision"}, now=factories.NOW)
    assert [one.code for one in check_decision(permit)] == ["review-paper-differs"]


def drawn(case: ingest.Case, **pages: tuple[int, int]) -> ingest.Upload:
    """A file of drawings without title blocks: by name the size of each page in millimetres."""
    upload = factories.upload(case, "施工图.pdf", page_count=len(pages))
    first = factories.page(upload)
    for number, (name, size) in enumerate(pages.items(), 1):
        width, height = (round(side / 25.4 * 200) for side in size)
        said = {"picture_sha256": factories.digest(name), "width": width, "height": height, "dpi": 200}
        reading = {**(first.reading or {}), "number": number}
        upload.pages.update_or_create(number=number, defaults=said | {"reading": reading})
    material = factories.material(upload, "M-SGT")
    material.pages = list(range(1, len(pages) + 1))
    material.save()
    return upload


def test_nothing_is_accepted_or_decided_while_drawings_are_read_or_could_not_be(by: Any) -> None:
    reviewed(by)
    permit = reported(factories.case(by))
    upload = drawn(permit, plan=(420, 297))
    request_sheets(upload)
    job = Job.objects.get(kind="sheets")
    with pytest.raises(NotPossibleError, match="正在识别") as stopped:
        accept(permit, by=by)
    assert stopped.value.code == "still-checking"
    with pytest.raises(NotYetError, match="正在识别"):
        reading.check({"case_id": permit.pk, "revision": permit.revision})
    with pytest.raises(NotPossibleError, match="无需重新识别"):
        read_again(upload, by=by)
    Job.objects.update(state="quarantined")
    ingest.Case.objects.filter(pk=permit.pk).update(state="accepted")
    with pytest.raises(NotPossibleError, match=r"施工图.pdf.*重新识别") as stopped:
        decide(ingest.Case.objects.get(pk=permit.pk), by=by)
    assert stopped.value.code == "drawings-unread"
    read_again(upload, by=by)
    job.refresh_from_db()
    assert (job.state, Event.objects.latest("pk").kind) == ("queued", "drawings-read-again")


def test_a_large_page_whose_title_block_cannot_be_read_is_a_sheet_without_a_number(by: Any) -> None:
    reviewed(by)
    permit = factories.case(by)
    upload = drawn(permit, letter=(210, 297), plan=(420, 297), scan=(212, 298.5))
    record({"upload": upload.pk}, drawing_sets.read({"upload": upload.pk}))
    version = SetVersion.objects.latest("number")
    assert [(one.page, one.number) for one in version.present.filter(carried=False)] == [(2, "")]
    (found,) = check_decision(permit)
    assert (found.code, "未编号图纸" in found.message, "补录图号" in found.remedy) == ("drawings-differ", True, True)


def test_a_file_taken_back_and_restored_is_read_each_time_though_nothing_else_of_the_case_changes(by: Any) -> None:
    case = factories.case(by, item_code="S3-01")
    upload = drawn(case, plan=(420, 297))
    for withdrawn, there in ((None, 1), (factories.NOW, 0), (None, 1)):
        upload.withdrawn_at = withdrawn
        upload.save()
        request_sheets(upload)
        job = Job.objects.get(kind="sheets")
        assert job.state == "queued"
        record(job.arguments, drawing_sets.read(job.arguments))
        Job.objects.update(state="done")
        assert sum(version.present.count() for version in SetVersion.objects.exclude(state="withdrawn")) == there


def test_a_file_with_the_same_sheets_brings_its_own_when_the_one_they_came_with_is_taken_back(by: Any) -> None:
    first, second = (drawn(factories.case(by, item_code="S3-01"), plan=(420, 297)) for _ in range(2))
    for upload in (first, second):
        record({"upload": upload.pk}, drawing_sets.read({"upload": upload.pk}))
    assert SetVersion.objects.get().submissions.count() == 2
    first.withdrawn_at = factories.NOW
    first.save()
    record({"upload": first.pk}, drawing_sets.read({"upload": first.pk}))
    assert drawing_sets.being_read(second.case)
    job = Job.objects.get(kind="sheets")
    record(job.arguments, drawing_sets.read(job.arguments))
    assert [(one.case, one.present.count()) for one in drawing_sets.resting_on(second.case)] == [(second.case, 1)]


def test_what_was_filed_otherwise_while_it_was_read_is_read_anew(by: Any) -> None:
    upload = drawn(factories.case(by, item_code="S3-01"), plan=(420, 297), other=(420, 297))
    found = drawing_sets.read({"upload": upload.pk})
    material = upload.materials.get()
    material.pages = [1]
    material.save()
    with pytest.raises(NotYetError):
        record({"upload": upload.pk}, found)
    assert not SetVersion.objects.exists()
