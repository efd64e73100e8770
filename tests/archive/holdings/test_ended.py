"""Where nothing is offered, the list says what was held and why it serves no more; and tells nobody else's affairs."""

import datetime as dt

import pytest

from archive import HeldMaterial
from archive.holdings import Ended, Subjects, change_standing, ended_for, offers_for, subjects_of, supersede
from tests.archive.holdings.world import (
    CARD,
    FILING,
    LICENCE,
    NOW,
    OURS,
    PERMIT,
    PROJECT,
    THEIRS,
    TODAY,
    WORKS,
    Shelf,
    field,
    item_asking,
)

pytestmark = pytest.mark.django_db
MINE = subjects_of(company=OURS, company_name="晨曦公司", project=PROJECT, works=WORKS)
ITEM = item_asking(LICENCE, PERMIT, FILING, CARD)
ENTRIES = (LICENCE, PERMIT, FILING, CARD)


def told(subjects: Subjects = MINE) -> list[Ended]:
    return ended_for(ITEM, subjects, TODAY, ENTRIES)


def permit(shelf: Shelf, **facts: str) -> HeldMaterial:
    [made] = shelf.file(shelf.row(PERMIT, number="建字第1号", **facts), group="结果文件")
    return made


def test_what_holds_is_not_spoken_of() -> None:
    shelf = Shelf()
    permit(shelf)
    shelf.file(shelf.row(LICENCE, fields={"名称": field("晨曦公司")}), shelf.row(FILING))
    assert told() == []


@pytest.mark.parametrize(
    ("standing", "what", "remedy"),
    [
        ("revoked", "撤销", "须重新取得"),
        ("cancelled", "注销", "须重新取得"),
        ("suspended", "暂停效力", "恢复效力后即可采用"),
        ("superseded", "被替代", "请提交替代它的一份"),
    ],
)
def test_what_its_register_ended_is_said_with_its_number_the_day_and_what_to_do(
    standing: str, what: str, remedy: str
) -> None:
    held = permit(Shelf())
    change_standing(held.sha256, standing, NOW)
    [ended] = told()
    assert (ended.entry, ended.code, ended.held) == (PERMIT, standing, held)
    assert ended.said == f"{held.name} 建字第1号 已于 {NOW:%Y-%m-%d} {what}，{remedy}"
    assert offers_for(ITEM, MINE, TODAY) == []


def test_a_term_that_ran_out_and_one_that_has_not_begun_are_said() -> None:
    shelf = Shelf()
    held = permit(shelf, valid_until=str(TODAY))
    [ended] = told()
    assert (ended.code, ended.message.endswith(f"有效期于 {TODAY} 届满")) == ("lapsed", True)
    held.valid_until, held.valid_from = None, TODAY + dt.timedelta(days=1)
    held.save()
    assert [one.code for one in told()] == ["not-yet"]


def test_a_paper_in_a_former_name_is_said_with_both_names() -> None:
    shelf = Shelf()
    shelf.file(shelf.row(LICENCE, fields={"名称": field("旧名公司")}))
    [ended] = told()
    assert ended.code == "renamed"
    assert "旧名公司" in ended.message
    assert "晨曦公司" in ended.message


def test_of_several_the_newest_is_said_and_what_was_replaced_by_one_that_holds_is_not() -> None:
    shelf = Shelf()
    old, new = permit(shelf, dated="2025-01-01"), permit(shelf, dated="2025-06-01")
    supersede(old, new, NOW)
    assert told() == []
    change_standing(new.sha256, "revoked", NOW)
    assert [(one.held, one.code) for one in told()] == [(new, "revoked")]


def test_nothing_is_told_of_a_person_nor_of_what_another_company_left() -> None:
    shelf, card = Shelf(), "11010519491231002X"
    shelf.file(shelf.row(CARD, fields={"公民身份号码": field(card)}, valid_until="2025-01-01"))
    shelf.file(shelf.row(FILING, valid_until="2025-01-01"), applicant=THEIRS)
    shelf.file(shelf.row(LICENCE, subject=THEIRS, valid_until="2025-01-01"), applicant=THEIRS)
    assert told(subjects_of(company=OURS, project=PROJECT, works=WORKS, persons=(card,))) == []


def test_only_the_entries_that_are_asked_about_are_answered() -> None:
    change_standing(permit(Shelf()).sha256, "revoked", NOW)
    assert ended_for(ITEM, MINE, TODAY, {LICENCE}) == []
