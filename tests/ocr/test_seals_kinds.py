"""Seals of every kind, drawn as on paper and pressed on a page with print."""

import numpy as np
import pytest
from PIL import Image

from ocr import SealMark, find_seals, mark_seals, whose_seal
from samples.seals import Stamp, draw_frame_seal, draw_name_seal, draw_seal
from tests.ocr.pages import DPI, scanned, text_page

OWNER, OTHER = "江澜晨曦智能装备有限公司", "江澜市行政审批局"
ACROSS = round(42 / 25.4 * DPI)


def _marks(engine, *pressed: tuple[Stamp, tuple[int, int]]) -> tuple[SealMark, ...]:
    page = np.array(text_page("承诺书", ["我单位承诺所提交的材料真实、完整、有效。"] * 14))
    for stamp, place in pressed:
        stamp.press(page, place)
    image = scanned(_picture(page))
    return mark_seals(image, find_seals(image, DPI), engine)


def _picture(page: np.ndarray) -> Image.Image:
    return Image.fromarray(page)


@pytest.mark.parametrize("cut", ["raised", "sunk"])
@pytest.mark.parametrize(("name", "said"), [("张明远", "张明远印"), ("陈国梁", "陈国梁印"), ("许静", "许静")])
def test_a_name_seal_is_read_down_the_right_column_first(engine, cut, name, said):
    stamp = draw_name_seal(name, side=round(20 / 25.4 * DPI), rng=np.random.default_rng(5), cut=cut)
    [mark] = _marks(engine, (stamp, (800, 1400)))
    assert (mark.shape, mark.text) == ("square", said)


def test_a_department_s_seal_is_read_row_by_row(engine):
    rows = ("江澜宏远建设集团有限公司", "晨曦基地项目经理部")
    stamp = draw_frame_seal(rows, size=(round(60 / 25.4 * DPI), round(28 / 25.4 * DPI)), rng=np.random.default_rng(3))
    [mark] = _marks(engine, (stamp, (700, 1400)))
    assert (mark.shape, mark.text) == ("square", "".join(rows))


def test_two_seals_one_over_the_other_are_both_found_and_read(engine):
    rng = np.random.default_rng(8)
    first, second = (draw_seal(owner, diameter=ACROSS, rng=rng) for owner in (OWNER, OTHER))
    marks = _marks(engine, (first, (500, 1400)), (second, (500 + round(ACROSS * 0.75), 1420)))
    assert len(marks) == 2
    assert {whose_seal(mark.text, owner).verdict for mark, owner in zip(marks, (OWNER, OTHER), strict=True)} == {"same"}


def test_caption_and_code_of_a_seal_are_read(engine):
    stamp = draw_seal(
        OWNER, diameter=ACROSS, rng=np.random.default_rng(2), caption="合同专用章", number="9901014018264"
    )
    [mark] = _marks(engine, (stamp, (700, 1450)))
    assert (mark.text, mark.caption, mark.number) == (OWNER, "合同专用章", "9901014018264")


@pytest.mark.parametrize("pad", ["blue", "purple"])
def test_a_seal_in_another_ink_is_found_and_only_probable(engine, pad):
    stamp = draw_seal(OTHER, diameter=ACROSS, rng=np.random.default_rng(4), pad=pad)
    [mark] = _marks(engine, (stamp, (700, 1450)))
    assert (mark.text, mark.colour) == (OTHER, "other")
    assert mark.confidence <= 0.5


def test_red_table_frames_headings_and_bars_are_no_seals(engine):
    page = np.array(text_page("承诺书", []))
    red = (200, 30, 40)
    for x, y in [(200, 500), (400, 500), (200, 620), (400, 620)]:
        page[y : y + 4, x : x + 200] = page[y + 120 : y + 124, x : x + 204] = red
        page[y : y + 120, x : x + 4] = page[y : y + 124, x + 200 : x + 204] = red
    page[1000:1120, 300:420] = red
    image = scanned(_picture(page))
    assert mark_seals(image, find_seals(image, DPI), engine) == ()
