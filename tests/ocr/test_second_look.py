import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import Line, quad
from ocr.second_look import better, doubtful_lines, is_doubtful

RIGHT, WRONG = "91990101MA7C2XG62E", "91990101MA7C2XG62F"
KNOWN = frozenset("陈犇法定代表人钱昇张明远")
WORDS, SCORES = st.text(max_size=20), st.floats(0, 1)


@pytest.mark.parametrize(
    ("text", "score", "again"),
    [
        ("根据有关规定，经审核", 0.94, True),
        ("根据有关规定，经审核", 0.96, False),
        ("江澜晨曦智能装备有限公司", 0.98, True),
        ("江澜晨曦智能装备有限公司", 0.99, False),
        ("委托单位：江澜晨曦", 0.98, True),
        ("备注：江澜晨曦", 0.98, False),
        ("法定代表人：张明远", 0.99, True),
        ("法定代表人：张明远", 0.996, False),
        ("张明远", 0.99, False),
        ("|", 0.2, False),
    ],
)
def test_what_was_read_unsurely_or_matters_is_read_again(text, score, again):
    assert is_doubtful(text, score) is again


@pytest.mark.parametrize("text", [WRONG, "2026年13月20日", "2603-990101-04-01-31826", "伍拾万元整(¥60万元)"])
def test_a_number_that_fails_its_check_is_read_again_however_sure(text):
    assert is_doubtful(text, 1.0)


@pytest.mark.parametrize("text", [RIGHT, f"统一社会信用代码：{RIGHT}", "法定代表人（签字)：", "建设单位"])
def test_what_is_known_to_be_right_is_not_read_again(text):
    assert not is_doubtful(text, 0.8)


def test_the_value_of_a_field_is_read_again_where_another_line_of_that_score_is_not():
    value, remark = ("江澜市高新区晨暖路88号", 300, 0.97), ("江澜市晨暖路88号", 1000, 0.97)
    row = [("建设地点", 100, 1.0), value, ("备注", 900, 1.0), remark]
    lines = [Line(text, quad(x, 100, x + 20 * len(text), 120), score) for text, x, score in row]
    assert doubtful_lines(lines) == (1,)


def test_a_name_beside_its_label_must_be_read_more_surely_than_anything_else():
    label, name = Line("法定代表人", quad(100, 100, 200, 120), 1.0), Line("周赞", quad(300, 100, 340, 120), 0.9898)
    assert doubtful_lines([label, name]) == (1,)
    assert doubtful_lines([name]) == ()


def test_both_lines_of_a_wrapped_value_are_read_again():
    label = Line("项目名称", quad(100, 112, 180, 132), 1.0)
    upper = Line("江澜智能装备制造", quad(300, 100, 460, 120), 0.97)
    lower = Line("基地一期", quad(300, 124, 380, 144), 0.97)
    below = Line("江澜市晨曦路", quad(300, 224, 420, 244), 0.97)
    assert doubtful_lines([below, lower, label, upper]) == (1, 3)


def test_the_number_that_passes_wins_however_sure_the_other():
    assert better((WRONG, 0.999), (RIGHT, 0.6), KNOWN) == (RIGHT, 0.6)
    assert better((RIGHT, 0.6), (WRONG, 0.999), KNOWN) == (RIGHT, 0.6)
    assert better(("91990101", 0.999), (RIGHT, 0.6), KNOWN) == (RIGHT, 0.6)


def test_between_two_that_pass_or_two_that_fail_the_surer_wins():
    assert better(("2026年1月20日", 0.9), ("2026年1月26日", 0.95), KNOWN) == ("2026年1月26日", 0.95)
    assert better(("2026年13月20日", 0.9), (WRONG, 0.8), KNOWN) == ("2026年13月20日", 0.9)


def test_the_better_model_is_believed_when_it_is_a_little_less_sure():
    assert better(("张明元", 0.97), ("张明远", 0.93), KNOWN) == ("张明远", 0.93)
    assert better(("张明元", 0.97), ("张明远", 0.9), KNOWN) == ("张明元", 0.97)


def test_a_rare_character_that_the_first_does_not_know_is_believed_however_sure_the_first():
    assert better(("法定代表人：钱昇", 0.998), ("法定代表人：钱昪", 0.7), KNOWN) == ("法定代表人：钱昪", 0.7)


def test_a_name_that_lost_its_last_character_is_not_believed():
    assert better(("陈犇", 0.47), ("陈", 0.999), KNOWN) == ("陈犇", 0.47)
    assert better(("法定代表人：陈犇", 0.47), ("法定代表人：陈", 0.999), KNOWN) == ("法定代表人：陈犇", 0.47)
    assert better(("陈犇|", 0.47), ("陈犇", 0.999), KNOWN) == ("陈犇", 0.999)


def test_two_that_agree_are_as_sure_as_the_surer():
    assert better(("张明远", 0.94), ("张明远", 0.92), KNOWN) == ("张明远", 0.94)


@given(WORDS, SCORES, WORDS, SCORES)
def test_what_is_kept_is_one_of_the_two(text, score, other, other_score):
    kept = better((text, score), (other, other_score), KNOWN)
    assert kept in {(text, score), (other, other_score)}
    assert better((text, score), (text, score), KNOWN) == (text, score)
