"""Word and Excel files through the real LibreOffice: pages with their own text, the same each time, nothing let out."""

import io
import shutil
import socket
import threading
import time

import pytest

from archive import object_key
from ingest import Upload, inspect_with_office, paginate
from ingest.office import convert_to_pdf
from ingest.refusals import Refusal
from ingest.sandbox import MEBI, Limits
from samples import make_project_pile
from tests.ingest import office_files as files
from tests.ingest.children import children
from tests.workers.steps import account, opened_case
from tests.workers.test_pipeline import drain
from workers import add_files, prepare, zone

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


def _text(found, shown, tmp_path):
    return [line["text"] for page in paginate(shown, found, tmp_path) for line in page.own_text]


def test_a_word_file_is_shown_with_its_text(tmp_path):
    path = files.docx(tmp_path / "申请表.docx", ["建设工程规划许可证申请表", "项目代码：2601-990101-04-01-123456"])
    before, others = path.read_bytes(), children()
    found, shown = inspect_with_office(path, tmp_path, office="soffice")
    assert found.converted
    assert found.media_type.endswith("wordprocessingml.document")
    assert (found.page_count, found.size) == (1, len(before))
    assert _text(found, shown, tmp_path) == ["建设工程规划许可证申请表", "项目代码：2601-990101-04-01-123456"]
    assert path.read_bytes() == before
    assert children() == others


def test_an_excel_file_is_shown_with_its_cells(tmp_path):
    path = files.xlsx(tmp_path / "a", [["材料", "份数"], ["合格书", "3"]])
    found, shown = inspect_with_office(path, tmp_path, office="soffice")
    text = "".join(_text(found, shown, tmp_path))
    assert all(word in text for word in ("材料", "份数", "合格书", "3"))


def test_the_same_file_gives_the_same_pages(tmp_path):
    path = files.docx(tmp_path / "a.docx", ["第一段", "第二段"])
    (tmp_path / "out").mkdir()
    first = convert_to_pdf(path, tmp_path, program=shutil.which("soffice"), ending="docx")
    second = convert_to_pdf(path, tmp_path / "out", program=shutil.which("soffice"), ending="docx")
    assert first.read_bytes() == second.read_bytes()


def test_a_file_that_is_none_ends_in_its_code(tmp_path):
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(3000))
    with pytest.raises(Refusal, match="office-not-converted"):
        inspect_with_office(path, tmp_path, office="soffice")


def test_a_conversion_that_takes_too_long_is_stopped_with_all_that_it_started(tmp_path):
    path, others, started = files.docx(tmp_path / "a.docx", ["正文"] * 50_000), children(), time.monotonic()
    limits = Limits(memory_bytes=4096 * MEBI, cpu_seconds=60, wall_seconds=1.0, output_bytes=300 * MEBI, open_files=512)
    with pytest.raises(Refusal, match="took-too-long"):
        convert_to_pdf(path, tmp_path, program=shutil.which("soffice"), ending="docx", limits=limits)
    assert time.monotonic() - started < 10
    assert children() == others


def test_a_picture_from_a_server_is_not_fetched_even_where_nobody_looked(tmp_path):
    """Past our own look at its links: the walls and the settings let nothing out."""
    called = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def wait() -> None:
            try:
                server.accept()
                called.set()
            except OSError:
                return

        listener = threading.Thread(target=wait)
        listener.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        page = tmp_path / "a.html"
        page.write_text(f'<html><body><p>页</p><img src="{address}"></body></html>', encoding="utf-8")
        convert_to_pdf(page, tmp_path, program=shutil.which("soffice"), ending="html")
    listener.join(5)
    assert not called.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_word_file_goes_the_whole_way_and_its_original_is_what_is_kept(tmp_path):
    prepare()
    case = opened_case(make_project_pile(tmp_path / "pile", seed=1))
    words = ["授权委托书", "委托人：江澜晨曦智能装备有限公司", "受托人：张三"]
    path = files.docx(tmp_path / "授权委托书.docx", words)
    data = path.read_bytes()
    add_files(case, [("授权委托书.docx", io.BytesIO(data))], by=account("clerk"))
    drain()
    upload = Upload.objects.get(case=case)
    assert (upload.state, upload.page_count, upload.size) == ("filed", 1, len(data))
    assert upload.media_type.endswith("wordprocessingml.document")
    assert upload.inspection["converted"]
    assert [line["text"] for line in upload.pages.get().reading["lines"]] == words
    assert zone("inbox").read(object_key(upload.sha256)) == data
    assert zone("working").read(object_key(upload.inspection["pages_sha256"])).startswith(b"%PDF-")
