import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.variants import one_script


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("江瀾市行政审批局", "江澜市行政审批局"),
        ("晨曦智能裝备制造基地项目", "晨曦智能装备制造基地项目"),
        ("臺灣華東經貿有限公司", "臺灣華東經貿有限公司"),
        ("江瀾晨曦", "江瀾晨曦"),
    ],
)
def test_a_stray_traditional_character_is_mended_and_traditional_text_is_kept(read, meant):
    assert one_script(read) == meant


@given(st.text())
def test_no_character_is_lost(text):
    assert len(one_script(text)) == len(text)
