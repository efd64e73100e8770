"""A planning permit lapses unless construction was permitted within its term; used in time, it holds on."""

import datetime as dt

import pytest
import time_machine

from archive import HeldMaterial
from archive.holdings import change_standing, offers_for, still_valid, subjects_of
from portal.roles import Role
from signing import answer_digest
from tests.archive.holdings.world import NOW, PERMIT, PROJECT, TODAY, WORKS, Shelf, item_asking
from tests.portal import factories
from workers.disposing import against

pytestmark = pytest.mark.django_db
PLANNING = "OUT-GCGH"
ISSUED, ENDS, LONG_AFTER = TODAY, dt.date(2027, 3, 9), dt.date(2029, 1, 1)


def planning(shelf: Shelf, **facts: str) -> HeldMaterial:
    said = {"number": "建字第1号", "dated": str(ISSUED), "valid_until": str(ENDS), "version": "1"} | facts
    return shelf.file(shelf.row(PLANNING, **said), group="结果文件")[0]


def construction(shelf: Shelf, on: dt.date, **facts: str) -> HeldMaterial:
    return shelf.file(shelf.row(PERMIT, number="施1", dated=str(on), **facts), group="结果文件")[0]


def holds(permit: HeldMaterial, on: dt.date = LONG_AFTER) -> bool:
    """Whether it is offered that day, and would be found valid; the two never differ."""
    permit.refresh_from_db()
    asked = offers_for(item_asking(PLANNING), subjects_of(project=PROJECT, works=WORKS), on)
    offered = permit.sha256 in [offer.held.sha256 for offer in asked]
    assert offered == still_valid(permit, on).holds
    return offered


def test_one_that_nobody_used_lapses() -> None:
    permit = planning(Shelf())
    assert holds(permit, ENDS - dt.timedelta(days=1))
    assert not holds(permit, ENDS + dt.timedelta(days=1))


def test_who_verifies_its_file_hears_of_its_use_and_the_archive_does_not_destroy_it() -> None:
    shelf = Shelf()
    permit = planning(shelf)
    case = factories.case(factories.user(Role.CLERK), number=permit.package.case_number)
    factories.certificate(case, sealed_sha256=permit.sha256, issued_on=ISSUED, valid_until=ENDS)
    assert answer_digest(permit.sha256, today=LONG_AFTER).state == "expired"
    construction(shelf, ENDS)
    answer = answer_digest(permit.sha256, today=LONG_AFTER)
    assert (answer.state, answer.outlived, answer.since) == ("valid", True, None)
    assert not answer_digest(permit.sha256, today=ENDS).outlived
    with time_machine.travel(dt.datetime.combine(LONG_AFTER, dt.time(4), tzinfo=dt.UTC)):
        assert "certificate" in [one.code for one in against(permit.package)]


def test_what_was_used_once_stays_used_for_the_archive_as_for_who_verifies_it() -> None:
    shelf = Shelf()
    permit = planning(shelf)
    case = factories.case(factories.user(Role.CLERK), number=permit.package.case_number)
    factories.certificate(case, sealed_sha256=permit.sha256, issued_on=ISSUED, valid_until=ENDS)
    used_by = construction(shelf, ENDS)
    change_standing(used_by.sha256, "revoked", NOW)
    for standing in ("suspended", "holds"):
        change_standing(permit.sha256, standing, NOW, ENDS)
    assert answer_digest(permit.sha256, today=LONG_AFTER).state == "valid"
    assert holds(permit)


@pytest.mark.parametrize("first", ["planning", "construction"])
@pytest.mark.parametrize(
    ("on", "held"),
    [(ISSUED - dt.timedelta(days=1), False), (ISSUED, True), (ENDS, True), (ENDS + dt.timedelta(days=1), False)],
)
def test_construction_permitted_within_the_term_makes_it_hold_on(first: str, on: dt.date, *, held: bool) -> None:
    shelf = Shelf()
    if first == "planning":
        permit = planning(shelf)
        construction(shelf, on)
    else:
        construction(shelf, on)
        permit = planning(shelf)
    assert holds(permit) is held


def test_that_of_another_project_or_a_copy_that_somebody_left_is_no_use_of_it() -> None:
    shelf = Shelf()
    permit = planning(shelf)
    construction(shelf, ISSUED, subject=f"{PROJECT}9/{WORKS}")
    shelf.file(shelf.row(PERMIT, number="施2", dated=str(ISSUED)))
    assert not holds(permit)


def test_a_change_after_its_use_does_not_make_it_unused() -> None:
    shelf = Shelf()
    planning(shelf)
    construction(shelf, ISSUED + dt.timedelta(days=30))
    changed = planning(shelf, version="2", dated=str(ISSUED + dt.timedelta(days=60)))
    assert holds(changed)


def test_the_registers_word_on_its_standing_counts_before_and_its_end_does_not_come_back() -> None:
    shelf = Shelf()
    permit = planning(shelf)
    construction(shelf, ISSUED)
    change_standing(permit.sha256, "suspended", NOW)
    assert not holds(permit, TODAY)
    change_standing(permit.sha256, "holds", NOW, ENDS)
    assert holds(permit)
    change_standing(permit.sha256, "revoked", NOW)
    assert not holds(permit, TODAY)
