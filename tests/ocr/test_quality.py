import cv2
import numpy as np
import pytest

from ocr import Line, quad
from ocr.quality import measure, with_lines
from tests.ocr.pages import DPI, blank, scanned, text_page


@pytest.fixture(scope="module")
def page():
    return scanned(text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司"] * 12))


def test_a_good_scan_has_no_remarks(page):
    quality = measure(page, DPI)
    assert quality.remarks == ()
    assert quality.contrast > 0.6
    assert 0.005 < quality.ink < 0.2


def test_a_blurred_page_is_remarked(page):
    assert measure(cv2.GaussianBlur(page, (0, 0), 4), DPI).remarks == ("blurred",)


def test_a_faint_page_is_remarked_and_not_called_blank(page):
    faint = (page.astype(np.float32) * 0.15 + 245 * 0.85).astype(np.uint8)
    assert measure(faint, DPI).remarks == ("low-contrast",)


def test_a_dark_page_is_remarked(page):
    assert "dark" in measure((page * 0.4).astype(np.uint8), DPI).remarks


def test_a_low_resolution_is_remarked(page):
    small = cv2.resize(page, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    assert "low-resolution" in measure(small, 90).remarks


def test_small_characters_are_remarked_where_the_resolution_is_unknown(page):
    lines = [Line("字" * 20, quad(10, 20 * n, 200, 20 * n + 10), 1.0) for n in range(5)]
    assert "low-resolution" in with_lines(measure(page, None), lines).remarks
    assert "low-resolution" not in with_lines(measure(page, DPI), lines).remarks


def test_an_empty_page_is_blank_even_with_grain_and_specks():
    image = scanned(blank(), noise=6)
    image[400:402, 300:302] = image[900:903, 800:802] = 30
    assert measure(image, DPI).remarks == ("blank",)


@pytest.mark.parametrize("angle", [-4.0, 0.0, 4.0])
def test_the_lean_of_the_lines_is_the_skew(angle, page):
    slope = np.tan(np.radians(angle))
    lines = [
        Line("字" * 20, ((0, y), (600, y + 600 * slope), (600, y + 30 + 600 * slope), (0, y + 30)), 1.0)
        for y in range(100, 600, 60)
    ]
    quality = with_lines(measure(page, DPI), lines)
    assert quality.skew == pytest.approx(angle, abs=0.05)
    assert ("skewed" in quality.remarks) == (abs(angle) > 3)
