"""Check boxes are found on scans, told ticked from empty, and named by the option they stand before."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageDraw

from ocr import Line, bounds, from_json, quad, read_page, to_json
from ocr.boxfinding import find_squares
from ocr.checkboxes import read_checkboxes
from samples import make_document
from tests.ocr.pages import DPI, blank, font, scanned, text_page


def form_page(options: str, size: int = 30) -> tuple[np.ndarray, Line]:
    """A page with one line of options, + for a ticked box and - for an empty one, and that line as read without them.

    A tick reaches beyond its box, as people make them.
    """
    page = blank()
    draw = ImageDraw.Draw(page)
    x, y = 200, 400
    for letter in options:
        if letter in "+-":
            draw.rectangle((x + 2, y + 9, x + size - 4, y + size + 3), outline=(20, 20, 20), width=2)
            if letter == "+":
                draw.line([(x + 7, y + 20), (x + 12, y + 28), (x + 28, y + 3)], fill=(20, 20, 70), width=3)
        else:
            draw.text((x, y), letter, font=font(size), fill=(20, 20, 20))
        x += size
    read = options.replace("+", "").replace("-", "")
    return scanned(page, noise=5), Line(read, quad(198, 396, x + 2, 440), 0.9)


def marks_of(image: np.ndarray, line: Line) -> list[tuple[bool, str]]:
    return [(mark.ticked, mark.text) for mark in read_checkboxes(image, [line], DPI)]


def test_boxes_that_the_recogniser_left_out_get_their_options():
    assert marks_of(*form_page("+出让-划拨-租赁+自有用地")) == [
        (True, "出让"),
        (False, "划拨"),
        (False, "租赁"),
        (True, "自有用地"),
    ]


def test_what_stands_before_the_first_box_is_no_option():
    assert marks_of(*form_page("资金来源-财政+自筹")) == [(False, "财政"), (True, "自筹")]


@pytest.mark.parametrize("size", [24, 30, 36])
def test_characters_that_are_frames_are_no_boxes(size):
    texts = ["口日田回国目四由甲申曰白自西困因固图圆园围囚", "出口 进口 人口 窗口 路口"]
    image = scanned(text_page("中国日用品回收目录", texts, size))
    lines = [
        Line("口日田回国目四由甲申曰白自西困因固图圆园围囚", quad(150, 280, 150 + 22 * size, 284 + 1.3 * size), 0.99),
        Line("出口 进口 人口 窗口 路口", quad(150, 342, 150 + 12 * size, 346 + 1.3 * size), 0.99),
    ]
    assert read_checkboxes(image, lines, DPI) == ()


def test_a_tick_read_without_a_box_counts_less_surely():
    image = scanned(blank())
    (mark,) = read_checkboxes(image, [Line("是√", quad(100, 100, 160, 130), 0.9)], DPI)
    assert (mark.ticked, mark.text) == (True, "")
    assert mark.confidence == pytest.approx(0.54)


def test_the_wrapped_rest_of_an_option_belongs_to_the_box_above():
    lines = [
        Line("□新建☑改建（装饰装", quad(200, 300, 470, 340), 0.9),
        Line("修、改变用途）□扩建", quad(200, 350, 470, 390), 0.9),
    ]
    marks = read_checkboxes(scanned(blank()), lines, DPI)
    assert [(mark.ticked, mark.text) for mark in marks] == [
        (False, "新建"),
        (True, "改建（装饰装修、改变用途）"),
        (False, "扩建"),
    ]


@settings(max_examples=15, deadline=None)
@given(st.floats(-1.5, 1.5), st.integers(0, 9), st.booleans())
def test_a_box_is_found_however_the_page_leans(lean, grain, ticked):
    page = blank()
    draw = ImageDraw.Draw(page)
    draw.rectangle((600, 800, 620, 820), outline=(25, 25, 25), width=2)
    if ticked:
        draw.line([(603, 808), (609, 817), (624, 797)], fill=(30, 30, 60), width=3)
    squares = find_squares(scanned(page, skew=lean, noise=grain), DPI)
    assert [square.ticked for square in squares] == [ticked]


@pytest.mark.parametrize(("degrade", "dpi", "least"), [("office", 200, 0.9), ("clean", 300, 1.0)])
def test_the_boxes_of_a_scanned_form_are_in_its_reading(engine, degrade, dpi, least):
    sheet = make_document("M-XMJB", degrade=degrade, dpi=dpi, seed=11)
    image = np.ascontiguousarray(cv2.cvtColor(np.asarray(sheet.images[0].convert("RGB")), cv2.COLOR_RGB2BGR))
    reading = read_page(image, number=1, dpi=dpi, engine=engine)
    right = 0
    for box in sheet.document.boxes:
        x, y = box.center
        here = [mark for mark in reading.marks if _covers(bounds(mark.box), x, y)]
        assert all(mark.ticked == box.ticked for mark in here)
        right += any(mark.ticked == box.ticked for mark in here)
    assert right >= least * len(sheet.document.boxes)
    assert len(reading.marks) == right
    assert from_json(json.loads(json.dumps(to_json(reading)))) == reading
    older = {name: value for name, value in to_json(reading).items() if name != "marks"}
    assert from_json(older).marks == ()


def _covers(box: tuple[float, float, float, float], x: float, y: float) -> bool:
    x0, y0, x1, y1 = box
    return x0 - 4 <= x <= x1 + 4 and y0 - 4 <= y <= y1 + 4
