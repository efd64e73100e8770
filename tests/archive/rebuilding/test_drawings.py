"""The sets of drawings come back from the archive: versions, sheets, corrections, and what was decided on which."""

import pytest
from django.conf import settings

from archive import ensure_log_key
from ingest import Case
from ingest.drawings import Kind, approve, confirm_same, correct_sheet, current_reviewed
from portal.roles import Role
from tests.archive.rebuilding.test_rebuild import settle
from tests.archive.rebuilding.whole_database import drop, dump
from tests.ingest.drawings.sheets import NOW, handed_in, read, sheets
from tests.portal import factories
from workers import compare_database, rebuild_database
from workers.drawing_sets import Moment, note_use

pytestmark = pytest.mark.django_db
TABLES = ("drawingset", "setversion", "sheet", "sheetcorrection", "samesheet", "submission", "versionuse")


def archived(case: Case) -> None:
    case.state, case.archived_at = "archived", NOW
    case.save()


def test_what_was_reviewed_and_decided_on_comes_back_as_it_was() -> None:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    by = factories.user(Role.OFFICER)
    review, permit, fire = (factories.case(by, item_code=item) for item in ("S3-01", "S3-05", "S4-03"))
    first = handed_in(review, sheets("建施-1", "结施-12"))
    approve(first, {"how": "decision", "case": review.number, "certificate": ""}, now=NOW)
    again = factories.case(by, item_code="S3-01")
    second = handed_in(again, [read("结施-12", "changed")])
    approve(second, {"how": "decision", "case": again.number, "certificate": ""}, now=NOW)
    sheet = second.present.get(number="结施-12")
    correct_sheet(sheet, "title", "梁配筋图", by=by, now=NOW)
    confirm_same(first.present.get(number="结施-12"), sheet, by=by, now=NOW)
    built = handed_in(fire, sheets("建竣-1"), Kind.AS_BUILT)
    for case in (review, again, permit, fire):
        note_use(case, Moment.DECIDED)
    for case in (permit, fire, again, review):  # in whatever order they are archived
        archived(case)
    settle()
    before = dump()
    drop()
    assert rebuild_database().faults == []
    after = dump()
    for table in TABLES:
        assert after[f"drawings.{table}"] == before[f"drawings.{table}"] != [], table
    found = Case.objects.get(pk=permit.pk)
    pointed = current_reviewed(found.project, found.works)
    assert pointed
    assert (pointed.digest, [link.number for link in pointed.set.chain]) == (second.digest, [1, 2, built.number])


def test_a_reviewed_set_comes_back_before_its_case_is_archived_and_nothing_is_decided_on_the_case() -> None:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    by = factories.user(Role.OFFICER)
    review, permit = factories.case(by, item_code="S3-01", state="decided"), factories.case(by)
    first = handed_in(review, sheets("建施-1", "结施-12"))
    correct_sheet(first.present.get(number="建施-1"), "title", "总平面图", by=by, now=NOW)
    approve(first, {"how": "decision", "case": review.number, "certificate": "审12"}, now=NOW)
    note_use(review, Moment.DECIDED)
    note_use(permit, Moment.ACCEPTED)
    second = handed_in(permit, [read("结施-12", "changed")])
    approve(second, {"how": "certificate", "case": permit.number, "certificate": "审13"}, now=NOW)
    sheet = second.present.get(number="结施-12")
    correct_sheet(sheet, "revision", "B", by=by, now=NOW)
    confirm_same(first.present.get(number="结施-12"), sheet, by=by, now=NOW)
    third = handed_in(factories.case(by), [read("建施-1", "unreviewed")])
    settle()
    before = dump()
    drop()
    assert rebuild_database().faults == []
    after = dump()
    for table in TABLES:
        key = "id" if table == "setversion" else "version_id"
        kept = [row for row in before[f"drawings.{table}"] if row.get(key) != third.pk]
        assert after[f"drawings.{table}"] == kept != [], table
    pointed = current_reviewed(review.project_id, review.works_id)
    assert pointed
    assert (pointed.number, pointed.digest, pointed.review) == (2, second.digest, second.review)
    assert {case.state for case in Case.objects.all()} == {"lost"}
    settle()
    assert compare_database() == []


def test_drawings_of_a_case_that_is_not_archived_are_no_part_of_the_archive() -> None:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    by = factories.user(Role.OFFICER)
    review = factories.case(by, item_code="S3-01")
    approve(handed_in(review, sheets("建施-1")), {"how": "decision", "case": review.number}, now=NOW)
    archived(review)
    handed_in(factories.case(by), [read("建施-1", "changed")])
    settle()
    before = dump()
    drop()
    assert rebuild_database().faults == []
    kept = [row["number"] for row in dump()["drawings.setversion"]]
    assert (kept, len(before["drawings.setversion"])) == ([1], 2)
