import datetime as dt
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import FieldSpec, amount_in_words
from ocr.normal import DOUBTFUL
from ocr.normalising import normal

KINDS = get_args(FieldSpec.model_fields["kind"].annotation)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2026年11月20日", "2026-11-20"),
        ("date", "二〇二六年三月五日", "2026-03-05"),
        ("date", "2026年-10月16日", "2026-10-16"),
        ("date", "自2026年1月1日至2027年6月30日", "2027-06-30"),
        ("date", "长期", "长期"),
        ("date", "2015.03.07-长期", "长期"),
        ("date", "2015.03.07-2035.03.07", "2035-03-07"),
        ("date", "2026 年 11 月 22 日", "2026-11-22"),
        ("date", "自2026年1月1日起至2029年1月1日止", "2029-01-01"),
        ("amount", "8,650万元", "86500000.00"),
        ("amount", "人民币（大写）捌仟陆佰伍拾万元整（¥8,650万元）。", "86500000.00"),
        ("area", "42680.00平方米", "42680.00"),
        ("area", "4.2公顷", "42000.00"),
        ("area", "4.2公顷（合63亩）", "42000.00"),
        ("area", "2.5万㎡", "25000.00"),
        ("ratio", "不大于2.0", "2.0"),
        ("percent", "不低于35％", "35%"),
        ("phone", "（0412）5550123", "0412-5550123"),
        ("document-number", "辽发改备[2026]12号", "辽发改备〔2026〕12号"),
        ("document-number", "辽建消审字〔2026〕第12号", "辽建消审字〔2026〕12号"),
        ("text", "依据辽政土（2026）第7号", "依据辽政土〔2026〕7号"),
        ("land-title", "辽（2026）江澜市不动产权第0012345号", "辽(2026)江澜市不动产权第0012345号"),
        ("unit-number", "990101 001005 GB00012 W00000000", "990101001005GB00012W00000000"),
        ("permit", "2101012026B00012", "2101012026B00012"),
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


def test_a_unit_number_that_lost_figures_is_given_as_doubtful():
    short = normal("unit-number", "990410001002GB10898W00000")
    assert short is not None
    assert (short.value, short.trust) == ("990410001002GB10898W00000", DOUBTFUL)
    assert normal("unit-number", "GB10898") is None
    assert normal("unit-number", "坐落于启航路374号") is None


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


@given(st.integers(1, 10**11).map(lambda cents: Decimal(cents) / 100), st.integers(1, 10**6))
def test_figures_and_capitals_must_agree_to_be_trusted(yuan, more):
    words = amount_in_words(yuan)
    agreeing = normal("amount", f"人民币（大写）{words}（¥{yuan:,.2f}）")
    differing = normal("amount", f"人民币（大写）{words}（¥{yuan + more:,.2f}）")
    assert agreeing is not None
    assert differing is not None
    assert (agreeing.value, agreeing.trust) == (f"{yuan:.2f}", 1.0)
    assert differing.value == f"{yuan + more:.2f}"
    assert differing.trust < 0.7
    assert differing.note == f"capitals differ: {yuan:.2f}"


def test_an_area_in_two_units_must_agree_with_itself():
    agreeing, differing = normal("area", "4.2公顷（合63亩）"), normal("area", "4.2公顷（合73亩）")
    assert agreeing is not None
    assert differing is not None
    assert agreeing.trust > differing.trust
    assert differing.note == "units differ: 48666.67"
