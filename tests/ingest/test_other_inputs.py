"""Photographs off phones are read; Office files and drawings are kept and refused with what to hand in instead."""

import pytest
from PIL import Image

from ingest.inspection import MAX_PIXELS, inspect
from ingest.inspection_magic import media_type
from ingest.paging import paginate
from ingest.refusals import REFUSALS, Refusal
from ingest.sandbox import MEBI, Limits
from tests.ingest import bad_files as files


def _page(path, out):
    """The one page of an image file, and its picture."""
    out.mkdir()
    before = path.read_bytes()
    (page,) = paginate(path, inspect(path), out)
    assert path.read_bytes() == before
    return page, Image.open(out / page.file).convert("L")


def _bar_is_at_the_top_left(picture):
    small = picture.resize((4, 4), Image.Resampling.BOX)
    return [small.getpixel(place) < 200 for place in ((0, 0), (3, 0), (0, 3), (3, 3))] == [True, False, False, False]


def _photograph(path, kind, image, orientation=1):
    if kind == "HEIC":
        return files.heic(path, image, orientation=orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, kind, exif=exif)
    return path


@pytest.mark.parametrize(("kind", "name"), [("WEBP", "image/webp"), ("HEIC", "image/heic")])
def test_a_photograph_is_known_by_its_content_and_shown_as_it_is(tmp_path, kind, name):
    path = _photograph(tmp_path / "材料.pdf", kind, files.picture(400, 300))
    found = inspect(path)
    assert (found.media_type, found.page_count) == (name, 1)
    assert (found.images[0].width, found.images[0].height, found.images[0].dpi) == (400, 300, None)
    page, picture = _page(path, tmp_path / "out")
    assert (page.width, page.height) == (400, 300)
    assert _bar_is_at_the_top_left(picture)


@pytest.mark.parametrize("kind", ["WEBP", "HEIC"])
@pytest.mark.parametrize(
    ("orientation", "back"),
    [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)],
)
def test_a_photograph_taken_sideways_stands_upright(tmp_path, kind, orientation, back):
    path = _photograph(tmp_path / "a", kind, files.picture(400, 300).transpose(back), orientation)
    page, picture = _page(path, tmp_path / "out")
    assert (page.width, page.height) == (400, 300)
    assert _bar_is_at_the_top_left(picture)


def test_a_heic_is_turned_by_its_own_property_and_never_twice(tmp_path):
    """Its EXIF value repeats the property; where there is no property, the picture already stands as stored."""
    path = files.heic(tmp_path / "a", files.picture(400, 300), orientation=6, only_exif=True)
    page, picture = _page(path, tmp_path / "out")
    assert (page.width, page.height) == (400, 300)
    assert _bar_is_at_the_top_left(picture)


