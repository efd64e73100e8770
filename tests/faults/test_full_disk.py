"""A disk is full: the work waits, says which disk and what to do, and goes on by itself once there is room."""

import contextlib
import dbm
import shelve
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.beat import PersistentScheduler

from archive import LocalStore
from tests.faults.installation import Installation
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.steps import FEW
from tests.faults.test_killed_workers import archived_once
from workers.app import app
from workers.scheduling import LastingScheduler

pytestmark = pytest.mark.faults
STEPS = "tests.faults.full_disk_steps"
SIZES_KIB = (0, 200)
"""Nothing fits at all; some objects of the package fit and then one does not."""
FULL_SECONDS = 15
"""Longer than two leases: a job that could not be put back would be taken for a dead worker's."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


def half_written(store: Path) -> list[Path]:
    """Temporary files, bytes without a record, and records without their bytes."""
    pairs = {".bin": ".json", ".json": ".bin"}
    files = [path for path in store.glob("k/*/*/*") if path.name != ".lock"]
    alone = [path for path in files if not path.with_suffix(pairs.get(path.suffix, ".none")).exists()]
    return [*(store / "incoming").iterdir(), *alone]


def waits(there: Installation, kind: str, code: str = "store-unavailable") -> str:
    """Wait until a job has tried and waits without using up its attempts; what it says."""
    which = f"FROM workers_job WHERE kind='{kind}' AND error LIKE '%{code}%' AND sends >= 2 AND state='queued'"
    [(attempt, error)] = there.wait_for(f"SELECT attempt, error->>'message' {which}")
    assert there.rows("SELECT count(*) FROM workers_job WHERE state='quarantined'") == [(0,)]
    assert attempt == 0
    return str(error)


def nothing_lost_or_doubled(there: Installation) -> None:
    archived_once(there)
    assert there.do("audited", module=STEPS) == []


@pytest.mark.parametrize("free", SIZES_KIB)
def test_the_archive_is_full(signed: Installation, tmp_path: Path, disk: SmallDisk, free: int):
    there = signed.copy(tmp_path / "data", YIDANG_STORE_ARCHIVE=f"file://{disk.folder}")
    disk.take(there.data / "objects" / "archive")
    disk.leave_free(free)
    with there.workers() as leader:
        said = waits(there, "store")
        assert str(disk.folder) in said
        assert "磁盘已满，剩余" in said
        assert "请清理或扩容" in said
        told = there.do("told", module=STEPS)
        assert "磁盘已满" in told["first"]
        assert any("磁盘已满" in why for why in told["waiting"])
        assert there.rows("SELECT state FROM ingest_case") == [("issued",)]
        assert leader.poll() is None
        disk.make_room()
        there.wait_until_idle()
    assert half_written(disk.folder) == []
    nothing_lost_or_doubled(there)


def test_the_second_site_is_full(signed: Installation, tmp_path: Path, disk: SmallDisk):
    there = signed.copy(tmp_path / "data", YIDANG_ARCHIVE_REPLICA=f"file://{disk.folder}")
    disk.leave_free(200)
    with there.workers():
        assert "磁盘已满，剩余" in waits(there, "replicate")
        there.wait_for("SELECT 1 FROM archive_package WHERE state='logged'")  # the first site does not mind
        assert "磁盘已满" in there.do("told", module=STEPS)["second"]
        disk.make_room()
        there.wait_for("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM rebuilding_waitingcopy)")
        there.wait_until_idle()
    assert half_written(disk.folder) == []
    first, second = LocalStore(there.data / "objects" / "archive"), LocalStore(disk.folder)
    copied = [one.key for one in second.list()]
    assert {one.key: one.sha256 for one in first.list() if one.key in copied} == {
        one.key: one.sha256 for one in second.list()
    }
    [(manifest,)] = there.rows("SELECT manifest_sha256 FROM archive_package")
    assert any(manifest in key for key in copied)
    assert all(len(second.versions(key)) == 1 and second.verify(key) for key in copied if key.startswith("sha256/"))
    nothing_lost_or_doubled(there)


def test_what_is_made_finds_no_room(signed: Installation, tmp_path: Path, disk: SmallDisk):
    there = signed.copy(tmp_path / "data", YIDANG_STORE_WORKING=f"file://{disk.folder}")
    disk.take(there.data / "objects" / "working")
    disk.leave_free(0)
    with there.workers():
        assert str(disk.folder) in waits(there, "seal")
        disk.make_room()
        there.wait_until_idle()
    assert half_written(disk.folder) == []
    nothing_lost_or_doubled(there)


def test_the_folder_for_files_at_work_is_full(handed_in: Installation, tmp_path: Path):
    there = handed_in.copy(tmp_path / "data")
    with contextlib.suppress(FileNotFoundError):
        (there.data / "scratch").rmdir()
    with small_disk(there.data / "scratch") as disk:
        disk.leave_free(0)
        with there.workers(reads=True):
            which = "FROM workers_job WHERE kind='inspect' AND error LIKE '%disk-full%'"
            there.wait_for(f"SELECT 1 {which} AND sends >= 2")
            assert set(there.rows(f"SELECT state, attempt {which}")) <= {("queued", 0), ("running", 1)}
            disk.make_room()
            there.wait_until_idle()
        facts = there.do("facts")
    assert (facts["faults"], facts["uploads"], facts["unread"]) == ([], {"filed": len(FEW)}, 0)


def test_the_database_is_full_while_jobs_run(signed: Installation, tmp_path: Path, disk: SmallDisk):
    there = signed.copy(tmp_path / "data")
    for path in there.data.glob("yidang.sqlite3*"):
        path.rename(tmp_path / path.name)
        (disk.folder / path.name).write_bytes((tmp_path / path.name).read_bytes())
    (there.data / "yidang.sqlite3").symlink_to(disk.folder / "yidang.sqlite3")
    with there.workers() as leader:
        there.wait_for("SELECT 1 FROM workers_job WHERE state='running' AND kind IN ('seal', 'validate', 'package')")
        disk.leave_free(0)
        time.sleep(FULL_SECONDS)
        assert leader.poll() is None
        disk.make_room()
        there.wait_until_idle()
    nothing_lost_or_doubled(there)
    assert there.rows("PRAGMA integrity_check") == [("ok",)]
    told = (there.data / "workers.log").read_text()
    assert "database or disk is full" in told or "磁盘已满" in told  # by SQLite where no job was at it, else by the job


def test_the_scheduler_outlives_a_disk_without_room(disk: SmallDisk):
    names = [str(disk.folder / name) for name in ("celery", "ours")]
    kinds = (PersistentScheduler, LastingScheduler)
    celery, ours = (kind(app=app, schedule_filename=name) for kind, name in zip(kinds, names, strict=True))
    padding = {"padding": "x" * 10_000}
    for scheduler in (celery, ours):
        scheduler.schedule["sweep"].kwargs.update(padding)
    disk.leave_free(0)
    with pytest.raises(dbm.error):
        celery.sync()
    ours.sync()
    disk.make_room()
    celery.close()
    ours.close()
    with shelve.open(names[1], "r") as kept:  # noqa: S301 - our own file
        assert kept["entries"]["sweep"].kwargs == padding
