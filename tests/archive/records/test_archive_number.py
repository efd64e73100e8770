"""档号: one spelling, parts that agree with the fields beside it, and sentences where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import (
    ArchiveNumber,
    BadArchiveNumber,
    check_archive_number,
    format_archive_number,
    parse_archive_number,
)

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = st.builds(
    ArchiveNumber,
    fonds=st.text(UPPER + "0123456789", min_size=1, max_size=10),
    category=st.text(UPPER, min_size=2, max_size=2),
    year=st.integers(0, 9999),
    retention=st.sampled_from(("Y", "D30", "D10")),
    organ=st.text(UPPER + "0123456789", min_size=1, max_size=10),
    item=st.integers(1, 99_999_999),
)


@given(NUMBERS)
def test_every_number_is_read_back_as_it_was_written(number: ArchiveNumber):
    assert parse_archive_number(format_archive_number(number)) == number


@given(st.text(max_size=40))
def test_any_text_is_a_number_in_its_one_spelling_or_refused(text: str):
    try:
        number = parse_archive_number(text)
    except BadArchiveNumber:
        return
    assert format_archive_number(number) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("J001-XZ・2026-Y-SP-0001", "间隔号"),
        ("J001-XZ.2026-Y-SP-0001", "间隔号"),
        ("J001-XZ·2026-Y-SP-0001 ", "空白"),
        ("J001-XZ·26-Y-SP-0001", "全宗号-门类·年度"),
        ("J001-XZ·2026-永久-SP-0001", "全宗号-门类·年度"),
        ("J001-XZ·2026-Y-SP-0000", "从 1 起编"),
        ("J001-XZ·2026-Y-SP-00010", "应写作"),
        ("J001-XZ·２０２６-Y-SP-0001", "全宗号-门类·年度"),
    ],
)
def test_a_wrong_number_is_refused_in_words(text: str, why: str):
    with pytest.raises(BadArchiveNumber, match=why):
        parse_archive_number(text)


def test_a_part_that_does_not_fit_is_not_written():
    with pytest.raises(BadArchiveNumber):
        format_archive_number(ArchiveNumber("j1", "XZ", 2026, "Y", "SP", 1))


def test_a_number_is_held_against_the_fields_beside_it():
    assert check_archive_number("J001-XZ·2026-Y-SP-0001", fonds="J001", year=2026, retention="Y") == []
    wrong = check_archive_number("J001-XZ·2026-Y-SP-0001", fonds="J002", year=2025, retention="D10")
    assert [line.split("：")[1].split()[0] for line in wrong] == ["全宗号", "年度", "保管期限"]
    assert check_archive_number("J001") != []
