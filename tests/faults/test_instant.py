"""A worker dies at each stage of a case that is decided by rule: nothing is lost, nothing is done twice."""

from pathlib import Path

import pytest

from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS = "tests.faults.instant_steps"
TRIES = 5
STAGES = ("instant", "render", "seal", "log")
"""Those between are the same for every case: `tests.faults.test_killed_workers`."""


@pytest.fixture(scope="module")
def taken(prepared: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = prepared.copy(tmp_path_factory.mktemp("instant") / "data")
    made.do("hand_in", module=STEPS)
    made.do("take", module=STEPS)
    return made


@pytest.mark.parametrize("kind", STAGES)
def test_a_worker_killed_at_a_stage_loses_nothing_and_does_nothing_twice(
    kind: str, taken: Installation, tmp_path: Path
):
    for number in range(TRIES):
        there = taken.copy(tmp_path / f"data{number}")
        with there.workers():
            try:
                there.kill_at(kind)
            except MissedError:
                continue
            there.wait_for("SELECT 1 FROM archive_package WHERE state='logged'")
            there.wait_until_idle()
        now = there.do("facts", module=STEPS)
        assert now["attempts"][kind] == 2
        assert (now["case"], now["certificates"], now["packages"]) == ("archived", ["valid"], ["logged"])
        assert (now["decisions"], now["seal uses"], now["draws"], now["faults"]) == (1, 1, 1, [])
        return
    pytest.fail(f"{kind} was over each time before it could be killed")
