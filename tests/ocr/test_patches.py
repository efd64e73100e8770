"""Patch T: found by its bars on a sheet of ours, whichever way it lies, and on nothing else."""

import cv2
import numpy as np
import pytest

from ocr.codes import read_codes
from ocr.patches import find_patches

N, B = 16, 40


def sheet(widths: tuple[int, ...] = (N, N, B, N, N, N, B), *, width: int = 1654, height: int = 2339) -> np.ndarray:
    """A page with bars along its upper edge, from the edge inwards; bars and spaces in turn, in pixels."""
    page = np.full((height, width, 3), 250, np.uint8)
    y = 120
    for n, wide in enumerate(widths):
        if n % 2 == 0:
            page[y : y + wide, 300 : width - 300] = 15
        y += wide
    return page


@pytest.mark.parametrize("quarters", range(4))
def test_a_patch_t_is_found_whichever_way_the_sheet_lies(quarters: int):
    assert len(find_patches(np.ascontiguousarray(np.rot90(sheet(), quarters)))) == 1


@pytest.mark.parametrize("angle", [-8, -3, 2, 6, 10])
@pytest.mark.parametrize("size", [0.5, 1.0, 1.5])
def test_a_crooked_sheet_of_any_resolution_is_read(angle: float, size: float):
    page = sheet()
    matrix = cv2.getRotationMatrix2D((827, 1170), angle, 0.9)
    turned = cv2.warpAffine(page, matrix, (1654, 2339), borderValue=(236, 236, 236))
    scaled = np.asarray(cv2.resize(turned, None, fx=size, fy=size, interpolation=cv2.INTER_AREA), np.uint8)
    assert len(find_patches(scaled)) == 1


@pytest.mark.parametrize(
    "widths",
    [
        (B, N, N, N, B, N, N),  # another code: broad first, as a T would be read from the wrong side
        (B, N, B, N, N, N, N),
        (N, N, N, N, B, N, B),
        (B, N, N, N, N, N, B),
        (N, N, B, N, B, N, N),
        (N, N, N, N, N, N, N),
        (N, N, B, N, N),
    ],
)
def test_other_bars_are_no_patch_t(widths: tuple[int, ...]):
    assert not find_patches(sheet(widths))


def test_the_bars_in_the_middle_of_a_page_are_none():
    assert not find_patches(np.roll(sheet(), 900, axis=0))


def test_what_a_patch_says_stands_among_the_codes_with_its_place():
    (mark,) = read_codes(sheet())
    assert (mark.format, mark.text) == ("patch", "PATCHT")
    (x0, y0), (x1, y1) = mark.box[0], mark.box[2]
    assert 250 < x0 < 400
    assert 1250 < x1 < 1400
    assert 100 < y0 < y1 < 120 + 3 * N + 2 * N + 2 * B + 10
