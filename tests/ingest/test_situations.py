"""What a list asks for: by the answers kept with a case, and never what was withdrawn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import load_catalogue
from ingest import Presented, Report, check_documents
from ocr import Line, PageReading, Quality, quad
from tests.ingest.test_completeness import FACTS, TODAY, document

BOOK = load_catalogue()
DELEGATE = BOOK.questions["delegate"]
PILOT = ("M-SQB", "M-YYZZ", "M-SQWT", "OUT-YDGH", "OUT-GCGH", "OUT-ST", "OUT-ZB", "M-SGHT", "M-CNS")
SHIPPED = BOOK.item("S3-05")
PLAIN = SHIPPED.model_copy(
    update={
        "materials": tuple(r.model_copy(update={"when": {}}) for r in SHIPPED.materials if r.material in PILOT),
        "withdrawn": (
            "资金到位证明：取消，改为承诺（鞍山2020，第七项）",
            "无拖欠工程款承诺书：取消（鞍山2020，第七项）",
        ),
    }
)
ITEM = PLAIN.model_copy(
    update={
        "situations": ("delegate",),
        "questions": (DELEGATE,),
        "materials": tuple(
            entry.model_copy(update={"when": {"delegate": ("是",)}, "deficiency": "none", "deficiency_days": 0})
            if entry.material == "M-SQWT"
            else entry
            for entry in PLAIN.materials
        ),
    }
)
"""A power of attorney is asked for only of those who send somebody."""


def _check(given: list[str], **answers: str) -> Report:
    return check_documents(BOOK, ITEM, [document(m) for m in given], facts=FACTS, today=TODAY, answers=answers)


OTHERS = [entry.material for entry in ITEM.materials if entry.material != "M-SQWT"]


def _state(report: Report) -> str:
    return next(row.state for row in report.requirements if row.material == "M-SQWT")


def test_an_entry_that_does_not_apply_is_not_missing() -> None:
    alone = _check(OTHERS, delegate="否")
    assert (_state(alone), alone.verdict) == ("not-applicable", "complete")
    sent = _check(OTHERS, delegate="是")
    assert (_state(sent), sent.verdict) == ("missing", "incomplete")


def test_an_open_question_asks_for_everything_it_could_mean() -> None:
    assert _state(_check(OTHERS)) == "missing"


def test_what_was_given_though_not_asked_for_is_shown_and_judged_no_further() -> None:
    report = _check([*OTHERS, "M-SQWT"], delegate="否")
    row = next(row for row in report.requirements if row.material == "M-SQWT")
    assert row.state == "not-applicable"
    assert row.files[0].file == "授权委托书.jpg"
    assert row.defects == ()
    assert report.unplaced == ()


def test_the_report_says_by_which_answers_and_whose_list_it_judged() -> None:
    data = _check(OTHERS, delegate="否").to_json()
    assert (data["answers"], data["region"], data["overrides"]) == ({"delegate": "否"}, "", [])
    county = ITEM.model_copy(update={"region": "210381", "overrides": ("limits.promised",)})
    data = check_documents(BOOK, county, [], facts=FACTS, today=TODAY).to_json()
    assert (data["region"], data["overrides"]) == ("210381", ["limits.promised"])


@pytest.mark.parametrize("name", ["资金到位证明.pdf", "1号厂房资金到位证明（扫描件）.pdf"])
def test_a_withdrawn_material_is_given_back_with_its_reason(name: str) -> None:
    report = check_documents(BOOK, PLAIN, [Presented(name, (1,), "")], facts=FACTS, today=TODAY)
    (told,) = report.doubts[0]
    assert (told.code, told.serious) == ("withdrawn-material", False)
    assert "取消，改为承诺（鞍山2020，第七项）" in told.message
    assert "不得作为受理条件" in told.remedy


def test_a_withdrawn_material_is_known_by_its_heading_too() -> None:
    lines = (
        Line("资金到位证朋", quad(600, 150, 1050, 210), 0.9),  # one character misread
        Line("兹证明该单位建设资金已到位。", quad(200, 400, 900, 440), 0.9),
    )
    page = PageReading(1, 1654, 2339, 0, "ocr", lines, (), Quality(200, 100.0, 0.9, 0.0, 0.05))
    paper = Presented("扫描0001.pdf", (1,), "", readings=(page,))
    for item, told in ((PLAIN, True), (PLAIN.model_copy(update={"withdrawn": ()}), False)):
        report = check_documents(BOOK, item, [paper], facts=FACTS, today=TODAY)
        assert ("withdrawn-material" in {doubt.code for doubt in report.doubts[0]}) == told


_said = st.fixed_dictionaries(
    {}, optional={q.key: st.sampled_from([option.key for option in q.options]) for q in SHIPPED.questions}
)
BADNESS = ("complete", "gap", "incomplete")


@settings(max_examples=40)
@given(st.sets(st.sampled_from(PILOT)), _said, _said)
def test_a_further_answer_never_makes_a_pile_less_complete(
    pile: set[str], some: dict[str, str], more: dict[str, str]
) -> None:
    papers = [document(material) for material in sorted(pile)]
    few, many = (
        check_documents(BOOK, SHIPPED, papers, facts=FACTS, today=TODAY, answers=answers)
        for answers in (some, {**more, **some})
    )
    assert BADNESS.index(many.verdict) <= BADNESS.index(few.verdict)
    before = {row.material: row.state for row in few.requirements}
    for row in many.requirements:
        assert row.state in {before[row.material], "not-applicable"}
