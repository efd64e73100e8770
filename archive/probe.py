"""Trying to break a store's lock, at deployment and daily: where one try succeeds, nothing may be archived there."""

import contextlib
import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable

from archive.store import Lock, Locked, NotFound, ObjectStore, StoreError, Unavailable

PROBE_PREFIX = "probe/"
PROBE_SECONDS = 60
"""The retention the probe sets: long enough for every try, short enough that the next probe can tidy up."""
_BYTES = b"probe: may these bytes be removed?"


@dataclasses.dataclass(frozen=True, slots=True)
class ProbeTry:
    """One attempt on the lock: `held` is True where the store stood firm."""

    name: str
    held: bool
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class ProbeReport:
    """What the store did under every try. `trusted` only if it stood firm in all of them."""

    store: str
    at: dt.datetime
    hardware_lock: bool
    tries: tuple[ProbeTry, ...]

    @property
    def trusted(self) -> bool:
        """Whether packages may be kept here."""
        return bool(self.tries) and all(t.held for t in self.tries)


def probe_store(store: ObjectStore, now: dt.datetime) -> ProbeReport:
    """Lock a small object for a minute and try to remove, shorten, weaken, bypass, overwrite it and its hold.

    `now` is the store's time. Raises Unavailable when the store cannot be reached: that is no verdict on its lock.
    """
    _tidy(store)
    key = f"{PROBE_PREFIX}{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    until = now + dt.timedelta(seconds=PROBE_SECONDS)
    try:
        kept = store.put(key, _BYTES, lock=Lock(until))
    except Unavailable:
        raise
    except StoreError as error:
        tries: tuple[ProbeTry, ...] = (ProbeTry("lock at put", held=False, what=f"the store cannot lock: {error}"),)
        return ProbeReport(store.name, now, store.hardware_lock, tries)
    version = kept.version
    sooner = Lock(now + dt.timedelta(seconds=PROBE_SECONDS // 2))
    weaker = Lock(until + dt.timedelta(seconds=1), "GOVERNANCE")
    tries = (
        _try_read_lock(store, key, version, until),
        _refused("delete version", lambda: store.delete_version(key, version)),
        _refused("shorten retention", lambda: store.extend_retention(key, version, sooner)),
        _refused("weaken to GOVERNANCE", lambda: store.extend_retention(key, version, weaker)),
        _refused("delete with bypass", lambda: store.delete_version(key, version, bypass_governance=True)),
        _try_overwrite(store, key, version),
        _try_delete_marker(store, key, version),
        *_try_hold(store, key + "-hold"),
        *_ways_around(store, key, version),
    )
    return ProbeReport(store.name, now, store.hardware_lock, tries)


def _refused(name: str, act: Callable[[], None]) -> ProbeTry:
    try:
        act()
    except Locked as error:
        return ProbeTry(name, held=True, what=f"refused: {error}")
    except Unavailable:
        raise
    except StoreError as error:
        return ProbeTry(name, held=False, what=f"failed in another way than by the lock: {error}")
    return ProbeTry(name, held=False, what="the store allowed it")


def _try_read_lock(store: ObjectStore, key: str, version: str, until: dt.datetime) -> ProbeTry:
    found = store.stat(key, version)
    near = found.retain_until is not None and abs(found.retain_until - until) <= dt.timedelta(seconds=1)
    what = f"the store says {found.mode} until {found.retain_until}"
    return ProbeTry("lock is recorded", held=near and found.mode == "COMPLIANCE", what=what)


def _still_there(store: ObjectStore, name: str, key: str, version: str) -> ProbeTry:
    try:
        same = store.read(key, version) == _BYTES
    except NotFound:
        return ProbeTry(name, held=False, what="the old version is gone")
    return ProbeTry(name, held=same, what="the old version is intact" if same else "the old version has changed")


def _ways_around(store: ObjectStore, key: str, version: str) -> tuple[ProbeTry, ...]:
    """What the store may be got round by; last, since a door that is open takes the object with it."""
    return tuple(_refused(name, act) for name, act in store.ways_around(key, version).items())


def _try_overwrite(store: ObjectStore, key: str, version: str) -> ProbeTry:
    store.put(key, b"other bytes")
    return _still_there(store, "overwrite", key, version)


def _try_delete_marker(store: ObjectStore, key: str, version: str) -> ProbeTry:
    store.delete(key)
    answer = _still_there(store, "delete marker", key, version)
    for marker in (v for v in store.versions(key) if v.is_delete_marker):
        store.delete_version(key, marker.version)  # so that the next probe finds the key and tidies up
    return answer


def _try_hold(store: ObjectStore, key: str) -> tuple[ProbeTry, ...]:
    try:
        version = store.put(key, _BYTES, legal_hold=True).version
    except Unavailable:
        raise
    except StoreError as error:
        return (ProbeTry("hold at put", held=False, what=f"the store knows no legal hold: {error}"),)
    tries = (
        _refused("delete under hold", lambda: store.delete_version(key, version)),
        _refused("bypass under hold", lambda: store.delete_version(key, version, bypass_governance=True)),
    )
    with contextlib.suppress(NotFound):  # where the hold did not hold, nothing is left to take it off
        store.set_legal_hold(key, version, on=False)
        store.delete_version(key, version)
    return tries


def _tidy(store: ObjectStore) -> None:
    """Remove what earlier probes left, as far as their minute is over."""
    for found in list(store.list(PROBE_PREFIX)):
        for version in store.versions(found.key):
            try:
                store.delete_version(version.key, version.version)
            except Locked:
                continue
