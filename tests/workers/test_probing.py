"""The lock of the archive store is tried every day; where it can be broken nothing is archived, and it is said."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive import Event, LocalStore, Lock, StoreProbe, Unavailable, Version
from workers import StoreNotTrustedError, probe_archive, probing, tasks, zones
from workers.app import app

pytestmark = pytest.mark.django_db


class IgnoresRetention(LocalStore):
    """A store that says it locks and removes whatever it is told to: what stands between us and it strips the lock."""

    def put(self, key: str, data: Any, *, lock: Lock | None = None, legal_hold: bool = False, **rest: Any) -> Version:
        del lock, legal_hold
        return super().put(key, data, **rest)


class AllowsBypass(LocalStore):
    """Locked for everybody but who asks to pass by."""

    def put(self, key: str, data: Any, *, lock: Lock | None = None, **rest: Any) -> Version:
        return super().put(key, data, lock=Lock(lock.until, "GOVERNANCE") if lock else None, **rest)


class ForgetsHolds(LocalStore):
    """Retention is kept, a legal hold is not."""

    def put(self, key: str, data: Any, *, legal_hold: bool = False, **rest: Any) -> Version:
        del legal_hold
        return super().put(key, data, **rest)


@pytest.fixture
def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[LocalStore]], LocalStore]:
    def use(kind: type[LocalStore]) -> LocalStore:
        store = kind(tmp_path / kind.__name__)
        monkeypatch.setattr(zones, "zone", lambda _: store)
        return store

    return use


@pytest.mark.parametrize(
    ("liar", "broken"),
    [
        (IgnoresRetention, {"lock is recorded", "delete version"}),
        (AllowsBypass, {"lock is recorded", "delete with bypass"}),
        (ForgetsHolds, {"delete under hold"}),
    ],
)
def test_a_store_that_does_not_do_what_it_says_is_refused_and_named(
    on: Callable[[type[LocalStore]], LocalStore], liar: type[LocalStore], broken: set[str]
) -> None:
    on(liar)
    with pytest.raises(StoreNotTrustedError, match="暂停归档"):
        probing.require_trusted_store()
    row = StoreProbe.objects.get()
    assert not row.trusted
    assert {one["name"] for one in row.tries if not one["held"]} >= broken
    assert Event.objects.get().kind == "store-not-trusted"


def test_it_holds_again_after_a_later_trial(on: Callable[[type[LocalStore]], LocalStore]) -> None:
    store = on(LocalStore)
    StoreProbe.objects.create(store=store.name, at=timezone.now(), trusted=False, tries=[])
    with pytest.raises(StoreNotTrustedError):
        probing.require_trusted_store()
    assert probe_archive().trusted
    probing.require_trusted_store()
    assert [event.kind for event in Event.objects.all()] == ["store-trusted"]
    probe_archive()
    assert Event.objects.count() == 1  # nothing changed, nothing to tell


def test_a_trial_that_is_too_old_counts_for_nothing(on: Callable[[type[LocalStore]], LocalStore]) -> None:
    store = on(LocalStore)
    old = timezone.now() - probing.PROBE_MAX_AGE - dt.timedelta(minutes=1)
    StoreProbe.objects.create(store=store.name, at=old, trusted=True, tries=[])
    probing.require_trusted_store()
    assert StoreProbe.objects.count() == 2


def test_a_store_that_cannot_be_reached_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the store cannot be reached")

    monkeypatch.setattr(probing, "probe_store", away)
    tasks.probe()
    assert not StoreProbe.objects.exists()
    with pytest.raises(Unavailable):
        probing.require_trusted_store()


def test_it_is_tried_every_night() -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule["probe"]["task"] in app.tasks
