"""The log on the web, for a witness or an auditor without an account."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from archive import append_event, integrate, log_key, publish_log, record_publication
from archive.witness import watch
from workers import zone

pytestmark = pytest.mark.django_db
ORIGIN = "yidang.example/log-pages"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
LOCKED = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def published(entries: int) -> None:
    for _ in range(entries):
        append_event("case-accepted", now=NOW)
    integrate(ORIGIN, KEY)
    record_publication(publish_log(zone("archive"), LOCKED))


def test_a_witness_needs_nothing_but_these_addresses(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def over_the_web(base: str, path: str) -> bytes:
        asked.append(path)
        answer = client.get(f"{base}/{path}")
        assert answer.status_code == 200, path
        return answer.content

    monkeypatch.setattr("archive.witness.fetch", over_the_web)
    published(3)
    watch("/log", str(log_key(ORIGIN, KEY)), "witness.example", tmp_path / "state", 1)
    published(300)
    note = watch("/log", str(log_key(ORIGIN, KEY)), "witness.example", tmp_path / "state", 2)
    assert "\n303\n" in note
    assert asked.count("checkpoint") == 2
    assert client.get("/log/tile/entries/000").headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/9", "tile/9/000", "tile/0/../../keys/log.key", "objects"])
def test_nothing_else_is_to_be_had(client: Client, path: str) -> None:
    assert client.get(f"/log/{path}").status_code == 404
