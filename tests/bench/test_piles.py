"""The bench over piles: a few drawn piles are read and judged, and the figures count what they should."""

from pathlib import Path

import pytest

from bench.piles import PilesOrder, run_piles
from bench.piles_printing import code_rows, piles_as_json, piles_as_tables, write_piles_report
from bench.piles_scoring import Outcome, confusion, count, found_in, total, verdicts
from ocr import check_weights
from samples import Planted

MODELS = Path(__file__).resolve().parents[2] / "models"


def outcome(planted: tuple[Planted, ...], found: tuple[tuple[str, str], ...], verdict: str | None = None) -> Outcome:
    return Outcome("S3-05", 1, planted, found, verdict, "incomplete")


SEAL = Planted("seal-missing", "M-SQB")
LOST = Planted("pages-missing", "M-SGHT", follows=("seal-missing",), elsewhere=("fact-differs",))


def test_what_was_planted_and_found_is_right():
    one = outcome((SEAL,), (("M-SQB", "seal-missing"),))
    assert (one.right, one.missed, one.false) == ({("M-SQB", "seal-missing")}, frozenset(), frozenset())


def test_the_same_code_under_another_entry_is_missed_and_false():
    one = outcome((SEAL,), (("OUT-ZB", "seal-missing"),))
    assert one.missed == {("M-SQB", "seal-missing")}
    assert one.false == {("OUT-ZB", "seal-missing")}
    figures = total(count([one]))
    assert (figures.planted, figures.right, figures.false) == (1, 0, 1)
    assert (figures.precision, figures.recall) == (0.0, 0.0)


def test_what_follows_from_a_planted_defect_is_neither_right_nor_wrong():
    one = outcome((LOST,), (("M-SGHT", "pages-missing"), ("M-SGHT", "seal-missing"), ("M-SQB", "fact-differs")))
    assert one.false == frozenset()
    assert one.right == {("M-SGHT", "pages-missing")}
    elsewhere = outcome((LOST,), (("M-SGHT", "pages-missing"), ("M-SQB", "seal-missing")))
    assert elsewhere.false == {("M-SQB", "seal-missing")}


def test_the_confusion_sets_what_was_missed_beside_what_was_found_instead():
    one = outcome((SEAL,), (("M-SQB", "seal-other"), ("OUT-ZB", "expired")))
    assert confusion([one]) == {("seal-missing", "seal-other"): 1, ("", "expired"): 1}
    assert confusion([outcome((SEAL,), ())]) == {("seal-missing", ""): 1}


def test_a_verdict_that_hangs_on_the_reading_is_not_judged():
    assert not verdicts([outcome((), ())])
    assert verdicts([outcome((), (), "complete")]) == {("complete", "incomplete"): 1}


def test_absent_entries_and_unplaced_documents_are_found_in_a_report():
    report = {
        "requirements": [
            {"material": "M-SQB", "state": "missing", "defects": [{"code": "wrong-type"}]},
            {"material": "M-SQWT", "state": "satisfied", "defects": []},
        ],
        "unplaced": [{"defects": [{"code": "not-listed"}]}],
    }
    assert found_in(report) == (("M-SQB", "missing"), ("M-SQB", "wrong-type"), ("", "not-listed"))


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> PilesOrder:
    check_weights(MODELS)
    return PilesOrder(2, ("S1-01",), MODELS, tmp_path_factory.mktemp("kept"), seed=7000, processes=1)


@pytest.mark.stack  # draws and reads two piles
def test_two_piles_are_judged_and_told(order: PilesOrder, tmp_path: Path):
    result = run_piles(order)
    assert result.pages > 0
    assert all(one.verdict in {None, one.judged} for one in result.outcomes)
    figures = total(count(result.outcomes))
    assert figures.right == figures.planted > 0
    again = run_piles(order)
    assert (again.outcomes, again.pages) == (result.outcomes, 0)
    assert code_rows(count(result.outcomes))[-1][0] == "all"
    assert "aim: recall of all codes" in piles_as_tables(result)
    assert '"confusion"' in piles_as_json(result)
    assert "要件核对评测" in write_piles_report(result, tmp_path).read_text("utf-8")
