"""The clock is set back, the timestamp authority or the store is away: nothing is lost or doubled, all is told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, MissedError

pytestmark = pytest.mark.faults
STEPS, INSTANT = "tests.faults.filing_steps", "tests.faults.instant_steps"
TRIES = 5


@pytest.fixture(scope="module")
def ready(prepared: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = prepared.copy(tmp_path_factory.mktemp("filing") / "data")
    made.do("hand_in", module=INSTANT)
    return made


def archived_once(there: Installation) -> list[str]:
    """All is done, once; returns the kinds of events in the account."""
    now, told = there.do("facts", module=INSTANT), there.do("told", module=STEPS)
    assert (now["case"], now["certificates"], now["packages"]) == ("archived", ["valid"], ["logged"])
    assert (now["decisions"], now["seal uses"], now["faults"]) == (1, 1, [])
    assert (told["waiting"], told["faults"]) == ([], [])
    return [event["kind"] for event in told["events"]]


def test_the_clock_is_set_back_two_days_and_what_was_written_then_says_so(ready: Installation, tmp_path: Path):
    there = ready.copy(tmp_path / "data")
    there.do("take", module=STEPS)
    with there.workers():
        there.wait_until_idle()
    kinds = archived_once(there)
    assert kinds.index("case-accepted") < kinds.index("case-decided") < kinds.index("package-stored")
    told = there.do("told", module=STEPS)
    marked = [event["kind"] for event in told["events"] if event["behind"]]
    assert "case-accepted" in marked
    assert set(told["late"]) <= set(kinds)
    assert "package-stored" not in marked


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_without_a_timestamp_the_filing_waits_says_why_and_goes_on(ready: Installation, tmp_path: Path, nobody: str):
    there = ready.copy(tmp_path / "data", YIDANG_TSA=f"http://{nobody}/tsa")
    there.do("take", module=INSTANT)
    with there.workers():
        there.wait_for("SELECT 1 FROM workers_job WHERE kind='seal' AND error LIKE '%timestamp-unavailable%'")
    told = there.do("told", module=STEPS)
    assert [job["name"] for job in told["waiting"] if job["why"]]
    there.settings.clear()
    with there.workers():
        there.wait_until_idle()
    archived_once(there)


def test_a_store_that_is_lost_in_the_middle_of_a_package_is_waited_for(
    ready: Installation, tmp_path: Path, nobody: str
):
    for number in range(TRIES):
        there = ready.copy(tmp_path / f"data{number}")
        there.do("take", module=INSTANT)
        with there.workers() as leader:
            try:
                there.kill_at("store", group=leader.pid)
            except MissedError:
                continue
        there.settings["YIDANG_STORE_ARCHIVE"] = f"s3://key:secret@{nobody}/archive?secure=0"
        with there.workers():
            there.wait_for("SELECT 1 FROM workers_job WHERE kind='store' AND error LIKE '%store-unavailable%'")
        assert there.rows("SELECT state FROM ingest_case") == [("issued",)]
        assert [job for job in there.do("told", module=STEPS)["waiting"] if job["why"]]
        there.settings.clear()
        with there.workers():
            there.wait_until_idle()
        archived_once(there)
        return
    pytest.fail("the package was stored each time before the store could be lost")
