"""The log's head as a signed note, its witnesses, and Merkle proofs (RFC 9162; C2SP checkpoint and cosignature)."""

import base64
import binascii
import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.offline.der import Damaged

HASH, KEY = 32, 32
LOG, WITNESS = 1, 4
"""Kinds of keys in a note: of a log's own signature, of a witness's signature with its time."""
MOST_NOTE = 64 << 10
_KEY_NAME = re.compile(r"[^\s+]+")
_MOST_PROOF = 64


@dataclasses.dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key of Ed25519 under its name; the kind says what it signs."""

    name: str
    kind: int
    public: bytes

    @property
    def mark(self) -> bytes:
        """The four bytes that a signature line names it by."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


def parse_key(text: str, kind: int) -> NoteKey:
    """A key written `name+id+base64`. Raises Damaged."""
    name, _, rest = text.strip().partition("+")
    mark, _, encoded = rest.partition("+")
    raw = plain_base64(encoded)
    if not _KEY_NAME.fullmatch(name) or len(raw) != KEY + 1 or raw[0] != kind:
        raise Damaged("公钥不成 name+id+base64，或不是这一类 (no key of this kind)")
    found = NoteKey(name, kind, raw[1:])
    if found.mark.hex() != mark:
        raise Damaged("公钥的编号与名称、内容不符 (the key's id is not its own)")
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint: whose log, how many entries, their root; its text and signature lines as they stand."""

    origin: str
    size: int
    root: bytes
    text: bytes
    lines: tuple[tuple[str, bytes], ...]


def parse_head(note: bytes) -> Head:
    """The checkpoint in a note, nothing verified yet. Raises Damaged."""
    try:
        whole = note[: MOST_NOTE + 1].decode()
    except UnicodeDecodeError:
        raise Damaged("检查点不是 UTF-8 (not UTF-8)") from None
    body, mark, signatures = whole.rpartition("\n\n")
    lines = body.split("\n")
    if len(note) > MOST_NOTE or not mark or not signatures.endswith("\n") or len(lines) < 3:  # noqa: PLR2004
        raise Damaged("检查点不成格式 (not a signed note)")
    root = plain_base64(lines[2])
    if not lines[0] or not re.fullmatch(r"0|[1-9]\d{0,18}", lines[1]) or len(root) != HASH:
        raise Damaged("检查点缺少来源、条数或根 (lacks origin, size or root)")
    signed = tuple(_signature_line(line) for line in signatures[:-1].split("\n"))
    return Head(lines[0], int(lines[1]), root, (body + "\n").encode(), signed)


def _signature_line(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix("— ").partition(" ")
    raw = plain_base64(encoded)
    if not line.startswith("— ") or not _KEY_NAME.fullmatch(name) or len(raw) <= 4:  # noqa: PLR2004
        raise Damaged("检查点的签名行不成格式 (a signature line is malformed)")
    return name, raw


def is_signed(head: Head, key: NoteKey) -> bool:
    """Whether the log's key signed it. Raises Damaged where a line names the key and does not hold."""
    found = False
    for name, raw in head.lines:
        if (name, raw[:4]) == (key.name, key.mark):
            _verify(key, raw[4:], head.text)
            found = True
    return found


def witnessed(head: Head, key: NoteKey) -> dt.datetime | None:
    """When a witness signed it; None where it did not. Raises Damaged where its line does not hold."""
    for name, raw in head.lines:
        if (name, raw[:4]) == (key.name, key.mark):
            seconds = int.from_bytes(raw[4:12], "big")
            _verify(key, raw[12:], b"cosignature/v1\ntime %d\n%b" % (seconds, head.text))
            try:
                return dt.datetime.fromtimestamp(seconds, dt.UTC)
            except (ValueError, OverflowError, OSError):
                raise Damaged(f"见证方 {name} 的时间不成立 (no time)") from None
    return None


def _verify(key: NoteKey, signature: bytes, text: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except (InvalidSignature, ValueError):
        raise Damaged(f"{key.name} 的签名不成立 (the signature is wrong)") from None


def plain_base64(text: str) -> bytes:
    """Bytes in base64, in its one spelling. Raises Damaged."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or base64.b64encode(raw).decode() != text:
        raise Damaged("不是规范的 base64 (not plain base64)")
    return raw


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """See that an entry stands in the tree of a root (RFC 9162, 2.1.3.2). Raises Damaged."""
    if not 0 <= index < size or len(proof) > _MOST_PROOF:
        raise Damaged("位置不在日志之内 (no such place)")
    place, last, found = index, size - 1, leaf
    for node in proof:
        if last == 0:
            raise Damaged("证明过长 (the proof is too long)")
        if place & 1 or place == last:
            found = _pair(node, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _pair(found, node)
        place, last = place >> 1, last >> 1
    if last != 0 or found != root:
        raise Damaged("证明不通向签名的根：条目不在日志中，或被改动 (leads to another root)")


def check_growth(  # noqa: C901 - the algorithm of the RFC in one piece, to be compared with it
    old: Head, new: Head, proof: Sequence[bytes]
) -> None:
    """See that one head is the beginning of another (RFC 9162, 2.1.4.2). Raises Damaged."""
    if old.size > new.size:
        raise Damaged("日志变短了 (the log shrank)")
    if old.size in {0, new.size}:
        if proof or (old.size == new.size and old.root != new.root):
            raise Damaged("同样长的日志有两个根 (two roots of one size)")
        return
    path = list(proof) if old.size & (old.size - 1) else [old.root, *proof]
    if not path or len(path) > _MOST_PROOF:
        raise Damaged("一致性证明为空或过长 (the proof is empty or too long)")
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for node in path[1:]:
        if last == 0:
            raise Damaged("一致性证明过长 (the proof is too long)")
        if place & 1 or place == last:
            before, after = _pair(node, before), _pair(node, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = _pair(after, node)
        place, last = place >> 1, last >> 1
    if last != 0 or (before, after) != (old.root, new.root):
        raise Damaged("日志的开头不是先前签过的：日志被改写 (the log was rewritten)")
