"""The answers kept with a case decide what its list asks for."""

from catalogue import load_catalogue
from ingest import Report, check_documents
from tests.ingest.test_completeness import FACTS, TODAY, document

BOOK = load_catalogue()
DELEGATE = BOOK.questions["delegate"]
PLAIN = BOOK.item("S3-05")
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
