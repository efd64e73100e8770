"""Chinese text, dates, validity, amounts and areas in all their written forms."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import (
    add_months,
    amount_in_words,
    find_dates,
    find_document_numbers,
    normalise,
    parse_amount,
    parse_amount_in_words,
    parse_area,
    parse_date,
    parse_number,
    parse_validity,
    squeeze,
)

days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
_CN = "〇一二三四五六七八九"


def _small(n: int) -> str:
    """1 to 31 in Chinese numerals."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _CN[tens] + "十") + (_CN[ones] if ones else "")


def test_text_is_brought_to_one_width_and_one_space() -> None:
    assert normalise("  发证日期：\u3000２０２６\t年 ㎡ ") == "发证日期: 2026 年 m2"
    assert squeeze("营 业\u3000执 照") == "营业执照"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十五", 15), ("二十", 20), ("廿二", 22), ("卅一", 31), ("二〇二六", 2026), ("一百零五", 105),
     ("壹仟贰佰万", 12_000_000), ("叁亿零伍佰", 300_000_500), ("一万亿", 10**12), ("12", 12), ("两", 2),
     ("", None), ("万", None), ("二五百", None), ("甲", None)],
)  # fmt: skip
def test_numerals_are_read(text: str, number: int | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["2026年3月5日", "2026-3-5", "2026-03-05", "2026.03.05", "2026/3/5", "20260305", "２０２６年０３月０５日",
     "二〇二六年三月五日", "二○二六年三月五日", "二零二六年三月五日", "二O二六年三月五日", "二Ｏ二六年三月五日",
     "2026 年 3 月 5 日", "2026—03—05", "2026/03/05 10:30:00", "发证日期：2026年3月5日（盖章）", "贰零贰陆年叁月伍日"],
)  # fmt: skip
def test_a_date_is_read_in_every_written_form(text: str) -> None:
    assert parse_date(text) == dt.date(2026, 3, 5)


@given(days)
def test_every_day_is_read_back_from_every_form(day: dt.date) -> None:
    chinese = "".join(_CN[int(c)] for c in str(day.year)) + f"年{_small(day.month)}月{_small(day.day)}日"
    forms = ["%Y年%m月%d日", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"]
    texts = [day.strftime(form) for form in forms] + [f"{day.year}年{day.month}月{day.day}日"]
    if day.year < 2100 and day.year >= 1900:
        texts.append(chinese)
    assert {parse_date(text) for text in texts} == {day}


def test_dates_stand_in_the_order_of_the_text() -> None:
    text = "二〇二四年四月十五日 2020年3月11日 2024-04-15 二○二二年十二月三十一日"
    assert [d.isoformat() for d in find_dates(text)] == ["2024-04-15", "2020-03-11", "2024-04-15", "2022-12-31"]


@pytest.mark.parametrize(
    "text",
    ["", "2026-2-30", "2026年13月1日", "2603-990101-04-01-318264", "2016-440784-70-03-006957", "330681201410140101",
     "地字第990101202600018号", "91350200MA2YJ1XR9G", "2026年3月", "1.2026.3.5.1"],
)  # fmt: skip
def test_what_is_no_date_is_not_taken_for_one(text: str) -> None:
    assert find_dates(text) == ()


def _parse_everything(text: str) -> None:
    for parse in (parse_date, parse_validity, parse_amount, parse_amount_in_words, parse_area, parse_number):
        parse(text)
    find_document_numbers(text)
    parse_validity(text, start=dt.date(2026, 11, 22))


@given(st.text())
def test_no_text_breaks_a_parser(text: str) -> None:
    _parse_everything(text)


@given(st.text("〇一二十百万亿0129年月日.-/至起长期有效元角分整,() ", max_size=40))
def test_no_jumble_of_telling_characters_breaks_a_parser(text: str) -> None:
    _parse_everything(text)


D = dt.date


@pytest.mark.parametrize(
    ("text", "start", "until"),
    [
        ("有效期至2026年12月31日", None, D(2026, 12, 31)),
        ("有效期限：2026年12月31日", None, D(2026, 12, 31)),
        ("2026-12-31", None, D(2026, 12, 31)),
        ("自2026年3月1日起三年", D(2026, 3, 1), D(2029, 3, 1)),
        ("自2026年8月31日起6个月", D(2026, 8, 31), D(2027, 2, 28)),
        ("自2026年3月1日起三十日内有效", D(2026, 3, 1), D(2026, 3, 31)),
        ("2016年5月3日至2036年5月2日", D(2016, 5, 3), D(2036, 5, 2)),
        ("自2026年1月1日起至2026年12月31日止", D(2026, 1, 1), D(2026, 12, 31)),
        ("2026.01.01-2026.12.31", D(2026, 1, 1), D(2026, 12, 31)),
        ("2026-01-01—2026-12-31", D(2026, 1, 1), D(2026, 12, 31)),
        ("有效期至2026年12月31日，签署日期2026年1月1日", None, D(2026, 12, 31)),
    ],
)
def test_a_phrase_of_validity_gives_its_last_day(text: str, start: dt.date | None, until: dt.date) -> None:
    period = parse_validity(text)
    assert period is not None
    assert (period.no_end, period.start, period.until) == (False, start, until)


@pytest.mark.parametrize("text", ["长期", "永久有效", "2016年5月3日至长期", "9999-01-01", "9999年12月31日"])
def test_no_end_is_said_and_not_a_date(text: str) -> None:
    period = parse_validity(text)
    assert period is not None
    assert (period.no_end, period.until) == (True, None)


def test_a_length_alone_needs_a_first_day() -> None:
    assert parse_validity("有效期三年") is None
    period = parse_validity("自签署之日起三个月有效", start=D(2026, 11, 30))
    assert period is not None
    assert period.until == D(2027, 2, 28)


@pytest.mark.parametrize("text", ["", "签署日期2026-1-1", "合法有效"])
def test_silence_is_not_taken_for_no_end(text: str) -> None:
    assert parse_validity(text) is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 600))
