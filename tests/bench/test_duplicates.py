"""The figures of the duplicates' benchmark: what counts as precision, as recall, and as put before a person."""

from bench import DuplicatesResult, duplicates_lines
from bench.duplicates import Pair


def pair(truth: str, said: str, *, nominated: bool = True, variant: str = "rescan") -> Pair:
    return Pair("a", "b", variant, truth, said, "", nominated)  # type: ignore[arg-type]


def lines(*pairs: Pair) -> list[str]:
    return list(duplicates_lines(DuplicatesResult("own", 2, 2, pairs)))


def test_every_kind_of_pair_is_counted_by_what_was_said_of_it():
    rows = lines(pair("same", "same"), pair("same", "unsure"), pair("different", "different", variant="number"))
    assert "| same | rescan | 2 | 1 | 1 | 0 | 0 | 1.000 |" in rows
    assert "| different | number | 1 | 0 | 0 | 0 | 1 | 1.000 |" in rows


def test_recall_counts_questions_apart_and_precision_only_what_was_called_so():
    rows = lines(pair("same", "same"), pair("same", "unsure"), pair("new-version", "same", variant="date"))
    assert "| same | 0.500 (1 of 2) | 0.500 (1 of 2) | 1.000 (2 of 2) |" in rows
    assert rows[-1].endswith("others called the same: 1")


def test_a_rescan_that_was_not_nominated_was_put_before_nobody():
    rows = lines(pair("same", "same", nominated=False), pair("same", "unsure"))
    assert rows[-1].startswith("rescans put before a person: 0.500 (1 of 2)")
