import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import whose_seal

OWNER = "江澜晨曦智能装备有限公司"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (OWNER, "same"),
        ("江澜晨曦智能装备有限公", "same"),
        ("汪澜晨曦智能装备有限公司", "same"),
        ("江澜晨曦智能装备有限公司晨曦基地项目部", "same"),
        ("江澜宏远智能装备有限公司", "unsure"),
        ("云岭远航置业集团有限公司", "other"),
        ("江澜", "unread"),
    ],
)
def test_a_seal_is_the_owner_s_another_s_or_a_question(text: str, verdict: str):
    assert whose_seal(text, OWNER).verdict == verdict


def test_a_name_that_fits_better_settles_it_against_the_owner():
    other = "江澜宏远智能装备有限公司"
    assert whose_seal(other, OWNER, [other]).verdict == "other"
    assert whose_seal(other, OWNER, [other]).owner == other


def test_words_that_every_company_has_make_no_strangers_alike():
    assert whose_seal("云岭远航集团股份有限责任公司", "江澜宏远集团股份有限责任公司").verdict == "other"


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_any_two_texts_get_a_likeness_between_nothing_and_all(text: str, owner: str):
    assert 0 <= whose_seal(text, owner).likeness <= 1
