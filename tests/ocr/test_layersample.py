"""A text layer is believed only where it says what the page shows."""

import dataclasses

import numpy as np
import pytest

from ocr import Line, bounds, quad, read_page
from ocr.folding import fold
from ocr.layersample import says_what_is_shown
from tests.ocr.pages import DPI, scanned, stamp, text_page

LINES = [
    "委托单位：江澜晨曦智能装备有限公司",
    "法定代表人：张明远",
    "受托人：李思雨",
    "有效期至：2027年6月30日",
    "委托事项：办理工程建设项目审批事项",
    "项目代码：2603-990101-04-01-318264",
    "签署日期：2026年11月10日",
    "联系电话：0412-5550188",
]


def _layer(lines=LINES) -> list[Line]:
    return [
        Line(text, quad(150, 282 + 62 * n, 150 + 30 * len(text), 316 + 62 * n), 1.0) for n, text in enumerate(lines)
    ]


def _shifted(text: str) -> str:
    """As a font whose map is off by some places gives it: other, real ideographs."""
    return "".join(chr(ord("一") + (ord(c) - ord("一") + 37) % 5000) if "一" <= c <= "鿿" else c for c in text)


@pytest.fixture(scope="module")
def page():
    return scanned(text_page("授权委托书", LINES), noise=2)


def test_a_layer_that_says_what_is_shown_is_used(page, engine):
    reading = read_page(page, number=1, dpi=DPI, engine=engine, text_layer=_layer())
    assert reading.source == "text-layer"
    assert [line.text for line in reading.lines if line.score == 1.0] == LINES


def test_a_layer_with_a_shifted_map_is_read_instead(page, engine):
    reading = read_page(page, number=1, dpi=DPI, engine=engine, text_layer=_layer([_shifted(text) for text in LINES]))
    assert reading.source == "ocr"
    assert fold(LINES[0]) in fold(reading.text)


def test_the_text_of_another_form_under_the_picture_is_not_believed(page, engine):
    other = [f"第{n}条 甲方应当按照合同约定支付工程价款" for n in range(8)]
    assert read_page(page, number=1, dpi=DPI, engine=engine, text_layer=_layer(other)).source == "ocr"


def test_the_right_text_in_the_wrong_places_is_not_believed(page, engine):
    moved = [
        dataclasses.replace(line, box=quad(150, 900 + 40 * n, 700, 932 + 40 * n)) for n, line in enumerate(_layer())
    ]
    assert read_page(page, number=1, dpi=DPI, engine=engine, text_layer=moved).source == "ocr"


def test_a_stamp_over_a_line_does_not_discredit_the_layer(engine):
    drawn = stamp(text_page("授权委托书", LINES), "江澜晨曦智能装备有限公司", (420, 400))
    assert (
        read_page(scanned(drawn, noise=2), number=1, dpi=DPI, engine=engine, text_layer=_layer()).source == "text-layer"
    )


def test_what_only_the_picture_shows_is_read_besides(page, engine):
    """The head of the form has a layer, the rest came into the page as a picture."""
    reading = read_page(page, number=1, dpi=DPI, engine=engine, text_layer=[*_layer()[:4]])
    assert reading.source == "text-layer"
    read = {fold(line.text): line for line in reading.lines}
    assert {fold(text) for text in LINES} <= set(read)
    assert read[fold(LINES[0])].score == 1.0
    assert read[fold(LINES[5])].score < 1.0
    tops = [bounds(read[fold(text)].box)[1] for text in LINES]
    assert tops == sorted(tops)


def test_a_layer_with_nothing_to_compare_is_not_believed(engine):
    blank = np.full((400, 300, 3), 255, np.uint8)
    assert not says_what_is_shown(blank, [], engine)
    assert not says_what_is_shown(blank, [Line("— — — — — —", quad(10, 10, 200, 30), 1.0)] * 9, engine)
