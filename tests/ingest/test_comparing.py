"""The same fact in several papers is shown side by side, and a difference beyond rounding is asked about."""

import dataclasses

import pytest

from catalogue import load_catalogue
from ingest import Presented, Report
from ingest.comparing import facts
from ingest.report import Comparison
from ocr import FieldValue
from tests.ingest.test_completeness import BOX, check, codes, document, state, whole_pile


def saying(kind: str, score: float = 0.99, **values: str) -> Presented:
    one = document(kind)
    stated = {name: FieldValue(value, 2, BOX, score, "test") for name, value in values.items()}
    return dataclasses.replace(one, fields={**one.fields, **stated})


def pile(*papers: Presented) -> list[Presented]:
    other = {paper.type: paper for paper in papers}
    return [other.pop(d.type, d) for d in whole_pile()] + list(other.values())


def compared(report: Report, fact: str) -> Comparison:
    return next(comparison for comparison in report.comparisons if comparison.fact == fact)


def test_a_flawless_pile_agrees_on_every_fact_with_where_each_paper_says_it():
    report = check(whole_pile())
    assert {c.agreement for c in report.comparisons} == {"agree"}
    owner = compared(report, "单位名称")
    assert len(owner.values) == len(whole_pile())
    assert all(v.file and v.page and v.box == BOX and v.score > 0 for v in owner.values)


@pytest.mark.parametrize(
    ("bid", "contract", "agreement"),
    [
        ("86500000.00", "86500000.00", "agree"),
        ("86500000.00", "86500400.00", "agree"),  # one paper in units of ten thousand
        ("86500000.00", "85600000.00", "differ"),
    ],
)
def test_amounts_agree_whatever_their_unit_and_differ_by_more_than_rounding(bid: str, contract: str, agreement: str):
    report = check(pile(saying("OUT-ZB", 中标价=bid), saying("M-SGHT", 签约合同价=contract)))
    assert compared(report, "合同价").agreement == agreement
    asked = {row.material for row in report.requirements for d in row.defects if d.code == "fact-differs"}
    assert asked == ({"M-SGHT"} if agreement == "differ" else set()), "what was issued is the measure"


def test_a_difference_is_a_question_on_the_paper_that_stands_alone():
    report = check(
        pile(
            saying("OUT-ZB", 中标价="86500000.00"),
            saying("M-SQB", 合同价格="86500000.00"),
            saying("M-SGHT", 签约合同价="85600000.00"),
        )
    )
    [defect] = [d for row in report.requirements for d in row.defects]
    assert (defect.code, defect.asks, defect.page) == ("fact-differs", True, 2)
    assert "85600000.00" in defect.message
    assert (state(report, "M-SGHT"), report.verdict, report.questions) == ("question", "complete", 1)


def test_a_value_read_unsurely_is_shown_as_unsure_and_asks_nothing():
    report = check(pile(saying("OUT-ZB", 中标价="86500000.00"), saying("M-SGHT", 0.6, 签约合同价="85600000.00")))
    assert compared(report, "合同价").agreement == "unsure"
    assert codes(report, "M-SGHT") == set()


@pytest.mark.parametrize(
    ("place", "agreement"),
    [
        ("江澜市高新区晨曦路88号", "agree"),
        ("高新区晨曦路88号", "agree"),
        ("江澜市高新区晨曦路89号", "differ"),
        ("江澜市高新区晨曙路88号", "unsure"),
        ("云岭市东湖区望海街88号", "differ"),
    ],
)
def test_places_may_be_named_more_or_less_fully(place: str, agreement: str):
    report = check(pile(saying("OUT-YDGH", 用地位置="江澜市高新区晨曦路88号"), saying("M-SQB", 建设地点=place)))
    assert compared(report, "建设地点").agreement == agreement


def test_the_area_of_a_works_is_not_held_against_that_of_the_project():
    report = check(pile(saying("OUT-GCGH", 建设规模="27840.50"), saying("M-SQB", 建设规模="18600.50")))
    assert not [c for c in report.comparisons if c.fact == "建筑面积"]


def test_a_permit_number_quoted_elsewhere_is_held_against_the_permit():
    quoting = saying("M-XFSQB", 建设工程规划许可证号="建字第990101202600032号")
    report = check([*whole_pile(), quoting])
    assert compared(report, "建设工程规划许可证号").agreement == "differ"


def test_every_fact_names_fields_that_some_type_has():
    fields = {field.name for kind in load_catalogue().material_types() for field in kind.fields}
    own = {(kind.code, field.name) for kind in load_catalogue().material_types() for field in kind.fields}
    for fact in facts():
        for named in fact.values:
            of, _, name = named.rpartition(".")
            assert name.startswith("@") or ((of, name) in own if of else name in fields), named
