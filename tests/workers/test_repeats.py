"""The same document scanned again: a person says what it is, once, and can take it back."""

import dataclasses
from typing import Any

import pytest

from archive import Access, Event, HeldMaterial
from ingest import Case, Material
from portal.roles import Role
from tests.portal import factories
from tests.workers.repeat_cases import LIKENESS, archived, scanned_again, standing
from workers import (
    NotPossibleError,
    Repeat,
    asked_of,
    caught,
    keep_new,
    note_compared,
    restore_upload,
    take_earlier,
    take_repeat_back,
    undo,
    withdraw_upload,
)
from workers.looking_again import Looked, record
from workers.repeat_words import Found
from workers.stage import NotExpectedError

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Any:
    return factories.user(Role.CLERK)


@pytest.fixture
def held(clerk: Any) -> HeldMaterial:
    return archived(clerk)


@pytest.fixture
def asked(clerk: Any, held: HeldMaterial) -> Repeat:
    return scanned_again(factories.case(clerk), held)


def test_the_archived_one_stands_and_the_new_file_stays_and_is_set_aside(asked: Repeat, held: HeldMaterial) -> None:
    done = take_earlier(asked, by=asked.case.opened_by)
    assert standing(asked.case) == [("M-YYZZ", "repeat")]
    assert asked.case.uses.get(withdrawn_at=None).held == held
    assert set_aside(asked) == done.decided_at
    asked.upload.refresh_from_db()
    assert (asked.upload.state, asked.upload.withdrawn_at) == ("filed", None)
    assert Access.objects.filter(held=held, case_number=asked.case.number).count() == 1
    assert (caught().uploads, caught().scanned, caught().sheets) == (1, 1, 0)


def test_two_clerks_at_once_count_once_and_the_second_sees_what_the_first_said(asked: Repeat, clerk: Any) -> None:
    stale = Repeat.objects.get(pk=asked.pk)
    take_earlier(asked, by=clerk)
    assert take_earlier(stale, by=clerk).state == "accepted"
    assert len(standing(asked.case)) == 1
    assert Event.objects.filter(kind="repeat-caught").count() == 1
    with pytest.raises(NotPossibleError, match=clerk.username) as caught_:
        keep_new(stale, by=factories.user(Role.CLERK))
    assert caught_.value.code == "decided"


def test_an_answer_is_taken_back_and_the_question_stands_again(asked: Repeat, clerk: Any) -> None:
    take_earlier(asked, by=clerk)
    undo(asked.case, by=clerk)
    assert standing(asked.case) == [("M-YYZZ", "uploaded")]
    assert set_aside(asked) is None
    assert list(asked_of(asked.case)) == [asked]
    assert caught().uploads == 0
    take_earlier(asked, by=clerk)
    assert take_repeat_back(asked, by=clerk).asks
    assert take_repeat_back(asked, by=clerk).asks  # again changes nothing
    assert Event.objects.filter(kind="repeat-undone").count() == 2
    with pytest.raises(NotPossibleError, match="没有可以撤销"):
        undo(asked.case, by=clerk)  # the step went with its answer


def test_another_document_stands_as_it_came_and_is_not_asked_about_again(asked: Repeat, clerk: Any) -> None:
    assert keep_new(asked, by=clerk).state == keep_new(asked, by=clerk).state == "declined"
    assert standing(asked.case) == [("M-YYZZ", "uploaded")]
    record({"upload": asked.upload_id}, looked(asked, found(asked)))
    assert not asked_of(asked.case).exists()
    undo(asked.case, by=clerk)
    assert asked_of(asked.case).get() == asked


def test_a_case_that_was_accepted_meanwhile_keeps_what_it_was_accepted_on(asked: Repeat, clerk: Any) -> None:
    Case.objects.filter(pk=asked.case_id).update(state="accepted")
    for act in (take_earlier, keep_new, take_repeat_back):
        with pytest.raises(NotPossibleError) as refused:
            act(asked, by=clerk)
        assert refused.value.code == "not-open"
    assert standing(asked.case) == [("M-YYZZ", "uploaded")]


def test_an_archived_one_that_no_longer_holds_cannot_be_taken(asked: Repeat, held: HeldMaterial, clerk: Any) -> None:
    held.valid_until = factories.NOW.date().replace(year=2020)
    held.save()
    with pytest.raises(NotPossibleError, match="2020") as refused:
        take_earlier(asked, by=clerk)
    assert refused.value.code == "not-valid"


