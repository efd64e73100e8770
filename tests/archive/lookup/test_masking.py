"""Hiding personal identifiers: what is one, what only looks like one, and what goes over the end of a line."""

import datetime as dt

import pytest

from archive.lookup import hidden_parts, identifiers, mask_text

ON = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证号码：110101199001011237，", "身份证号码：***，"),
        ("110101 19900101 123X", "***"),
        ("１１０１０１１９９００１０１１２３７", "***"),
        ("1 1 0 1 0 1 1 9 9 0 0 1 0 1 1 2 3 7", "***"),
        ("11O1011990O1O11237", "***"),
        ("旧证 110101900101123 号", "旧证 *** 号"),
        ("电话13800138000转8", "电话***转8"),
        ("+86 138-0013-8000", "***"),
        ("0571-87654321", "***"),
        ("护照E12345678", "护照***"),
        ("13800138000 110101199001011237", "*** ***"),
        # what only looks like one
        ("统一社会信用代码 91990101MA00000000", None),
        ("编号 990101202611220101", None),
        ("2603-990101-04-01-318264", None),
        ("合同价 1380013800012 元", None),
        ("110101199013011237", None),
        ("SHA-256 138001380001380013800", None),
    ],
)
def test_an_identifier_is_hidden_and_what_only_looks_like_one_is_not(text: str, masked: str | None) -> None:
    assert mask_text(text, on=ON)[0] == (text if masked is None else masked)


def test_how_many_are_hidden_is_counted_and_known_numbers_are_left() -> None:
    assert mask_text("13800138000、13900139000", on=ON) == ("***、***", 2)
    old = "编号 990101200411220101"
    assert identifiers(old, on=ON)
    assert mask_text(old, on=ON, known={"990101200411220101"}) == (old, 0)


def test_a_number_over_the_end_of_a_line_hides_both_lines() -> None:
    lines = ["受托人张三，身份证号11010119900", "1011237，代为办理", "联系电话：13800138000", "特此委托"]
    assert hidden_parts(lines, on=ON) == {0, 1, 2}
    assert hidden_parts(["工期 365", "2026年"], on=ON) == set()
