"""What the store tells of the log: its newest signed head, its entries, and the private part of each."""

import bisect
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from archive.checkpoint import BadCheckpoint, Checkpoint, LogKey, open_checkpoint
from archive.journal import EVENTS_PREFIX, BadJournal, PrivatePart, events_range, parse_events
from archive.merkle import leaf_hash
from archive.publishing import CHECKPOINT_KEY, LOG_PREFIX
from archive.rebuilding.reading import Source
from archive.tiles import TILE_WIDTH, BadTiles, tile_path, unbundle


@dataclasses.dataclass(frozen=True, slots=True)
class SignedHead:
    """A checkpoint that the log's key signed, and the note it was read from."""

    checkpoint: Checkpoint
    note: str


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log. `told` is the leaf as it is published; `private` None where it is lost or forged."""

    index: int
    leaf: bytes
    told: dict[str, Any]
    private: PrivatePart | None


def newest_head(source: Source, key: LogKey) -> SignedHead | None:
    """The newest checkpoint that the key signed; a faulty one is named and the one before it taken."""
    keys = [one.key for one in source.store.list(f"{CHECKPOINT_KEY}/")]
    for name in reversed(keys):
        note = source.read(name)
        if note is None:
            continue
        try:
            return SignedHead(open_checkpoint(note, [key]), note.decode())
        except BadCheckpoint as error:
            source.fault(name, str(error))
    return None


class PublishedEntries:
    """The entries of a log of a size, bundle by bundle, each held against its leaf and its private part."""

    def __init__(self, source: Source, size: int) -> None:
        self._source, self._size = source, size
        self._parts = sorted(_ranges(source), key=lambda one: one[0])
        self._firsts = [first for first, _, _ in self._parts]
        self._read: dict[str, list[PrivatePart]] = {}

    def bundles(self, first: int = 0) -> Iterator[list[Entry]]:
        """Up to 256 entries at a time, from the bundle that `first` is in; a lost bundle is left out, and named."""
        for number in range(first // TILE_WIDTH, -(-self._size // TILE_WIDTH)):
            yield list(self._entries(number))

    def _entries(self, number: int) -> Iterator[Entry]:
        begin = number * TILE_WIDTH
        width = min(TILE_WIDTH, self._size - begin)
        key = LOG_PREFIX + tile_path("entries", number, width)
        hashes = self._source.read(LOG_PREFIX + tile_path(0, number, width)) or b""
        for at, leaf in enumerate(self._leaves(key, width)):
            expected = hashes[at * 32 : at * 32 + 32]
            if expected and leaf_hash(leaf) != expected:
                self._source.fault(f"{key} entry {begin + at}", "is not the entry that its leaf was made from")
            try:
                told = json.loads(leaf)
            except ValueError:
                self._source.fault(f"{key} entry {begin + at}", "cannot be read")
                continue
            yield Entry(begin + at, leaf, told, self._private(begin + at, told))

    def _leaves(self, key: str, width: int) -> list[bytes]:
        data = self._source.read(key)
        if data is None:
            return []
        try:
            leaves = unbundle(data)
        except BadTiles as error:
            self._source.fault(key, str(error))
            return []
        if len(leaves) != width:
            self._source.fault(key, f"has {len(leaves)} entries, not {width}")
        return leaves

    def _private(self, index: int, told: dict[str, Any]) -> PrivatePart | None:
        """From any object that has it: overlapping ones are left by a publication that was broken off."""
        wrong = ""
        for first, end, key in self._parts[: bisect.bisect_right(self._firsts, index)][::-1]:
            if index >= end:
                continue
            parts = self._object(key)
            part = parts[index - first] if index - first < len(parts) else None
            if part and part.agrees(told):
                return part
            wrong = wrong or key
        self._source.fault(
            f"{wrong or EVENTS_PREFIX} entry {index}",
            "is not the private part that the log has the digest of: changed or forged"
            if wrong
            else "has no private part",
        )
        return None

    def _object(self, key: str) -> list[PrivatePart]:
        if key not in self._read:
            self._read = dict(list(self._read.items())[-3:])  # neighbours are asked for next
            self._read[key] = []
            data = self._source.read(key)
            try:
                self._read[key] = parse_events(data) if data is not None else []
            except BadJournal as error:
                self._source.fault(key, str(error))
        return self._read[key]


def _ranges(source: Source) -> Iterator[tuple[int, int, str]]:
    for one in source.store.list(EVENTS_PREFIX):
        try:
            yield *events_range(one.key), one.key
        except BadJournal as error:
            source.fault(one.key, str(error))
