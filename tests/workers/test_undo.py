"""What a clerk puts right keeps what was read beside it, and every step can be taken back."""

import dataclasses
from typing import Any

import pytest

from archive import Event
from ingest import BY_HAND, Case, Correction, Material, Page, Step, Upload, item_of
from ocr import to_json
from portal.roles import Role
from tests.ocr.conftest import recorded
from tests.portal import factories
from workers import (
    NotPossibleError,
    answer,
    correct_field,
    join,
    last_step,
    refile,
    split,
    take_out,
    undo,
    withdraw_upload,
)
from workers.reading import record_documents, sort_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Any:
    return factories.user(Role.CLERK)


@pytest.fixture
def pile(clerk: Any) -> Upload:
    """One file with an application form, a letter of attorney and a written promise, sorted by the program."""
    pages = [page for code in ("M-SQB", "M-SQWT", "M-CNS") for page in recorded(code)[0]]
    upload = factories.upload(factories.case(clerk), "一摞.pdf", state="read", page_count=len(pages))
    for number, page in enumerate(pages, 1):
        Page.objects.create(
            upload=upload,
            number=number,
            width=page.width,
            height=page.height,
            reading=to_json(dataclasses.replace(page, number=number)),
        )
    record_documents({"upload": upload.pk}, sort_pages({"upload": upload.pk}))
    upload.refresh_from_db()
    return upload


def filed(upload: Upload) -> dict[str, list[int]]:
    """What stands for which entry now: by the uses, which the check and the archive go by."""
    uses = upload.case.uses.filter(withdrawn_at=None).select_related("material").order_by("pk")
    return {use.entry: use.material.pages for use in uses if use.material and not use.material.withdrawn_at}


def document(upload: Upload, kind: str) -> Material:
    return upload.materials.get(type=kind, withdrawn_at=None)


def test_a_type_put_right_can_be_taken_back_and_both_stay_on_record(pile: Upload, clerk: Any) -> None:
    before, letter = filed(pile), document(pile, "M-SQWT")
    read = letter.fields
    refile(letter, "M-YYZZ", by=clerk)
    assert filed(pile).keys() == {"M-SQB", "M-YYZZ", "M-CNS"}
    made = Correction.objects.get()
    assert (made.before["type"], made.after, made.by, made.undone_at) == ("M-SQWT", "M-YYZZ", clerk, None)
    step = undo(pile.case, by=clerk)
    assert "营业执照" in step.said
    letter.refresh_from_db()
    assert (letter.type, letter.fields, letter.corrected_by) == ("M-SQWT", read, None)
    assert filed(pile) == before
    made.refresh_from_db()
    assert made.undone_at is not None


def test_a_field_typed_by_hand_stands_beside_what_was_read_and_is_checked_for_its_kind(
    pile: Upload, clerk: Any
) -> None:
    form = document(pile, "M-SQB")
    read, order = form.fields["项目代码"], list(form.fields)
    reading = Page.objects.get(upload=pile, number=form.pages[0]).reading
    assert correct_field(form, "项目代码", "2603－990101-04-01-318264", by=clerk) == "2603-990101-04-01-318264"
    form.refresh_from_db()
    said = form.fields["项目代码"]
    assert (said["value"], said["rule"], said["read"]) == ("2603-990101-04-01-318264", BY_HAND, read["value"])
    assert said["box"] == read["box"]
    assert Correction.objects.get().before == read
    assert Page.objects.get(upload=pile, number=form.pages[0]).reading == reading
    with pytest.raises(NotPossibleError, match="不是有效的申请日期"):
        correct_field(form, "申请日期", "不知道", by=clerk)
    undo(pile.case, by=clerk)
    form.refresh_from_db()
    assert form.fields["项目代码"] == read
    assert list(form.fields) == order  # what stands first on the screen stays first


def test_what_was_typed_outlives_another_type_that_has_the_field(pile: Upload, clerk: Any) -> None:
    form = document(pile, "M-SQB")
    correct_field(form, "建设单位", "江澜新名有限公司", by=clerk)
    refile(form, "OUT-GCGH", by=clerk)
    form.refresh_from_db()
    kept = form.fields.get("建设单位") or {}
    assert kept.get("value") == "江澜新名有限公司"


def test_documents_are_divided_joined_and_put_together_again(pile: Upload, clerk: Any) -> None:
    before = filed(pile)
    join(document(pile, "M-SQWT"), document(pile, "M-SQB"), by=clerk)
    assert filed(pile) == {"M-SQB": sorted(before["M-SQB"] + before["M-SQWT"]), "M-CNS": before["M-CNS"]}
    split(document(pile, "M-SQB"), before["M-SQWT"][0], by=clerk)
    assert filed(pile) == before  # what stands behind the cut is known again by itself
    take_out(document(pile, "M-SQB"), 1, "OUT-ZB", by=clerk)
    assert filed(pile)["OUT-ZB"] == [1]
    for _ in range(3):
        undo(pile.case, by=clerk)
    assert filed(pile) == before
    assert Material.objects.filter(withdrawn_at=None).count() == len(before)
    with pytest.raises(NotPossibleError, match="没有可以撤销"):
        undo(pile.case, by=clerk)


def test_one_page_cannot_be_divided_and_files_cannot_be_joined(pile: Upload, clerk: Any) -> None:
    with pytest.raises(NotPossibleError, match="只有一页"):
        split(document(pile, "M-SQWT"), document(pile, "M-SQWT").pages[0], by=clerk)
    other = factories.material(factories.upload(pile.case, "另一份.jpg"), "M-YYZZ")
    with pytest.raises(NotPossibleError, match="不同文件"):
        join(other, document(pile, "M-SQB"), by=clerk)
    assert not Step.objects.exists()


def test_steps_are_taken_back_last_first_whatever_they_were(pile: Upload, clerk: Any) -> None:
    case, before = pile.case, filed(pile)
    question = next(q for q in item_of(case).questions if len(q.options) > 1) if item_of(case).questions else None
    refile(document(pile, "M-SQWT"), "M-YYZZ", by=clerk)
    withdraw_upload(pile, by=clerk)
    if question:
        answer(case, {question.key: question.options[0].key}, by=clerk)
        assert question.text in undo(case, by=clerk).said
        case.refresh_from_db()
        assert case.answers == {}
    assert undo(case, by=clerk).kind == "withdrawn"
    assert undo(case, by=clerk).kind == "corrected"
    assert filed(pile) == before
    kinds = list(Event.objects.filter(case_number=case.number).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["correction-undone", "step-undone"]


def test_only_the_last_twenty_steps_are_taken_back_and_none_of_a_case_that_was_accepted(
    pile: Upload, clerk: Any
) -> None:
    form = document(pile, "M-SQB")
    for turn in range(21):
        correct_field(form, "建设单位", f"江澜第{turn}有限公司", by=clerk)
    for _ in range(20):
        undo(pile.case, by=clerk)
    assert last_step(pile.case) is None
    form.refresh_from_db()
    assert form.fields["建设单位"]["value"] == "江澜第0有限公司"
    Step.objects.update(undone_at=None)
    Case.objects.update(state="accepted")
    pile.case.refresh_from_db()
    with pytest.raises(NotPossibleError):
        undo(pile.case, by=clerk)
