"""The stage form: filled from what was read, put right by a person, kept for the project, printed."""

import pypdfium2
import pytest

from archive import Event
from ingest import Case, FormLine, StageFormValue, filled_form
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT_CODE
from tests.portal import factories
from tests.workers.parallel_steps import BOX, case_of, filed, opened
from tests.workers.steps import account
from workers import (
    NotPossibleError,
    confirm_form,
    form_json,
    open_case,
    print_form,
    set_form_value,
    undo_form_value,
    withdraw_upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]
PLACE, FIELD = "江澜市高新区晨曦路8号", "建设地点"


@pytest.fixture(autouse=True)
def _staffed(db: None) -> None:
    factories.user(Role.CLERK)


@pytest.fixture
def case() -> Case:
    """An item of a parallel case; the form is that of both items."""
    return case_of(opened(), "S1-07")


def line(case: Case, field: str = FIELD) -> FormLine:
    return next(one for one in filled_form(case) if one.field.name == field)


def test_a_value_is_filled_from_the_document_with_its_place(case):
    filed(case, "M-YDSQB", "申请表.pdf", 用地位置=PLACE)
    found = line(case)
    assert found.chosen
    assert (found.chosen.value, found.chosen.origin, found.chosen.source) == (PLACE, "read", "M-YDSQB.用地位置")
    assert (found.chosen.file, found.chosen.page, found.chosen.box) == ("申请表.pdf", 1, BOX)
    assert (found.state, found.chosen.rule) == ("filled", "right")
    assert line(case_of(case.parallel, "S1-01")).values == found.values  # one form for all the items


def test_what_was_registered_fills_what_was_not_read_and_is_compared_with_what_was(case):
    owner = line(case, "建设单位")
    assert owner.chosen
    assert (owner.chosen.value, owner.chosen.origin, owner.state) == (BUILDER_OWNER.name, "fact", "filled")
    filed(case, "M-YDSQB", 建设单位="另一家公司")
    owner = line(case, "建设单位")
    assert owner.state == "differs"
    assert [other.value for other in owner.others] == [BUILDER_OWNER.name]


def test_documents_that_differ_are_all_shown_the_application_first(case):
    filed(case, "OUT-LX", 建设地点="江澜市旧城区")
    filed(case, "M-YDSQB", 用地位置=PLACE)
    filed(case, "M-XMJB", 建设地点=f" {PLACE} ")
    found = line(case)
    assert found.chosen
    assert found.chosen.source in {"M-YDSQB.用地位置", "M-XMJB.建设地点"}
    assert [value.value for value in found.others] == ["江澜市旧城区"]
    assert found.state == "differs"


