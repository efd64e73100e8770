"""Marks of secrecy at the top of a page, and words that only look like them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pylopdf_fonts_zh_cn import serif_path

from ingest import find_mark
from ocr import Line, PageReading, Quality, WeightsError, check_weights, load_engine, quad, read_page

QUALITY = Quality(200, 1.0, 1.0, 0.0, 0.1)


def page(text: str, y: float = 150.0) -> PageReading:
    line = Line(text, quad(100, y, 600, y + 40), 0.9)
    body = Line("关于报送建设方案的函", quad(300, 700, 1300, 760), 0.99)
    return PageReading(1, 1654, 2339, 0, "ocr", (line, body), (), QUALITY)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★10年", "机密"),
        ("机密 ★ 10 年", "机密"),
        ("绝密★长期", "绝密"),
        ("秘密★6个月", "秘密"),
        ("秘密☆1年", "秘密"),
        ("机密★启用前", "机密"),
        ("秘 密", "秘密"),
        ("密级：机密", "机密"),
        ("机密*10年", "机密"),
        ("机密大10年", "机密"),
        ("机密10年", "机密"),
        ("000012 机密★1年 特急", "机密"),
    ],
)
def test_a_mark_at_the_top_is_found_also_where_its_star_was_misread(text: str, level: str):
    found = find_mark(page(text))
    assert found
    assert (found[0], found[1].text) == (level, text)


@pytest.mark.parametrize(
    "text",
    [
        "保密协议",
        "商业秘密保护承诺书",
        "商业秘密★",
        "保守国家秘密",
        "机密文件管理制度",
        "秘密级以上计算机",
        "密级：无",
        "密级：公开",
        "内部资料 注意保密",
        "绝密档案馆建设工程",
    ],
)
def test_words_about_secrets_are_no_marks(text: str):
    assert find_mark(page(text)) is None


def test_the_same_words_further_down_are_a_quotation():
    assert find_mark(page("机密★10年", y=900)) is None


def test_a_mark_is_read_off_a_scan_that_is_soft_and_askew():
    weights = Path(__file__).resolve().parents[2] / "models"
    try:
        check_weights(weights)
    except WeightsError as error:
        pytest.skip(str(error))
    sheet = Image.new("RGB", (1654, 2339), "white")
    pen = ImageDraw.Draw(sheet)
    for x, y, size, text in (
        (180, 240, 36, "机密★10年"),
        (460, 640, 48, "关于报送建设方案的函"),
        (200, 800, 34, "保密协议"),
    ):
        pen.text((x, y), text, font=ImageFont.truetype(str(serif_path()), size), fill=(20, 20, 20))
    scan = sheet.filter(ImageFilter.GaussianBlur(1)).rotate(1.2, fillcolor="white")
    found = find_mark(read_page(np.asarray(scan), number=1, dpi=200, engine=load_engine("paddle", "tiny", weights)))
    assert found
    assert found[0] == "机密"
