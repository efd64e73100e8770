import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import amount_in_words
from ocr.number_checks import check_numbers, is_proven


@pytest.mark.parametrize(
    "text",
    [
        "91990101MA7C2XG62E",
        "统一社会信用代码：91990101MA7C2XG62E",
        "2603-990101-04-01-318264",
        "990101202611220101",
        "申请日期：2026年11月20日",
        "二〇二六年三月五日",
        "2019年6月18日至2039年6月17日",
        "签约合同价为：人民币（大写）捌仟陆佰伍拾万元整（¥8,650万元)。",
    ],
)
def test_what_is_right_passes(text):
    assert check_numbers(text) == "passes"


@pytest.mark.parametrize(
    "text",
    [
        "91990101MA7C2XG62F",
        "9199O101MA7C2XG62E",
        "91990101MA7C2XG6E",
        "2603-990101-04-01-31826",
        "26O3-990101-04-01-318264",
        "990101202613220101",
        "2(026年11月20日",
        "2026年13月20日",
        "202年1月20日",
        "2026年2月30日",
        "3026年1月20日",
        "人民币捌仟陆佰伍拾万元整(¥8,651万元)",
        "2019年6月18日至2039年6月31日",
    ],
)
def test_what_cannot_be_right_fails(text):
    assert check_numbers(text) == "fails"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "江澜晨曦智能装备有限公司",
        "    年  月  日",
        "账号：12345678901234567",
        "电话：0512-66551234",
        "365日历天",
        "地字第990101202600018号",
        "8,650万元",
        "捌仟陆佰伍拾万元整",
    ],
)
def test_what_carries_no_check_says_nothing(text):
    assert check_numbers(text) is None


def test_only_a_check_character_proves_a_line():
    assert is_proven("统一社会信用代码：91990101MA7C2XG62E")
    assert not is_proven("91990101MA7C2XG62F")
    assert not is_proven("91990101MA7C2XG62E江澜")
    assert not is_proven("2603-990101-04-01-318264")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_of_the_calendar_passes(day):
    assert check_numbers(f"有效期至：{day.year}年{day.month}月{day.day}日") == "passes"


@given(st.integers(min_value=10, max_value=10**8), st.integers(min_value=10, max_value=10**8))
def test_an_amount_in_words_passes_beside_its_own_figure_only(yuan, other):
    words = amount_in_words(Decimal(yuan))
    if len(words) <= len("壹拾元整"):
        return  # too short to be told from a number in running text
    assert check_numbers(f"{words}(¥{yuan}元)") == "passes"
    assert check_numbers(f"{words}(¥{other}元)") == ("passes" if yuan == other else "fails")


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    assert check_numbers(text) in {"passes", "fails", None}
