"""What lies in the store beside the entries: each object of log and journal is one we wrote, once, unchanged.

Trees and signatures say what belongs there: a partial tile is the beginning of the tile that grew from it, a checkpoint
is signed and its root that of its size, a timestamp and a cosignature are over a checkpoint. Nothing else does.
"""

import hashlib
import re
from collections.abc import Iterator

from archive.attesting import cosigned_size, stamped_size
from archive.checkpoint import BadCheckpoint, LogKey, open_checkpoint
from archive.journal import EVENTS_PREFIX, ROWS_PREFIX
from archive.merkle import HASH_BYTES
from archive.models import HeadAttestation
from archive.publishing import LOG_PREFIX, checkpoint_key, tile_tree
from archive.reconciling import LogFault
from archive.store import BadDigest, NotFound, ObjectStore
from archive.tiles import TILE_HEIGHT, TILE_WIDTH, BadTiles, TileTree, tile_path

_TILE = re.compile(r"tile/(?P<level>entries|[0-7])/(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>\d{1,3}))?")


def object_faults(store: ObjectStore, key: LogKey, size: int) -> Iterator[LogFault]:
    """Ask the store for every object of the log and the journal; `size` is how many entries are published.

    Raises:
        Unavailable: the store cannot be reached: that is no result.
    """
    tree = tile_tree(store, size)
    for prefix in (LOG_PREFIX, EVENTS_PREFIX, ROWS_PREFIX):
        for found in store.list(prefix):
            if len(store.versions(found.key)) > 1:
                yield LogFault("object", found.key, "overwritten: such an object has one version")
            if not store.verify(found.key):
                yield LogFault("object", found.key, "the bytes are not those that were written")
            elif prefix == LOG_PREFIX and (why := _why_strange(store, key, tree, found.key)):
                yield LogFault("object", found.key, why)
    for name in store.damaged_records():
        yield LogFault("object", f"record {name}", "what the store knows of an object is damaged")


def _why_strange(store: ObjectStore, key: LogKey, tree: TileTree, name: str) -> str:
    """Why an unchanged object of the log is none that we put there; "" for one that is."""
    path = name.removeprefix(LOG_PREFIX)
    try:
        if found := _TILE.fullmatch(path):
            return _why_no_tile(store, tree, path, found)
        if path.startswith("checkpoint/"):
            return _why_no_checkpoint(store, key, tree, name)
        if (size := stamped_size(name)) or (size := cosigned_size(name)):
            store.read(checkpoint_key(size))
            told = HeadAttestation.objects.filter(size=size, sha256=hashlib.sha256(store.read(name)).hexdigest())
            return "" if told.exists() else "nothing is known of such a word on this head"
        if path.startswith("split/"):  # brought from outside as evidence; our key signed it
            open_checkpoint(store.read(name), [key])
            return ""
    except (NotFound, BadDigest, BadCheckpoint, BadTiles, ValueError) as reason:
        return str(reason)
    return "no object of the log has such a name"


def _why_no_tile(store: ObjectStore, tree: TileTree, path: str, found: re.Match[str]) -> str:
    """A tile, or a bundle, of an earlier size is the beginning of what is there now."""
    index = int("".join(re.findall(r"\d{3}", found["index"])))
    width = int(found["width"] or TILE_WIDTH)
    level = 0 if found["level"] == "entries" else int(found["level"])
    there = min(TILE_WIDTH, (len(tree) >> TILE_HEIGHT * level) - index * TILE_WIDTH)
    if width > there:
        return f"is for more entries than the {len(tree)} that are published"
    if width == there:
        return ""  # the reconciliation holds it against the rows
    whole = store.read(LOG_PREFIX + tile_path(found["level"], index, there))
    part = store.read(LOG_PREFIX + path)
    same = whole.startswith(part) and (found["level"] == "entries" or len(part) == width * HASH_BYTES)
    return "" if same else "is not the beginning of what grew from it"


def _why_no_checkpoint(store: ObjectStore, key: LogKey, tree: TileTree, name: str) -> str:
    signed = open_checkpoint(store.read(name), [key])
    if name != checkpoint_key(signed.size):
        return f"is the head of {signed.size} entries under another name"
    if signed.size > len(tree):
        return f"is signed for {signed.size} entries, and {len(tree)} are published"
    return "" if tree.root(signed.size) == signed.root else f"its root is not that of the first {signed.size} entries"
