"""A page's own number is read from its edge, in the forms that people use."""

import pytest

from ocr import page_label
from tests.ingest.sheets import sheet


@pytest.mark.parametrize(
    ("foot", "number", "total"),
    [
        ("第2页共5页", 2, 5),
        ("第 2 页，共 5 页", 2, 5),
        ("共5页 第2页", 2, 5),
        ("2/5", 2, 5),
        ("- 3 -", 3, None),
        ("—3—", 3, None),
        ("第3页", 3, None),
        ("共5页", None, 5),
        ("（本合同共5页）", None, 5),
    ],
)
def test_the_forms_of_page_numbers(foot: str, number: int | None, total: int | None):
    label = page_label(sheet(1, foot=foot))
    assert label is not None
    assert (label.number, label.total) == (number, total)
    assert label.box[0][1] > sheet(1).height * 0.9


@pytest.mark.parametrize("foot", ["", "第6页共5页", "2026-3-5", "建字第990101202600031号", "0/5", "电话13800005126"])
def test_other_words_at_the_edge_are_no_page_numbers(foot: str):
    assert page_label(sheet(1, foot=foot)) is None


def test_a_number_in_the_body_is_none_but_how_many_pages_there_are_is_told_anywhere():
    assert page_label(sheet(1, ["第2页共5页"])) is None
    label = page_label(sheet(1, ["建设工程施工合同", "（共5页）"]))
    assert label is not None
    assert (label.number, label.total) == (None, 5)