def test_months_added_one_calendar_month_at_a_time_never_skip_a_month(day: dt.date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("8,600.5万元", "86005000"), ("¥86005000.00", "86005000"), ("￥ 1,200 元", "1200"), ("2.5亿元", "250000000"),
     ("人民币捌仟陆佰万零伍仟元整", "86005000"), ("人民币（大写）壹仟贰佰万元整（¥12000000.00）", "12000000"),
     ("500万", "5000000"), ("5000万元人民币", "50000000"), ("叁佰元零伍分", "300.05"), ("伍仟万圆整", "50000000"),
     ("８６００万元", "86000000"), ("8600（万元）", "86000000"), ("贰拾万元伍角", "200000.5"),
     ("100万美元", None), ("8600", None), ("28600平方米", None), ("12万平方米", None), ("（万元）", None), ("", None)],
)  # fmt: skip
def test_an_amount_is_read_in_yuan(text: str, yuan: str | None) -> None:
    assert parse_amount(text) == (None if yuan is None else Decimal(yuan))


def test_a_bare_number_counts_what_the_label_says() -> None:
    assert parse_amount("8,600.50", "万元") == Decimal(86_005_000)
    assert parse_amount("8600", "元") == Decimal(8600)


@given(st.integers(0, 10**14 - 1).map(lambda cents: Decimal(cents) / 100))
def test_an_amount_in_words_is_read_back(yuan: Decimal) -> None:
    assert parse_amount_in_words(amount_in_words(yuan)) == yuan


@pytest.mark.parametrize(
    ("yuan", "words"),
    [("12000000", "壹仟贰佰万元整"), ("10086.05", "壹万零捌拾陆元零伍分"), ("100000001", "壹亿零壹元整"),
     ("0", "零元整"), ("1203040.50", "壹佰贰拾万叁仟零肆拾元伍角整")],
)  # fmt: skip
def test_amounts_are_written_in_words(yuan: str, words: str) -> None:
    assert amount_in_words(Decimal(yuan)) == words


@pytest.mark.parametrize("yuan", ["-1", "0.001", "1000000000000"])
def test_an_amount_that_has_no_words_is_refused(yuan: str) -> None:
    with pytest.raises(ValueError, match="words"):
        amount_in_words(Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "square_metres"),
    [("28600.5平方米", "28600.50"), ("28600㎡", "28600"), ("28600 m²", "28600"), ("28,600.50 M2", "28600.50"),
     ("2.86万平方米", "28600"), ("4.2公顷", "42000"), ("63亩", "42000"), ("1.5平方公里", "1500000"),
     ("总建筑面积约28600.5平方米，地上三层", "28600.50"), ("28600", None), ("28600元", None)],
)  # fmt: skip
def test_an_area_is_read_in_square_metres(text: str, square_metres: str | None) -> None:
    assert parse_area(text) == (None if square_metres is None else Decimal(square_metres))


def test_a_bare_area_counts_what_the_label_says() -> None:
    assert parse_area("4.2", "公顷") == Decimal(42000)
    assert parse_area("28600", "㎡") == Decimal(28600)


def test_document_numbers_are_found_with_any_brackets() -> None:
    found = find_document_numbers("《江澜政办发〔2026〕12号》、鞍建改办[2019]10号，（江审批（２０２６）第7号）")
    assert [n.text for n in found] == ["江澜政办发〔2026〕12号", "鞍建改办〔2019〕10号", "江审批〔2026〕7号"]
