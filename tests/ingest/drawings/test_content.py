"""A sheet is known by its number in one spelling, a version by the bytes of its sheets, a change by what differs."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.drawings import SheetFacts, compare, set_digest, sheet_key
from ingest.drawings.content import replaces, within

NUMBERS = st.lists(st.integers(1, 40), unique=True, max_size=12)


def sheet(number: str, look: str = "", **values: object) -> SheetFacts:
    facts = {"number": number, "original": "a" * 64, "page": 1, "picture": look or f"picture of {number}"}
    return SheetFacts(**(facts | values))  # type: ignore[arg-type]


def sheets(numbers: list[int]) -> list[SheetFacts]:
    return [dataclasses.replace(sheet(f"建施-{number:02d}"), page=number) for number in numbers]


@pytest.mark.parametrize("spelled", ["结施-12", "结施－012", "结施12", " 结施 — 12", "结竣-12", "结施_12"])
def test_one_sheet_has_one_key_however_it_is_written(spelled: str) -> None:
    assert sheet_key(spelled) == "结施-12"


def test_a_part_of_a_sheet_is_another_sheet() -> None:
    assert len({sheet_key("建施-3"), sheet_key("建施-3A"), sheet_key("建施-3b"), sheet_key("结施-3")}) == 4


def test_a_sheet_without_a_number_is_known_by_its_picture() -> None:
    one, other = sheet("", "one"), sheet("", "other")
    assert one.key != other.key
    assert dataclasses.replace(one, original="b" * 64, page=7).key == one.key


@given(NUMBERS, st.randoms())
def test_the_digest_does_not_hang_on_the_order_nor_on_what_was_read(numbers: list[int], chance: random.Random) -> None:
    there = sheets(numbers)
    mixed = chance.sample(there, len(there))
    assert set_digest([dataclasses.replace(one, title="更正", number="水施-1") for one in mixed]) == set_digest(there)


@given(NUMBERS, st.integers(41, 60))
def test_any_other_sheet_makes_another_digest(numbers: list[int], further: int) -> None:
    there = sheets(numbers)
    assert set_digest([*there, *sheets([further])]) != set_digest(there)


@given(NUMBERS, NUMBERS)
def test_every_sheet_is_accounted_for_once(before: list[int], after: list[int]) -> None:
    old, new = sheets(before), [dataclasses.replace(one, picture=f"{one.picture}!") for one in sheets(after)]
    found = compare(old, new)
    assert {one.key for one in found.missing} == {one.key for one in old} - {one.key for one in new}
    assert {one.key for one in found.extra} == {one.key for one in new} - {one.key for one in old}
    assert {one.after.key for one in found.changed} == {one.key for one in old} & {one.key for one in new}
    assert compare(old, old).alike


def test_a_change_says_by_what_it_is_one() -> None:
    before = sheet("结施-12", "old", revision="A", date="2026-03-01", title="梁配筋图")
    after = sheet("结施12", "new", revision="B", date="2026-03-01", title="梁 配筋图")
    (change,) = compare([before], [after]).changed
    assert change.why == ("revision", "picture")


def test_a_person_who_looked_settles_that_two_pictures_show_the_same() -> None:
    before, after = sheet("结施-12", "old"), sheet("结施-12", "scanned again")
    assert not compare([before], [after]).alike
    assert compare([before], [after], {("old", "scanned again")}).alike
    assert not compare([after], [before], {("old", "scanned again")}).alike


def test_what_is_brought_is_of_a_version_or_changes_it_or_adds_to_it() -> None:
    content = [sheet("建施-1"), sheet("建施-2")]
    assert within([sheet("建施-2")], content)
    assert replaces([sheet("建施-2", "other")], content)
    further = [sheet("建施-3")]
    assert (within(further, content), replaces(further, content)) == (False, False)


def test_of_two_sheets_that_bear_one_number_each_has_to_be_like_one_of_the_others() -> None:
    reviewed, altered = sheet("结施-12"), sheet("结施-12", "altered", page=2)
    for brought in ([reviewed, altered], [altered, reviewed]):
        assert [change.after for change in compare([reviewed], brought).changed] == [altered]
        assert not within(brought, [reviewed])
        assert replaces(brought, [reviewed])
    assert compare([reviewed], [altered, reviewed], {(reviewed.picture, "altered")}).alike
    assert compare([reviewed, altered], [altered, reviewed]).alike
    lacking = compare([reviewed, altered], [reviewed])
    assert [change.before for change in lacking.changed] == [altered]


def test_a_sheet_of_one_number_is_held_against_the_nearest() -> None:
    old = [sheet("结施-12", "a", title="梁"), sheet("结施-12", "b", title="柱", page=2)]
    new = [sheet("结施-12", "scan of b", title="柱"), sheet("结施-12", "scan of a", title="梁", page=2)]
    assert {(one.before.picture, one.after.picture) for one in compare(old, new).changed} == {
        ("a", "scan of a"),
        ("b", "scan of b"),
    }
