"""The Merkle tree of the log: hashing of RFC 6962 section 2, proofs and their checks of RFC 9162 section 2.1.

Nodes are addressed by (level, index): level 0 holds leaf hashes, a node of level n covers 2**n leaves. Only nodes
that are complete are kept, so a stored node never changes. The log keeps its right edge (`TreeEdge`) and its tiles.
"""

import abc
import functools
import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class BadProof(ValueError):  # noqa: N818
    """The proof does not show what it claims; the message says where it breaks."""

    code = "archive-bad-proof"


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry; the first byte keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class HashTree(abc.ABC):
    """Roots and proofs of a tree, out of its complete nodes, wherever they are kept."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many leaves it has."""

    @abc.abstractmethod
    def node(self, level: int, index: int) -> bytes:
        """A complete node: 2**level leaves from `index` times as many on."""

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree now, or as it was at an earlier size."""
        size = self._checked_size(size)
        return self._range_root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Audit path of a leaf in the tree of a size: sibling hashes from the leaf up."""
        size = self._checked_size(size)
        if not 0 <= index < size:
            raise ValueError(f"leaf {index} is not in a tree of {size}")
        path: list[bytes] = []
        first, end = 0, size
        while end - first > 1:
            middle = first + _split(end - first)
            if index < middle:
                path.append(self._range_root(middle, end))
                end = middle
            else:
                path.append(self._range_root(first, middle))
                first = middle
        return path[::-1]

    def consistency_proof(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Proof that the tree of `old_size` is the beginning of the tree of `size`; empty for 0 or equal sizes."""
        size = self._checked_size(size)
        if not 0 <= old_size <= size:
            raise ValueError(f"a tree of {size} has no beginning of {old_size}")
        if old_size in {0, size}:
            return []
        path: list[bytes] = []
        first, end, whole = 0, size, True  # whole: the old tree is exactly this subtree, its root is known
        while end != old_size:
            middle = first + _split(end - first)
            if old_size <= middle:
                path.append(self._range_root(middle, end))
                end = middle
            else:
                path.append(self._range_root(first, middle))
                first, whole = middle, False
        if not whole:
            path.append(self._range_root(first, end))
        return path[::-1]

    def _checked_size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} leaves, not {size}")
        return size

    def _range_root(self, first: int, end: int) -> bytes:
        """Root over leaves first..end-1, where `first` is a multiple of the next power of two: from kept nodes."""
        count = end - first
        level = count.bit_length() - 1
        if count == 1 << level:
            return self.node(level, first >> level)
        middle = first + _split(count)
        return node_hash(self._range_root(first, middle), self._range_root(middle, end))


class TreeEdge:
    """The right edge of a tree: all that is needed to let it grow and to know its root, some 20 hashes for a million.

    `hashes` are the roots of its complete subtrees, the largest first: one for each bit of the size.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"the edge of a tree of {size} has {size.bit_count()} hashes, not {len(hashes)}")
        self.size, self._hashes = size, list(hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, the largest first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash (of `leaf_hash`) and give its index."""
        _check_hash(leaf)
        index, grown = self.size, leaf
        while index & 1:
            index, grown = index >> 1, node_hash(self._hashes.pop(), grown)
        self._hashes.append(grown)
        self.size += 1
        return self.size - 1

    def root(self) -> bytes:
        """Root of the tree."""
        if not self._hashes:
            return EMPTY_ROOT
        return functools.reduce(lambda right, left: node_hash(left, right), reversed(self._hashes))


def _check_hash(leaf: bytes) -> None:
    """Raise ValueError for what is no hash, such as the data itself."""
    if len(leaf) != HASH_BYTES:
        raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}; pass leaf_hash(data)")


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise BadProof unless `proof` leads from the leaf hash at `index` to the root of `size` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof(f"leaf {index} cannot be in a tree of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if len(sibling) != HASH_BYTES:
            raise BadProof(f"a hash of the proof has {len(sibling)} bytes")
        if last == 0:
            raise BadProof("the proof is longer than the tree is high")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadProof("the proof is shorter than the tree is high")
    if found != root:
        raise BadProof("the proof leads to another root: the entry is not in this log, or was changed")


def verify_consistency(  # noqa: C901 - the algorithm of the RFC in one piece, to be compared with it
    old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise BadProof unless the tree of `size` begins with the tree of `old_size` (RFC 9162 2.1.4.2)."""
    if not 0 <= old_size <= size:
        raise BadProof(f"the log shrank from {old_size} to {size} entries")
    if old_size in {0, size}:
        if proof or (old_size == size and old_root != root) or (old_size == 0 and old_root != EMPTY_ROOT):
            raise BadProof("equal or empty trees need no proof and an equal root")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path or any(len(node) != HASH_BYTES for node in path):
        raise BadProof("the proof is empty or holds something that is no hash")
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = found = path[0]
    for node in path[1:]:
        if last == 0:
            raise BadProof("the proof is longer than the tree is high")
        if place & 1 or place == last:
            old_found, found = node_hash(node, old_found), node_hash(node, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, node)
        place, last = place >> 1, last >> 1
    if last != 0 or old_found != old_root or found != root:
        raise BadProof("the log was rewritten: its beginning is not what the earlier checkpoint signed")
