"""What one archive says to another, signed: a few lines that name files by digest, as a C2SP signed note (Ed25519).

The key signs hand-overs and receipts and nothing else. A receiver knows it beforehand, from the card that the sender
gave out; a key that comes with a delivery proves nothing.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.checkpoint import BadCheckpoint, LogKey, open_note, sign_note

Kind = Literal["移交清单", "接收回执"]
HEAD = "yidang-transfer/1"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_HEAD_LINES = 3


class BadStatement(ValueError):  # noqa: N818
    """The lines are not signed by the key we know, or say something else than they should."""

    code = "transfer-bad-statement"


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """What is said: which kind of paper, of which batch, and SHA-256 by file name."""

    kind: Kind
    batch: str
    files: Mapping[str, str]

    def sign(self, private: Ed25519PrivateKey, name: str) -> str:
        """The signed note. Deterministic."""
        lines = [HEAD, self.kind, self.batch, *(f"{sha256}  {file}" for file, sha256 in sorted(self.files.items()))]
        return sign_note("\n".join(lines) + "\n", private, name).decode()


def open_statement(note: bytes, key: str, kind: Kind) -> Statement:
    """The statement in a note that this key signed.

    Raises:
        BadStatement: another key signed it, it was changed, or it is of another kind.
    """
    try:
        text = open_note(note, [LogKey.parse(key)])
    except BadCheckpoint as error:
        raise BadStatement(f"签名不是已登记的对方密钥所作，或内容被改动 ({error})") from error
    lines = text.splitlines()
    if lines[:2] != [HEAD, kind] or len(lines) <= _HEAD_LINES:
        raise BadStatement(f"不是{kind}的签名 (not a statement of this kind)")
    files = {}
    for line in lines[_HEAD_LINES:]:
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadStatement("签名中的一行不能读懂 (a line is not 'digest, two spaces, name')")
        files[match[2]] = match[1]
    return Statement(kind, lines[2], files)
