"""A set agrees with its drawing list or each disagreement is told once, and only asked where a reading is unsure."""

import dataclasses
import random

from hypothesis import given
from hypothesis import strategies as st

from ingest.drawings import ListFinding, Named, against_list

COUNTS = st.lists(st.integers(1, 30), unique=True, min_size=1, max_size=8)
EVERYTHING = frozenset({"number", "title", "revision"})


def sheet(number: int | str, **said: object) -> Named:
    label = f"建施-{number:02d}" if isinstance(number, int) else number
    facts = {"sheet": hash(label) % 1000, "number": label, "title": f"{label}层平面图", "revision": "A"}
    return Named(**(facts | said))  # type: ignore[arg-type]


def row(number: int | str, place: int = 0, **said: object) -> Named:
    return dataclasses.replace(sheet(number, **said), sheet=0, row=place)


def told(found: list[ListFinding]) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.number, one.asks) for one in found]


@given(COUNTS, st.randoms())
def test_a_set_that_is_as_its_list_says_is_told_nothing_of(counts: list[int], chance: random.Random) -> None:
    there = [sheet(n) for n in counts]
    assert against_list([row(n) for n in counts], chance.sample(there, len(there))) == []
    assert against_list([], there) == []


@given(COUNTS, COUNTS, st.randoms())
def test_each_sheet_that_stands_in_one_alone_is_told_once(a: list[int], b: list[int], chance: random.Random) -> None:
    listed, there = [row(n) for n in a], [sheet(n) for n in b]
    found = against_list(listed, there)
    assert [one.number for one in found if one.kind == "missing"] == [f"建施-{n:02d}" for n in sorted({*a} - {*b})]
    assert [one.number for one in found if one.kind == "unlisted"] == [f"建施-{n:02d}" for n in sorted({*b} - {*a})]
    assert len(found) == len({*a} ^ {*b})
    assert told(against_list(chance.sample(listed, len(a)), chance.sample(there, len(b)))) == told(found)


@given(COUNTS, COUNTS, st.sampled_from(["A", "B", ""]), st.sampled_from(["总平面图", "屋顶平面图", ""]))
def test_what_was_not_read_surely_is_only_asked(a: list[int], b: list[int], revision: str, title: str) -> None:
    doubtful = [sheet(n, unsure=EVERYTHING, revision=revision, title=title) for n in b]
    assert all(one.asks for one in against_list([row(n) for n in a], doubtful))
    assert all(one.asks for one in against_list([row(n, unsure=EVERYTHING) for n in a], [*doubtful, *doubtful]))


@given(COUNTS)
def test_a_value_that_one_of_both_does_not_say_is_no_disagreement(counts: list[int]) -> None:
    assert against_list([row(n, title="", revision="") for n in counts], [sheet(n) for n in counts]) == []
    assert against_list([row(n) for n in counts], [sheet(n, title="", revision="") for n in counts]) == []


def test_revision_and_title_other_than_listed_are_told_with_both_places() -> None:
    found = against_list([row(1, 4)], [sheet(1, revision="B", title="屋顶平面图")])
    assert told(found) == [("revision", "建施-01", False), ("title", "建施-01", False)]
    assert all((one.listed, one.sheet) == (row(1, 4), sheet(1, revision="B", title="屋顶平面图")) for one in found)


def test_a_title_with_its_scale_is_the_same_and_one_that_differs_by_a_character_is_asked() -> None:
    assert against_list([row(1, title="一层平面图")], [sheet(1, title="一层平面图 1:100")]) == []
    assert told(against_list([row(1, title="一层平面图")], [sheet(1, title="二层平面图")])) == [
        ("title", "建施-01", True)
    ]


def test_a_number_on_two_sheets_is_told_of_each_and_needs_no_list() -> None:
    one, other = sheet("建施-1"), sheet("建施－01", sheet=7)
    assert [(found.kind, found.sheet) for found in against_list([], [one, other, sheet(2)])] == [
        ("twice", one),
        ("twice", other),
    ]


def test_a_missing_sheet_is_asked_for_where_one_without_a_number_may_be_it() -> None:
    assert told(against_list([row(1)], [sheet("")])) == [("missing", "建施-01", True)]


def test_a_discipline_that_the_list_does_not_name_is_not_held_against_it() -> None:
    assert against_list([row(1)], [sheet(1), sheet("水施-1")]) == []
