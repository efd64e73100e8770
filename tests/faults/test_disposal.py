"""A worker dies between two objects of a disposal: the next goes on, and what had to stay is there."""

from pathlib import Path

import pytest

from tests.faults.disposal_steps import MANY
from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS = "tests.faults.disposal_steps"
TRIES = 5


def test_a_worker_killed_between_objects_is_followed_by_one_that_goes_on(prepared: Installation, tmp_path: Path):
    ready = prepared.copy(tmp_path / "ready")
    ready.do("approved", module=STEPS)
    for number in range(TRIES):
        there = ready.copy(tmp_path / f"data{number}")
        assert there.do("begin", module=STEPS) == 1
        with there.workers():
            try:
                there.kill_at("destroy")
            except MissedError:
                continue
            there.wait_for("SELECT 1 FROM retention_disposallist WHERE state='certified'")
            there.wait_until_idle()
        now = there.do("facts", module=STEPS)
        assert (now["left"], now["common"], now["kept"]) == (0, 1, 1)
        assert now["destroyed"] == MANY + 2  # with the list of the case, and the manifest
        assert (now["packages"], now["list"]) == (["destroyed", "logged"], "certified")
        assert (now["tombs"], now["certificates"], now["attempts"], now["faults"]) == (1, 1, [2], [])
        return
    pytest.fail("the disposal was over each time before its worker could be killed")
