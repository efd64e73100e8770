"""Paging gives one upright picture a page and the text layer in its pixels; the original stays as it came."""

import pytest
from PIL import Image

from ingest.inspection import inspect
from ingest.paging import PAGES_PER_CHILD, paginate
from ingest.paging_cap import MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, fit_scale
from ingest.refusals import Refusal
from ingest.tables import tables
from tests.ingest import bad_files as files


def _pages(path, out, **which):
    out.mkdir(exist_ok=True)
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    pages = paginate(path, inspect(path), out, **which)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)
    for page in pages:
        with Image.open(out / page.file) as picture:
            assert picture.format == "JPEG"
            assert picture.size == (page.width, page.height)
    return pages


def _darkest_corner(path):
    """Which corner of the picture the black bar is at, and how bright the middle is."""
    picture = Image.open(path).convert("L")
    small = picture.resize((4, 4), Image.Resampling.BOX)
    corners = {"top left": (0, 0), "top right": (3, 0), "bottom left": (0, 3), "bottom right": (3, 3)}
    return min(corners, key=lambda name: small.getpixel(corners[name])), picture.getpixel(
        (picture.width // 2, picture.height // 2)
    )


def test_a_page_is_drawn_at_200_dpi_with_its_text_in_pixels(tmp_path):
    path = files.pdf(tmp_path / "a.pdf", [files.text_at(72, 720, "Contract 2026-11-22")])
    page = _pages(path, tmp_path / "out")[0]
    assert (page.file, page.width, page.height, page.dpi, page.scanned) == ("000001.jpg", 1653, 2339, 200, False)
    (line,) = page.text_lines
    assert (line["text"], line["score"]) == ("Contract 2026-11-22", 1.0)
    (left, top), _, (right, bottom), _ = line["box"]
    assert left == pytest.approx(72 / 72 * 200, abs=5)
    assert bottom == pytest.approx((842 - 720) / 72 * 200, abs=5)
    picture = Image.open(tmp_path / "out" / page.file).convert("L")
    assert picture.crop((int(left), int(top), int(right), int(bottom))).getextrema()[0] < 60


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_text_of_a_turned_page_lies_on_its_ink(tmp_path, rotate):
    path = files.pdf(tmp_path / "a.pdf", [files.text_at(72, 720, "IIIIIIII")], rotate=rotate)
    page = _pages(path, tmp_path / "out")[0]
    assert (page.width > page.height) == (rotate in {90, 270})
    box = page.text_lines[0]["box"]
    xs, ys = [x for x, _ in box], [y for _, y in box]
    picture = Image.open(tmp_path / "out" / page.file).convert("L").point(lambda value: 255 - value)
    ink = picture.point(lambda value: 255 * (value > 128)).getbbox()
    assert ink == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=4)
    # The first corner is where the text begins: along the first side one reads.
    reading = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotate]
    step = (box[1][0] - box[0][0], box[1][1] - box[0][1])
    assert step[0] * reading[0] + step[1] * reading[1] > 0


def test_the_cells_of_a_row_are_lines_of_their_own(tmp_path):
    content = files.text_at(72, 700, "Name", 12) + files.text_at(300, 700, "Value", 12)
    page = _pages(files.pdf(tmp_path / "a.pdf", [content]), tmp_path / "out")[0]
    assert [line["text"] for line in page.text_lines] == ["Name", "Value"]


def test_a_page_without_text_is_a_picture_without_lines(tmp_path):
    path = tmp_path / "photo.png"
    files.picture().save(path)
    page = _pages(path, tmp_path / "out")[0]
    assert page.text_lines == ()


@pytest.mark.parametrize(("dpi", "drawn"), [(100, 200), (240, 240), (600, 300)])
def test_a_scan_is_drawn_at_its_own_resolution_within_bounds(tmp_path, dpi, drawn):
    page = _pages(files.scanned_pdf(tmp_path / "a.pdf", dpi, text=files.text_at(50, 300, "ocr")), tmp_path / "out")[0]
    assert page.scanned
    assert page.dpi == pytest.approx(drawn, abs=1)
    assert [line["text"] for line in page.text_lines] == ["ocr"]


def test_pages_are_numbered_from_the_file_across_children(tmp_path):
    count = PAGES_PER_CHILD + 2
    path = files.pdf(tmp_path / "a.pdf", [files.text_at(72, 700, f"page {n + 1}") for n in range(count)])
    pages = _pages(path, tmp_path / "out", first=2, count=50)
    assert [page.number for page in pages] == list(range(2, count + 1))
    assert [page.text_lines[0]["text"] for page in pages] == [f"page {n}" for n in range(2, count + 1)]
    assert pages[-1].file == f"{count:06d}.jpg"


