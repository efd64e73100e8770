"""对账: database, published log and signed head are held against each other; what differs is located.

Each entry is there three times: its row, its bytes in a bundle, its hash in a tile; where they differ, the odd one out
is named. The tiles are held against the tiles above them, and the topmost against the signed root.
"""

import dataclasses
import time
from collections.abc import Iterator

from archive.checkpoint import BadCheckpoint, LogKey, open_checkpoint
from archive.events import leaf_bytes
from archive.log import HEAD
from archive.merkle import HASH_BYTES, leaf_hash
from archive.models import Event, LogHead
from archive.publishing import LOG_PREFIX, checkpoint_key, tile_tree
from archive.store import BadDigest, NotFound, ObjectStore
from archive.tiles import TILE_HEIGHT, TILE_WIDTH, BadTiles, TileTree, tile_path, top_of, unbundle

MOST_FAULTS = 10_000
"""More are not listed: somebody has to look anyway, and the row of the report stays small."""


@dataclasses.dataclass(frozen=True, slots=True)
class LogFault:
    """One difference. `place`: row, bundle, tile, head or object; `where`: entry number, or key in the store."""

    place: str
    where: str
    what: str


@dataclasses.dataclass
class ReconcileRun:
    """What a run compared: entries `first` up to `end` of `size`; `whole` where it reached the end."""

    size: int
    first: int
    end: int
    faults: list[LogFault] = dataclasses.field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is left of this round."""
        return self.end >= self.size


def reconcile(store: ObjectStore, key: LogKey, *, first: int = 0, seconds: float = float("inf")) -> ReconcileRun:
    """Compare the entries from `first` on until the time is used up, at least one bundle; the heads every time.

    Raises:
        Unavailable: the store cannot be reached: that is no result.
    """
    head = LogHead.objects.filter(pk=HEAD).first()
    size, end_time = (head.published if head else 0), time.monotonic() + seconds
    first = first - first % TILE_WIDTH if first < size else 0
    run = ReconcileRun(size, first, first)
    run.faults += _head_faults(store, key, head)
    tree = tile_tree(store, size)
    while not run.whole and len(run.faults) < MOST_FAULTS:
        index = run.end // TILE_WIDTH
        run.faults += _bundle_faults(store, tree, index)
        run.end = min(size, (index + 1) * TILE_WIDTH)
        if time.monotonic() > end_time:
            break
    return run


def _head_faults(store: ObjectStore, key: LogKey, head: LogHead | None) -> Iterator[LogFault]:
    """The signed heads: the one in the database, and the published one against its tiles."""
    if head is None:
        return
    for where, note, size in (("database", head.checkpoint.encode(), head.size), ("store", b"", head.published)):
        if not size:
            continue
        try:
            signed = open_checkpoint(note or store.read(checkpoint_key(size)), [key])
        except (BadCheckpoint, NotFound, BadDigest) as reason:
            yield LogFault("head", where, str(reason))
            continue
        if signed.size != size or (where == "database" and signed.root.hex() != head.root):
            yield LogFault(
                "head", where, f"the row says {size} entries; the signed head {signed.size}, or another root"
            )
        if where == "store" and (fault := _root_fault(tile_tree(store, size), signed.root)):
            yield fault
    if head.published > head.size:
        yield LogFault("head", "database", f"{head.published} entries are published, and {head.size} are known")
    rows = Event.objects.exclude(leaf_index=None).count()
    if rows != head.size:
        yield LogFault("head", "database", f"the head holds {head.size} entries, the database has {rows}")


def _root_fault(tree: TileTree, root: bytes) -> LogFault | None:
    try:
        found = tree.root()
    except (BadTiles, NotFound, BadDigest) as reason:
        return LogFault("tile", str(len(tree)), str(reason))
    return None if found == root else LogFault("tile", str(len(tree)), "the tiles do not make the signed root")


def _bundle_faults(store: ObjectStore, tree: TileTree, index: int) -> Iterator[LogFault]:
    """The rows, the bytes and the hashes of one bundle: of three that should be one, the odd one out is named."""
    first, end = index * TILE_WIDTH, min(len(tree), (index + 1) * TILE_WIDTH)
    tile, entries = tile_path(0, index, end - first), tile_path("entries", index, end - first)
    hashes, tile_fault = _hashes(store, tile, end - first)
    bundled, entries_fault = _bundled(store, entries, end - first)
    rows = {row.leaf_index: row for row in Event.objects.filter(leaf_index__gte=first, leaf_index__lt=end)}
    yield from tile_fault
    yield from entries_fault
    agreed = []
    for number in range(first, end):
        row = rows.get(number)
        told = {
            "row": leaf_hash(leaf_bytes(row)) if row else None,
            "bundle": bundled[number - first] if bundled else None,
            "tile": hashes[number - first] if hashes else None,
        }
        truth = _agreed(told)
        agreed.append(truth)
        yield from _odd_ones(told, truth, row, {"row": str(number), "bundle": entries, "tile": tile})
    yield from _faults_above(store, tree, 0, index, agreed)


def _agreed(told: dict[str, bytes | None]) -> bytes:
    """What two of three say; where none agree, what the tile says, since the signed root is made of it."""
    said = [one for one in told.values() if one]
    return next((one for one in said if said.count(one) > 1), told["tile"] or (said or [b""])[0])


def _odd_ones(
    told: dict[str, bytes | None], truth: bytes, row: Event | None, where: dict[str, str]
) -> Iterator[LogFault]:
    number = where["row"]
    if row is None:
        yield LogFault("row", number, "the event is missing in the database")
    elif told["row"] != truth:
        yield LogFault("row", number, f"event {row.number} was changed after it entered the log")
    elif row.leaf_hash != truth.hex():
        yield LogFault("row", number, f"the leaf hash of event {row.number} was changed in the database")
    for place in ("bundle", "tile"):
        if told[place] not in {None, truth}:
            yield LogFault(place, where[place], f"entry {number} is not the one that was logged")


def _faults_above(
    store: ObjectStore, tree: TileTree, level: int, index: int, hashes: list[bytes]
) -> Iterator[LogFault]:
    """Hold the top of a full tile against the node in the tile above it, and that one's top where it is full too."""
    if len(hashes) < TILE_WIDTH:
        return
    above, at = index // TILE_WIDTH, index % TILE_WIDTH
    width = min(TILE_WIDTH, (len(tree) >> TILE_HEIGHT * (level + 1)) - above * TILE_WIDTH)
    path = tile_path(level + 1, above, width)
    nodes, faults = _hashes(store, path, width)
    yield from faults
    if nodes and nodes[at] != top_of(hashes):
        yield LogFault("tile", path, f"node {at} is not made of the hashes of tile {index} below it")
    if nodes and at == TILE_WIDTH - 1:
        yield from _faults_above(store, tree, level + 1, above, nodes)


def _hashes(store: ObjectStore, path: str, width: int) -> tuple[list[bytes], list[LogFault]]:
    try:
        data = store.read(LOG_PREFIX + path)
    except (NotFound, BadDigest) as reason:
        return [], [LogFault("tile", path, str(reason))]
    if len(data) != width * HASH_BYTES:
        return [], [LogFault("tile", path, f"{len(data)} bytes for {width} hashes")]
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)], []


def _bundled(store: ObjectStore, path: str, count: int) -> tuple[list[bytes], list[LogFault]]:
    try:
        entries = [leaf_hash(entry) for entry in unbundle(store.read(LOG_PREFIX + path))]
    except (NotFound, BadDigest, BadTiles) as reason:
        return [], [LogFault("bundle", path, str(reason))]
    if len(entries) != count:
        return [], [LogFault("bundle", path, f"{len(entries)} entries, not {count}")]
    return entries, []
