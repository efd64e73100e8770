"""One picture of a seal pasted twice is told from one seal pressed twice."""

import functools

import cv2
import numpy as np
import pytest

from ocr import Image, find_seals, same_impression
from ocr.seals_print import face_of
from samples.seals import Stamp, draw_seal

OWNER = "江澜晨曦智能装备有限公司"
DPI = 144


@functools.cache
def impression(seed: int) -> Stamp:
    return draw_seal(OWNER, diameter=238, rng=np.random.default_rng(seed), strength="strong")


def face(stamp: Stamp, at: tuple[int, int], quality: int, colour: int = cv2.COLOR_RGB2BGR) -> str:
    """The stamp's face on a page with print, as the scanner kept it."""
    page = np.full((1654, 1169, 3), 255, np.uint8)
    for row in range(100, 1600, 60):
        for column in range(80, 1060, 37):
            cv2.putText(page, chr(65 + (row + column + at[0]) % 26), (column, row), 0, 0.7, (25, 25, 25), 2)
    stamp.press(page, at)
    picture = cv2.cvtColor(page, colour)
    if colour == cv2.COLOR_RGB2GRAY:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    kept: Image = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)  # type: ignore[assignment]
    [outline] = find_seals(kept, DPI)
    return face_of(kept, outline)


def test_one_picture_on_two_pages_over_other_text_is_one_impression():
    assert same_impression(face(impression(1), (500, 800), 92), face(impression(1), (640, 1105), 90))


@pytest.mark.parametrize("seed", range(2, 8))
def test_a_seal_pressed_again_is_another_impression(seed: int):
    assert not same_impression(face(impression(1), (500, 800), 92), face(impression(seed), (500, 800), 92))


def test_a_seal_without_colour_and_an_old_reading_have_no_face():
    assert face(impression(1), (500, 800), 92, cv2.COLOR_RGB2GRAY) == ""
    assert not same_impression("", "")