def test_a_typed_value_holds_beside_the_reading_and_can_be_undone(case):
    clerk = account("clerk")
    upload = filed(case, "M-YDSQB", 用地位置="江澜市高新区晨嚱路8号")
    row = set_form_value(case, FIELD, PLACE, by=clerk)
    assert row.read["value"] == "江澜市高新区晨嚱路8号"
    assert row.read["page"] == 1
    found = line(case)
    assert found.chosen
    assert (found.state, found.chosen.value, found.chosen.origin) == ("confirmed", PLACE, "typed")
    assert found.chosen.by == clerk.get_username()
    assert [other.origin for other in found.others] == ["read"]
    set_form_value(case, FIELD, "江澜市高新区晨曦路9号", by=clerk)
    undo_form_value(case, FIELD, by=clerk)
    assert line(case).chosen.value == PLACE
    undo_form_value(case, FIELD, by=clerk)
    assert line(case).chosen.origin == "read"
    with pytest.raises(NotPossibleError) as refused:
        undo_form_value(case, FIELD, by=clerk)
    assert refused.value.code == "nothing-typed"
    assert StageFormValue.objects.count() == 2  # rows are only added
    withdraw_upload(upload, by=clerk)
    assert line(case).chosen is None
    kinds = list(Event.objects.filter(case_number=case.number, kind__startswith="form-value").values_list("kind"))
    assert kinds == [("form-value-set",)] * 2 + [("form-value-undone",)] * 2


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("总投资", "1.2万元", "12000.00"),
        ("统一社会信用代码", BUILDER_OWNER.code.lower(), BUILDER_OWNER.code),
        ("建设地点", "江澜市 （高新区）", "江澜市(高新区)"),
    ],
)
def test_a_typed_value_is_written_as_a_reading_would_be(case, field, typed, kept):
    assert set_form_value(case, field, typed, by=account("clerk")).value == kept


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("总投资", "很多", "malformed-value"),
        ("建设单位", "  ", "value-required"),
        ("没有的栏目", "1", "unknown-form-field"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_code(case, field, typed, code):
    with pytest.raises(NotPossibleError) as refused:
        set_form_value(case, field, typed, by=account("clerk"))
    assert refused.value.code == code
    assert not StageFormValue.objects.exists()


def later_case(works: str) -> Case:
    return open_case(
        "S3-05",
        project_code=PROJECT_CODE,
        project_name="",
        works_name=works,
        applicant_name=BUILDER_OWNER.name,
        applicant_uscc=BUILDER_OWNER.code,
        by=account("clerk"),
    )


def test_confirmed_values_fill_the_later_forms_of_the_project_but_not_of_other_works(case):
    set_form_value(case, FIELD, PLACE, by=account("clerk"))
    first = later_case("1号厂房")
    assert (line(first).chosen.value, line(first).chosen.origin, line(first).state) == (PLACE, "carried", "confirmed")
    set_form_value(first, "施工单位", "江澜建工集团有限公司", by=account("clerk"))
    assert line(later_case("1号厂房"), "施工单位").chosen.value == "江澜建工集团有限公司"
    assert line(later_case("2号厂房"), "施工单位").chosen is None
    assert line(later_case("2号厂房")).chosen.value == PLACE


def test_a_carried_value_that_the_new_documents_contradict_is_not_silently_kept(case):
    set_form_value(case, FIELD, PLACE, by=account("clerk"))
    later = later_case("1号厂房")
    filed(later, "M-SQB", 建设地点="江澜市高新区晨曦路9号")
    assert line(later).state == "differs"
    with pytest.raises(NotPossibleError):
        undo_form_value(later, FIELD, by=account("clerk"))  # it is the earlier case's to undo
    set_form_value(later, FIELD, "江澜市高新区晨曦路9号", by=account("clerk"))
    assert line(later).state == "confirmed"


def test_documents_of_earlier_cases_are_offered_with_their_case(case):
    filed(case, "M-YDSQB", 用地位置=PLACE)
    later = later_case("1号厂房")
    assert line(later).chosen
    assert (line(later).chosen.origin, line(later).chosen.case_number) == ("earlier", case.number)


def test_confirming_all_leaves_what_differs_to_a_person(case):
    filed(case, "M-YDSQB", 用地位置=PLACE, 用地性质="工业用地", 建设单位="另一家公司")
    confirmed = {row.field for row in confirm_form(case, by=account("clerk"))}
    assert {"建设地点", "用地性质"} <= confirmed
    assert "建设单位" not in confirmed
    assert {one["field"] for one in form_json(case)["fields"] if one["state"] == "differs"} == {"建设单位"}
    assert form_json(case)["open"] == 1
    assert confirm_form(case, by=account("clerk")) == []


def test_a_decided_case_has_its_form_closed(case):
    for each in case.beside:
        each.state = Case.State.DECIDED
        each.save()
    with pytest.raises(NotPossibleError) as refused:
        set_form_value(case, FIELD, PLACE, by=account("clerk"))
    assert refused.value.code == "not-open"


def test_the_printed_form_has_values_and_their_origin_and_leaves_an_event(case):
    filed(case, "M-YDSQB", "申请表.pdf", 用地位置=PLACE)
    set_form_value(case, "用地性质", "工业用地", by=account("clerk"))
    sha256, pdf = print_form(case, by=account("clerk"))
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    for words in (
        "立项用地规划许可阶段申请表",
        PLACE,
        "申请表.pdf 第1页",
        "工业用地",
        "填写或确认",
        "企业投资项目备案",
    ):
        assert words in text.replace("\r\n", ""), words
    assert b"pdfaid" in pdf
    assert Event.objects.filter(kind="form-printed", object_sha256=sha256).count() == 1
