"""Each kind of trouble with a document is found where it is, and not where it is not."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import pytest

from catalogue import load_catalogue
from ingest import CaseFacts, Presented
from ingest.defects.naming import named_after
from ingest.defects.time import find_date_faults
from ingest.report import Defect
from ocr import FieldValue, PageReading
from tests.ingest.sheets import BODY, sheet
from tests.ingest.test_completeness import (
    BOX,
    COMPANY,
    FACTS,
    TODAY,
    check,
    codes,
    document,
    seal,
    state,
    whole_pile,
)

CONTRACT, LETTER = "M-SGHT", "M-SQWT"


def read(kind: str, pages: Sequence[PageReading], **changes: str | None) -> Presented:
    numbers = tuple(page.number for page in pages)
    return dataclasses.replace(document(kind, **changes), pages=numbers, readings=tuple(pages))


def told(one: Presented, **options: object) -> list[Defect]:
    """What is said of the document in a pile that is otherwise flawless."""
    report = check([one if d.type == one.type else d for d in whole_pile()], **options)
    return [defect for row in report.requirements if row.material == one.type for defect in row.defects]


def found(one: Presented, **options: object) -> list[str]:
    return [defect.code for defect in told(one, **options)]


def numbered(*feet: str) -> list[PageReading]:
    """Pages with these feet, each with a text of its own."""
    return [
        sheet(n, [f"{'一二三四五六七八九十'[n]}、{text}" for text in (BODY[n % 3], *BODY)], foot=foot)
        for n, foot in enumerate(feet, 1)
    ]


@pytest.mark.parametrize(
    ("feet", "expected"),
    [
        (["第1页共3页", "第2页共3页", "第3页共3页"], None),
        (["第1页共3页", "第3页共3页"], "缺第2页"),
        (["第1页共3页"], "缺第2、3页"),
        (["第1页共3页", "", "第3页共3页"], None),  # one without a number may be the one
        (["第1页共4页", "", "第3页共4页"], "缺1页"),
        (["- 1 -", "- 2 -", "- 4 -"], "缺第3页"),
        (["- 2 -", "- 3 -"], None),  # a cover may bear none
        (["共3页", ""], "缺1页"),
        (["共2页", ""], None),
        (["", ""], None),
    ],
)
def test_pages_are_missing_where_the_numbers_leave_a_hole(feet: list[str], expected: str | None):
    defects = [d for d in told(read(CONTRACT, numbered(*feet))) if d.code == "pages-missing"]
    assert [d.message.startswith(f"{expected}（") for d in defects] == ([True] if expected else [])
    assert all(d.serious and d.page for d in defects)


def test_what_may_stand_on_a_missing_page_is_not_told_besides():
    torn = read(CONTRACT, numbered("第1页共2页"), 签订日期=None)
    assert found(dataclasses.replace(torn, seals=())) == ["pages-missing"]


def test_two_pages_in_one_picture_are_not_counted():
    assert found(read(CONTRACT, [dataclasses.replace(sheet(1, foot="第1页共2页"), gutter=500.0)])) == []


def test_a_page_that_comes_twice_is_noted():
    pages = [*numbered("第1页共2页", "第2页共2页"), dataclasses.replace(numbered("", "第2页共2页")[1], number=3)]
    [defect] = told(read(CONTRACT, pages))
    assert (defect.code, defect.page, defect.serious, defect.asks) == ("pages-repeated", 3, False, False)


def test_pages_out_of_order_are_noted_with_the_order_they_came_in():
    [defect] = told(read(CONTRACT, numbered("第2页共3页", "第1页共3页", "第3页共3页")))
    assert (defect.code, defect.page) == ("pages-disordered", 2)
    assert "2、1、3" in defect.message


@pytest.mark.parametrize(("rotation", "way"), [(180, "上下颠倒"), (90, "横放")])
def test_a_page_that_lay_the_wrong_way_is_only_noted(rotation: int, way: str):
    [defect] = told(read(LETTER, [sheet(1, rotation=rotation)]))  # type: ignore[arg-type]
    assert (defect.code, defect.serious, defect.asks, way in defect.message) == ("page-upside-down", False, False, True)


def test_a_blurred_page_is_serious_only_where_a_field_could_not_be_read():
    clear = dataclasses.replace(document(CONTRACT), remarks=((1, "blurred"),))
    assert [(d.code, d.serious) for d in told(clear)] == [("page-blurred", False)]
    unread = dataclasses.replace(document(CONTRACT, 签约合同价=None), remarks=((1, "blurred"), (1, "skewed")))
    by_code = {d.code: d for d in told(unread)}
    assert by_code["page-blurred"].serious
    assert "签约合同价" in by_code["page-blurred"].message
    assert not by_code["page-skewed"].serious
    assert by_code["field-unreadable"].page == 1


@pytest.mark.parametrize("text", ["此件与原件一致", "复印件", "与原件核对无误"])
def test_a_copy_where_the_original_is_asked_is_a_question(text: str):
    [defect] = told(read(LETTER, [sheet(1, [*BODY, text])]))
    assert (defect.code, defect.asks, defect.page) == ("copy-given", True, 1)
    assert text in defect.message
    copy = document("OUT-YDGH")  # of a permit a copy is enough
    assert found(dataclasses.replace(copy, readings=(sheet(1, [*BODY, text]),))) == []


def test_a_date_read_with_the_name_of_an_authority_is_no_part_of_it():
    permit = document("OUT-YDGH", 发证机关="江澜市自然资源局2026年4月28日")
    assert found(dataclasses.replace(permit, seals=(seal("江澜市自然资源局"),))) == []


def test_a_letter_that_speaks_of_copies_is_no_copy():
    assert (
        found(read(LETTER, [sheet(1, ["随本委托书附身份证复印件一份，其内容与原件一致，委托人对其真实性负责。"])]))
        == []
    )


@pytest.mark.parametrize(
    ("text", "score", "serious"), [("签订日期：2026年2月30日", 0.99, True), ("签订日期：2026年13月5日", 0.9, False)]
)
def test_a_day_that_does_not_exist_is_told_once(text: str, score: float, serious: bool):  # noqa: FBT001
    defects = told(read(CONTRACT, [sheet(1, [text], score=score)], 签订日期=None))
    assert [(d.code, d.serious, d.asks) for d in defects] == [("date-impossible", serious, not serious)]


def test_dates_that_exist_and_long_numbers_are_not_taken_for_impossible_ones():
    lines = ["签订日期：2026年2月28日", "编号 990101202602300101", "电话 2026-0230-45"]
    assert found(read(CONTRACT, [sheet(1, lines)])) == []


def test_what_is_valid_only_from_tomorrow_is_not_yet_valid():
    letter = read(LETTER, [sheet(1, ["委托期限：自2026年11月23日至2027年6月30日"])])
    [defect] = told(letter)
    assert (defect.code, defect.serious) == ("not-yet-valid", True)
    assert "2026-11-23" in defect.message
    assert found(letter, today=dt.date(2026, 11, 23)) == []


def test_what_ends_before_the_promised_day_of_decision_is_asked_about():
    due = dataclasses.replace(FACTS, decision_due_on=dt.date(2027, 7, 1))
    [defect] = told(document(LETTER), facts=due)
    assert (defect.code, defect.asks) == ("expires-before-decision", True)
    assert found(document(LETTER), facts=dataclasses.replace(FACTS, decision_due_on=dt.date(2027, 6, 30))) == []


def test_the_end_of_a_right_lies_in_the_future_and_is_no_date_of_issue():
    kind = load_catalogue().material_type("OUT-BDC")
    title = dataclasses.replace(document("OUT-YDGH"), fields={"使用期限": FieldValue("2076-05-01", 1, BOX, 0.99, "")})
    assert list(find_date_faults(kind, title, TODAY)) == []
    issued = dataclasses.replace(title, fields={"登记日期": FieldValue("2076-05-01", 1, BOX, 0.99, "")})
    assert [d.code for d in find_date_faults(kind, issued, TODAY)] == ["date-in-future"]


def test_the_same_code_under_another_name_is_a_renamed_company_and_a_question():
    form = document("M-SQB", 建设单位="江澜晨光装备制造股份有限公司")
    [defect] = [d for d in told(form) if d.code.startswith("applicant")]
    assert (defect.code, defect.asks) == ("applicant-renamed", True)
    former = dataclasses.replace(FACTS, former_names=("云岭远航置业集团有限公司",))
    promise = document("M-CNS", 承诺单位="云岭远航置业集团有限公司")
    assert "applicant-renamed" in found(promise, facts=former)
    assert "applicant-differs" in found(promise)


def test_a_paper_that_tells_of_the_renaming_is_a_question():
    lines = [f"云岭远航置业集团有限公司已更名为{COMPANY}"]
    assert "applicant-renamed" in found(read("M-CNS", [sheet(1, lines)], 承诺单位="云岭远航置业集团有限公司"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2603-990101-04-01-31826", "project-code-malformed"),
        ("2018-990101-70-03-006957", "project-code-former"),
        ("2603-990101-04-01-318265", "project-code-differs"),
        ("2603990101040131 8264".replace(" ", ""), None),
    ],
)
def test_a_project_code_is_held_against_the_case_in_both_forms(code: str, expected: str | None):
    assert found(document("M-SQB", 项目代码=code)) == ([expected] if expected else [])


def test_a_code_read_unsurely_is_asked_about():
    form = document("M-SQB", 统一社会信用代码="91350200MA2YJ1XR9G")
    fields = {**form.fields, "统一社会信用代码": dataclasses.replace(form.fields["统一社会信用代码"], score=0.5)}
    assert [(d.code, d.serious, d.asks) for d in told(dataclasses.replace(form, fields=fields))] == [
        ("uscc-differs", False, True)
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("建字第990101202600018号", []),
        ("建字第9901012026GG0012345号", []),
        ("建字第99010120260018号", [("permit-malformed", False)]),
        ("建规2026-18", [("permit-malformed", True)]),
    ],
)
def test_a_permit_number_in_no_form_is_asked_about_and_a_local_one_noted(number: str, expected: list[tuple[str, bool]]):
    assert [(d.code, d.asks) for d in told(document("OUT-GCGH", 证书编号=number))] == expected


def test_a_personal_number_that_fails_its_check_is_asked_about_and_masked():
    [defect] = told(document(LETTER, 身份证号="110105194912310021"))
    assert (defect.code, "110105********0021" in defect.message) == ("id-card-malformed", True)


def test_a_file_named_after_a_material_that_holds_another_is_told_at_its_entry():
    pile = [d for d in whole_pile() if d.type != "OUT-ZB"]
    wrong = dataclasses.replace(document("M-CNS"), file="中标通知书（扫描件）.pdf")
    report = check([*pile, wrong])
    [row] = [row for row in report.requirements if row.material == "OUT-ZB"]
    [defect] = row.defects
    assert (row.state, defect.code, defect.file) == ("missing", "wrong-type", "中标通知书（扫描件）.pdf")
    assert "《建设资金落实承诺书》" in defect.message
    assert codes(check([*whole_pile(), wrong]), "OUT-ZB") == set(), "another file meets the entry"


def test_a_file_handed_in_for_an_entry_counts_as_named_so():
    pile = [d for d in whole_pile() if d.type != "OUT-ZB"]
    wrong = dataclasses.replace(document("M-CNS"), file="scan0001.pdf", meant_for="OUT-ZB")
    assert codes(check([*pile, wrong]), "OUT-ZB") == {"wrong-type"}


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("in/中标通知书.pdf", "OUT-ZB"),
        ("3-建筑工程施工许可证申请表（盖章）.pdf", "M-SQB"),
        ("建设工程施工合同_final.pdf", "M-SGHT"),
        ("scan0001.pdf", ""),
        ("申请表.pdf", ""),
        ("全部材料.pdf", ""),
    ],
)
def test_a_file_s_name_names_a_material_where_it_names_one_alone(file: str, named: str):
    assert named_after(file) == named


def test_what_matches_nothing_is_told_with_what_it_looks_like():
    strange = Presented("x.pdf", (1,), "", readings=(sheet(1, head="关于召开工程例会的通知"),))
    [[defect]] = check([*whole_pile(), strange]).doubts
    assert (defect.code, defect.asks) == ("type-unknown", True)


def test_the_same_file_twice_is_noted_once():
    letter = dataclasses.replace(document(LETTER), sha256="a" * 64, file="a.jpg")
    again = dataclasses.replace(letter, file="b.jpg")
    report = check([*[d for d in whole_pile() if d.type != LETTER], letter, again])
    [defect] = [d for row in report.requirements for d in row.defects]
    assert (defect.code, defect.file, "a.jpg" in defect.message) == ("document-repeated", "b.jpg", True)
    assert state(report, LETTER) == "satisfied"


def test_the_same_text_twice_is_noted_and_a_corrected_sheet_is_not_the_same():
    first = dataclasses.replace(read(LETTER, [sheet(1, [*BODY, COMPANY])]), file="a.jpg")
    again = dataclasses.replace(read(LETTER, [sheet(1, [*BODY, COMPANY[:-1] + "可"])]), file="b.jpg")
    assert "document-repeated" in codes(check([first, again]), LETTER)
    sealed = dataclasses.replace(again, seals=(*again.seals, seal(COMPANY)))
    assert "document-repeated" not in codes(check([first, sealed]), LETTER)
    later = dataclasses.replace(again, fields=document(LETTER, 有效期至="2028-06-30").fields)
    assert "document-repeated" not in codes(check([first, later]), LETTER)


def test_one_impression_on_two_papers_is_asked_about_on_both(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.defects.whole.same_impression", lambda one, other: one == other)
    pile = [_with_face(d, "same" if d.type in {LETTER, "M-CNS"} else d.type) for d in whole_pile()]
    report = check(pile)
    asked = {row.material for row in report.requirements for d in row.defects if d.code == "seal-pasted"}
    assert asked == {LETTER, "M-CNS"}
    signed = [dataclasses.replace(d, signed=d.type == LETTER) for d in pile]
    assert "seal-pasted" not in codes(check(signed), "M-CNS"), "electronic seals have one picture by design"


def _with_face(one: Presented, face: str) -> Presented:
    return dataclasses.replace(one, seals=tuple((p, dataclasses.replace(mark, face=face)) for p, mark in one.seals))


def test_facts_from_the_case_and_no_page_text_find_nothing_in_a_flawless_pile():
    assert check(whole_pile(), facts=CaseFacts()).questions == 0


def test_without_a_case_the_one_paper_that_differs_stands_alone_even_if_it_is_the_form():
    strange = document("M-SQB", 建设单位="云岭远航置业集团有限公司")
    report = check([strange if d.type == "M-SQB" else d for d in whole_pile()], facts=CaseFacts())
    told_on = {row.material for row in report.requirements for d in row.defects if d.code.startswith("applicant")}
    assert told_on == {"M-SQB"}


def test_without_a_case_the_code_of_another_company_s_licence_is_not_taken_for_the_applicant_s():
    other = document("M-YYZZ", 名称="云岭远航置业集团有限公司", 统一社会信用代码="91350200MA2YJ1XR9G")
    report = check([other if d.type == "M-YYZZ" else d for d in whole_pile()], facts=CaseFacts())
    assert codes(report, "M-YYZZ") >= {"applicant-differs", "uscc-differs"}
    assert codes(report, "M-SQB") == set()


def test_a_value_on_a_blurred_page_is_asked_about_and_not_held_against_the_applicant():
    form = dataclasses.replace(document("M-SQB", 统一社会信用代码="91350200MA2YJ1XR9G"), remarks=((1, "blurred"),))
    assert [(d.code, d.asks) for d in told(form)] == [("uscc-differs", True), ("page-blurred", False)]


def test_in_the_dark_everything_is_faint_and_only_the_dark_is_told():
    assert found(dataclasses.replace(document(LETTER), remarks=((1, "dark"), (1, "low-contrast")))) == ["page-dark"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["人民币（大写）捌仟陆佰伍拾万元整（¥86,500,000.00）"], []),
        (["人民币（大写）捌仟陆佰伍拾万元整（¥", "8,650万元）"], []),
        (["人民币（大写）捌仟陆佰伍拾万元整（¥", "8,560万元）"], ["amount-contradicts"]),
        (["捌仟陆佰伍拾万元整（小写：￥86,500,001.00）"], ["amount-contradicts"]),
        (["其中：安全文明施工费为人民币1,730,000.00元"], []),
        (["叁佰肆拾肆万肆仟柒佰柒拾捌元整（¥3,44,778.00元）"], []),  # the reader lost a digit, the paper did not
    ],
)
def test_an_amount_in_capitals_is_held_against_the_figure_beside_it(lines: list[str], expected: list[str]):
    assert found(read(CONTRACT, [sheet(1, lines)])) == expected


def test_what_is_serious_is_told_first():
    letter = dataclasses.replace(read(LETTER, [sheet(1, rotation=180)]), seals=())
    assert found(letter) == ["seal-missing", "page-upside-down"]


def test_a_project_s_name_that_is_cut_short_is_asked_about():
    permit = document("OUT-YDGH", 项目名称="晨曦智能装备")
    assert [(d.code, d.asks) for d in told(permit)] == [("project-differs", True)]


def test_a_first_page_that_comes_twice_begins_no_document_of_its_own():
    pages = numbered("第1页共2页", "第2页共2页")
    whole = read(CONTRACT, [dataclasses.replace(page, number=page.number + 1) for page in pages])
    stray = dataclasses.replace(read(CONTRACT, pages[:1]), seals=())
    report = check([*[d for d in whole_pile() if d.type != CONTRACT], whole, stray])
    [defect] = [d for row in report.requirements for d in row.defects]
    assert (defect.code, defect.page, defect.file, state(report, CONTRACT)) == (
        "pages-repeated",
        1,
        stray.file,
        "satisfied",
    )
