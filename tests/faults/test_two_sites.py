"""A worker that copies to the second site is killed in the middle of it: nothing is lost, nothing lies there twice."""

from pathlib import Path

import pytest

from archive import LocalStore
from tests.faults.installation import Installation

pytestmark = pytest.mark.faults
OBJECTS = 300
NOTHING_WAITS = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM rebuilding_waitingcopy)"


def test_the_copying_goes_on_where_the_killed_worker_was(prepared: Installation, tmp_path: Path) -> None:
    second = tmp_path / "second"
    there = prepared.copy(tmp_path / "data", YIDANG_ARCHIVE_REPLICA=f"file://{second}")
    assert there.do("fill", str(OBJECTS), module="tests.faults.copying_steps") == OBJECTS
    with there.workers(1):
        there.kill_at("replicate")
        [(left,)] = there.rows("SELECT count(*) FROM rebuilding_waitingcopy")
        assert 0 < left <= OBJECTS
        there.wait_for(NOTHING_WAITS)
        there.wait_until_idle()
    first, copied = LocalStore(there.data / "objects" / "archive"), LocalStore(second)
    kept = [(one.key, one.sha256) for one in first.list("sha256/")]
    assert [(one.key, one.sha256) for one in copied.list("sha256/")] == kept
    assert len(kept) == OBJECTS
    assert {len(copied.versions(key)) for key, _ in kept} == {1}
    assert all(copied.verify(key) for key, _ in kept)
