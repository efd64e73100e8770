"""QR and bar codes are found where they stand, whichever way the page lies, and read as they are."""

import json
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr import bounds, from_json, read_codes, read_page, to_json
from ocr.pixels import turn
from tests.ocr.pages import DPI, scanned, text_page

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "barcodes"
ADDRESS = "https://yidang.example/v/abcdefghijklmnopqrstuv"
PLACE = (500, 1300)


def printed(text: str, kind: str = "QRCode", scale: int = 5) -> Image.Image:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    return Image.fromarray(np.pad(np.asarray(code.to_image(scale=scale)), 4 * scale, constant_values=255))


def coded_page(code: Image.Image) -> Image.Image:
    page = text_page("建筑工程施工许可证", ["建设单位：江澜晨曦智能装备有限公司", "发证机关：江澜市行政审批局"])
    page.paste(code, PLACE)
    return page


def stands_at(mark, code: Image.Image) -> bool:
    """Whether the mark lies inside the printed code and covers most of it."""
    x0, y0, x1, y1 = bounds(mark.box)
    (left, top), (wide, high) = PLACE, code.size
    return left - 30 < x0 < x1 < left + wide + 30 and top - 30 < y0 < y1 < top + high + 30 and (x1 - x0) * 2 > wide


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("QRCode", ADDRESS, "qr"),
        ("QRCode", "江澜市行政审批局", "qr"),
        ("Code128", "SGXK-2026-0101", "code-128"),
        ("Code39", "ASN00123", "code-39"),
        ("EAN13", "6901234567892", "ean-13"),
    ],
)
def test_a_code_is_read_with_its_place(kind, text, name):
    code = printed(text, kind, 3)
    (mark,) = read_codes(scanned(coded_page(code), skew=0.8))
    assert (mark.format, mark.text) == (name, text)
    assert stands_at(mark, code)


def test_a_page_without_a_code_has_none():
    assert read_codes(scanned(text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司"] * 12))) == ()


def test_codes_come_from_top_to_bottom():
    page = coded_page(printed("second"))
    page.paste(printed("first"), (100, 700))
    assert [mark.text for mark in read_codes(scanned(page))] == ["first", "second"]


@pytest.mark.parametrize("rotation", [0, 180])
def test_a_reading_tells_the_codes_of_the_upright_page(rotation, engine):
    code = printed(ADDRESS)
    reading = read_page(turn(scanned(coded_page(code)), rotation), number=1, dpi=DPI, engine=engine)
    (mark,) = reading.codes
    assert (mark.format, mark.text, reading.rotation) == ("qr", ADDRESS, rotation)
    assert stands_at(mark, code)
    assert from_json(json.loads(json.dumps(to_json(reading)))) == reading
    older = {name: value for name, value in to_json(reading).items() if name != "codes"}
    assert from_json(older).codes == ()


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_whatever_a_code_says_can_be_kept(text):
    for mark in read_codes(np.asarray(printed(text).convert("RGB"))):
        assert "\0" not in mark.text
        assert json.loads(json.dumps(mark.text)).encode()


def test_a_zero_character_does_not_reach_the_database():
    (mark,) = read_codes(np.asarray(printed("a\0b").convert("RGB")))
    assert mark.text == "a\N{REPLACEMENT CHARACTER}b"


PROMISED = {
    "barcode-128-asn-too-large.pdf": {("code-128", "ASN4294967296")},
    "barcode-39-asn-123.pdf": {("code-39", "ASN00123")},
    "barcode-qr-asn-000123-upscale-dpi.pdf": {("qr", "ASN 000123")},
    "barcode-qr-custom.pdf": {("qr", "CUSTOM BARCODE")},
    "patch-code-t-middle-fuzzy.pdf": {("code-39", "PATCHT")},
    "patch-code-t-middle-distorted.pdf": {("code-39", "PATCHT")},
    "patch-code-t-middle-unreadable.pdf": set(),
    "patch-code-t-qr.pdf": {("qr", "PATCHT")},
}


def pictures(path: Path) -> list[np.ndarray]:
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        return [page.render(scale=200 / 72).to_numpy()[:, :, :3].copy() for page in document]
    return [cv2.imread(str(path))]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="shared/corpora/barcodes is absent")
@pytest.mark.stack
def test_separator_sheets_of_another_project_are_read():
    said = {
        path.name: {(mark.format, mark.text) for picture in pictures(path) for mark in read_codes(picture)}
        for path in sorted(CORPUS.iterdir())
    }
    assert {name: said[name] for name in PROMISED if name in said} == PROMISED
    assert sum(map(bool, said.values())) >= 0.85 * len(said)
