"""The log's tree as plain objects: tiles of C2SP tlog-tiles, so that anyone can rebuild it and watch it.

A tile of level L holds up to 256 hashes: nodes of tree level 8·L. A full tile never changes; the last one of each
level is partial and is written anew under its width.
"""

import contextlib
from collections.abc import Iterator

from archive.merkle import HASH_BYTES, MerkleTree
from archive.store import AlreadyExists, ObjectStore, StoreError

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
LOG_PREFIX = "log/"


class BadTiles(StoreError):  # noqa: N818
    """The stored tiles do not make the tree that was asked for."""

    code = "archive-bad-tiles"


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Path of a tile: `tile/0/x001/x234/067`, and `.p/<width>` behind it for a partial one."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def tiles(tree: MerkleTree, since: int = 0) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every tile that the entries from `since` on filled or changed."""
    level, size = 0, len(tree)
    while size:
        nodes = tree.nodes(TILE_HEIGHT * level)
        for index in range(since // TILE_WIDTH, -(-size // TILE_WIDTH)):
            hashes = nodes[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
            yield tile_path(level, index, len(hashes)), b"".join(hashes)
        level, size, since = level + 1, size // TILE_WIDTH, since // TILE_WIDTH


def write_tiles(store: ObjectStore, tree: MerkleTree, since: int = 0) -> int:
    """Put the tiles of entries from `since` on into a store; those there already stay. Returns how many were new."""
    written = 0
    for path, data in tiles(tree, since):
        with contextlib.suppress(AlreadyExists):
            store.put(LOG_PREFIX + path, data, if_absent=True)
            written += 1
    return written


def read_tiles(store: ObjectStore, size: int) -> MerkleTree:
    """The tree of a size from its stored leaf tiles; compare its root with a checkpoint before trusting it.

    Raises BadTiles for a tile of the wrong length, NotFound for a missing one.
    """
    tree = MerkleTree()
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        path = tile_path(0, index, width)
        data = store.read(LOG_PREFIX + path)
        if len(data) != width * HASH_BYTES:
            raise BadTiles(f"{path} has {len(data)} bytes, not {width * HASH_BYTES}; restore it from a replica")
        for start in range(0, len(data), HASH_BYTES):
            tree.append(data[start : start + HASH_BYTES])
    return tree