@pytest.mark.parametrize("kind", ["WEBP", "HEIC"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_every_kind_of_pixel_of_a_photograph_comes_out_black_on_white(tmp_path, kind, mode):
    path = _photograph(tmp_path / "a", kind, files.picture(400, 300, mode))
    assert _bar_is_at_the_top_left(_page(path, tmp_path / "out")[1])


def test_what_moves_is_one_page(tmp_path):
    first, second = files.picture(400, 300), files.picture(400, 300).transpose(Image.Transpose.ROTATE_180)
    first.save(tmp_path / "a.webp", save_all=True, append_images=[second], duration=100)
    assert inspect(tmp_path / "a.webp").page_count == 1
    assert _bar_is_at_the_top_left(_page(tmp_path / "a.webp", tmp_path / "out")[1])


def test_the_first_picture_of_a_heic_is_the_one_its_phone_says(tmp_path):
    files.heic(tmp_path / "warm-up.heic", files.picture(60, 80))
    other, meant = files.picture(200, 200), files.picture(400, 300)
    other.save(tmp_path / "a", "HEIF", save_all=True, append_images=[meant], primary_index=1)
    found = inspect(tmp_path / "a")
    assert (found.page_count, found.images[0].width) == (1, 400)
    page, _ = _page(tmp_path / "a", tmp_path / "out")
    assert (page.width, page.height) == (400, 300)


@pytest.mark.parametrize("kind", ["WEBP", "HEIC"])
def test_a_photograph_cut_off_on_the_way_is_refused(tmp_path, kind):
    path = _photograph(tmp_path / "a", kind, files.picture(800, 600))
    whole = path.read_bytes()
    for share in (0.2, 0.6, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Refusal, match="image-broken"):
            paginate(path, inspect(path), tmp_path)


def test_a_photograph_over_the_limit_on_pixels_is_refused_undecoded(tmp_path):
    """Only the head says 16,383 by 16,383; the data behind it would never be reached."""
    path = _photograph(tmp_path / "a", "WEBP", files.picture(64, 64))
    data = bytearray(path.read_bytes())
    at = data.find(b"VP8X") + 12
    data[at : at + 6] = (16382).to_bytes(3, "little") * 2
    path.write_bytes(data)
    assert MAX_PIXELS < 16_383**2
    with pytest.raises(Refusal) as caught:
        inspect(path)
    assert caught.value.code in {"image-too-large", "image-broken"}


@pytest.mark.stack
def test_a_photograph_that_needs_too_much_memory_is_stopped(tmp_path):
    path = _photograph(tmp_path / "a", "HEIC", Image.new("RGB", (3000, 3000), "white"))
    found = inspect(path)
    with pytest.raises(Refusal) as caught:
        paginate(path, found, tmp_path, limits=Limits(memory_bytes=96 * MEBI))
    assert caught.value.code in {"too-much-memory", "image-broken", "parser-crashed"}


def _word(path):
    return files.archive(path, ["[Content_Types].xml", "word/document.xml"])


def _excel(path):
    return files.archive(path, ["[Content_Types].xml", "xl/workbook.xml"])


def _open_document(path):
    return files.archive(path, ["content.xml"], first=("mimetype", "application/vnd.oasis.opendocument.text"))


def _drawings(path):
    return files.archive(path, ["总图/a.dwg", "总图/说明.txt"])


def _bytes(content):
    def write(path):
        path.write_bytes(content)
        return path

    return write


KEPT = {
    "word": (_word, "office-not-paged", "Word"),
    "excel": (_excel, "office-not-paged", "Excel"),
    "old office": (_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "office-not-paged", "旧版 Word"),
    "open document": (_open_document, "office-not-paged", "OpenDocument"),
    "rtf": (_bytes(b"{\\rtf1\\ansi x}"), "office-not-paged", "RTF"),
    "dwg": (_bytes(b"AC1032" + bytes(200)), "drawing-not-viewable", "DWG"),
    "dxf": (_bytes(b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n"), "drawing-not-viewable", "DXF"),
    "dxf with a comment": (_bytes(b"999\nmade by us\n0\nSECTION\n2\nHEADER\n"), "drawing-not-viewable", "DXF"),
    "dwf": (_bytes(b"(DWF V06.00)PK\x03\x04" + bytes(50)), "drawing-not-viewable", "DWF"),
    "zip of drawings": (_drawings, "drawing-not-viewable", "DWG"),
    "binary dxf": (_bytes(b"AutoCAD Binary DXF\r\n\x1a\0" + bytes(50)), "drawing-not-viewable", "DXF"),
}


@pytest.mark.parametrize(("make", "code", "word"), KEPT.values(), ids=KEPT)
def test_what_cannot_be_shown_is_refused_with_what_to_hand_in_instead(tmp_path, make, code, word):
    path = make(tmp_path / "图纸.pdf")
    before = path.read_bytes()
    with pytest.raises(Refusal) as caught:
        inspect(path)
    assert caught.value.code == code
    assert word in caught.value.message
    for language in ("zh", "en"):
        assert "PDF" in caught.value.text(language).remedy
    assert path.read_bytes() == before, "the original is kept as it came"


def test_every_remedy_that_names_what_is_taken_names_all_of_it():
    assert {media_type(b"RIFF\0\0\0\0WEBP"), media_type(b"\0\0\0\x14ftypmif1\0\0\0\0heic")} == {
        "image/webp",
        "image/heic",
    }
    for words in REFUSALS["type-not-accepted"].values():
        assert all(name in words.remedy for name in ("PDF", "JPEG", "PNG", "TIFF", "WebP", "HEIC"))
