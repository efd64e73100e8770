"""All the odd files of other projects: each ends in pages or in a code, in bounds, with its bytes unchanged."""

import hashlib
import time

import pytest

from ingest.inspection import inspect
from ingest.paging import paginate
from ingest.refusals import REFUSALS, Refusal
from tests.ingest.corpora import corpus

pytestmark = pytest.mark.stack

_FILES = corpus("pdf-odd", "scans-zh", "signed", "barcodes")
_MAX_SECONDS = 60


@pytest.mark.skipif(not _FILES, reason="shared/corpora is absent")
@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_an_odd_file_ends_in_pages_or_in_a_code(tmp_path, path):
    before, started = hashlib.sha256(path.read_bytes()).hexdigest(), time.monotonic()
    code = None
    try:
        found = inspect(path)
        pages = paginate(path, found, tmp_path)
    except Refusal as caught:
        code = caught.code
    else:
        assert len(pages) == found.page_count
        assert sorted(entry.name for entry in tmp_path.iterdir()) == [page.file for page in pages]
    assert code is None or code in set(REFUSALS) - {"parser-failed", "parser-crashed"}
    assert time.monotonic() - started < _MAX_SECONDS
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
