"""Each kind of bad file ends in its code, soon, alone and with its bytes untouched."""

import os
import time
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ingest.inspection import MAX_FILE_BYTES, inspect
from ingest.paging import paginate
from ingest.refusals import REFUSALS, Refusal
from ingest.sandbox import MEBI, Limits
from tests.ingest import bad_files as files
from tests.ingest.children import children
from tests.ingest.corpora import corpus
from tests.variants import first_quick

MAX_SECONDS = 10
_MOST_PAGES = 4
_PARENT_MAY_GROW = 24 * MEBI


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _take(path: Path, out: Path, limits: Limits | None = None) -> tuple[int, Refusal | None]:
    """Inspect and page a file as the pipeline does: how many pages came, or why not; everything around it unhurt."""
    out.mkdir(exist_ok=True)
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
    resident, started, others = _resident(), time.monotonic(), children()
    try:
        found = inspect(path)
        pages = paginate(path, found, out, count=_MOST_PAGES, **({"limits": limits} if limits else {}))
        ending = len(pages), None
    except Refusal as caught:
        ending = 0, caught
    assert time.monotonic() - started < MAX_SECONDS
    assert _resident() - resident < _PARENT_MAY_GROW
    assert children() <= others
    assert ending[1] is None or (ending[1].code in REFUSALS and "?" not in ending[1].message), "every figure is known"
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) == before
    return ending


def _code(path: Path, tmp_path: Path) -> tuple[str, int | None]:
    pages, refusal = _take(path, tmp_path / "out")
    assert refusal, f"{pages} pages were taken"
    return refusal.code, refusal.page


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "file-empty"),
        ("text.pdf", "这是一个文本文件，改名为 PDF。\n".encode() * 20, "type-not-accepted"),
        ("page.pdf", b"<!DOCTYPE html><html><body>login expired</body></html>", "type-not-accepted"),
        ("random.pdf", bytes((i * 7919 + i * i) % 256 for i in range(5000)), "type-not-accepted"),
        ("a.gif", b"GIF89a" + bytes(100), "type-not-accepted"),
        ("a.zip", b"PK\x03\x04" + bytes(26) + b"word/document.xml", "type-not-accepted"),
        ("header-only.pdf", b"%PDF-1.7\n", "pdf-broken"),
        ("text-with-header.pdf", b"%PDF-1.7\n" + b"no objects at all\n" * 100 + b"%%EOF", "pdf-broken"),
        ("header-only.jpg", b"\xff\xd8\xff\xe0", "image-broken"),
        ("header-only.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "image-broken"),
        ("header-only.tif", b"II*\x00\xff\xff\xff\xff", "image-broken"),
        ("header-only.webp", b"RIFF\x40\0\0\0WEBPVP8 " + bytes(50), "image-broken"),
        ("header-only.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50), "image-broken"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert _code(path, tmp_path)[0] == code


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Refusal, match="file-missing"):
            inspect(path)


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + MEBI)
    with pytest.raises(Refusal) as caught:
        inspect(path)
    assert caught.value.code == "file-too-large"
    assert "301 MB" in caught.value.message


def test_a_pdf_with_a_password_is_refused_with_what_to_do(tmp_path):
    _, refusal = _take(files.encrypted_pdf(tmp_path / "a.pdf", user="open", owner="owner"), tmp_path / "out")
    assert refusal.code == "pdf-encrypted"
    assert "取消打开密码" in refusal.remedy


def test_a_pdf_cut_off_on_the_way_is_refused(tmp_path):
    path = files.pdf(tmp_path / "a.pdf", [files.text_at(72, 700, "x" * 50)] * 40)
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert _code(path, tmp_path)[0] in {"pdf-broken", "pdf-truncated", "pdf-no-pages"}


def test_a_pdf_of_two_thousand_pages_is_refused_with_both_figures(tmp_path):
    _, refusal = _take(files.pdf(tmp_path / "a.pdf", [b""] * 2000), tmp_path / "out")
    assert refusal.code == "too-many-pages"
    assert "2000" in refusal.message
    assert "1000" in refusal.message


def test_a_page_that_is_none_is_blamed_by_its_number(tmp_path):
    path = files.pdf(tmp_path / "a.pdf", [b"", b""])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.Root.Pages.Kids[1] = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font))
        document.save(path)
    assert _code(path, tmp_path) == ("page-broken", 2)


def test_a_bomb_as_drawing_commands_is_refused(tmp_path):
    packed = files.zeros(3)
    assert len(packed) < 4 * MEBI
    assert _code(files.bomb_as_content(tmp_path / "a.pdf", packed), tmp_path)[0] == "decompression-bomb"


