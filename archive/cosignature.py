"""A witness's word on a head of the log: its signature over the checkpoint and the time (C2SP tlog-cosignature)."""

import base64
import dataclasses
import datetime as dt
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.checkpoint import BadCheckpoint, Checkpoint, LogKey, open_note, parse_checkpoint, split_note

_ID_BYTES, _TIME_BYTES, _SIGNATURE_BYTES = 4, 8, 64


@dataclasses.dataclass(frozen=True, slots=True)
class WitnessKey(LogKey):
    """The public key of a witness: written as the log's, with the algorithm of cosignatures."""

    algorithm: ClassVar[bytes] = b"\x04"
    called: ClassVar[str] = "the witness's key"


@dataclasses.dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that the log signed and a witness saw at a time; `line` is the witness's signature line."""

    checkpoint: Checkpoint
    witness: str
    at: dt.datetime
    line: str


def open_cosigned(note: bytes, log: LogKey, witness: WitnessKey) -> Cosigned:
    """The checkpoint in a note that both signed.

    Raises:
        BadCheckpoint: the log did not sign it, or the witness did not, or a signature is wrong.
    """
    text = open_note(note, [log])
    for name, raw in split_note(note)[1]:
        if name == witness.name and raw[:_ID_BYTES] == witness.key_id:
            at = _verified(text, raw[_ID_BYTES:], witness)
            line = f"— {name} {base64.b64encode(raw).decode()}\n"
            return Cosigned(parse_checkpoint(text), name, at, line)
    raise BadCheckpoint(f"{witness.name} did not sign this checkpoint")


def _verified(text: str, signed: bytes, witness: WitnessKey) -> dt.datetime:
    seconds = int.from_bytes(signed[:_TIME_BYTES], "big")
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    try:
        if len(signed) != _TIME_BYTES + _SIGNATURE_BYTES:
            raise BadCheckpoint(f"the cosignature of {witness.name} is not {_SIGNATURE_BYTES} bytes behind a time")
        Ed25519PublicKey.from_public_bytes(witness.key).verify(signed[_TIME_BYTES:], message)
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except InvalidSignature as error:
        raise BadCheckpoint(f"the cosignature of {witness.name} is wrong: the note was changed") from error
    except (OverflowError, ValueError, OSError) as error:
        if isinstance(error, BadCheckpoint):
            raise
        raise BadCheckpoint(f"the cosignature of {witness.name} bears no time there is") from error
