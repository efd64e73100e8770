"""A Merkle tree kept whole: what the tree of tiles is compared with, and small logs are made of."""

from collections.abc import Iterable

from archive import HashTree
from archive.merkle import node_hash


class WholeTree(HashTree):
    """A growing tree over leaf hashes, all of it in memory."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaf_hashes:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash (of `leaf_hash`) and give its index."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node_hash(*self._levels[level][-2:]))
            level += 1
        return len(self) - 1

    def node(self, level: int, index: int) -> bytes:
        """A complete node."""
        return self._levels[level][index]
