"""The completeness check on documents whose faults are known."""

import dataclasses
import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import applicable, load_catalogue
from ingest import CaseFacts, Presented, Report, check_documents
from ocr import FieldValue, SealMark
from samples import PILE_ANSWERS

BOX = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
TODAY = dt.date(2026, 11, 22)
COMPANY, USCC = "江澜晨曦智能装备有限公司", "91990101MA7C2XG62E"
PROJECT, WORKS = "晨曦智能装备制造基地项目", "晨曦智能装备制造基地项目1号厂房"
FACTS = CaseFacts(COMPANY, USCC, "2603-990101-04-01-318264", PROJECT, WORKS)
# A value for every field a document may need, by the field's name.
VALUES = {
    "建设单位": COMPANY,
    "项目单位": COMPANY,
    "备案日期": "2026-03-02",
    "统一社会信用代码": USCC,
    "项目名称": PROJECT,
    "建设项目名称": PROJECT,
    "项目代码": "2603-990101-04-01-318264",
    "工程名称": WORKS,
    "申请日期": "2026-11-20",
    "名称": COMPANY,
    "法定代表人": "张明远",
    "登记机关": "江澜市市场监督管理局",
    "委托单位": COMPANY,
    "受托人": "李思雨",
    "有效期至": "2027-06-30",
    "证书编号": "地字第990101202600018号",
    "用地单位": COMPANY,
    "用地面积": "42680.00",
    "发证机关": "江澜市自然资源局",
    "发证日期": "2026-04-28",
    "建设规模": "27840.50",
    "合格书编号": "JLZH-2026-0918",
    "审查机构": "江澜正衡施工图审查有限公司",
    "审查日期": "2026-09-18",
    "中标人": "江澜宏远建设集团有限公司",
    "招标人": COMPANY,
    "中标价": "86500000.00",
    "通知日期": "2026-10-16",
    "发包人": COMPANY,
    "承包人": "江澜宏远建设集团有限公司",
    "签约合同价": "86500000.00",
    "签订日期": "2026-10-30",
    "合同编号": "9901012026CR1012",
    "出让人": "江澜市自然资源局",
    "受让人": COMPANY,
    "宗地面积": "42680.00",
    "出让价款": "21625000.00",
    "承诺单位": COMPANY,
    "承诺日期": "2026-11-20",
}


def seal(owner: str) -> tuple[int, SealMark]:
    return 1, SealMark("round", BOX, owner, 0.9)


def document(kind: str, **changes: str | None) -> Presented:
    """A flawless document of a type; `changes` overwrite a field, or drop it with None."""
    spec = load_catalogue().material_type(kind)
    values = {f.name: VALUES[f.name] for f in spec.fields if f.required or f.name in spec.seals} | {
        role: VALUES[role] for role in spec.seals if role in VALUES
    }
    if spec.validity.field in VALUES:
        values[spec.validity.field] = VALUES[spec.validity.field]
    values = {name: value for name, value in (values | changes).items() if value is not None}
    fields = {name: FieldValue(value, 1, BOX, 0.99, "test") for name, value in values.items()}
    until = dt.date.fromisoformat(values[spec.validity.field]) if spec.validity.field in values else None
    seals = tuple(seal(values.get(role, "某某公司")) for role in spec.seals)
    return Presented(f"{spec.name}.jpg", (1,), kind, fields=fields, seals=seals, valid_until=until)


def whole_pile() -> list[Presented]:
    """All that an applicant brings, and the licence; what earlier items issue is looked up and not brought."""
    entries = applicable(load_catalogue().item("S3-05"), PILE_ANSWERS)
    return [document(r.material) for r in entries if r.demanded or r.material == "M-YYZZ"]


def check(documents: list[Presented], **options: object) -> Report:
    given = {"facts": FACTS, "today": TODAY, "answers": PILE_ANSWERS, **options}
    return check_documents(load_catalogue(), load_catalogue().item("S3-05"), documents, **given)  # type: ignore[arg-type]


def state(report: Report, material: str) -> str:
    return next(row.state for row in report.requirements if row.material == material)


def codes(report: Report, material: str) -> set[str]:
    return {d.code for row in report.requirements if row.material == material for d in row.defects}


def test_a_flawless_pile_is_complete():
    report = check(whole_pile())
    assert report.verdict == "complete"
    brought = {document.type for document in whole_pile()}
    assert {row.state for row in report.requirements if row.material in brought} == {"satisfied"}
    assert {row.state for row in report.requirements if row.material not in brought} == {"not-applicable"}
    assert all(not row.defects for row in report.requirements)


