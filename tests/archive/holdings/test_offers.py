"""What is held is offered to the case it belongs to, with why it fits; what does not hold is not."""

import dataclasses
import datetime as dt

import pytest
from django.contrib.auth import get_user_model

from archive import Access, Event, HeldMaterial, Package
from archive.holdings import (
    Area,
    BrokenChain,
    change_standing,
    give_consent,
    names_of,
    offers_for,
    person_key,
    place_project,
    provenance_of_held,
    record_access,
    still_valid,
    subjects_of,
    withdraw_consent,
)
from tests.archive.holdings.world import (
    AREA,
    CARD,
    EVALUATION,
    FILING,
    FORMER,
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
MINE = subjects_of(company=OURS, project=PROJECT, works=WORKS)
ID_CARD = "11010519491231002X"


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def offered(*types: str, subjects=MINE, on: dt.date = TODAY, **names: str) -> list[str]:
    """Digests of what is offered and nobody must agree to."""
    return [one.held.sha256 for one in offers_for(item_asking(*types, **names), subjects, on) if not one.consent]


def test_a_permit_is_offered_with_where_it_comes_from_and_until_when_it_holds():
    shelf = Shelf()
    row = shelf.row(PERMIT, number="1", valid_until=str(day(90)), dated=str(day(-10)))
    [permit] = shelf.file(row, group="结果文件")
    [offer] = offers_for(item_asking(PERMIT), MINE, TODAY, NOW, due=day(120))
    assert offer.held == permit
    assert (permit.source, permit.collected_from, permit.dated) == ("certificate", OURS, day(-10))
    assert permit.owner in offer.why
    assert offer.why == f"施工许可阶段由{permit.owner}核发，属本工程，有效期至{day(90)}"
    assert (offer.fresh, offer.days_left, offer.consent) == (10, 90, "")
    assert str(day(120)) in offer.warning


def test_what_is_not_the_cases_own_is_not_offered():
    shelf = Shelf()
    shelf.file(shelf.row(PERMIT, subject=f"{PROJECT}/2号厂房"), shelf.row(FILING, subject=FORMER), shelf.row(LICENCE))
    assert offered(PERMIT, FILING, LICENCE, subjects=subjects_of(company=THEIRS, project=PROJECT, works=WORKS)) == []
    renamed = subjects_of(company=OURS, project=PROJECT, works=WORKS, former=(FORMER,))
    [offer] = [one for one in offers_for(item_asking(FILING), renamed, TODAY) if not one.consent]
    assert f"原项目代码 {FORMER}" in offer.why


def test_an_application_form_is_the_wish_of_its_own_case_and_is_not_offered_to_another():
    shelf = Shelf()
    shelf.file(shelf.row("M-YDSQB"), shelf.row(FILING))
    [held] = HeldMaterial.objects.filter(type=FILING)
    assert offered("M-YDSQB", FILING) == [held.sha256]


def test_an_item_is_offered_neither_before_its_first_day_nor_on_its_last():
    shelf = Shelf()
    term = {"有效期至": field("2026年3月9日")}
    shelf.file(shelf.row(FILING, valid_until=str(TODAY), fields=term))
    [held] = HeldMaterial.objects.all()
    assert offered(FILING, on=day(-1)) == [held.sha256]
    assert offered(FILING) == []
    held.valid_from, held.valid_until = day(5), None
    held.save()
    assert offered(FILING) == []
    assert offered(FILING, on=day(5)) == [held.sha256]
    assert [still_valid(held, on).code for on in (day(4), day(5))] == ["not-yet", "holds"]


def test_the_day_of_use_is_judged_by_what_the_register_says_now():
    shelf = Shelf()
    [held] = shelf.file(shelf.row(PERMIT, number="1", valid_until=str(day(3))), group="结果文件")
    assert [still_valid(held, day(n)).code for n in (0, 3, 4)] == ["holds", "holds", "lapsed"]
    for standing in ("suspended", "revoked", "cancelled", "superseded"):
        [held] = change_standing(held.sha256, standing, NOW)
        judged = still_valid(held, TODAY)
        assert (judged.holds, judged.code) == (False, standing)
        assert held.get_standing_display() in judged.message
        assert offered(PERMIT) == []
    [held] = change_standing(held.sha256, "holds", NOW, day(40))
    assert still_valid(held, day(40)).holds
    Package.objects.update(state="destroyed")
    assert still_valid(HeldMaterial.objects.get(), TODAY).code == "destroyed"
    assert offered(PERMIT) == []


@pytest.mark.parametrize("order", [(-300, -20), (-20, -300)])
def test_the_newer_document_of_the_same_number_replaces_the_older_in_whatever_order_they_come(order: tuple[int, int]):
    shelf = Shelf()
    for days in order:
        shelf.file(shelf.row(FILING, number="２０２６-1 号", fields={"备案日期": field(str(day(days)))}))
    older, newer = HeldMaterial.objects.order_by("dated")
    assert (older.standing, older.superseded_by, newer.standing) == ("superseded", newer, "holds")
    assert offered(FILING) == [newer.sha256]


def test_a_copy_that_an_applicant_left_gives_way_to_the_registers_own():
    shelf = Shelf()
    [copy] = shelf.file(shelf.row(PERMIT, number="1"))
    assert offered(PERMIT) == [copy.sha256]
    [issued] = shelf.file(shelf.row(PERMIT, number="1", version="1"), group="结果文件")
    assert offered(PERMIT) == [issued.sha256]
    [late] = shelf.file(shelf.row(PERMIT, number="1"))
    change_standing(issued.sha256, "revoked", NOW)
    assert offered(PERMIT) == []
    assert {row.superseded_by for row in HeldMaterial.objects.filter(pk__in=[copy.pk, late.pk])} == {issued}


def test_the_same_bytes_of_a_revoked_document_come_in_as_revoked():
    shelf = Shelf()
    shelf.file(shelf.row(PERMIT, b"the permit", number="1"), group="结果文件")
    change_standing(HeldMaterial.objects.get().sha256, "revoked", NOW)
    [again] = shelf.file(shelf.row(PERMIT, b"the permit", number="1"))
    assert again.standing == "revoked"


def test_a_company_is_known_by_its_code_under_all_its_names():
    shelf = Shelf()
    shelf.file(shelf.row(LICENCE), name="新名公司")
    shelf.file(shelf.row(LICENCE), name="旧名公司", now=NOW - dt.timedelta(days=900))
    shelf.file(shelf.row(LICENCE), name="新名公司", now=NOW - dt.timedelta(days=100))
    assert names_of(OURS) == ["旧名公司", "新名公司"]
    assert len(offers_for(item_asking(LICENCE), MINE, TODAY)[0].others) == 2


def test_a_licence_of_an_earlier_name_is_not_offered_to_the_company_that_changed_it():
    shelf = Shelf()
    [old] = shelf.file(shelf.row(LICENCE, fields={"名称": field("旧名公司")}), name="旧名公司")
    renamed = subjects_of(company=OURS, company_name="新名公司", project=PROJECT)
    assert offered(LICENCE) == [old.sha256]
    assert offered(LICENCE, subjects=renamed) == []
    [new] = shelf.file(shelf.row(LICENCE, fields={"名称": field("新名公司")}), name="新名公司")
    assert offered(LICENCE, subjects=renamed) == [new.sha256]


def test_an_areas_result_serves_the_projects_inside_it_for_what_was_evaluated():
    shelf = Shelf()
    facts = {"区域评估单元编码": field(AREA), "评估事项": field("环境影响评价")}
    [result] = shelf.file(shelf.row(EVALUATION, fields=facts, valid_until=str(day(400))), applicant=THEIRS)
    assert (result.source, result.subject) == ("area", AREA)
    names = {"OUT_QYPG": "区域环境影响评估成果"}
    assert offered(EVALUATION, **names) == []
    place_project(Area.objects.create(code=AREA, name="高新区"), PROJECT, day(-5), day(5))
    assert [offered(EVALUATION, on=day(n), **names) == [result.sha256] for n in (-6, -5, 5, 6)] == [
        False,
        True,
        True,
        False,
    ]
    assert offered(EVALUATION, OUT_QYPG="区域节能评估成果") == []
    renewed = shelf.row(EVALUATION, fields=facts, valid_until=str(day(2000)))
    shelf.file(renewed, applicant=THEIRS)
    assert offered(EVALUATION, **names) == [renewed["sha256"]]


def test_an_areas_results_are_one_line_a_topic_though_all_bear_the_areas_number():
    shelf = Shelf()
    place_project(Area.objects.create(code=AREA, name="高新区"), PROJECT, day(-5))
    told = [("水土保持", 900), ("区域节能评估", 1200), ("节能", 400), *((f"其他{n}", 2000 + n) for n in range(6))]
    for topic, days in told:
        facts = {"区域评估单元编码": field(AREA), "评估事项": field(topic)}
        shelf.file(shelf.row(EVALUATION, fields=facts, valid_until=str(day(days))), applicant=THEIRS)
    assert set(HeldMaterial.objects.values_list("number", flat=True)) == {AREA}
    water, energy, earlier, *_ = HeldMaterial.objects.order_by("pk")
    assert (water.standing, energy.standing) == ("holds", "holds")
    assert (earlier.standing, earlier.superseded_by) == ("superseded", energy)
    assert offered(EVALUATION, OUT_QYPG="水土保持区域评估成果") == [water.sha256]
    assert offered(EVALUATION, OUT_QYPG="区域节能评估成果") == [energy.sha256]


def test_a_persons_material_is_kept_under_a_key_and_needs_the_persons_consent():
    shelf = Shelf()
    [card] = shelf.file(shelf.row(CARD, fields={"公民身份号码": field(ID_CARD)}))
    assert card.subject == person_key(ID_CARD)
    assert ID_CARD not in card.subject
    mine = subjects_of(company=OURS, project=PROJECT, persons=(ID_CARD,))
    [asked] = offers_for(item_asking(CARD), mine, TODAY)
    assert asked.consent == "须本人同意"
    given = give_consent("person", card.subject, how="窗口当面签署", by=None, now=NOW, type=CARD, until=day(30))
    assert offered(CARD, subjects=mine) == [card.sha256]
    assert offered(CARD, subjects=mine, on=day(31)) == []
    used = record_access(
        card, by=get_user_model().objects.create(username="clerk"), case_number="C", purpose="办理", now=NOW
    )
    withdraw_consent(given, by=None, now=NOW)
    assert offers_for(item_asking(CARD), mine, TODAY) == []
    assert Access.objects.get() == used


def test_a_persons_paper_is_offered_neither_where_a_register_answers_nor_to_another_company():
    shelf = Shelf()
    shelf.file(shelf.row(CARD, fields={"公民身份号码": field(ID_CARD)}))
    mine = subjects_of(company=OURS, project=PROJECT, persons=(ID_CARD,))
    assert len(offers_for(item_asking(CARD), mine, TODAY)) == 1
    assert offers_for(item_asking(CARD), dataclasses.replace(mine, company=THEIRS), TODAY) == []
    asked = item_asking(CARD)
    only_checked = tuple(entry.model_copy(update={"demanded": False}) for entry in asked.materials)
    assert offers_for(asked.model_copy(update={"materials": only_checked}), mine, TODAY) == []


def test_what_another_company_handed_in_needs_its_consent_and_what_an_office_issued_does_not():
    shelf = Shelf()
    [theirs] = shelf.file(shelf.row(FILING), applicant=THEIRS)
    assert [one.consent for one in offers_for(item_asking(FILING), MINE, TODAY)] == [f"须单位 {THEIRS} 同意"]
    give_consent("company", THEIRS, how="授权书", by=None, now=NOW, for_whom=OURS, project_code=PROJECT)
    assert offered(FILING) == [theirs.sha256]
    shelf.file(shelf.row(PERMIT, number="1"), group="结果文件", applicant=THEIRS)
    assert len(offered(PERMIT)) == 1


def test_every_offer_leads_back_to_its_bytes_and_to_the_log():
    shelf = Shelf()
    [held] = shelf.file(shelf.row(FILING, b"the filing"))
    chain = provenance_of_held(held, shelf.read)
    event = Event.objects.get(number=chain.event)
    assert (chain.sha256, event.object_sha256) == (held.sha256, chain.manifest_sha256)
    assert (chain.leaf_index, chain.leaf_hash) == (event.leaf_index, event.leaf_hash)
    assert chain.leaf_index is not None
    shelf.objects[held.sha256] = b"other bytes"
    with pytest.raises(BrokenChain, match="摘要不符"):
        provenance_of_held(held, shelf.read)
    held.sha256 = "0" * 64
    with pytest.raises(BrokenChain, match="没有列出"):
        provenance_of_held(held, shelf.read)