def test_a_withdrawn_file_asks_nothing_and_asks_again_when_it_is_back(asked: Repeat, clerk: Any) -> None:
    withdraw_upload(asked.upload, by=clerk)
    assert not asked_of(asked.case).exists()
    with pytest.raises(NotPossibleError):
        take_earlier(asked, by=clerk)
    asked.upload.refresh_from_db()
    restore_upload(asked.upload, by=clerk)
    assert asked_of(asked.case).get() == asked


def test_what_an_earlier_file_of_the_case_stood_for_stands_by_itself_when_that_is_withdrawn(clerk: Any) -> None:
    case = factories.case(clerk)
    earlier = factories.material(factories.upload(case, "执照一.pdf"), "M-YYZZ")
    asked = scanned_again(case, earlier=earlier)
    take_earlier(asked, by=clerk)
    assert standing(case) == []
    withdraw_upload(earlier.upload, by=clerk)
    assert standing(case) == [("M-YYZZ", "uploaded")]
    earlier.upload.refresh_from_db()
    restore_upload(earlier.upload, by=clerk)
    assert asked_of(case).get() == asked
    withdraw_upload(earlier.upload, by=clerk)
    with pytest.raises(NotPossibleError, match="已撤回"):
        take_earlier(asked, by=clerk)


def test_looking_again_keeps_what_was_said_and_withdraws_what_is_no_question_now(asked: Repeat) -> None:
    record({"upload": asked.upload_id}, looked(asked))
    assert Repeat.objects.get().standing == "withdrawn"
    for _ in range(2):
        record({"upload": asked.upload_id}, looked(asked, found(asked)))
    assert Repeat.objects.get().standing == "proposed"
    record({"upload": asked.upload_id}, looked(asked, found(asked, asks=False, kind="new-version")))
    assert Repeat.objects.get().standing == "told"


def test_a_look_that_a_regrouping_overtook_writes_nothing(asked: Repeat) -> None:
    before = looked(asked)
    factories.material(asked.upload, "M-SQWT")
    with pytest.raises(NotExpectedError):
        record({"upload": asked.upload_id}, before)
    assert Repeat.objects.get().standing == "proposed"


def test_of_a_document_that_was_set_aside_meanwhile_nothing_is_asked(asked: Repeat, clerk: Any) -> None:
    overtaken = looked(asked, dataclasses.replace(found(asked), pair="0" * 64))
    take_earlier(asked, by=clerk)
    record({"upload": asked.upload_id}, overtaken)
    assert Repeat.objects.get().state == "accepted"


def test_what_two_files_repeat_stands_until_both_are_withdrawn(asked: Repeat, held: HeldMaterial, clerk: Any) -> None:
    again = scanned_again(asked.case, held, pair="0" * 64)
    for one in (asked, again):
        take_earlier(one, by=clerk)
    withdraw_upload(asked.upload, by=clerk)
    assert standing(asked.case) == [("M-YYZZ", "repeat")]
    asked.upload.refresh_from_db()
    restore_upload(asked.upload, by=clerk)
    withdraw_upload(again.upload, by=clerk)
    assert standing(asked.case) == [("M-YYZZ", "repeat")]
    asked.upload.refresh_from_db()
    withdraw_upload(asked.upload, by=clerk)
    assert standing(asked.case) == []


def test_who_compares_with_the_archive_is_on_record_once(asked: Repeat, clerk: Any) -> None:
    for _ in range(2):
        note_compared(asked, by=clerk)
    assert Access.objects.get().purpose == "核对重复提交"


def looked(asked: Repeat, *found_: Found) -> Looked:
    """That the documents of the file were looked at as they are, and what was found."""
    live = asked.upload.materials.filter(withdrawn_at=None)
    return Looked(frozenset((one.pk, one.type, tuple(one.pages)) for one in live), found_)


def set_aside(asked: Repeat) -> Any:
    """Since when the new document does not count."""
    return Material.objects.get(repeats=asked).withdrawn_at


def found(asked: Repeat, *, asks: bool = True, kind: str = "same") -> Found:
    assert asked.material_id
    return Found(asked.material_id, asked.held_id, asked.earlier_id, asked.pair, kind, asks, "同一份", LIKENESS)
