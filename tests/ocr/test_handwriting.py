"""What a pen wrote is told from print by its ink, and its reading is worth less."""

import cv2
import numpy as np
import pytest

from ocr import Line, bounds, from_json, quad, read_page, to_json
from ocr.handwriting import HAND_SCORE, mark_handwriting
from samples import make_document
from tests.ocr.pages import DPI, scanned, stamp, text_page


@pytest.fixture(scope="module")
def letter():
    sheet = make_document("M-SQWT", degrade="office", seed=3)
    return sheet, cv2.cvtColor(np.asarray(sheet.images[0]), cv2.COLOR_RGB2BGR)


def test_a_signature_is_marked_and_print_is_not(letter, engine):
    sheet, image = letter
    reading = read_page(image, number=1, dpi=sheet.dpi, engine=engine)
    written = [line for line in reading.lines if line.hand]
    assert len(written) == len(sheet.document.written) == 2
    for _, (x, y) in sheet.document.written:
        assert any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in (bounds(line.box) for line in written))
    assert all(line.score <= HAND_SCORE for line in written)
    assert from_json(to_json(reading)) == reading


def test_a_grey_scan_has_no_sign_of_it(letter, engine):
    sheet, image = letter
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert not any(line.hand for line in read_page(grey, number=1, dpi=sheet.dpi, engine=engine).lines)


def test_print_under_a_seal_is_no_handwriting(engine):
    drawn = stamp(text_page("证明", ["发证机关：江澜市自然资源局"] * 6), "江澜市自然资源局", (420, 380))
    assert not any(line.hand for line in read_page(scanned(drawn), number=1, dpi=DPI, engine=engine).lines)


def test_print_in_blue_throughout_is_print():
    """A carbon copy: the page's usual ink is blue, so that nothing stands out."""
    image = np.full((400, 600, 3), 255, np.uint8)
    lines = []
    for n in range(6):
        cv2.putText(image, "FORM 2026", (40, 60 + 55 * n), cv2.FONT_HERSHEY_SIMPLEX, 1, (150, 60, 40), 2)
        lines.append(Line("FORM 2026", quad(40, 30 + 55 * n, 300, 70 + 55 * n), 0.99))
    assert mark_handwriting(image, lines) == tuple(lines)
    cv2.rectangle(image, (30, 20), (400, 300), (255, 255, 255), -1)
    for n in range(5):
        cv2.putText(image, "FORM 2026", (40, 60 + 55 * n), cv2.FONT_HERSHEY_SIMPLEX, 1, (30, 30, 30), 2)
    assert [line.hand for line in mark_handwriting(image, lines)] == [False] * 5 + [True]


def test_a_page_with_few_lines_has_nothing_to_compare_with():
    lines = [Line("张明远", quad(0, 0, 60, 20), 0.9)] * 3
    assert mark_handwriting(np.zeros((50, 80, 3), np.uint8), lines) == tuple(lines)
