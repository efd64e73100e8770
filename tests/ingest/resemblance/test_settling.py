"""What was read differently is settled by the pictures, where they are good enough, and never for digits."""

import dataclasses

import cv2
import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from ingest import Presented
from ingest.resemblance import Likeness, compare
from ocr import Image, Line, quad
from tests.ingest.resemblance.sheets import WORDS, licence

DOWN = 6
"""Pixels by which the second scan lies lower."""


def scan(document: Presented, *, grain: int = 0, blur: float = 0.0, **printed: str) -> Image:
    """A picture of what the document says where it says it, except for the fields that are `printed` otherwise."""
    page = document.readings[0]
    picture = Picture.new("L", (page.width, page.height), 245)
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(str(sans_path()), 30)
    for line in page.lines:
        name = line.text.split("：")[0]
        text = f"{name}：{printed[name]}" if name in printed else line.text
        pen.text((line.box[0][0] + 4, line.box[0][1] + 2), text, font=font, fill=40)
    grey = np.asarray(picture, np.float32)
    if blur:
        grey = cv2.GaussianBlur(grey, (0, 0), blur)
    grey = grey + np.random.default_rng(grain).normal(0, grain, grey.shape).astype(np.float32)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def compared(second: Presented, *, grain: int = 3, blur: float = 0.0, **printed: str) -> Likeness:
    """A licence held against another reading of it, of which the second picture shows what is `printed`."""
    first = licence()
    pictures = [scan(first)], [scan(second, grain=grain, blur=blur, **printed)]
    return compare(first, second, lambda: pictures)


def misread(**fields: str) -> Presented:
    return licence(file="二.pdf", moved=DOWN, **fields)


def test_a_character_that_was_misread_is_no_difference_where_both_pictures_show_the_same():
    found = compared(misread(法定代表人="张朋远"), 法定代表人=WORDS["法定代表人"])
    assert (found.verdict, found.differing) == ("same", ())


@pytest.mark.parametrize("name", ["张朋远", "张明达"])
def test_another_character_in_the_picture_stays_a_question(name: str):
    found = compared(misread(法定代表人=name))
    assert found.verdict == "unsure"
    assert {one.name for one in found.differing} == {"法定代表人", ""}


def test_a_digit_is_never_settled_by_how_it_looks():
    found = compared(licence(file="二.pdf", moved=DOWN, score=0.7, 成立日期="2019-06-17"), 成立日期=WORDS["成立日期"])
    assert found.verdict == "unsure"
    assert "成立日期" in found.why


def test_scans_too_poor_to_tell_two_characters_apart_settle_nothing():
    found = compared(misread(法定代表人="张朋远"), blur=4.0, grain=25, 法定代表人=WORDS["法定代表人"])
    assert found.verdict == "unsure"


def test_a_page_with_hardly_any_words_in_common_settles_nothing():
    first, second = licence(), misread(法定代表人="张朋远")
    few = [
        dataclasses.replace(one, fields={}, readings=(dataclasses.replace(page, lines=page.lines[3:6]),))
        for one in (first, second)
        for page in one.readings
    ]
    pictures = [scan(first)], [scan(second, 法定代表人=WORDS["法定代表人"])]
    assert compare(few[0], few[1], lambda: pictures).verdict == "unsure"


def test_a_line_that_one_scan_lost_is_no_difference_where_it_stands_on_both():
    second = misread()
    page = second.readings[0]
    lost = dataclasses.replace(second, readings=(dataclasses.replace(page, lines=page.lines[:-1]),))
    pictures = [scan(licence())], [scan(second)]
    assert compare(licence(), lost, lambda: pictures).verdict == "same"


def test_a_signature_that_was_hardly_read_is_seen_on_the_pictures():
    second = licence(file="二.pdf", moved=DOWN)
    page = second.readings[0]
    written = Line("孙翀", quad(500, 1500, 700, 1580), 0.4, hand=True)
    signed = dataclasses.replace(second, readings=(dataclasses.replace(page, lines=(*page.lines, written)),))
    with_pen = scan(second, grain=3)
    cv2.polylines(with_pen, [np.array([(500, 1570), (560, 1500), (600, 1580), (690, 1510)])], False, (60, 40, 40), 6)
    found = compare(licence(), signed, lambda: ([scan(licence())], [with_pen]))
    assert found.verdict == "unsure"
    assert "图形" in [one.other for one in found.differing]
