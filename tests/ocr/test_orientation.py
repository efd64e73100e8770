"""Which way up a page is where the classifier cannot say: what is read decides, and lines lie rather than stand."""

import cv2
import numpy as np
import pytest
from PIL import ImageDraw

from ocr import Engine
from ocr.orientation import UNKNOWN, read_upright
from ocr.pixels import Image, turn
from ocr.results import Rotation
from tests.ocr.pages import blank, font
from tests.variants import first_quick


def date_alone(text: str) -> Image:
    """The last page of a letter: nothing but its date."""
    page = blank()
    ImageDraw.Draw(page).text((700, 230), text, font=font(32), fill=(20, 20, 20))
    return cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR)


@pytest.mark.parametrize("way", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "text", first_quick(["二〇二五年一月二十三日", "二〇二五年一月三十日", "二〇二四年九月二十二日"])
)
def test_a_page_with_a_date_alone_is_laid_upright(text: str, way: Rotation, engine: Engine):
    page = turn(date_alone(text), way)
    assert engine.rank_rotations(page)[0][1] < UNKNOWN
    rotation, lines = read_upright(page, engine)
    assert (rotation + way) % 360 == 0
    assert [line.text for line in lines] == [text]
