import functools

import numpy as np
import pytest
from PIL import Image

from ocr import bounds
from ocr.seals import PROBABLE, mark_seals
from ocr.seals_find import find_seals
from ocr.seals_outline import Outline, page_dpi
from tests.ocr.pages import DPI, blank, scanned, stamp, text_page

OWNERS = ["江澜晨曦智能装备有限公司", "江澜市行政审批局", "江澜宏远建设集团有限公司", "江澜正衡施工图审查有限公司"]


@functools.cache
def _page(flat: float = 1.0) -> Image.Image:
    page = text_page("江澜市行政审批局", ["盖章处"] * 12)
    for index, owner in enumerate(OWNERS):
        stamp(page, owner, (320 + index % 2 * 520, 460 + index // 2 * 500), flat=flat)
    return page


def test_every_seal_is_found_where_it_stands_and_read(engine):
    image = scanned(_page(), skew=1.0)
    marks = mark_seals(image, find_seals(image, DPI), engine)
    assert {mark.text for mark in marks} == set(OWNERS)
    assert {mark.shape for mark in marks} == {"round"}
    for mark in marks:
        x0, _, x1, _ = bounds(mark.box)
        assert (x1 - x0) / DPI * 25.4 == pytest.approx(40, abs=2)
        assert mark.confidence > 0.85


def test_an_oval_seal_is_told_from_a_round_one(engine):
    image = scanned(_page(flat=0.7))
    marks = mark_seals(image, find_seals(image, DPI), engine)
    assert {mark.shape for mark in marks} == {"oval"}
    assert len(set(OWNERS) & {mark.text for mark in marks}) >= 3


def test_pale_seals_are_found():
    image = scanned(_page(), noise=2)
    pale = (image.astype(np.float32) * 0.25 + 250 * 0.75).astype(np.uint8)
    assert len(find_seals(pale, DPI)) == len(OWNERS)


def test_a_seal_inside_a_red_frame_is_found():
    image = scanned(stamp(blank(), OWNERS[0], (600, 900)))
    image[60:68, 60:1180] = image[1690:1698, 60:1180] = (40, 40, 150)
    image[60:1698, 60:68] = image[60:1698, 1172:1180] = (40, 40, 150)
    assert len(find_seals(image, DPI)) == 1


def test_red_text_and_a_solid_red_disc_are_no_seals(engine):
    image = scanned(blank())
    ys, xs = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    image[(xs - 600) ** 2 + (ys - 600) ** 2 < 100**2] = (40, 40, 200)
    image[1000:1040, 300:900] = (40, 40, 200)
    assert mark_seals(image, find_seals(image, DPI), engine) == ()


def test_on_a_grey_scan_seals_are_found_by_shape_and_only_probable(engine):
    grey = scanned(_page()).mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8)
    marks = mark_seals(grey, find_seals(grey, DPI), engine)
    assert {mark.colour for mark in marks} == {"grey"}
    assert len(set(OWNERS) & {mark.text for mark in marks}) >= 2
    assert all(mark.confidence <= PROBABLE for mark in marks)


def test_a_resolution_that_cannot_be_is_not_believed():
    page = np.zeros((1754, 1240, 3), np.uint8)
    assert page_dpi(page, 150) == 150
    assert page_dpi(page, 10) == pytest.approx(150, abs=1)
    assert page_dpi(page, None) == pytest.approx(150, abs=1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_ring_turns_with_its_page(rotation):
    image = np.zeros((40, 30), np.uint8)
    image[7, 4] = 1
    ring = Outline(4, 7, 2, 3, 1.0).turned(rotation, (30, 40))
    y, x = np.argwhere(np.rot90(image, -(rotation // 90)))[0]
    assert (ring.x, ring.y) == pytest.approx((x, y), abs=1)