def test_a_page_behind_the_end_is_refused(tmp_path):
    path = files.pdf(tmp_path / "a.pdf", [b""])
    with pytest.raises(Refusal, match="page-missing"):
        _pages(path, tmp_path / "out", first=2)


# What a camera held so stores of an upright scene (EXIF 2.32, tag 0x0112).
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize(
    ("kind", "orientation"), [*(("JPEG", value) for value in range(1, 9)), ("TIFF", 3), ("TIFF", 6), ("PNG", 8)]
)
def test_a_photograph_taken_sideways_stands_upright(tmp_path, orientation, kind):
    upright = files.picture(400, 300)
    stored = upright if orientation == 1 else upright.transpose(_STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a", kind, exif=exif)
    page = _pages(tmp_path / "a", tmp_path / "out")[0]
    assert (page.width, page.height) == (400, 300)
    assert _darkest_corner(tmp_path / "out" / page.file) == ("top left", 255)


def _sixteen_bit():
    return files.picture(mode="L").convert("I").point(lambda value: value * 257).convert("I;16")


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I;16", "YCbCr", "LAB", "I", "F"])
def test_every_kind_of_pixel_comes_out_black_on_white(tmp_path, mode):
    image = _sixteen_bit() if mode == "I;16" else files.picture(mode=mode if mode != "LAB" else "RGB")
    if mode == "LAB":
        from PIL import ImageCms

        image = ImageCms.profileToProfile(
            image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    image.save(tmp_path / "a", "TIFF")
    page = _pages(tmp_path / "a", tmp_path / "out")[0]
    corner, middle = _darkest_corner(tmp_path / "out" / page.file)
    assert corner == "top left"
    assert middle >= 250


def test_what_is_transparent_becomes_paper(tmp_path):
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 100, 30))
    image.save(tmp_path / "a.png")
    page = _pages(tmp_path / "a.png", tmp_path / "out")[0]
    assert _darkest_corner(tmp_path / "out" / page.file) == ("top left", 255)


def test_the_pages_of_a_tiff_may_differ_in_kind(tmp_path):
    first, *others = [files.picture(600, 800, "1"), files.picture(500, 400, "RGB"), files.picture(300, 300, "L")]
    first.save(tmp_path / "a.tif", save_all=True, append_images=others, dpi=(200, 200))
    pages = _pages(tmp_path / "a.tif", tmp_path / "out")
    assert [(page.width, page.height) for page in pages] == [(600, 800), (500, 400), (300, 300)]
    assert pages[0].dpi == 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_drawing_20000_pixels_wide_is_shrunk_with_its_resolution(tmp_path, kind):
    Image.new("L", (20_000, 4_000), 255).save(tmp_path / "a", kind, dpi=(400, 400))
    page = _pages(tmp_path / "a", tmp_path / "out")[0]
    assert page.width * page.height <= MAX_PICTURE_PIXELS
    assert page.width / page.height == pytest.approx(5, rel=0.01)
    assert page.dpi == pytest.approx(400 * page.width / 20_000, abs=1)


def test_an_enormous_sheet_is_drawn_within_the_cap(tmp_path):
    page = _pages(files.pdf(tmp_path / "a.pdf", [b""], box=(0, 0, 14_400, 14_400)), tmp_path / "out")[0]
    assert page.width * page.height <= MAX_PICTURE_PIXELS * 1.01
    assert page.dpi < 40


def test_the_scale_keeps_both_limits():
    assert fit_scale(1654, 2339) == 1
    assert 100_000 * fit_scale(100_000, 10) <= MAX_PICTURE_SIDE
    assert (20_000 * fit_scale(20_000, 20_000)) ** 2 <= MAX_PICTURE_PIXELS * 1.0001


def test_tables_are_read_cell_by_cell(tmp_path):
    rules = b"".join(f"{x} 600 m {x} 700 l S ".encode() for x in (72, 200, 400))
    rules += b"".join(f"72 {y} m 400 {y} l S ".encode() for y in (600, 650, 700))
    words = (
        files.text_at(80, 670, "Name", 12) + files.text_at(210, 670, "Chenxi", 12) + files.text_at(80, 620, "Date", 12)
    )
    path = files.pdf(tmp_path / "a.pdf", [rules + words])
    assert tables(path, 1) == [[["Name", "Chenxi"], ["Date", ""]]]
    with pytest.raises(Refusal, match="page-missing"):
        tables(path, 2)
