"""Workers die between two seals of one certificate, and in the middle of a renewal: nothing is half done, or twice."""

from pathlib import Path

import pytest

from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS = "tests.faults.co_sealing_steps"
TRIES = 5


@pytest.fixture(scope="module")
def drafted(prepared: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = prepared.copy(tmp_path_factory.mktemp("co-sealing") / "data")
    made.do("draft", module=STEPS)
    with made.workers():
        made.wait_for("SELECT 1 FROM signing_certificate WHERE state='rendered'")
    return made


def killed_at(kind: str, cause: str, before: Installation, folder: Path) -> tuple[Installation, dict[str, object]]:
    """Do the step that causes the job and kill its worker in the middle of it; returns what was there just then."""
    for number in range(TRIES):
        there = before.copy(folder / f"data{number}")
        there.do(cause, module=STEPS)
        with there.workers() as leader:
            try:
                there.kill_at(kind, group=leader.pid)
            except MissedError:
                continue
        return there, there.do("facts", module=STEPS)
    pytest.fail(f"{kind} was over each time before it could be killed")


def test_a_certificate_of_two_seals_and_its_renewal_survive_killed_workers(drafted: Installation, tmp_path: Path):
    there, then = killed_at("seal", "sign", drafted, tmp_path / "seal")
    assert (then["state"], then["sealed"], then["uses"], then["applied"]) == ("approved", False, [0, 0], 0)
    with there.workers():
        there.wait_for("SELECT 1 FROM signing_certificate WHERE state='valid'")
    now = there.do("facts", module=STEPS)
    assert (now["seals"], now["uses"], now["applied"]) == (["B-LTA", "B-LTA"], [2, 1], 1)
    assert now["attempts"] == {"seal": 2}

    there, then = killed_at("renew", "renew", there, tmp_path / "renew")
    assert (then["chain"], then["renewed"]) == ([0], 0)
    with there.workers():
        there.wait_for('SELECT 1 FROM signing_preservedfile WHERE "order"=1')
    now = there.do("facts", module=STEPS)
    assert (now["chain"], now["renewed"], now["attempts"]["renew"]) == ([0, 1], 1, 2)
