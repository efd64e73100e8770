"""A searchable copy shows the page as it came, and selecting a line of it selects what was read there."""

import datetime as dt
import hashlib
import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from ingest import inspect, paginate, searchable_copy
from ocr import Line, PageReading, Quality, bounds, quad
from samples import make_digital, make_document
from tests.variants import first_quick

CREATED = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WORDS = ["统一社会信用代码 91990101MA7C2XG62E", "江澜晨曦智能装备有限公司", "A-12", "𠮷野家（有限）", "2026年11月24日"]


def lines_at(*boxes: tuple[float, float, float, float]) -> tuple[Line, ...]:
    return tuple(Line(text, quad(*box), 0.99) for text, box in zip(WORDS, boxes, strict=False))


def reading(size: tuple[int, int], lines: tuple[Line, ...], *, number: int = 1, rotation: int = 0) -> PageReading:
    quality = Quality(200, 100.0, 0.9, 0.0, 0.05)
    return PageReading(number, *size, rotation, "ocr", lines, (), quality, "an engine")


def copied(path: Path, folder: Path, readings: list[PageReading]) -> bytes:
    found = inspect(path)
    pictures = {picture.number: folder / picture.file for picture in paginate(path, found, folder)}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return searchable_copy(path, found, pictures, readings, name=path.name, sha256=digest, created=CREATED)


def selected(pdf: bytes, page: int, reading: PageReading, line: Line) -> str:
    """What a viewer gives for a rectangle drawn around the line."""
    shown = pdfium.PdfDocument(pdf)[page]
    width, height = shown.get_size()
    x0, y0, x1, y1 = bounds(line.box)
    across, up = width / reading.width, height / reading.height
    text = shown.get_textpage().get_text_bounded(
        left=x0 * across - 1, right=x1 * across + 1, top=height - y0 * up + 1, bottom=height - y1 * up - 1
    )
    return str(text).strip()


def boxes_of(pdf: bytes, page: int) -> list[tuple[float, float, float, float]]:
    text = pdfium.PdfDocument(pdf)[page].get_textpage()
    return [text.get_rect(n) for n in range(text.count_rects())]


def scan(path: Path, *, rotate: int = 0) -> Path:
    make_document("M-CNS", rotate=rotate).save(path)
    return path


SPREAD = [
    (180, 150, 900, 190),
    (160, 300, 700, 345),
    (1200, 620, 1290, 650),
    (300, 1500, 620, 1560),
    (200, 2000, 480, 2030),
]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("name", first_quick(["page.jpg", "page.png", "page.pdf"]))
def test_selecting_a_line_selects_that_line(tmp_path, name, rotate):
    path = scan(tmp_path / name, rotate=rotate)
    read = reading((1654, 2339), lines_at(*SPREAD), rotation=(360 - rotate) % 360)
    pdf = copied(path, tmp_path, [read])
    for line in read.lines:
        assert selected(pdf, 0, read, line) == line.text


def test_text_lies_within_the_box_it_was_read_in(tmp_path):
    read = reading((1654, 2339), lines_at(*SPREAD))
    pdf = copied(scan(tmp_path / "page.jpg"), tmp_path, [read])
    scale = 72 / 200
    for line, (left, bottom, right, top) in zip(read.lines, boxes_of(pdf, 0), strict=True):
        x0, y0, x1, y1 = (value * scale for value in bounds(line.box))
        assert (left, right) == pytest.approx((x0, x1), abs=3)
        assert (2339 * scale - top, 2339 * scale - bottom) == pytest.approx((y0, y1), abs=4)


def test_a_leaning_and_a_standing_line_are_selected_too(tmp_path):
    leaning = Line(WORDS[1], ((200, 400), (900, 470), (896, 510), (196, 440)), 0.9)
    standing = Line("江澜市测绘院", ((1500, 300), (1540, 300), (1540, 700), (1500, 700)), 0.9)
    read = reading((1654, 2339), (leaning, standing))
    pdf = copied(scan(tmp_path / "page.jpg"), tmp_path, [read])
    text = pdfium.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert [line.strip() for line in text.splitlines()] == [leaning.text, standing.text]
    left, bottom, right, top = pdfium.PdfDocument(pdf)[0].get_textpage().get_charbox(len(leaning.text) + 2 + 5)
    assert 1500 * 0.36 - 3 <= left < right <= 1540 * 0.36 + 3  # the last character stands at the foot of its line
    assert 2339 * 0.36 - 700 * 0.36 - 3 <= bottom < top <= 2339 * 0.36 - 600 * 0.36


