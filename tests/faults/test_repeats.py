"""Workers die while a new document is held against what is archived: nothing is lost, and nothing is said twice."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS = "tests.faults.repeat_steps"
TRIES = 5
DEATHS = 2
"""How often the job dies; one more and it is set aside."""


@pytest.fixture(scope="module")
def again(prepared: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A licence is archived, and comes again with a letter that was known; no worker has looked at them yet."""
    folder = tmp_path_factory.mktemp("repeats")
    made = prepared.copy(folder / "data")
    made.do("first", str(folder / "pile"), module=STEPS)
    with made.workers(reads=True):
        made.wait_until_idle()
    made.do("keep", module=STEPS)
    made.do("again", str(folder / "pile"), module=STEPS)
    return made


def killed(again: Installation, folder: Path, deaths: int) -> Installation:
    """A comparison dies so often; it is short and may be over before it is seen, then all is done anew."""
    for number in range(TRIES):
        there = again.copy(folder / f"data{number}")
        with there.workers(reads=True), contextlib.suppress(MissedError):
            job = there.kill_at("repeat")
            for attempt in range(2, deaths + 1):
                there.kill_job(job, attempt=attempt)
            there.wait_until_idle()
            return there
    pytest.fail("the comparison was over each time before it could be killed")


def as_without_a_death(now: dict[str, Any]) -> None:
    assert now["faults"] == []
    assert now["uploads"] == {"执照再扫.jpg": "filed", "营业执照.png": "duplicate", "授权委托书.jpg": "filed"}
    assert now["unread"] == 0
    assert set(now["jobs"]) <= {"done", "skipped"}


def test_a_document_that_comes_again_is_asked_about_once_however_often_its_worker_dies(
    again: Installation, tmp_path: Path
) -> None:
    there = killed(again, tmp_path, DEATHS)
    now = there.do("facts", module=STEPS)
    as_without_a_death(now)
    assert now["repeats"] == [["执照再扫.jpg", "proposed", True], ["营业执照.png", "accepted", True]]
    there.do("take", module=STEPS)
    with there.workers(reads=True):
        there.wait_until_idle()
    taken = there.do("facts", module=STEPS)
    as_without_a_death(taken)
    assert taken["repeats"] == [["执照再扫.jpg", "accepted", True], ["营业执照.png", "accepted", True]]
    assert taken["licences"] == ["repeat"]


def test_a_comparison_that_kills_three_workers_is_set_aside_and_the_document_counts_as_it_came(
    again: Installation, tmp_path: Path
) -> None:
    now = killed(again, tmp_path, DEATHS + 1).do("facts", module=STEPS)
    assert now["faults"] == []
    assert now["uploads"]["执照再扫.jpg"] == now["uploads"]["授权委托书.jpg"] == "filed"
    assert now["jobs"]["quarantined"] == 1
    assert sorted(now["licences"]) == ["repeat", "uploaded"]
