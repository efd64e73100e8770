import numpy as np
import pytest

from ocr import Line, from_json, quad, read_page, to_json
from ocr.fields import extract_fields
from ocr.framing import find_gutter, has_gutter, is_cut, is_spread
from tests.ocr.pages import DPI, blank, scanned, text_page

A4_LAID_ACROSS = (1754, 1240)
SPREAD = (2480, 1754)


def column(x0: float, x1: float, count: int = 6) -> list[Line]:
    return [Line("江澜市自然资源局", quad(x0, 200 + 60 * n, x1, 235 + 60 * n), 1.0) for n in range(count)]


def shaded(size: tuple[int, int], *, wide: float, depth: float = 0.45):
    """White paper with a shadow down the middle, `wide` pixels to either side."""
    across = np.arange(size[0], dtype=np.float32) - size[0] / 2
    light = 250 * (1 - depth * np.exp(-((across / wide) ** 2)))
    return np.repeat(np.repeat(light[None, :, None], size[1], axis=0), 3, axis=2).astype(np.uint8)


def test_lines_that_run_into_the_edge_are_cut():
    assert is_cut(column(0, 400), 1240)
    assert is_cut(column(700, 1239), 1240)


def test_lines_within_the_margins_are_not_cut_nor_is_one_note_at_the_edge():
    assert not is_cut(column(60, 1180), 1240)
    assert not is_cut([*column(60, 1180), *column(0, 80, count=1)], 1240)


def test_two_columns_on_a_landscape_page_of_a3_are_two_pages():
    lines = [*column(150, 1100), *column(1400, 2300)]
    assert is_spread(lines, SPREAD)
    assert find_gutter(np.full((1754, 2480, 3), 250, np.uint8), lines, DPI) == 1240


def test_a_line_across_the_middle_or_an_empty_half_makes_it_one_page():
    assert not is_spread([*column(150, 1100), *column(1400, 2300), *column(900, 1600, count=1)], SPREAD)
    assert not is_spread(column(150, 1100), SPREAD)
    assert not is_spread([*column(150, 500), *column(700, 1100)], (1240, 1754))


@pytest.mark.parametrize(("wide", "expected"), [(40, 877), (2, 0)], ids=["a gutter", "a rule"])
def test_where_the_size_is_unknown_only_a_shadow_in_the_gutter_tells_two_pages(wide, expected):
    lines = [*column(100, 800), *column(960, 1650)]
    image = shaded(A4_LAID_ACROSS, wide=wide)
    assert has_gutter(image) == bool(expected)
    assert find_gutter(image, lines, None) == expected


@pytest.mark.stack
def test_a_page_cut_by_the_scanner_and_an_open_book_are_remarked(engine):
    text = scanned(text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司"] * 6))
    cut = read_page(np.ascontiguousarray(text[:, 190:]), number=1, dpi=DPI, engine=engine)
    assert cut.quality.remarks == ("cut-edge",)
    book = read_page(np.hstack([text, text]), number=1, dpi=DPI, engine=engine)
    assert book.quality.remarks == ("double-page",)


def test_an_open_book_is_read_page_by_page_and_no_value_is_taken_from_the_page_beside(engine):
    left = scanned(
        text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司", "受托人：", "法定代表人：张明远", "签署日期："])
    )
    right = scanned(text_page("续页", ["经办：王芳", "李思雨", "有效期至：2027年6月30日", "2026年11月10日"]))
    book = read_page(np.hstack([left, right]), number=1, dpi=DPI, engine=engine)
    assert book.gutter == pytest.approx(1240, abs=90)
    texts = [line.text for line in book.lines]
    assert texts.index("续页") == 5
    fields = extract_fields("M-SQWT", [book])
    assert fields["有效期至"].value == "2027-06-30"
    assert "受托人" not in fields
    assert from_json(to_json(book)) == book
    assert from_json({k: v for k, v in to_json(book).items() if k != "gutter"}).gutter == 0


def test_a_page_beside_an_empty_one_is_not_remarked(engine):
    text = scanned(text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司"] * 6))
    assert read_page(np.hstack([text, scanned(blank())]), number=1, dpi=DPI, engine=engine).quality.remarks == ()
