"""The log as it lies in the store: published once, read without the database, and never rewritten unseen."""

import datetime as dt
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
    check_log,
    integrate,
    leaf_bytes,
    log_key,
    open_checkpoint,
    prove_event,
    publish_log,
    published_checkpoint,
    reconcile,
    record_publication,
    tile_tree,
    unbundle,
    verify_consistency,
)

pytestmark = pytest.mark.django_db
ORIGIN = "yidang.example/jianglan"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=3650)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def grow(by: int) -> LogHead:
    for _ in range(by):
        append_event("case-accepted", now=NOW)
    return integrate(ORIGIN, KEY)


def published(store: LocalStore, by: int) -> None:
    grow(by)
    record_publication(publish_log(store, UNTIL))


def test_everything_of_the_log_is_there_for_those_without_the_database(store: LocalStore) -> None:
    published(store, 300)
    published(store, 5)
    signed = open_checkpoint(published_checkpoint(store), [log_key(ORIGIN, KEY)])
    assert signed.size == 305
    assert tile_tree(store, 305).root() == signed.root
    bundles = [store.read(f"{LOG_PREFIX}tile/entries/{path}") for path in ("000", "001.p/49")]
    entries = [entry for one in bundles for entry in unbundle(one)]
    assert entries == [leaf_bytes(event) for event in Event.objects.order_by("leaf_index")]
    assert check_log() == reconcile(store, log_key(ORIGIN, KEY)).faults == []


def test_a_proof_is_read_from_tiles_and_holds_for_the_published_head(store: LocalStore) -> None:
    published(store, 300)
    grow(7)  # signed, and not yet published
    event = Event.objects.get(leaf_index=299)
    proof, note = prove_event(event, store)
    proof.verify(open_checkpoint(note.encode(), [log_key(ORIGIN, KEY)]))
    with pytest.raises(ValueError, match="not in the published log"):
        prove_event(Event.objects.get(leaf_index=300), store)


def test_each_head_is_the_beginning_of_the_next(store: LocalStore) -> None:
    roots = {}
    for by in (1, 255, 1, 300):
        published(store, by)
        head = LogHead.objects.get()
        roots[head.size] = bytes.fromhex(head.root)
        for old, root in roots.items():
            tree = tile_tree(store, head.size)
            verify_consistency(old, head.size, root, roots[head.size], tree.consistency_proof(old))


def test_published_twice_or_by_two_at_once_it_is_the_same(store: LocalStore) -> None:
    grow(3)
    assert publish_log(store, UNTIL) == publish_log(store, UNTIL) == 3
    record_publication(3)
    record_publication(2)  # the slower one
    assert LogHead.objects.get().published == 3


def test_a_head_whose_tiles_say_something_else_is_not_published(store: LocalStore) -> None:
    grow(3)
    LogHead.objects.update(root="0" * 64)
    with pytest.raises(BadTiles, match="do not make the signed root"):
        publish_log(store, UNTIL)
    assert not list(store.list(f"{LOG_PREFIX}checkpoint"))


def test_other_entries_under_the_same_place_are_an_alarm_and_no_new_version(store: LocalStore) -> None:
    published(store, 3)
    store.put(f"{LOG_PREFIX}tile/entries/000.p/4", b"somebody else's")
    grow(1)
    with pytest.raises(BadTiles, match="other bytes"):
        publish_log(store, UNTIL)


def test_a_changed_row_is_told_against_the_published_log_even_with_its_hash_made_anew(store: LocalStore) -> None:
    published(store, 4)
    event = Event.objects.get(leaf_index=2)
    Event.objects.filter(pk=event.pk).update(kind="case-refused")
    assert "event" in check_log()[0]
    Event.objects.filter(pk=event.pk).update(leaf_hash="ab" * 32)
    [fault] = reconcile(store, log_key(ORIGIN, KEY)).faults
    assert (fault.place, fault.where) == ("row", "2")


def test_what_is_published_is_locked(store: LocalStore) -> None:
    published(store, 2)
    for row in store.list(LOG_PREFIX):
        assert row.retain_until == UNTIL


def test_a_head_from_before_the_edge_was_kept_goes_on_growing(store: LocalStore) -> None:
    published(store, 6)
    LogHead.objects.update(edge=[])
    published(store, 2)
    assert check_log() == []
