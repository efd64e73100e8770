"""Checkpoints of the log: origin, size and root as a C2SP signed note (signed-note, tlog-checkpoint), Ed25519."""

import base64
import binascii
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive.merkle import HASH_BYTES

_ED25519 = b"\x01"
_KEY_BYTES, _ID_BYTES = 32, 4
_DASH = "— "
_NAME = re.compile(r"[^\s+]+")
MAX_NOTE_BYTES = 64 << 10
"""A checkpoint with a hundred witnesses is a tenth of it."""


class BadCheckpoint(ValueError):  # noqa: N818
    """The note is malformed, or no trusted key signed it."""

    code = "archive-bad-checkpoint"


@dataclasses.dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: whose, how many entries, their root hash."""

    origin: str
    size: int
    root: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class LogKey:
    """A public key under its name; together they give the 4-byte id that a signature line names."""

    algorithm: ClassVar[bytes] = _ED25519
    called: ClassVar[str] = "the log key"

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.key) != _KEY_BYTES:
            raise BadCheckpoint(f"{self.called} has a name without spaces or + and {_KEY_BYTES} bytes of Ed25519")

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.algorithm + self.key).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.algorithm + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A key written as `name+id+base64`, as in C2SP signed-note. Raises BadCheckpoint."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadCheckpoint(f"{cls.called} is no name+id+base64") from error
        if raw[:1] != cls.algorithm:
            raise BadCheckpoint(f"{cls.called} is not for the algorithm {cls.algorithm.hex()}")
        found = cls(name, raw[1:])
        if found.key_id.hex() != key_id:
            raise BadCheckpoint(f"{cls.called}'s id does not belong to its name and key")
        return found


def log_key(name: str, private: Ed25519PrivateKey) -> LogKey:
    """The public half of a signing key under a name."""
    return LogKey(name, private.public_key().public_bytes_raw())


def make_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey, *, name: str | None = None) -> bytes:
    """A signed note of a checkpoint, signed under the origin's name unless another is given. Deterministic."""
    if not _NAME.fullmatch(checkpoint.origin) or len(checkpoint.root) != HASH_BYTES or checkpoint.size < 0:
        raise BadCheckpoint("a checkpoint has an origin without spaces or +, a size and a root of 32 bytes")
    root = base64.b64encode(checkpoint.root).decode()
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    return sign_note(text, private, name or checkpoint.origin)


def sign_note(text: str, private: Ed25519PrivateKey, name: str) -> bytes:
    """Sign any text that ends with a newline."""
    if not text.endswith("\n"):
        raise BadCheckpoint("the text of a note ends with a newline")
    signature = log_key(name, private).key_id + private.sign(text.encode())
    return f"{text}\n{_DASH}{name} {base64.b64encode(signature).decode()}\n".encode()


def open_note(note: bytes, keys: Sequence[LogKey]) -> str:
    """The text of a note that at least one of `keys` signed. Lines of unknown signers are ignored, as C2SP says.

    A line that names a known key but does not verify is refused, not ignored. Raises BadCheckpoint.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    verified = 0
    for name, signature in signatures:
        if key := known.get((name, signature[:_ID_BYTES])):
            try:
                Ed25519PublicKey.from_public_bytes(key.key).verify(signature[_ID_BYTES:], text.encode())
            except InvalidSignature as error:
                raise BadCheckpoint(f"the signature of {name} is wrong: the note was changed") from error
            verified += 1
    if not verified:
        raise BadCheckpoint("no trusted key signed the note")
    return text


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Text and signatures (name; key id and signature) of a note, NOT verified. Raises BadCheckpoint."""
    if len(note) > MAX_NOTE_BYTES:
        raise BadCheckpoint(f"the note is longer than {MAX_NOTE_BYTES} bytes")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise BadCheckpoint("the note is not UTF-8") from error
    body, mark, lines = whole.rpartition("\n\n")
    if not mark or not lines.endswith("\n"):
        raise BadCheckpoint("the note has no signature lines")
    return body + "\n", [_parse_signature(line) for line in lines[:-1].split("\n")]


def open_checkpoint(note: bytes, keys: Sequence[LogKey]) -> Checkpoint:
    """The checkpoint in a note signed by one of `keys`. Raises BadCheckpoint."""
    return parse_checkpoint(open_note(note, keys))


def parse_checkpoint(text: str) -> Checkpoint:
    """The three lines of a checkpoint; further lines are extensions and are ignored. Raises BadCheckpoint."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):  # noqa: PLR2004
        raise BadCheckpoint("a checkpoint has three lines: origin, size, root")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCheckpoint("the root of the checkpoint is not base64") from error
    if len(root) != HASH_BYTES or base64.b64encode(root).decode() != lines[2]:
        raise BadCheckpoint(f"the root of the checkpoint is not {HASH_BYTES} bytes in plain base64")
    return Checkpoint(lines[0], int(lines[1]), root)


def _parse_signature(line: str) -> tuple[str, bytes]:
    """Name and raw signature (4-byte key id first) of one signature line, in its only spelling."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCheckpoint(f"signature line {line!r} is not base64") from error
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(raw) <= _ID_BYTES:
        raise BadCheckpoint(f"signature line {line!r} is not '— name signature'")
    if base64.b64encode(raw).decode() != encoded:
        raise BadCheckpoint(f"signature line {line!r} is not in plain base64")
    return name, raw
