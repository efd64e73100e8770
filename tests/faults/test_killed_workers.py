"""Workers die by SIGKILL in the middle of every stage: the case goes its way, nothing is lost or done twice."""

import contextlib
from pathlib import Path

import pytest

from tests.faults.installation import Installation, MissedError
from tests.faults.steps import FEW

pytestmark = pytest.mark.faults


def archived_once(there: Installation) -> None:
    facts = there.do("facts")
    assert facts["faults"] == []
    assert facts["case"] == "archived"
    assert facts["certificates"] == ["valid"]
    assert facts["seal uses"] == 1
    assert facts["packages"] == ["logged"]
    assert set(facts["jobs"]) <= {"done", "skipped"}


@pytest.mark.parametrize("stage", ["inspect", "paginate", "read", "file", "check"])
def test_killed_while_the_pile_is_read(handed_in: Installation, tmp_path: Path, stage: str):
    there = handed_in.copy(tmp_path / "data")
    with there.workers(reads=True):
        job = there.kill_at(stage)
        there.wait_until_idle()
    facts = there.do("facts")
    assert facts["faults"] == []
    assert facts["uploads"] == {"filed": len(FEW)}
    assert (facts["unread"], facts["report"]) == (0, "incomplete")
    [(state, attempt)] = there.rows("SELECT state, attempt FROM workers_job WHERE id=?", job)
    # A check that was overtaken while its worker was dead is not needed any more.
    assert state == "done" or (stage, state) == ("check", "skipped")
    assert attempt == 2


def test_all_workers_killed_while_they_read_and_started_again(handed_in: Installation, tmp_path: Path):
    there = handed_in.copy(tmp_path / "data")
    with there.workers(reads=True) as leader:
        there.kill_at("read", group=leader.pid)
    with there.workers(reads=True):
        there.wait_until_idle()
    facts = there.do("facts")
    assert facts["faults"] == []
    assert facts["uploads"] == {"filed": len(FEW)}
    assert facts["unread"] == 0


@pytest.mark.parametrize("stage", ["seal", "validate", "package", "store", "log"])
def test_killed_between_the_seal_and_the_archive(signed: Installation, tmp_path: Path, stage: str):
    there, job = killed_at(stage, signed, tmp_path)
    archived_once(there)
    assert there.rows("SELECT state, attempt FROM workers_job WHERE id=?", job) == [("done", 2)]


def killed_at(stage: str, signed: Installation, folder: Path, tries: int = 5) -> tuple[Installation, int]:
    """Kill at the stage; the short stages may be over before they are seen, then all is done anew."""
    for number in range(tries):
        there = signed.copy(folder / f"data{number}")
        with there.workers(), contextlib.suppress(MissedError):
            job = there.kill_at(stage)
            there.wait_until_idle()
            return there, job
    pytest.fail(f"the stage {stage} was over each time before it could be killed")


def test_all_workers_killed_while_the_package_is_stored_and_started_again(signed: Installation, tmp_path: Path):
    there = signed.copy(tmp_path / "data")
    with there.workers() as leader:
        there.kill_at("store", group=leader.pid)
    with there.workers():
        there.wait_until_idle()
    archived_once(there)


def test_a_document_that_kills_three_workers_is_set_aside_and_the_others_go_on(handed_in: Installation, tmp_path: Path):
    there = handed_in.copy(tmp_path / "data")
    with there.workers(reads=True):
        poison = there.kill_at("read")
        [(page,)] = there.rows("SELECT json_extract(arguments, '$.page') FROM workers_job WHERE id=?", poison)
        for attempt in (2, 3):
            there.kill_job(poison, attempt=attempt)
        there.wait_until_idle()
    facts = there.do("facts")
    assert facts["faults"] == []
    assert facts["uploads"] == {"filed": len(FEW) - 1, "quarantined": 1}
    assert facts["report"] == "incomplete"
    [(state, refusal)] = there.rows(
        "SELECT u.state, u.refusal FROM ingest_upload u JOIN ingest_page p ON p.upload_id = u.id WHERE p.id=?", page
    )
    assert state == "quarantined"
    assert '"page"' in refusal
