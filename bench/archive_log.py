"""How long a proof takes in a log of ten million entries, out of the tiles as they are published."""

import dataclasses
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import archive

AT_ONCE = 256 * 256
"""Leaves added in one step: whole tiles of two levels, so that none is written twice."""
PROOFS = 200
SEED = 10_000_000
ORIGIN = "bench.example/log"


@dataclasses.dataclass(frozen=True, slots=True)
class LogTimes:
    """Proofs at one size, in milliseconds; tiles and bytes read for one; seconds it took to write the tiles."""

    entries: int
    median: float
    slowest_twentieth: float
    checking: float
    tiles: float
    bytes_read: float
    writing_seconds: float


def measure_log(folder: Path, entries: int, step: Callable[[int], None]) -> LogTimes:
    """Publish the tiles of a log, then prove entries drawn at random, each out of a tree that has read nothing yet."""
    store = archive.LocalStore(folder / "log")
    began = time.perf_counter()
    for size in range(0, entries, AT_ONCE):
        leaves = [archive.leaf_hash(_entry(index)) for index in range(size, min(entries, size + AT_ONCE))]
        for path, data in archive.grown_tiles(archive.tile_tree(store, size), leaves):
            store.put(archive.LOG_PREFIX + path, data)
        step(size)
    wrote = time.perf_counter() - began
    root = archive.tile_tree(store, entries).root()
    head, draw = archive.Checkpoint(ORIGIN, entries, root), random.Random(SEED)  # noqa: S311 - the same in every run
    making, checking, reads = [], [], []
    for _ in range(PROOFS):
        index = draw.randrange(entries)
        read = _Counting(store)
        before = time.perf_counter()
        proof: archive.LogProof = archive.prove_entry(archive.TileTree(read, entries), _entry(index), index)
        made = time.perf_counter()
        proof.verify(head)
        checking.append(time.perf_counter() - made)
        making.append(made - before)
        reads.append((read.tiles, read.bytes))
    return LogTimes(
        entries,
        statistics.median(making) * 1000,
        statistics.quantiles(making, n=20)[-1] * 1000,
        statistics.median(checking) * 1000,
        statistics.mean(tiles for tiles, _ in reads),
        statistics.mean(size for _, size in reads),
        wrote,
    )


class _Counting:
    """Reads tiles and counts them."""

    def __init__(self, store: archive.ObjectStore) -> None:
        self._store, self.tiles, self.bytes = store, 0, 0

    def __call__(self, path: str) -> bytes:
        data = self._store.read(archive.LOG_PREFIX + path)
        self.tiles, self.bytes = self.tiles + 1, self.bytes + len(data)
        return data


def _entry(index: int) -> bytes:
    return b"entry %d" % index
