"""The log: events taken into the Merkle tree in one order, the signed head, and the proof that an entry is in it."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.checkpoint import Checkpoint, log_key, make_checkpoint
from archive.events import leaf_bytes
from archive.log_proof import LogProof, prove_entry
from archive.merkle import MerkleTree, leaf_hash
from archive.models import Event, LogHead

HEAD = 1  # there is one log, so one head
CHECKPOINT_KEY = "log/checkpoint"


def ensure_log_key(path: Path, origin: str) -> str:
    """Make the signing key of the log on first start, readable by this user only; returns the public key as a note key.

    The public half lies beside it under the same name ending in `.pub`: that is what a verifier is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        raw = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
    public = str(log_key(origin, load_log_key(path)))
    path.with_suffix(".pub").write_text(public + "\n")
    return public


def load_log_key(path: Path) -> Ed25519PrivateKey:
    """The signing key of the log."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} is no Ed25519 key")
    return key


def integrate(origin: str, key: Ed25519PrivateKey) -> LogHead:
    """Take all waiting events into the log, in the order they were written, and sign the new head.

    Call it in a transaction: the head's row is locked, so that two workers never give out one place twice. An event
    that committed late gets the next free place; places have no gaps.
    """
    LogHead.objects.get_or_create(pk=HEAD)
    head = LogHead.objects.select_for_update().get(pk=HEAD)
    tree = _tree(head.size)
    for event in Event.objects.filter(leaf_index=None).order_by("pk"):
        digest = leaf_hash(leaf_bytes(event))
        event.leaf_index, event.leaf_hash = tree.append(digest), digest.hex()
        event.save(update_fields=["leaf_index", "leaf_hash"])
    if len(tree) != head.size or not head.checkpoint:
        root = tree.root()
        head.size, head.root = len(tree), root.hex()
        head.checkpoint = make_checkpoint(Checkpoint(origin, len(tree), root), key).decode()
        head.save()
    return head


def prove_event(event: Event) -> tuple[LogProof, str]:
    """The proof that an event is in the log, and the signed checkpoint it is for.

    Raises:
        ValueError: the event is not in the log yet.
    """
    head = LogHead.objects.filter(pk=HEAD).first()
    if event.leaf_index is None or head is None or event.leaf_index >= head.size:
        raise ValueError(f"event {event.number} is not in the log yet")
    return prove_entry(_tree(head.size), leaf_bytes(event), event.leaf_index, head.size), head.checkpoint


def check_log() -> list[str]:
    """Compare every event with its leaf and the tree with the signed head; returns what does not agree."""
    head = LogHead.objects.filter(pk=HEAD).first()
    faults = [
        f"entry {event.leaf_index}: event {event.number} was changed after it entered the log"
        for event in Event.objects.exclude(leaf_index=None).order_by("leaf_index")
        if leaf_hash(leaf_bytes(event)).hex() != event.leaf_hash
    ]
    if head and _tree(head.size).root().hex() != head.root:
        faults.append(f"the tree of {head.size} entries does not have the signed root")
    return faults


def _tree(size: int) -> MerkleTree:
    rows = Event.objects.filter(leaf_index__lt=size).order_by("leaf_index").values_list("leaf_index", "leaf_hash")
    tree = MerkleTree()
    for expected, (index, digest) in enumerate(rows):
        if index != expected:
            raise ValueError(f"entry {expected} of the log is missing")
        tree.append(bytes.fromhex(digest))
    if len(tree) != size:
        raise ValueError(f"the log has {len(tree)} entries, its head says {size}")
    return tree
