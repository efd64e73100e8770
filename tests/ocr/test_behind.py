import cv2
import numpy as np
import pytest

from ocr import read_page
from tests.ocr.pages import DPI, scanned, stamp, text_page
from tests.variants import first_quick

LINES = ["委托单位：江澜晨曦智能装备有限公司", "委托事项：办理工程建设项目审批事项的申报与领取"] * 4


def faint(page, *, strength: float, mirrored: bool):
    """The print at that part of its contrast and softened, as paper lets it through."""
    image = scanned(page, noise=0).astype(np.float32)
    image = cv2.GaussianBlur(np.ascontiguousarray(image[:, ::-1] if mirrored else image), (0, 0), 1.2)
    grain = np.random.default_rng(5).normal(0, 3, image.shape)
    return np.clip(250 - (250 - image) * strength + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("strength", first_quick([0.25, 0.12]))
def test_an_empty_back_through_which_the_front_shows_has_no_text(strength, engine):
    image = faint(text_page("授权委托书", LINES), strength=strength, mirrored=True)
    reading = read_page(image, number=2, dpi=DPI, engine=engine)
    assert reading.quality.remarks == ("show-through",)
    assert reading.lines == ()
    assert (reading.height, reading.width) == image.shape[:2]


def test_faint_print_that_stands_the_right_way_is_read(engine):
    image = faint(text_page("授权委托书", LINES), strength=0.12, mirrored=False)
    reading = read_page(image, number=2, dpi=DPI, engine=engine)
    assert len(reading.lines) == len(LINES) + 1
    assert reading.quality.remarks == ("low-contrast",)


@pytest.mark.stack
def test_a_back_with_a_seal_of_its_own_is_not_called_empty(engine):
    image = faint(text_page("授权委托书", LINES), strength=0.12, mirrored=True)
    sealed = scanned(stamp(text_page("", []), "江澜市行政审批局", (620, 1300)), noise=0)
    reading = read_page(np.minimum(image, sealed), number=2, dpi=DPI, engine=engine)
    assert len(reading.seals) == 1
    assert "show-through" not in reading.quality.remarks