def test_nothing_handed_in_is_missing_where_it_is_required_and_a_gap_where_it_may_come_later():
    report = check([])
    assert report.verdict == "incomplete"
    assert state(report, "OUT-ZB") == "missing"
    assert state(report, "M-SQWT") == "gap"
    assert state(report, "M-CNS") == "gap"


def test_only_deferrable_entries_open_is_a_gap_and_with_a_promise_complete():
    pile = [d for d in whole_pile() if d.type != "M-CNS"]
    assert check(pile).verdict == "gap"
    promised = check(pile, promised=["M-CNS"])
    assert (promised.verdict, state(promised, "M-CNS")) == ("complete", "promised")


def test_a_promise_does_not_stand_for_what_may_never_be_deferred():
    pile = [d for d in whole_pile() if d.type != "OUT-ZB"]
    assert state(check(pile, promised=["OUT-ZB"]), "OUT-ZB") == "missing"


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("M-SQWT", {"有效期至": "2026-11-21"}, "expired"),
        ("M-CNS", {"承诺单位": "云岭远航置业集团有限公司"}, "applicant-differs"),
        ("M-SQB", {"统一社会信用代码": "91350200MA2YJ1XR9G"}, "uscc-differs"),
        ("M-SQB", {"项目代码": "2603-990101-04-01-318265"}, "project-code-differs"),
        ("OUT-YDGH", {"项目名称": "云岭国际商务中心"}, "project-differs"),
        ("OUT-ST", {"工程名称": "晨曦智能装备制造基地项目2号厂房"}, "works-differ"),
        ("OUT-ZB", {"通知日期": "2026-12-24"}, "date-in-future"),
        ("M-SGHT", {"签约合同价": None}, "field-unreadable"),
    ],
)
def test_a_planted_fault_is_found_by_its_code(kind: str, changes: dict[str, str | None], code: str):
    pile = [document(kind, **changes) if d.type == kind else d for d in whole_pile()]
    report = check(pile)
    assert code in codes(report, kind)
    assert state(report, kind) == "defective"
    assert report.verdict == "incomplete"
    for defect in next(row for row in report.requirements if row.material == kind).defects:
        assert defect.message, "a clerk reads what is wrong"
        assert defect.remedy, "and what to do"


def test_a_document_that_holds_until_today_is_in_force():
    pile = [document("M-SQWT", 有效期至="2026-11-22") if d.type == "M-SQWT" else d for d in whole_pile()]
    assert state(check(pile), "M-SQWT") == "satisfied"


def test_one_of_two_seals_missing_is_said_with_the_name_of_the_party():
    contract = document("M-SGHT")
    report = check([dataclasses.replace(contract, seals=contract.seals[:1])])
    [defect] = [d for row in report.requirements for d in row.defects if d.code.startswith("seal")]
    assert (defect.code, "江澜宏远建设集团有限公司" in defect.message) == ("seal-missing", True)


def test_the_seal_of_another_company_is_not_taken_for_the_right_one():
    letter = dataclasses.replace(document("M-SQWT"), seals=(seal("云岭远航置业集团有限公司"),))
    assert codes(check([letter]), "M-SQWT") == {"seal-other"}


@pytest.mark.parametrize(
    ("read", "asked"),
    [
        ("江澜晨曦智能装备有限公司", set()),
        ("江测晨智能装备有限公司", set()),
        ("江加路智能装备有限公司", {"seal-unsure"}),
        ("江澜宏远智能装备有限公司", {"seal-unsure"}),
        ("", {"seal-unread"}),
        ("江", {"seal-unread"}),
    ],
)
def test_a_seal_read_badly_or_not_at_all_is_asked_about_and_not_held_against_the_applicant(read: str, asked: set[str]):
    letter = dataclasses.replace(document("M-SQWT"), seals=(seal(read),))
    report = check([letter])
    assert codes(report, "M-SQWT") == asked
    assert state(report, "M-SQWT") == ("question" if asked else "satisfied")


