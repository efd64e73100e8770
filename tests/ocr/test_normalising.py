import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.normalising import normal

KINDS = ("text", "company", "uscc", "project-code", "date", "permit", "amount", "area", "person", "id-card")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2026年11月20日", "2026-11-20"),
        ("date", "二〇二六年三月五日", "2026-03-05"),
        ("date", "2026年-10月16日", "2026-10-16"),
        ("date", "自2026年1月1日至2027年6月30日", "2027-06-30"),
        ("date", "长期", "长期"),
        ("amount", "8,650万元", "86500000.00"),
        ("amount", "人民币（大写）捌仟陆佰伍拾万元整（¥8,650万元）。", "86500000.00"),
        ("area", "42680.00平方米", "42680.00"),
        ("area", "4.2公顷", "42000.00"),
        ("area", "建筑面积18600.50平方米，地上3层", "建筑面积18600.50平方米,地上3层"),
        ("permit", "地字第990101202600018号", "地字第990101202600018号"),
        ("permit", "990101202611250101", "990101202611250101"),
        ("project-code", "2603—990101—04—01—318264。", "2603-990101-04-01-318264"),
        ("person", "张明远（签字）", "张明远"),
        ("company", "江澜晨曦智能装备有限公司（盖章）", "江澜晨曦智能装备有限公司"),
        ("text", "有限责任公司（自然人投资或控股", "有限责任公司(自然人投资或控股)"),
        ("text", " 江澜市高新区 晨曦路88号 ", "江澜市高新区晨曦路88号"),
    ],
)
def test_a_value_is_written_as_programs_compare_it(kind, text, value):
    result = normal(kind, text)
    assert result is not None
    assert result.value == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "年月日"), ("date", "2026年13月40日"), ("amount", "见合同"), ("person", "2026年"), ("company", "。"),
        ("uscc", "无"), ("project-code", "2603"), ("id-card", "12345"), ("text", "___"), ("permit", "号"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_none(kind, text):
    assert normal(kind, text) is None


def test_the_unit_in_the_label_counts_for_a_bare_number():
    assert normal("amount", "8650", "万元") == normal("amount", "8650万元")
    assert normal("amount", "8650") is None


@given(st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2150, 1, 1)))
def test_every_date_survives(day):
    result = normal("date", f"{day.year}年{day.month}月{day.day}日")
    assert result is not None
    assert result.value == day.isoformat()


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_any_text_gives_a_value_or_none(kind, text):
    result = normal(kind, text)
    assert result is None or (result.value and not any(c.isspace() for c in result.value) and 0 < result.trust <= 1)
