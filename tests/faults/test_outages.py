"""What the work needs is down for a while: it waits, says so, uses up no attempt, and is completed afterwards."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.faults.installation import Installation
from tests.faults.test_killed_workers import archived_once

pytestmark = pytest.mark.faults


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_without_a_timestamp_nothing_is_sealed_and_it_is_done_later(
    signed: Installation, tmp_path: Path, closed_port: int
):
    there = signed.copy(tmp_path / "data", YIDANG_TSA=f"http://127.0.0.1:{closed_port}/tsa")
    waiting = "SELECT 1 FROM workers_job WHERE kind='seal' AND error LIKE '%timestamp-unavailable%' AND sends >= 2"
    with there.workers():
        there.wait_for(waiting)
    facts = there.do("facts")
    assert (facts["certificates"], facts["seal uses"], facts["case"]) == (["approved"], 0, "decided")
    there.settings.clear()
    with there.workers():
        there.wait_until_idle()
    archived_once(there)


def test_while_the_archive_cannot_be_reached_the_package_waits(signed: Installation, tmp_path: Path, closed_port: int):
    there = signed.copy(
        tmp_path / "data", YIDANG_STORE_ARCHIVE=f"s3://key:secret@127.0.0.1:{closed_port}/archive?secure=0"
    )
    waiting = "SELECT 1 FROM workers_job WHERE kind='store' AND error LIKE '%store-unavailable%' AND sends >= 2"
    with there.workers():
        there.wait_for(waiting)
    [(state, attempt)] = there.rows("SELECT state, attempt FROM workers_job WHERE kind='store'")
    assert (state, attempt) == ("queued", 0)
    assert there.rows("SELECT state FROM ingest_case") == [("issued",)]
    there.settings.clear()
    with there.workers():
        there.wait_until_idle()
    archived_once(there)


def test_a_broker_that_lost_every_message_costs_time_and_nothing_else(signed: Installation, tmp_path: Path):
    there = signed.copy(tmp_path / "data")
    shutil.rmtree(there.data / "queue")
    with there.workers():
        there.wait_until_idle()
    archived_once(there)
