"""The store in a folder: the contract of all stores, and what only files can suffer."""

import concurrent.futures
import dataclasses
import datetime as dt
import errno
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive import AlreadyExists, BadDigest, LocalStore, Unavailable
from tests.archive.store_contract import StoreContract

START = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)


@dataclasses.dataclass
class MovableClock:
    now: dt.datetime = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> LocalStore:
    return LocalStore(tmp_path / "objects", clock=clock)


@pytest.fixture
def now() -> dt.datetime:
    return START


@pytest.fixture
def wait_until(clock: MovableClock):
    return lambda moment: setattr(clock, "now", moment)


@pytest.fixture
def big() -> int:
    return 5 << 20


class TestLocalStore(StoreContract):
    """The contract."""


def bytes_file(store: LocalStore, key: str) -> Path:
    return store._folder(key) / f"{store.stat(key).version}.bin"


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o640)
    path.write_bytes(data)


def test_versions_stay_in_order_when_the_clock_goes_back(store: LocalStore, clock: MovableClock):
    first = store.put("k", b"1")
    clock.now -= dt.timedelta(days=400)
    second = store.put("k", b"2")
    assert second.version > first.version
    assert store.read("k") == b"2"


def test_one_changed_bit_is_noticed_by_reading_streaming_and_verifying(store: LocalStore):
    store.put("k", b"x" * 100_000)
    damage(bytes_file(store, "k"))
    with pytest.raises(BadDigest):
        store.read("k")
    with store.open("k") as stream:
        assert stream.read(1000) == b"x" * 1000
        with pytest.raises(BadDigest):
            stream.read()
    assert not store.verify("k")


def test_lost_bytes_are_damage_and_not_a_missing_object(store: LocalStore):
    store.put("k", b"x")
    bytes_file(store, "k").unlink()
    assert not store.verify("k")


def test_a_changed_record_is_noticed(store: LocalStore):
    put = store.put("k", b"x")
    record = store._folder("k") / f"{put.version}.json"
    for place in (5, 30, len(record.read_bytes()) - 3):
        raw = bytearray(record.read_bytes())
        raw[place] ^= 1
        record.chmod(0o640)
        record.write_bytes(raw)
        with pytest.raises(BadDigest):
            store.stat("k")
        raw[place] ^= 1
        record.write_bytes(raw)
    assert store.stat("k") == put


def test_files_are_read_only(store: LocalStore, tmp_path: Path):
    store.put("k", b"x")
    kept = [p for p in (tmp_path / "objects" / "k").rglob("*") if p.suffix in {".bin", ".json"}]
    assert [p.stat().st_mode & 0o777 for p in kept] == [0o440, 0o440]


def test_removing_a_version_removes_its_bytes(store: LocalStore):
    put = store.put("k", b"x")
    path = bytes_file(store, "k")
    store.delete_version("k", put.version)
    assert not path.exists()


def test_old_temporary_files_are_swept_and_young_ones_stay(store: LocalStore, tmp_path: Path):
    incoming = tmp_path / "objects" / "incoming"
    old, young = incoming / ".t-old", incoming / ".t-young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    LocalStore(tmp_path / "objects")
    assert (old.exists(), young.exists()) == (False, True)


def test_bytes_without_a_record_are_swept_by_the_next_writer(store: LocalStore):
    store.put("k", b"x")
    orphan = store._folder("k") / f"{'0' * 24}.bin"
    orphan.write_bytes(b"never acknowledged")
    store.put("k", b"y")
    assert not orphan.exists()
    assert len(store.versions("k")) == 2


def test_a_full_disk_is_unavailable_and_leaves_nothing(store: LocalStore, tmp_path: Path, monkeypatch):
    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(Unavailable, match="磁盘已满，剩余"):
            store.put("k", b"x")
        with pytest.raises(Unavailable):
            store.check_health()
    assert store.versions("k") == []
    assert list((tmp_path / "objects" / "incoming").iterdir()) == []


def test_short_writes_are_finished(store: LocalStore, monkeypatch):
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: whole(handle, bytes(data[:7])))
    store.put("k", b"0123456789" * 10)
    assert store.read("k") == b"0123456789" * 10


def _win(root: Path) -> int:
    store, won = LocalStore(root), 0
    for n in range(20):
        try:
            store.put(f"race/{n}", os.urandom(8), if_absent=True)
        except AlreadyExists:
            continue
        won += 1
    return won


def test_of_many_processes_putting_if_absent_one_wins(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(3, mp_context=context) as pool:
        assert sum(pool.map(_win, [tmp_path] * 3)) == 20
    assert [len(LocalStore(tmp_path).versions(f"race/{n}")) for n in range(20)] == [1] * 20


WRITER = """
import os, sys
from pathlib import Path
from archive import LocalStore
store = LocalStore(Path(sys.argv[1]))
n = 0
while True:
    n += 1
    put = store.put(f"k/{n % 5}", os.urandom(30_000))
    print(put.key, put.version, put.sha256, flush=True)
"""


@pytest.mark.faults
def test_a_killed_writer_loses_no_acknowledged_object(tmp_path: Path):
    acknowledged = []
    for round_ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged.append(writer.stdout.readline())
        time.sleep(0.2 + 0.13 * round_)
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line for line in writer.stdout if line.endswith("\n")]
        writer.stdout.close()
        writer.wait()
    store = LocalStore(tmp_path)
    assert len(acknowledged) > 4
    for line in acknowledged:
        key, version, sha256 = line.split()
        assert store.stat(key, version).sha256 == sha256
        assert store.verify(key, version)
    for n in range(5):
        assert all(store.verify(v.key, v.version) for v in store.versions(f"k/{n}"))
        store.put(f"k/{n}", b"still writable")


def test_a_damaged_record_hides_no_other_object_from_a_listing(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for name in "abc":
        store.put(f"k/{name}", name.encode())
    record = next(tmp_path.rglob(f"{store.stat('k/b').version}.json"))
    record.write_bytes(b"{}")
    assert [found.key for found in store.list("k/")] == ["k/a", "k/c"]
    assert list(store.damaged_records()) == [hashlib.sha256(b"k/b").hexdigest()]
