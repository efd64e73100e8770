"""Database, log and store against each other: what was changed is found, and it is said which of them it was."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import (
    LOG_PREFIX,
    BadTiles,
    Event,
    LocalStore,
    LogHead,
    append_event,
    checkpoint_key,
    integrate,
    log_key,
    object_faults,
    publish_log,
    reconcile,
    record_publication,
)

pytestmark = pytest.mark.django_db
ORIGIN = "yidang.example/jianglan"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=3650)
SIZE = 600


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """A log of two full bundles and a part, published."""
    made = LocalStore(tmp_path)
    rows = [Event(kind="case-accepted", details={"number": number}, happened_at=NOW) for number in range(SIZE)]
    Event.objects.bulk_create(rows)
    integrate(ORIGIN, KEY)
    record_publication(publish_log(made, UNTIL))
    return made


def flip(store: LocalStore, key: str, at: int) -> None:
    """Change one byte where it lies, behind the store's back."""
    path = next(store._root.rglob(f"{store.stat(key).version}.bin"))
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def found(store: LocalStore) -> set[tuple[str, str]]:
    run = reconcile(store, log_key(ORIGIN, KEY))
    return {(fault.place, fault.where) for fault in run.faults}


def test_nothing_is_found_where_nothing_was_changed(store: LocalStore) -> None:
    assert found(store) == set()
    assert list(object_faults(store, log_key(ORIGIN, KEY), SIZE)) == []


def change_row(_: LocalStore) -> None:
    Event.objects.filter(leaf_index=300).update(details={"number": 301})


def change_leaf(_: LocalStore) -> None:
    Event.objects.filter(leaf_index=300).update(leaf_hash="0" * 64)


def lose_row(_: LocalStore) -> None:
    Event.objects.filter(leaf_index=300).delete()


def change_bundle(store: LocalStore) -> None:
    flip(store, f"{LOG_PREFIX}tile/entries/001", 100)


def change_tile(store: LocalStore) -> None:
    flip(store, f"{LOG_PREFIX}tile/0/001", 44 * 32)


def change_upper_tile(store: LocalStore) -> None:
    flip(store, f"{LOG_PREFIX}tile/1/000.p/2", 32)


def change_head(_: LocalStore) -> None:
    LogHead.objects.update(root="0" * 64)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (change_row, ("row", "300")),
        (change_leaf, ("row", "300")),
        (lose_row, ("row", "300")),
        (change_bundle, ("bundle", "tile/entries/001")),
        (change_tile, ("tile", "tile/0/001")),
        (change_upper_tile, ("tile", "tile/1/000.p/2")),
        (change_head, ("head", "database")),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_change_is_located(store: LocalStore, change: Callable[[LocalStore], None], place: tuple[str, str]) -> None:
    change(store)
    others = found(store) - {place}
    assert place in found(store)
    # what is above a change says that it differs as well, and nothing beside it does
    assert others <= {("tile", str(SIZE)), ("head", "database")}


def test_the_store_itself_is_asked_for_what_no_tree_covers(store: LocalStore) -> None:
    store.put(f"{LOG_PREFIX}tile/0/002.p/88", b"0" * 32 * 88)
    flip(store, checkpoint_key(SIZE), 3)
    places = {fault.where for fault in object_faults(store, log_key(ORIGIN, KEY), SIZE)}
    assert places == {f"{LOG_PREFIX}tile/0/002.p/88", checkpoint_key(SIZE)}
    assert ("head", "store") in found(store)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("tile/0/000.p/7", "not the beginning"),
        ("tile/0/003.p/7", "more entries"),
        ("checkpoint/000000000100", "signature lines"),
        ("timestamp/000000000600.tsr", "nothing is known"),
        ("cosigned/000000000600/witness", "nothing is known"),
        ("tile/9/000", "no object of the log"),
    ],
)
def test_what_somebody_put_beside_the_log_is_found(store: LocalStore, key: str, why: str) -> None:
    store.put(LOG_PREFIX + key, b"slipped in")
    [fault] = object_faults(store, log_key(ORIGIN, KEY), SIZE)
    assert (fault.where, why in fault.what) == (LOG_PREFIX + key, True)


def test_what_earlier_heads_left_is_the_logs_own(store: LocalStore) -> None:
    for _ in range(30):
        append_event("case-accepted", now=NOW)
    integrate(ORIGIN, KEY)
    record_publication(publish_log(store, UNTIL))
    assert list(object_faults(store, log_key(ORIGIN, KEY), SIZE + 30)) == []


def test_a_long_log_is_gone_through_in_steps(store: LocalStore) -> None:
    key, at, steps = log_key(ORIGIN, KEY), 0, 0
    while not (run := reconcile(store, key, first=at, seconds=0)).whole:
        at, steps = run.end, steps + 1
    assert (steps, run.end) == (2, SIZE)


def test_an_entry_changed_before_it_was_published_does_not_go_out(store: LocalStore) -> None:
    append_event("case-accepted", now=NOW)
    integrate(ORIGIN, KEY)
    Event.objects.filter(leaf_index=SIZE).update(kind="case-refused")
    with pytest.raises(BadTiles, match="was changed after it was logged"):
        publish_log(store, UNTIL)
