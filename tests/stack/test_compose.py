"""What the compose file says, is so: its services together, on PostgreSQL, RabbitMQ and MinIO, archive a case."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import open_store
from tests.stack.production import SECRETS, Production, compose, generated, minio, postgres, rabbitmq
from tests.stack.servers import REPOSITORY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def test_compose_takes_the_file():
    done = compose("config", "--quiet", given=generated())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_its_secret(secret: str):
    given = generated()
    del given[secret]
    done = compose("config", "--quiet", given=given)
    assert done.returncode != 0
    assert f"required variable {secret}" in done.stderr


def test_only_the_portal_is_published_and_only_on_this_host(tmp_path: Path):
    services = Production.read(tmp_path).services
    published = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    assert list(published) == ["portal"]
    assert [port["host_ip"] for port in published["portal"]] == ["127.0.0.1"]


def test_only_what_needs_the_keys_has_them_and_one_scheduler_runs(tmp_path: Path):
    services = Production.read(tmp_path).services
    with_keys = {n for n, s in services.items() if any(v["target"] == "/keys" for v in s.get("volumes", []))}
    assert with_keys == {"setup", "worker"}
    assert [n for n, s in services.items() if {"beat", "--beat"} & set(s.get("command") or [])] == ["beat"]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The three servers, and `setup` done."""
    made = Production.read(tmp_path_factory.mktemp("production"))
    with postgres(made), rabbitmq(made), minio(made):
        done = made.once("setup")
        assert done.returncode == 0, done.stderr[-3000:] + made.log("minio").read_text()[-1000:]
        assert "已就绪" in done.stdout
        yield made


def test_a_case_is_archived_by_the_services_of_the_file(there: Production, tmp_path: Path):
    with there.ours("portal", "worker", "worker-reading", "beat"):
        the_portal_answers(there)
        there.do("first", str(tmp_path / "pile"))
        wait_until(there, lambda facts: facts["report"] == "incomplete" and facts["uploads"] == {"filed": 7})
        there.do("second", str(tmp_path / "pile"))
        wait_until(there, lambda facts: facts["report"] == "complete" and not busy(facts))
        there.do("grant")
        wait_until(there, lambda facts: facts["certificates"] == ["rendered"])
        there.do("sign")
        wait_until(there, lambda facts: facts["packages"] == ["logged"] and not busy(facts))
    facts = there.do("facts")
    assert facts["faults"] == []
    assert (facts["case"], facts["certificates"], facts["seal uses"]) == ("archived", ["valid"], 1)
    every_object_is_locked(there)


def the_portal_answers(there: Production) -> None:
    address = f"http://127.0.0.1:{there.ports['0.0.0.0:8000']}/login"
    for _ in range(60):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the portal does not answer: {there.log('portal').read_text()[-2000:]}")


def busy(facts: dict[str, object]) -> bool:
    return bool({"queued", "running"} & set(facts["jobs"]))  # type: ignore[call-overload]


def wait_until(there: Production, fact: object, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not fact(facts := there.do("facts")):  # type: ignore[operator]
        if time.monotonic() > end:
            logs = {name: there.log(name).read_text()[-1500:] for name in ("worker", "worker-reading", "beat")}
            pytest.fail(f"it never came to it: {facts}\n{logs}")
        time.sleep(1)


def every_object_is_locked(there: Production) -> None:
    vault = open_store(there.environment("worker")["YIDANG_STORE_ARCHIVE"])
    kept = [vault.stat(found.key) for found in vault.list("sha256/")]
    assert len(kept) > 10
    assert {version.mode for version in kept} == {"COMPLIANCE"}
    assert all(version.retain_until for version in kept)


def test_the_queues_are_durable_and_replicated(there: Production):
    """Quorum queues survive the loss of a node, and keep a message until it is taken."""
    from kombu import Connection

    with Connection(there.environment("worker")["YIDANG_BROKER"]) as connection, connection.channel() as channel:
        for name in ("default", "sealing", "reading", "copying"):
            channel.queue_declare(name, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})


def test_the_queue_of_record_holds_on_postgresql(there: Production):
    environment = {**os.environ, "YIDANG_DATABASE": there.environment("worker")["YIDANG_DATABASE"]}
    command = [sys.executable, "-m", "pytest", "--create-db", "-m", "not e2e", "tests/workers/test_jobs.py"]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_a_store_without_a_lock_is_refused_at_the_start(there: Production, tmp_path: Path):
    environment = there.environment("setup") | {"YIDANG_STORE_ARCHIVE": f"file://{tmp_path / 'archive'}"}
    done = subprocess.run(
        there.command("setup"),
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "不可信" in done.stdout
