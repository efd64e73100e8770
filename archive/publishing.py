"""The log in the archive store, for all to read: tiles, bundles of entries, and the checkpoints they belong to.

Nothing there is ever changed: what is to be written and is there already must be the same, byte for byte. A checkpoint
is written only after the tiles were read back and made its root, so whoever holds one can have everything below it.
"""

import datetime as dt
from collections.abc import Iterator

from archive.events import leaf_bytes
from archive.log import HEAD
from archive.log_proof import LogProof, prove_entry
from archive.merkle import leaf_hash
from archive.models import Event, LogHead
from archive.store import AlreadyExists, Lock, ObjectStore
from archive.tiles import TILE_WIDTH, BadTiles, TileTree, bundle, grown_tiles, tile_path

LOG_PREFIX = "log/"
CHECKPOINT_KEY = "log/checkpoint"
CHECKPOINT_TYPE = "text/plain; charset=utf-8"
PUBLISHED_AT_ONCE = 64 * TILE_WIDTH
"""Entries written in one step: 64 bundles of some 60 kB; a long log catches up in so many steps, each kept."""


def tile_tree(store: ObjectStore, size: int) -> TileTree:
    """The log of a size as it lies in the store."""
    return TileTree(lambda path: store.read(LOG_PREFIX + path), size)


def publish_log(store: ObjectStore, until: dt.datetime) -> int:
    """Write what is new of the log into the store, locked until then, and its checkpoint last; returns the size.

    Killed half-way, or run twice at once, it writes the same again.

    Raises:
        BadTiles: something else lies there already, or what was read back is not the signed tree.
    """
    head = LogHead.objects.get(pk=HEAD)
    size = head.published
    while size < head.size:
        end = min(head.size, size + PUBLISHED_AT_ONCE)
        for path, data in _new_objects(store, size, end):
            put_once(store, LOG_PREFIX + path, data, until)
        size = end
    if tile_tree(store, size).root().hex() != head.root:
        raise BadTiles(f"the tiles of {size} entries do not make the signed root; the checkpoint is not published")
    put_once(store, checkpoint_key(size), head.checkpoint.encode(), until, CHECKPOINT_TYPE)
    return size


def record_publication(size: int) -> None:
    """Note how far the log is published; call it in a transaction. A slower worker takes nothing back."""
    LogHead.objects.filter(pk=HEAD, published__lt=size).update(published=size)


def published_checkpoint(store: ObjectStore) -> bytes:
    """The newest checkpoint whose tiles are all there; NotFound before the first."""
    head = LogHead.objects.filter(pk=HEAD).first()
    return store.read(checkpoint_key(head.published if head else 0))


def checkpoint_key(size: int) -> str:
    """Where the checkpoint of a size lies; in the order of keys the newest is the last."""
    return f"{CHECKPOINT_KEY}/{size:012d}"


def prove_event(event: Event, store: ObjectStore, size: int = 0) -> tuple[LogProof, str]:
    """The proof that an event is in the log, and the signed checkpoint it is for: a few tiles are read, however long.

    For the newest published head, or for an earlier one of this size.

    Raises:
        ValueError: the event is not in the published log yet.
    """
    head = LogHead.objects.filter(pk=HEAD).first()
    if event.leaf_index is None or head is None or event.leaf_index >= head.published:
        raise ValueError(f"event {event.number} is not in the published log yet")
    size = size or head.published
    note = store.read(checkpoint_key(size)).decode()
    return prove_entry(tile_tree(store, head.published), leaf_bytes(event), event.leaf_index, size), note


def _new_objects(store: ObjectStore, size: int, end: int) -> Iterator[tuple[str, bytes]]:
    first = size - size % TILE_WIDTH  # the bundle that is not full is written anew, under its new width
    events = list(Event.objects.filter(leaf_index__gte=first, leaf_index__lt=end).order_by("leaf_index"))
    if len(events) != end - first:
        raise BadTiles(f"entries {first} to {end - 1} of the log are not all in the database; restore it")
    for event in events:
        if leaf_hash(leaf_bytes(event)).hex() != event.leaf_hash:
            raise BadTiles(
                f"entry {event.leaf_index}: event {event.number} was changed after it was logged; it is not published"
            )
    for at in range(0, len(events), TILE_WIDTH):
        entries = [leaf_bytes(event) for event in events[at : at + TILE_WIDTH]]
        yield tile_path("entries", (first + at) // TILE_WIDTH, len(entries)), bundle(entries)
    leaves = [bytes.fromhex(event.leaf_hash) for event in events[size - first :]]
    yield from grown_tiles(tile_tree(store, size), leaves)


def put_once(
    store: ObjectStore, key: str, data: bytes, until: dt.datetime, content_type: str = "application/octet-stream"
) -> None:
    """Write an object of the log under lock; the same again is no error. Raises BadTiles: other bytes are there."""
    try:
        store.put(key, data, content_type=content_type, lock=Lock(until), if_absent=True)
    except AlreadyExists:
        if store.read(key) != data:
            raise BadTiles(f"{key} is there with other bytes: the log was published with other entries") from None
