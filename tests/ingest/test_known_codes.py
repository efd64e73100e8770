"""A document that carries a code of ours is held against the register, not believed."""

import dataclasses

import pytest

from catalogue import load_catalogue
from ingest import Presented, SortedDocument, check_case, presented
from ocr import CodeMark
from signing import CodeAnswer, new_token
from tests.ingest.test_completeness import BOX, TODAY, VALUES, check, codes, document, state, whole_pile
from tests.portal import factories as make

ADDRESS = "https://yidang.example/v/abcdefghijklmnopqrstuv"
PERMIT, NUMBER = "OUT-GCGH", VALUES["证书编号"]
MARK = CodeMark("qr", ADDRESS, BOX)


def coded(kind: str = "OUT-ZB", *marks: CodeMark) -> Presented:
    return dataclasses.replace(document(kind), codes=tuple((1, mark) for mark in marks or (MARK,)))


def pile_with(coded_document: Presented) -> list[Presented]:
    return [coded_document if one.type == coded_document.type else one for one in whole_pile()]


@pytest.mark.parametrize(
    ("answer", "found", "verdict"),
    [
        ("valid", set(), "complete"),
        ("revoked", {"code-revoked"}, "incomplete"),
        ("superseded", {"code-superseded"}, "incomplete"),
        ("unknown", {"code-unknown"}, "complete"),
    ],
)
def test_the_register_decides_what_a_code_is_worth(answer: str, found: set[str], verdict: str):
    report = check(pile_with(coded()), known_codes={ADDRESS: CodeAnswer(answer, "OUT-ZB", "1")})
    assert codes(report, "OUT-ZB") == found
    assert report.verdict == verdict
    assert state(report, "OUT-ZB") == ("satisfied" if verdict == "complete" else "defective")


def test_a_valid_code_pasted_on_a_paper_with_another_number_is_found():
    report = check(
        pile_with(coded(PERMIT)), known_codes={ADDRESS: CodeAnswer("valid", "OUT-GCGH", "另一份通知书 1 号")}
    )
    (defect,) = next(row.defects for row in report.requirements if row.material == "OUT-GCGH")
    assert (defect.code, defect.serious, defect.box) == ("code-other-number", True, BOX)
    assert NUMBER in defect.message
    assert state(report, "OUT-GCGH") == "defective"


def test_a_number_read_unsurely_makes_it_a_question():
    doubted = coded(PERMIT)
    field = load_catalogue().material_type("OUT-GCGH").number_field
    value = dataclasses.replace(doubted.fields[field], score=0.6)
    doubted = dataclasses.replace(doubted, fields={**doubted.fields, field: value})
    report = check(pile_with(doubted), known_codes={ADDRESS: CodeAnswer("valid", "OUT-GCGH", "另一份通知书 1 号")})
    assert [(d.code, d.serious) for r in report.requirements for d in r.defects] == [("code-other-number", False)]
    assert report.verdict == "complete"


def test_a_valid_code_of_another_kind_of_certificate_is_questioned():
    report = check(pile_with(coded(PERMIT)), known_codes={ADDRESS: CodeAnswer("valid", "OUT-SGXK", "1")})
    assert codes(report, "OUT-GCGH") == {"code-other-kind"}
    assert report.verdict == "complete"


def test_the_defect_points_at_the_code():
    report = check(pile_with(coded()), known_codes={ADDRESS: CodeAnswer("revoked")})
    (defect,) = next(row.defects for row in report.requirements if row.material == "OUT-ZB")
    assert (defect.page, defect.box) == (1, BOX)
    assert ADDRESS in defect.message
    assert "撤销" in defect.message


def test_codes_that_are_not_ours_say_nothing():
    other = CodeMark("code-39", "ASN00123", BOX)
    report = check(pile_with(coded("OUT-ZB", other)), known_codes={ADDRESS: CodeAnswer("revoked")})
    assert report.verdict == "complete"
    assert codes(report, "OUT-ZB") == set()


def test_a_permit_that_the_list_does_not_ask_for_is_doubted_all_the_same():
    permit = Presented("permit.pdf", (1,), "OUT-SGXK", codes=((1, MARK),))
    report = check([*whole_pile(), permit], known_codes={ADDRESS: CodeAnswer("revoked")})
    assert report.verdict == "complete"
    (row,) = report.to_json()["unplaced"]
    told = [(doubt["code"], doubt["page"], doubt["serious"]) for doubt in row["defects"]]
    assert told == [("code-revoked", 1, True), ("not-listed", 1, False)]
    assert [doubt.code for doubt in check([*whole_pile(), permit]).doubts[0]] == ["not-listed"]


def test_the_report_keeps_the_codes_with_their_places():
    rows = check(pile_with(coded())).to_json()["requirements"]
    (evidence,) = next(row["files"] for row in rows if row["material"] == "OUT-ZB")
    assert evidence["codes"] == [{"page": 1, "format": "qr", "text": ADDRESS, "box": BOX}]


def test_a_document_sorted_without_a_case_keeps_its_codes():
    sorted_document = SortedDocument((1,), "OUT-ZB", 0.9, "", {}, (), (), ((1, MARK),))
    assert sorted_document.presented("a.pdf").codes == ((1, MARK),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("certificate", "found"), [("revoked", True), ("superseded", True), ("valid", False), ("draft", True)]
)
def test_a_case_asks_the_register_about_the_codes_on_its_documents(certificate: str, found: bool):  # noqa: FBT001
    case = make.case(make.user())
    issued = make.certificate(case, verify_token=new_token(), state=certificate)
    upload = make.upload(case)
    page, material = make.page(upload), make.material(upload)
    address = f"https://yidang.example/v/{issued.verify_token}"
    box = [list(point) for point in BOX]
    page.reading = {**page.reading, "codes": [{"format": "qr", "text": address, "box": box}]}
    page.save()
    assert [code.text for _, code in presented(material).codes] == [address]
    row = next(r for r in check_case(case, today=TODAY).requirements if r.material == material.type)
    told = {defect.code for defect in row.defects if defect.code.startswith("code-")}
    assert told == ({f"code-{'unknown' if certificate == 'draft' else certificate}"} if found else set())


@pytest.mark.django_db
def test_a_page_read_before_codes_were_has_none():
    upload = make.upload(make.case(make.user()))
    page, material = make.page(upload), make.material(upload)
    assert "codes" not in page.reading
    assert presented(material).codes == ()


def test_a_letter_may_quote_the_code_of_a_certificate():
    report = check(pile_with(coded("M-CNS")), known_codes={ADDRESS: CodeAnswer("valid", "OUT-SGXK", "1")})
    assert codes(report, "M-CNS") == set()
