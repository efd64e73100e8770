"""A witness of the log: one file that a second office runs on a machine of its own. It trusts nothing but its memory.

It fetches the newest checkpoint, makes sure that what it saw before is the beginning of what it sees now, remembers it,
and signs it with its own key and the time (C2SP tlog-cosignature). A log that shows two histories, shrinks or rewrites
an entry is refused, and both signed heads are kept: they are the proof.

    python witness.py --log https://approvals.example/log --log-key log.pub --name witness.example --state folder
    python witness.py --log folder …          the same for a copy of the log on a disk

Needs Python 3.11 and the package `cryptography`; run it every hour. It imports nothing of ours on purpose: what checks
the log must not share its mistakes. Exit status: 0 signed, 1 refused (read what it prints), 3 not to be had now.
"""

import argparse
import base64
import hashlib
import os
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HASH, WIDTH, HEIGHT = 32, 256, 8
NOTE_MAX = 64 << 10
TIMEOUT_SECONDS = 30
LOG_SIGNATURE, COSIGNATURE = b"\x01", b"\x04"
REFUSED, UNREACHABLE = 1, 3


class Refused(Exception):  # noqa: N818 - what the auditor reads
    """The log does not hold; the message says where."""


def fetch(base: str, path: str) -> bytes:
    """One object of the log, over https or from a folder."""
    if re.match(r"https?://", base):
        with urllib.request.urlopen(f"{base.rstrip('/')}/{path}", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            found: bytes = answer.read(NOTE_MAX)
            return found
    return (Path(base) / path).read_bytes()


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    """The four bytes that a signature line names its key by (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def open_note(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """The text, size and root of a checkpoint that this key (`name+id+base64`) signed."""
    name, _, encoded = vkey.strip().split("+", 2)
    public = base64.b64decode(encoded)[1:]
    body, _, lines = note.decode().rpartition("\n\n")
    text = body + "\n"
    for line in lines.splitlines():
        signer, _, signature = line.removeprefix("— ").partition(" ")
        raw = base64.b64decode(signature)
        if signer == name and raw[:4] == key_id(name, LOG_SIGNATURE, public):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
            except InvalidSignature:
                raise Refused("the signature of the log on its own checkpoint is wrong") from None
            origin, size, root, *_ = text.split("\n")
            if origin != name:
                raise Refused(f"the checkpoint is of {origin}, not of {name}")
            return text, int(size), base64.b64decode(root)
    raise Refused(f"{name} did not sign the checkpoint")


def tile_path(level: int, index: int, width: int) -> str:
    """Where a tile lies (C2SP tlog-tiles)."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


class Tree:
    """The log of a size out of its tiles, each read once."""

    def __init__(self, base: str, size: int) -> None:
        self.base, self.size = base, size
        self.read: dict[tuple[int, int], list[bytes]] = {}

    def root(self, size: int) -> bytes:
        """Its root now, or as it was at a smaller size: out of the same tiles, so one is the beginning of the other."""
        return self._over(0, size) if size else hashlib.sha256(b"").digest()

    def _over(self, first: int, end: int) -> bytes:
        count = end - first
        level = count.bit_length() - 1
        if count == 1 << level:
            return self._node(level, first >> level)
        middle = first + (1 << ((count - 1).bit_length() - 1))
        return hashlib.sha256(b"\x01" + self._over(first, middle) + self._over(middle, end)).digest()

    def _node(self, level: int, index: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        nodes = self._tile(tile_level, first // WIDTH)[first % WIDTH : first % WIDTH + (1 << above)]
        while len(nodes) > 1:
            nodes = [hashlib.sha256(b"\x01" + nodes[n] + nodes[n + 1]).digest() for n in range(0, len(nodes), 2)]
        return nodes[0]

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self.read:
            width = min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)
            data = fetch(self.base, tile_path(level, index, width))
            if len(data) != width * HASH:
                raise Refused(f"{tile_path(level, index, width)} has {len(data)} bytes, not {width * HASH}")
            self.read[level, index] = [data[at : at + HASH] for at in range(0, len(data), HASH)]
        return self.read[level, index]


def check(base: str, vkey: str, note: bytes, seen: bytes | None) -> tuple[str, int]:
    """The text and size of a checkpoint that continues what was seen before.

    Raises:
        Refused: it does not.
    """
    text, size, root = open_note(note, vkey)
    tree = Tree(base, size)
    if tree.root(size) != root:
        raise Refused(f"the tiles of {size} entries do not make the signed root")
    if seen is not None:
        _, old_size, old_root = open_note(seen, vkey)
        if size < old_size:
            raise Refused(f"the log shrank from {old_size} to {size} entries")
        if tree.root(old_size) != old_root:
            raise Refused(f"the first {old_size} entries are not those that were signed before: the log was rewritten")
    return text, size


def cosign(text: str, name: str, key: Ed25519PrivateKey, now: int) -> str:
    """The witness's signature line over a checkpoint and the time (C2SP tlog-cosignature)."""
    signature = key.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
    identified = key_id(name, COSIGNATURE, key.public_key().public_bytes_raw()) + now.to_bytes(8, "big") + signature
    return f"— {name} {base64.b64encode(identified).decode()}\n"


def own_key(path: Path) -> Ed25519PrivateKey:
    """The witness's key, made at its first run and readable by its owner only."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def public_key(name: str, key: Ed25519PrivateKey) -> str:
    """What the witness gives to those who are to trust it: `name+id+base64`."""
    public = key.public_key().public_bytes_raw()
    encoded = base64.b64encode(COSIGNATURE + public).decode()
    return f"{name}+{key_id(name, COSIGNATURE, public).hex()}+{encoded}"


def remember(path: Path, data: bytes) -> None:
    """Replace a file whole or not at all."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def watch(base: str, vkey: str, name: str, state: Path, now: int) -> str:
    """One visit: fetch, check against the memory, remember, sign; returns the checkpoint with our line.

    Raises:
        Refused: the log does not hold. Both signed heads lie in the folder.
    """
    state.mkdir(parents=True, exist_ok=True)
    key, memory = own_key(state / "witness.key"), state / "checkpoint"
    (state / "witness.pub").write_text(public_key(name, key) + "\n")
    seen = memory.read_bytes() if memory.exists() else None
    note = fetch(base, "checkpoint")
    try:
        text, _ = check(base, vkey, note, seen)
    except Refused:
        (state / f"refused-{now}").write_bytes(note)
        raise
    remember(memory, note)
    signed = note.decode() + cosign(text, name, key, now)
    remember(state / "cosigned", signed.encode())
    return signed


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Watch a log and sign what holds.")
    parser.add_argument("--log", required=True, help="address or folder of the log")
    parser.add_argument("--log-key", required=True, type=Path, help="file with the log's public key")
    parser.add_argument("--name", required=True, help="name of this witness, such as its host")
    parser.add_argument("--state", required=True, type=Path, help="folder of its own: key and memory")
    given = parser.parse_args(arguments)
    try:
        note = watch(given.log, given.log_key.read_text(), given.name, given.state, int(time.time()))
    except Refused as reason:
        print(f"REFUSED: {reason}. Both signed heads are kept in {given.state}.", file=sys.stderr)  # noqa: T201
        return REFUSED
    except (urllib.error.URLError, OSError) as reason:
        print(f"The log cannot be read now: {reason}. Nothing was signed.", file=sys.stderr)  # noqa: T201
        return UNREACHABLE
    print(note, end="")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
