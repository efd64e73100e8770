"""A worker dies by SIGKILL while it reads the sheets of a set: the version is made once, whole, by another."""

import shutil
from pathlib import Path

import pytest

from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS = "tests.faults.drawing_steps"
TRIES = 5


def test_killed_while_the_sheets_are_read_the_version_is_made_once(prepared: Installation, tmp_path: Path) -> None:
    read = prepared.copy(tmp_path / "read")
    read.do("hand_in", module=STEPS)
    with read.workers(reads=True):
        read.wait_until_idle()
    there, job = killed(read, tmp_path)
    facts = there.do("facts", module=STEPS)
    assert facts["faults"] == []
    assert facts == undisturbed(read)
    assert (facts["versions"], facts["submissions"]) == ([[1, "submitted"]], 1)
    assert len(facts["pages"]) > 1
    assert facts["entered"] == 1
    assert there.rows("SELECT state, attempt FROM workers_job WHERE id=?", job) == [("done", 2)]


def killed(read: Installation, folder: Path) -> tuple[Installation, int]:
    """Ask for the sheets and kill who reads them; a short job may be over before it is seen, then all is done anew."""
    for number in range(TRIES):
        there = read.copy(folder / f"data{number}")
        with there.workers(reads=True):
            there.do("file", module=STEPS)
            try:
                job = there.kill_at("sheets")
            except MissedError:
                shutil.rmtree(there.data, ignore_errors=True)
                continue
            there.wait_until_idle()
            return there, job
    pytest.fail("the sheets were read each time before their worker could be killed")


def undisturbed(read: Installation) -> dict[str, object]:
    """What the same file comes to where nobody is killed."""
    with read.workers(reads=True):
        read.do("file", module=STEPS)
        read.wait_until_idle()
    found: dict[str, object] = read.do("facts", module=STEPS)
    return found
