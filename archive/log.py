"""The log: events taken into the Merkle tree in one order, and its signed head. `archive.publishing` shows it."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.checkpoint import Checkpoint, log_key, make_checkpoint
from archive.events import leaf_bytes
from archive.merkle import TreeEdge, leaf_hash
from archive.models import Event, LogHead
from signing import made_once

HEAD = 1  # there is one log, so one head


def ensure_log_key(path: Path, origin: str) -> str:
    """Make the signing key of the log on first start, readable by this user only; returns the public key as a note key.

    The public half lies beside it under the same name ending in `.pub`: that is what a verifier is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_once(
        path,
        lambda: Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
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
    edge = _edge(head)
    for event in Event.objects.filter(leaf_index=None).order_by("pk"):
        digest = leaf_hash(leaf_bytes(event))
        event.leaf_index, event.leaf_hash = edge.append(digest), digest.hex()
        event.save(update_fields=["leaf_index", "leaf_hash"])
    if edge.size != head.size or not head.checkpoint:
        root = edge.root()
        head.size, head.root, head.edge = edge.size, root.hex(), [node.hex() for node in edge.hashes]
        head.checkpoint = make_checkpoint(Checkpoint(origin, edge.size, root), key).decode()
        head.save()
    return head


def check_log() -> list[str]:
    """Compare every event with its leaf and the tree with the signed head; returns what does not agree."""
    head = LogHead.objects.filter(pk=HEAD).first()
    faults, edge = [], TreeEdge()
    for event in Event.objects.exclude(leaf_index=None).order_by("leaf_index").iterator():
        digest = leaf_hash(leaf_bytes(event))
        if digest.hex() != event.leaf_hash:
            faults.append(f"entry {event.leaf_index}: event {event.number} was changed after it entered the log")
        if event.leaf_index == edge.size:
            edge.append(bytes.fromhex(event.leaf_hash))
        elif not any("is missing" in fault for fault in faults):
            faults.append(f"entry {edge.size} of the log is missing")
    if head and edge.root().hex() != head.root:
        faults.append(f"the tree of {head.size} entries does not have the signed root")
    return faults


def _edge(head: LogHead) -> TreeEdge:
    """The right edge of the log; made of all entries where the head's row was written before it kept the edge."""
    if head.edge or not head.size:
        return TreeEdge(head.size, [bytes.fromhex(node) for node in head.edge])
    edge = TreeEdge()
    rows = Event.objects.filter(leaf_index__lt=head.size).order_by("leaf_index")
    for expected, (index, digest) in enumerate(rows.values_list("leaf_index", "leaf_hash").iterator()):
        if index != expected:
            raise ValueError(f"entry {expected} of the log is missing")
        edge.append(bytes.fromhex(digest))
    return edge
