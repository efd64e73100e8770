import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import Line, quad, trustworthy

SIZE = (1240, 1754)
GOOD = "委托单位：江澜晨曦智能装备有限公司 91990101MA7C2XG62E"


def _lines(*texts: str, step: int = 90) -> list[Line]:
    return [Line(text, quad(100, 200 + step * n, 900, 230 + step * n), 1.0) for n, text in enumerate(texts)]


def test_plain_chinese_text_is_trusted():
    assert trustworthy(_lines(*[GOOD] * 6), SIZE)


def test_plain_english_text_is_trusted():
    assert trustworthy(_lines(*["Notice of award for works no. 1"] * 5), SIZE)


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("第1页",),
        ("\ufffd" * 40, GOOD, GOOD, GOOD),
        ("\ue000\ue001\ue002" * 12, "\ue000" * 30, GOOD),
        ("ÃÂ¤½¦§" * 8, "ÐÑÒÓ" * 9, GOOD),
        ("龘靐齉爩鱻麤" * 5, "籱灪龗虋" * 6, "龖厵滟爨" * 6),
    ],
)
def test_what_is_no_text_of_the_page_is_not_trusted(texts):
    assert not trustworthy(_lines(*texts), SIZE)


def test_a_stamp_in_one_corner_is_not_trusted():
    assert not trustworthy(_lines(*[GOOD] * 3, step=30), SIZE)


def test_lines_outside_the_page_are_not_trusted():
    assert not trustworthy([Line(GOOD, quad(5000, 90 * n, 6000, 90 * n + 30), 1.0) for n in range(8)], SIZE)


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_gets_an_answer(texts):
    assert trustworthy(_lines(*texts), SIZE) in {True, False}