def test_a_bomb_inside_a_bomb_is_refused(tmp_path):
    packed = zlib.compress(files.zeros(3), 9)
    assert len(packed) < 50_000
    assert _code(files.bomb_as_content(tmp_path / "a.pdf", packed, layers=2), tmp_path)[0] == "decompression-bomb"


def test_a_bomb_as_an_image_is_refused(tmp_path):
    path = files.bomb_as_image(tmp_path / "a.pdf", files.zeros(3), 32_000, 32_000)
    assert _code(path, tmp_path)[0] == "decompression-bomb"


def test_an_image_that_claims_to_be_huge_is_refused_by_its_page(tmp_path):
    path = files.bomb_as_image(tmp_path / "a.pdf", zlib.compress(bytes(MEBI)), 40_000, 40_000)
    assert _code(path, tmp_path) == ("image-too-large", 1)


def test_drawing_commands_without_end_are_stopped_and_blamed(tmp_path):
    packed = zlib.compress(b"q 0 0 9 9 re f Q\n" * 3_000_000)
    path = files.bomb_as_content(tmp_path / "a.pdf", packed)
    _, refusal = _take(path, tmp_path / "out", Limits(cpu_seconds=2))
    assert (refusal.code, refusal.page) in {("took-too-long", 1), ("too-much-memory", 1)}


def test_a_page_that_needs_too_much_memory_is_stopped_and_blamed(tmp_path):
    path = files.pdf(tmp_path / "a.pdf", [b""], box=(0, 0, 14_400, 14_400))
    _, refusal = _take(path, tmp_path / "out", Limits(memory_bytes=160 * MEBI))
    assert (refusal.code, refusal.page) == ("too-much-memory", 1)


def test_an_image_of_20000_by_20000_pixels_is_refused_with_its_size(tmp_path):
    _, refusal = _take(files.one_colour_png(tmp_path / "a.png", 20_000, 20_000), tmp_path / "out")
    assert refusal.code == "image-too-large"
    assert "20000×20000" in refusal.message


def test_the_largest_image_that_is_taken_fits_in_the_memory(tmp_path):
    path = files.one_colour_png(tmp_path / "a.png", 12_000, 12_400)
    assert _take(path, tmp_path / "out") == (1, None)


def test_a_cut_off_photograph_is_refused(tmp_path):
    path = tmp_path / "a.jpg"
    files.picture().save(path)
    path.write_bytes(path.read_bytes()[:5000])
    assert _code(path, tmp_path) == ("image-broken", 1)


def test_a_broken_frame_of_a_tiff_is_blamed_by_its_number_and_the_first_stays(tmp_path):
    path = files.tiff(tmp_path / "a.tif", 3, compression="tiff_adobe_deflate")
    with Image.open(path) as image:
        image.seek(1)
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]
    data = bytearray(path.read_bytes())
    data[start : start + length] = b"\xff" * length
    path.write_bytes(data)
    assert _code(path, tmp_path) == ("image-broken", 2)
    assert (tmp_path / "out" / "000001.jpg").is_file()
    assert [page.number for page in paginate(path, inspect(path), tmp_path / "out", first=3)] == [3]


def test_a_tiff_whose_frames_go_in_a_ring_ends(tmp_path):
    path = files.tiff(tmp_path / "a.tif", 1)
    data = bytearray(path.read_bytes())
    directory = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[directory : directory + 2], "little")
    data[directory + 2 + 12 * entries :][:4] = b""
    data[directory + 2 + 12 * entries : directory + 6 + 12 * entries] = directory.to_bytes(4, "little")
    path.write_bytes(data)
    pages, refusal = _take(path, tmp_path / "out")
    assert pages == 1 or refusal.code in {"image-broken", "too-many-pages"}


def test_a_picture_with_no_text_is_taken(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGB", (800, 600), (120, 160, 90)).save(path)
    assert _take(path, tmp_path / "out") == (1, None)


def test_a_bad_file_leaves_the_rest_of_the_pile_working(tmp_path):
    bad, good = tmp_path / "bad.pdf", files.pdf(tmp_path / "good.pdf", [b""])
    bad.write_bytes(b"%PDF-1.4 broken")
    assert [_take(path, tmp_path / "out")[0] for path in (good, bad, good)] == [1, 0, 1]


# Every eighth and every fourth; `tests/stack/test_corpora.py` takes them all.
_FILES = corpus("pdf-odd")[::8] + corpus("scans-zh")[::4]


@pytest.mark.skipif(not _FILES, reason="shared/corpora is absent")
@pytest.mark.parametrize("path", first_quick(_FILES, 6), ids=lambda path: path.name)
def test_odd_files_of_other_projects_end_in_pages_or_a_code(tmp_path, path):
    pages, refusal = _take(path, tmp_path / "out")
    assert pages or refusal
