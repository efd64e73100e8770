"""What a person said of a document that came again is known after a rebuild: nobody is asked a second time."""

from typing import Any

import pytest
from django.conf import settings

from archive import HeldMaterial, ensure_log_key
from ingest import Case
from portal.roles import Role
from tests.archive.rebuilding.test_rebuild import enter, settle
from tests.archive.rebuilding.whole_database import drop, dump
from tests.portal import factories
from tests.workers import repeat_cases
from workers import Repeat, keep_new, rebuild_database, repeats_of, take_earlier, take_repeat_back
from workers.journal_tables import NOT_KEPT_WHY

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Any:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    return factories.user(Role.CLERK)


def held_by(by: Any) -> HeldMaterial:
    """A licence in a package that lies in the archive."""
    held = repeat_cases.archived(by)
    enter(held.package, by)
    return held


def archive(case: Case) -> None:
    case.refresh_from_db()
    case.state, case.archived_at = Case.State.ARCHIVED, factories.NOW
    case.save()


def rebuilt() -> tuple[list[Any], list[Any]]:
    """The rows before and after."""
    settle()
    before = dump()["workers.repeat"]
    drop()
    assert rebuild_database().faults == []
    return before, dump()["workers.repeat"]


def test_every_answer_comes_back_with_what_it_was_said_of(by: Any) -> None:
    held, case = held_by(by), factories.case(by)
    same, another, undone = (repeat_cases.scanned_again(case, held) for _ in range(3))
    earlier = factories.material(factories.upload(case), "M-YYZZ")
    beside = repeat_cases.scanned_again(case, earlier=earlier)
    take_earlier(same, by=by)
    keep_new(another, by=by)
    keep_new(beside, by=by)
    take_repeat_back(take_earlier(undone, by=by), by=by)
    archive(case)
    before, after = rebuilt()
    assert after == before
    assert [row["state"] for row in sorted(after, key=lambda row: row["id"])] == [
        "accepted", "declined", "proposed", "declined",
    ]  # fmt: skip
    again = repeats_of(Case.objects.get(number=case.number)).get(pk=same.pk)
    assert (again.held, again.uses) == (HeldMaterial.objects.get(pk=held.pk), Repeat.objects.get(pk=same.pk).uses)
    assert case.uses.filter(pk__in=again.uses, withdrawn_at=None).count() == 1


def test_a_pair_told_apart_is_known_and_the_words_of_both_are_not(by: Any) -> None:
    case = factories.case(by)
    row = keep_new(repeat_cases.scanned_again(case, held_by(by)), by=by)
    archive(case)
    rebuilt()
    known = Repeat.objects.get(pair=row.pair, state=Repeat.State.DECLINED)
    assert (known.why, known.likeness, known.decided_by) == (NOT_KEPT_WHY, {}, by)


@pytest.mark.parametrize("whole", [True, False])
def test_of_a_document_of_another_case_it_is_kept_once_both_are_archived(by: Any, *, whole: bool) -> None:
    first, second = factories.case(by), factories.case(by)
    earlier = factories.material(factories.upload(first), "M-YYZZ")
    repeat_cases.scanned_again(second, earlier=earlier, state=Repeat.State.TOLD)
    archive(second)
    if whole:
        archive(first)
    before, after = rebuilt()
    assert len(before) == 1
    assert after == (before if whole else [])
