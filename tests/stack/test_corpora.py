"""All the odd files of other projects: each ends in pages that are read, or in a code, in bounds and unchanged."""

import contextlib
import hashlib
import json
import time
from pathlib import Path

import pytest

from ingest.inspection import inspect
from ingest.paging import PagePicture, paginate
from ingest.pictures import load_picture
from ingest.refusals import REFUSALS, Refusal
from ocr import Engine, Line, PageReading, PageUnreadable, from_json, load_engine, read_page, to_json
from tests.ingest.corpora import corpus
from tests.ingest.test_ofd_odd import REFUSED_AT_ONCE, REFUSED_AT_THE_PAGE, SHOWN_ALL_THE_SAME

pytestmark = pytest.mark.stack

_FILES = corpus("pdf-odd", "scans-zh", "signed", "barcodes")
_MAX_SECONDS = 60
_PAGES_READ = {"scans-zh": 1000, "pdf-odd": 1}
"""The scans whole; of the odd PDFs, which are odd by their structure, the first page: the run stays under four minutes
of reading. Folders not named are judged by their pages alone."""

_OFD_MAKERS = (*REFUSED_AT_ONCE, *REFUSED_AT_THE_PAGE, *SHOWN_ALL_THE_SAME)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine("paddle", "tiny", Path(__file__).resolve().parents[2] / "models")


@pytest.fixture(scope="module")
def read_before() -> dict[str, PageReading]:
    """Readings by what was read: the odd PDFs are a few pages in a hundred disguises."""
    return {}


@pytest.mark.skipif(not _FILES, reason="shared/corpora is absent")
@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_an_odd_file_ends_in_readings_or_in_a_code(tmp_path, path, engine, read_before):
    most = next((count for folder, count in _PAGES_READ.items() if folder in path.parts), 0)
    _ends_well(path, tmp_path, most, engine, read_before)


@pytest.mark.parametrize("make", _OFD_MAKERS, ids=lambda make: make.__name__.strip("_"))
def test_an_odd_ofd_ends_in_readings_or_in_a_code(tmp_path, make, engine, read_before):
    path = tmp_path / "a.ofd"
    path.write_bytes(make())
    (tmp_path / "out").mkdir()
    _ends_well(path, tmp_path / "out", 1, engine, read_before)


def _ends_well(path: Path, out: Path, most: int, engine: Engine, read_before: dict[str, PageReading]) -> None:
    before, started = hashlib.sha256(path.read_bytes()).hexdigest(), time.monotonic()
    code, pages = None, []
    try:
        found = inspect(path)
        pages = paginate(path, found, out)
    except Refusal as caught:
        code = caught.code
    else:
        assert len(pages) == found.page_count
        assert sorted(entry.name for entry in out.iterdir()) == [page.file for page in pages]
    assert code is None or code in set(REFUSALS) - {"parser-failed", "parser-crashed"}
    assert time.monotonic() - started < _MAX_SECONDS
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    for page in pages[:most]:
        picture = (out / page.file).read_bytes()
        key = hashlib.sha256(picture + repr(page.own_text).encode()).hexdigest()
        if key not in read_before:
            with contextlib.suppress(PageUnreadable):  # a page of a few pixels: a coded end, too
                read_before[key] = _read(page, picture, engine)


def _read(page: PagePicture, picture: bytes, engine: Engine) -> PageReading:
    """The reading, which stands on the page and survives being kept."""
    layer = [Line(**line) for line in page.own_text] or None
    reading = read_page(load_picture(picture), number=page.number, dpi=page.dpi, engine=engine, text_layer=layer)
    kept = json.dumps(to_json(reading))
    assert json.dumps(to_json(from_json(json.loads(kept)))) == kept
    assert reading.number == page.number
    assert all(0 <= line.score <= 1 for line in reading.lines)
    return reading