def picture_in(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return next(iter(pdf.pages[0].Resources.XObject.values()))


def raw_image(pdf: pikepdf.Pdf) -> bytes:
    return bytes(picture_in(pdf).read_raw_bytes())


def test_a_jpeg_lies_in_the_copy_byte_for_byte(tmp_path):
    path = scan(tmp_path / "page.jpg")
    with pikepdf.open(io.BytesIO(copied(path, tmp_path, [reading((1654, 2339), ())]))) as pdf:
        assert raw_image(pdf) == path.read_bytes()


def test_the_picture_of_a_scanned_pdf_is_not_compressed_again(tmp_path):
    path = scan(tmp_path / "page.pdf")
    with (
        pikepdf.open(path) as original,
        pikepdf.open(io.BytesIO(copied(path, tmp_path, [reading((1654, 2339), ())]))) as pdf,
    ):
        assert raw_image(pdf) == raw_image(original)


def test_a_fax_keeps_its_own_compression(tmp_path):
    path = tmp_path / "fax.tif"
    fax = Image.fromarray(np.asarray(make_document("M-CNS").images[0].convert("L")) > 170)
    fax.save(path, compression="group4", dpi=(200, 200))
    with pikepdf.open(io.BytesIO(copied(path, tmp_path, [reading(fax.size, ())]))) as pdf:
        assert [str(name) for name in picture_in(pdf).Filter] == ["/CCITTFaxDecode"]


def rendered(pdf: bytes) -> np.ndarray:
    return np.asarray(pdfium.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L"), np.float32)


@pytest.mark.parametrize("rotate", [0, 90])
def test_the_copy_looks_like_the_page_and_shows_no_text_of_its_own(tmp_path, rotate):
    path = scan(tmp_path / "page.jpg", rotate=rotate)
    pdf = copied(path, tmp_path, [reading((1654, 2339), lines_at(*SPREAD), rotation=(360 - rotate) % 360)])
    upright = make_document("M-CNS").images[0].convert("L").resize(rendered(pdf).shape[::-1])
    assert np.abs(rendered(pdf) - np.asarray(upright, np.float32)).mean() < 4


def test_a_page_that_is_more_than_its_picture_is_shown_as_it_was_rendered(tmp_path):
    """A stamp drawn over the scan would be lost with the scan alone."""
    path = scan(tmp_path / "page.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b"1 0 0 rg 300 300 90 90 re f", prepend=False)
        pdf.save(path)
    copy = copied(path, tmp_path, [reading((1654, 2339), lines_at(*SPREAD))])
    shown = np.asarray(pdfium.PdfDocument(copy)[0].render(scale=1).to_pil().convert("RGB"))
    red = (shown[..., 0] > 200) & (shown[..., 1] < 60)
    assert 7000 < red.sum() < 9000
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert raw_image(pdf) == (tmp_path / "000001.jpg").read_bytes()


def test_a_born_digital_page_can_be_searched_in_its_copy(tmp_path):
    path = tmp_path / "permit.pdf"
    path.write_bytes(make_digital("OUT-YDGH")[0])
    read = reading((1654, 2339), lines_at(*SPREAD))
    assert selected(copied(path, tmp_path, [read]), 0, read, read.lines[1]) == WORDS[1]


def test_a_picture_with_transparency_or_ink_colours_is_copied_too(tmp_path):
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((50, 50, 200, 150), fill="black")
    clear.save(tmp_path / "clear.png")
    Image.new("CMYK", (400, 300), (0, 0, 0, 20)).save(tmp_path / "ink.jpg")
    for name in ("clear.png", "ink.jpg"):
        with pikepdf.open(io.BytesIO(copied(tmp_path / name, tmp_path, [reading((400, 300), ())]))) as pdf:
            assert picture_in(pdf).ColorSpace in {"/DeviceRGB", "/DeviceGray"}


def test_the_same_reading_gives_the_same_bytes_and_the_original_is_untouched(tmp_path):
    path = scan(tmp_path / "page.pdf")
    before = path.read_bytes()
    read = [reading((1654, 2339), lines_at(*SPREAD))]
    assert copied(path, tmp_path, read) == copied(path, tmp_path, read)
    assert path.read_bytes() == before


def test_the_copy_says_that_it_is_one_and_of_what(tmp_path):
    path = scan(tmp_path / "page.jpg")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pikepdf.open(io.BytesIO(copied(path, tmp_path, [reading((1654, 2339), ())]))) as pdf:
        assert "非原件" in str(pdf.docinfo["/Subject"])
        assert digest in str(pdf.docinfo["/Subject"])
        with pdf.open_metadata() as metadata:
            assert (metadata.pdfa_status, metadata["dc:source"]) == ("2B", f"urn:sha256:{digest}")
