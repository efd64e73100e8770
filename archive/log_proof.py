"""The proof that a package stands in the log: its leaf, the path to a signed root, as one small file."""

import base64
import binascii
import dataclasses
from collections.abc import Mapping

from archive.canonical import NotCanonical, canonical_json, parse_canonical
from archive.checkpoint import Checkpoint
from archive.digests import is_sha256
from archive.merkle import BadProof, HashTree, leaf_hash, node_hash, verify_inclusion

_MAX_HASHES = 64


@dataclasses.dataclass(frozen=True, slots=True)
class LogProof:
    """An entry of the log and its audit path. `leaf` is canonical JSON with at least `object` (a SHA-256)."""

    leaf: bytes
    index: int
    size: int
    hashes: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON, for a file."""
        hashes = [node.hex() for node in self.hashes]
        leaf = base64.b64encode(self.leaf).decode()
        return canonical_json({"leaf": leaf, "index": self.index, "size": self.size, "hashes": hashes})

    @classmethod
    def from_bytes(cls, data: bytes) -> "LogProof":
        """Read what `to_bytes` wrote. Raises BadProof."""
        try:
            match parse_canonical(data):
                case {"leaf": str(leaf), "index": int(index), "size": int(size), "hashes": [*hashes]}:
                    if len(hashes) <= _MAX_HASHES and all(isinstance(h, str) and is_sha256(h) for h in hashes):
                        nodes = tuple(bytes.fromhex(h) for h in hashes)
                        return cls(base64.b64decode(leaf, validate=True), index, size, nodes)
        except (NotCanonical, binascii.Error) as error:
            raise BadProof(f"the proof file is damaged: {error}") from error
        raise BadProof("the proof file lacks leaf, index, size or hashes")

    def object_sha256(self) -> str:
        """The digest that the entry is about. Raises BadProof when the leaf is no entry of ours."""
        try:
            entry = parse_canonical(self.leaf)
        except NotCanonical as error:
            raise BadProof(f"the entry of the log is damaged: {error}") from error
        if not isinstance(entry, Mapping) or not isinstance(entry.get("object"), str):
            raise BadProof("the entry of the log names no object")
        return str(entry["object"])

    def steps(self) -> list["ProofStep"]:
        """The way from the leaf to the root, one step a hash of the path (RFC 9162 2.1.3.2); nothing is verified."""
        place, last, found, steps = self.index, self.size - 1, leaf_hash(self.leaf), list[ProofStep]()
        for sibling in self.hashes:
            on_left = bool(place & 1) or place == last
            if on_left:
                found = node_hash(sibling, found)
                while place and not place & 1:
                    place, last = place >> 1, last >> 1
            else:
                found = node_hash(found, sibling)
            place, last = place >> 1, last >> 1
            steps.append(ProofStep(sibling, on_left, found))
        return steps

    def verify(self, checkpoint: Checkpoint) -> None:
        """Raise BadProof unless the entry is in the log at this checkpoint."""
        if self.size != checkpoint.size:
            raise BadProof(f"the proof is for {self.size} entries, the checkpoint for {checkpoint.size}")
        verify_inclusion(leaf_hash(self.leaf), self.index, self.size, self.hashes, checkpoint.root)


@dataclasses.dataclass(frozen=True, slots=True)
class ProofStep:
    """One step up: the sibling that is joined, whether it stands on the left, and the hash of both."""

    sibling: bytes
    on_left: bool
    joined: bytes


def prove_entry(tree: HashTree, leaf: bytes, index: int, size: int | None = None) -> LogProof:
    """The proof of an entry in a tree, at its present or an earlier size."""
    size = len(tree) if size is None else size
    return LogProof(leaf, index, size, tuple(tree.inclusion_proof(index, size)))


def growth_proof(tree: HashTree, old_size: int, size: int) -> bytes:
    """The proof that the tree of `size` begins with that of `old_size`, as a file: canonical JSON."""
    hashes = [node.hex() for node in tree.consistency_proof(old_size, size)]
    return canonical_json({"old_size": old_size, "size": size, "hashes": hashes})