@pytest.mark.parametrize("colour", ["grey", "other"])
def test_a_seal_without_red_ink_is_a_question_with_where_it_stands_and_what_to_do(colour: str):
    page, mark = seal(COMPANY)
    letter = dataclasses.replace(document("M-SQWT"), seals=((page, dataclasses.replace(mark, colour=colour)),))
    pile = [letter if d.type == "M-SQWT" else d for d in whole_pile()]
    report = check(pile)
    [row] = [row for row in report.requirements if row.material == "M-SQWT"]
    [defect] = row.defects
    # Where the original is asked, a seal without colour says that it may be a copy; a blue one is only odd.
    code = "copy-given" if colour == "grey" else "seal-probable"
    assert (row.state, defect.code, defect.serious, defect.asks) == ("question", code, False, True)
    assert (defect.page, defect.box) == (1, BOX)
    assert ("复印件" if colour == "grey" else "疑似") in defect.message
    assert "请核对原件" in defect.remedy
    assert report.verdict == "complete"


def test_a_person_s_name_seal_does_not_stand_for_the_company_s():
    own = SealMark("square", BOX, "张明远印", 0.9)
    letter = dataclasses.replace(document("M-SQWT"), seals=((1, own),))
    assert codes(check([letter]), "M-SQWT") == {"seal-missing"}


def test_the_seal_of_the_other_party_twice_is_not_taken_for_both():
    contract = document("M-SGHT")
    report = check([dataclasses.replace(contract, seals=(seal(COMPANY), seal(COMPANY)))])
    assert "seal-other" in codes(report, "M-SGHT")


def test_an_early_code_that_fails_its_check_digit_is_a_warning_and_no_refusal():
    facts = dataclasses.replace(FACTS, applicant_uscc="91350203M0001QAY9B")
    pile = [
        document(d.type, 统一社会信用代码="91350203M0001QAY9B") if "统一社会信用代码" in d.fields else d
        for d in whole_pile()
    ]
    report = check(pile, facts=facts)
    assert "uscc-malformed" in codes(report, "M-SQB")
    assert report.verdict == "complete"


@pytest.mark.parametrize("name", ["a.jpg", "补交.jpg"])
def test_of_two_sheets_for_one_entry_the_flawless_one_counts(name: str):
    bad = dataclasses.replace(document("M-SQWT"), seals=(), file=name)
    report = check([bad, document("M-SQWT")])
    row = next(row for row in report.requirements if row.material == "M-SQWT")
    assert row.state == "satisfied"
    assert [evidence.file for evidence in row.files] == ["授权委托书.jpg", name]


def test_what_the_list_does_not_ask_for_is_shown_and_not_lost():
    report = check([*whole_pile(), document("M-YDSQB"), Presented("x.jpg", (1,), "")])
    assert [d.type for d in report.unplaced] == ["", "M-YDSQB"]
    assert report.verdict == "complete"


def test_without_a_case_the_application_form_says_who_applies():
    pile = [document("M-CNS", 承诺单位="云岭远航置业集团有限公司") if d.type == "M-CNS" else d for d in whole_pile()]
    assert "applicant-differs" in codes(check(pile, facts=CaseFacts()), "M-CNS")


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_of_the_files_changes_nothing(rng: random.Random, left_out: int):
    pile = whole_pile()[left_out:]
    shuffled = pile.copy()
    rng.shuffle(shuffled)
    assert check(shuffled).to_json() == check(pile).to_json()


@pytest.mark.parametrize(
    "remark",
    ["blank", "blurred", "cut-edge", "dark", "double-page", "low-contrast", "low-resolution", "show-through", "skewed"],
)
def test_every_remark_on_a_page_is_told_with_its_page_and_what_to_do_and_refuses_nothing(remark: str):
    sheet = dataclasses.replace(document("M-SQWT"), remarks=((3, remark),))
    report = check([sheet if d.type == "M-SQWT" else d for d in whole_pile()])
    row = next(row for row in report.requirements if row.material == "M-SQWT")
    told = [defect for defect in row.defects if defect.code == f"page-{remark}"]
    assert [(defect.page, defect.serious) for defect in told] == [(3, False)]
    assert "第3页" in told[0].message
    assert "扫" in told[0].remedy
    assert report.verdict == "complete"


@pytest.mark.parametrize(("verdict", "expected"), [("invalid", {"e-seal-invalid"}), ("unknown", set())])
def test_an_electronic_seal_counts_by_its_signature_and_a_broken_one_does_not(verdict: str, expected: set[str]):
    kind = next(one.type for one in whole_pile() if one.seals)
    sealed = dataclasses.replace(
        document(kind), signed=True, seals=(), seal_verdict=verdict, seal_reasons="盖章后文件内容被改动"
    )
    report = check([sealed if one.type == kind else one for one in whole_pile()])
    assert codes(report, kind) == expected
    assert (report.verdict == "complete") == (verdict != "invalid")
