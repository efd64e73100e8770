"""The log's tree as plain objects: tiles of C2SP tlog-tiles, so that anyone can read proofs, and watch it grow.

A tile of level L holds up to 256 hashes: nodes of tree level 8·L. A full tile never changes; the last one of each
level is partial and is written anew under its width. Beside the tiles of level 0 lie the entries themselves.
"""

import functools
from collections.abc import Callable, Iterator, Sequence

from archive.merkle import HASH_BYTES, HashTree, node_hash
from archive.store import StoreError

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILES_KEPT = 64
"""Tiles of 8 kB that a reader keeps: the path of a proof takes one a level, and neighbours share all but the lowest."""
_LENGTH_BYTES = 2

ReadTile = Callable[[str], bytes]
"""The bytes of a tile by its path, such as `tile/0/000.p/17`; raises what the place raises where it is missing."""


class BadTiles(StoreError):  # noqa: N818
    """The stored tiles do not make the tree that was asked for."""

    code = "archive-bad-tiles"


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Path of a tile: `tile/0/x001/x234/067`, and `.p/<width>` behind it for a partial one.

    `level` is a number, or `entries` for the bundles of entries.
    """
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


class TileTree(HashTree):
    """The tree of a size, read from its tiles as they are needed.

    Compare its root with a checkpoint before trusting it.

    `node` raises BadTiles for a tile of the wrong length.
    """

    def __init__(self, read: ReadTile, size: int) -> None:
        self._read, self._size = read, size
        self._hashes = functools.lru_cache(TILES_KEPT)(self._tile)

    def __len__(self) -> int:
        return self._size

    def node(self, level: int, index: int) -> bytes:
        """A complete node, made of the nodes of its tile below it."""
        tile_level, above = divmod(level, TILE_HEIGHT)
        first = index << above
        hashes = self._hashes(tile_level, first // TILE_WIDTH)
        nodes = hashes[first % TILE_WIDTH : first % TILE_WIDTH + (1 << above)]
        while len(nodes) > 1:
            nodes = [node_hash(*nodes[at : at + 2]) for at in range(0, len(nodes), 2)]
        return nodes[0]

    def leaves(self, first: int = 0) -> Iterator[bytes]:
        """Every leaf hash from there on."""
        for index in range(first // TILE_WIDTH, -(-self._size // TILE_WIDTH)):
            yield from self._tile(0, index)[max(0, first - index * TILE_WIDTH) :]

    def last(self, level: int) -> list[bytes]:
        """The hashes of the partial tile at the end of a tile level; none where all are full."""
        count = self._size >> TILE_HEIGHT * level
        return self._hashes(level, count // TILE_WIDTH) if count % TILE_WIDTH else []

    def _tile(self, level: int, index: int) -> list[bytes]:
        width = min(TILE_WIDTH, (self._size >> TILE_HEIGHT * level) - index * TILE_WIDTH)
        path = tile_path(level, index, width)
        data = self._read(path)
        if len(data) != width * HASH_BYTES:
            raise BadTiles(f"{path} has {len(data)} bytes, not {width * HASH_BYTES}; restore it from a replica")
        return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def grown_tiles(tree: TileTree, leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every tile that is new when these leaf hashes follow those of the tree."""
    level, size, new = 0, len(tree), list(leaves)
    while new:
        known = tree.last(level)
        nodes, first = known + new, size - len(known)
        new = []
        for at in range(0, len(nodes), TILE_WIDTH):
            hashes = nodes[at : at + TILE_WIDTH]
            yield tile_path(level, (first + at) // TILE_WIDTH, len(hashes)), b"".join(hashes)
            if len(hashes) == TILE_WIDTH:
                new.append(top_of(hashes))
        level, size = level + 1, size >> TILE_HEIGHT


def top_of(hashes: Sequence[bytes]) -> bytes:
    """The node over a full tile of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Up to 256 entries as one object: each with its length before it, two bytes, big-endian (C2SP tlog-tiles)."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BadTiles where it ends in the middle of one."""
    entries, at = [], 0
    while at < len(data):
        end = at + _LENGTH_BYTES + int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
        if end > len(data):
            raise BadTiles("a bundle of entries ends in the middle of one; restore it from a replica")
        entries.append(data[at + _LENGTH_BYTES : end])
        at = end
    return entries
