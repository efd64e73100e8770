"""Two sites as two servers, each of which really goes away for a while and comes back with what it had."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import KeptObject, Lock, S3Store, Unavailable, digest_bytes, object_key
from archive.rebuilding import TwoSites, WaitingCopy, compare_sites, copy_waiting, note_change
from tests.stack.servers import ACCESS_KEY, SECRET_KEY, free_ports, minio_binary, running, wait_for_a_real_put

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.timeout(400)]
NOW = dt.datetime.now(dt.UTC)
LOCK = Lock(NOW + dt.timedelta(days=2))


class Server:
    """A MinIO of our own, with its folder; up for the length of a block."""

    def __init__(self, folder: Path, port: int, console: int) -> None:
        folder.mkdir()
        self.folder, self.endpoint, self.console = folder, f"127.0.0.1:{port}", console

    @contextlib.contextmanager
    def up(self) -> Iterator[S3Store]:
        """The archive's bucket on it."""
        command = [str(minio_binary()), "server", str(self.folder / "data"), "--quiet"]
        command += ["--address", self.endpoint, "--console-address", f"127.0.0.1:{self.console}"]
        environment = {"MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": SECRET_KEY, "MINIO_BROWSER": "off"}
        log = self.folder / "log"
        with running(command, log, environment) as process:
            wait_for_a_real_put(self.endpoint, process, log)
            store = self.store()
            store.ensure_bucket()
            yield store

    def store(self) -> S3Store:
        """The bucket, whether it is up or not."""
        return S3Store(self.endpoint, ACCESS_KEY, SECRET_KEY, "archive", secure=False)


def put(sites: TwoSites, data: bytes) -> str:
    sha256 = digest_bytes(data).sha256
    KeptObject.objects.create(sha256=sha256, size=len(data), kept_since=NOW)
    sites.put(object_key(sha256), data, sha256=sha256, lock=LOCK)
    return object_key(sha256)


def test_either_server_goes_away_and_comes_back(tmp_path: Path) -> None:
    ports = free_ports(4)
    one, other = Server(tmp_path / "one", *ports[:2]), Server(tmp_path / "other", *ports[2:])
    sites = TwoSites(one.store, other.store, lambda key, gone: note_change(key, gone, NOW))
    with other.up():
        with one.up():
            kept = put(sites, b"before")
            assert copy_waiting(sites.first, sites.second, seconds=60) == 1
        assert sites.read(kept) == b"before"  # from the second
        with pytest.raises(Unavailable):
            sites.put("log/x", b"while the first is away", lock=LOCK)
        assert not WaitingCopy.objects.exists()
    with one.up():
        keys = [put(sites, str(number).encode()) for number in range(5)]  # while the second is away
        with pytest.raises(Unavailable):
            copy_waiting(sites.first, sites.second, seconds=60)
        assert WaitingCopy.objects.count() == 5
        with other.up():
            assert copy_waiting(sites.first, sites.second, seconds=60) == 5
            copied = [sites.second.stat(key) for key in keys]
            assert {version.mode for version in copied} == {"COMPLIANCE"}
            run = compare_sites(sites.first, sites.second, lambda: NOW, seconds=60)
            assert (run.compared, run.found) == (6, 0)
