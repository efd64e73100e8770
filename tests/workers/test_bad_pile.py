"""Bad files in a pile: each ends in its code with words for the clerk, and the rest of the pile goes on."""

import io
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from archive import object_key
from ingest import Upload
from samples import Pile
from tests.ingest import bad_files
from tests.workers.steps import account, opened_case
from tests.workers.test_pipeline import drain, states
from workers import add_files, prepare, zone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300), pytest.mark.stack]  # long


def many_pages(count: int) -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page(page_size=(200, 200))
    pdf.save(out)
    return out.getvalue()


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, bytes]:
    bomb = bad_files.bomb_as_content(tmp_path / "bomb.pdf", zlib.compress(bytes(1 << 30), 9))
    return {
        "空文件.pdf": b"",
        "其实是文本.pdf": "这只是一段文字\n".encode() * 20,
        "加密.pdf": bad_files.encrypted_pdf(tmp_path / "locked.pdf", "secret", "owner").read_bytes(),
        "损坏.pdf": b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n%%EOF",
        "过大图像.png": bad_files.one_colour_png(tmp_path / "huge.png", 20_000, 20_000).read_bytes(),
        "两千页.pdf": many_pages(2000),
        "压缩炸弹.pdf": bomb.read_bytes(),
        "总平面图.dwg": b"AC1032" + bytes(500),
        "申请表.docx": bad_files.archive(tmp_path / "a", ["[Content_Types].xml", "word/document.xml"]).read_bytes(),
    }


CODES = {
    "空文件.pdf": "file-empty",
    "其实是文本.pdf": "type-not-accepted",
    "加密.pdf": "pdf-encrypted",
    "损坏.pdf": "pdf-broken",
    "过大图像.png": "image-too-large",
    "两千页.pdf": "too-many-pages",
    "压缩炸弹.pdf": "decompression-bomb",
    "总平面图.dwg": "drawing-not-viewable",
    "申请表.docx": "office-not-paged",
}


def test_each_bad_file_gets_its_code_and_the_rest_of_the_pile_is_read(
    bad: dict[str, bytes], pile: Pile, tmp_path: Path, settings: Any
):
    settings.OFFICE_PROGRAM = ""  # the same on every machine: as where there is no LibreOffice
    prepare()
    case = opened_case(pile)
    form = next(f.path for f in pile.batch("first") if f.path.name == "申请表.jpg")
    blank = io.BytesIO()
    Image.new("RGB", (1240, 1754), "#f4f2ee").save(blank, "JPEG", dpi=(200, 200))
    photograph = io.BytesIO()
    with Image.open(form) as scan:
        scan.save(photograph, "WEBP", quality=90)
    files = {**bad, "没有文字.jpg": blank.getvalue(), "手机照片.jpg": photograph.getvalue()}
    add_files(case, [(name, io.BytesIO(data)) for name, data in files.items()], by=account("clerk"))
    drain()
    uploads = {upload.file_name: upload for upload in Upload.objects.filter(case=case)}
    for name, code in CODES.items():
        assert (uploads[name].state, uploads[name].refusal["code"]) == ("refused", code), uploads[name].refusal
        assert uploads[name].refusal["message"]
        assert uploads[name].refusal["remedy"]
        assert zone("inbox").read(_key(uploads[name])) == files[name], "the original is kept as it came"
        assert zone("refused").read(_key(uploads[name])) == files[name]
    assert uploads["没有文字.jpg"].state == "filed"
    assert [m.type for m in uploads["没有文字.jpg"].materials.all()] == [""]
    assert states(case)["M-SQB"] == "satisfied"


def _key(upload: Upload) -> str:
    return object_key(upload.sha256)
