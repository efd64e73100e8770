"""Answers that prove who gave them: compact JWS (RFC 7515) with Ed25519 (RFC 8037), by a key that signs nothing else.

Not the log's key: that one may sign heads of the log only, and lies with the workers; the web process, which anybody
may question, holds none but this. One algorithm is written and read, so that no header can choose another.
"""

import base64
import binascii
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from signing.errors import KeyUnusable, SigningError
from signing.first_start import made_once

_PARTS = 3
MAX_TEXT = 64 << 10
"""Characters: an answer with its reasons has some thousand."""


class AnswerForged(SigningError):  # noqa: N818
    """The text is no answer signed by this key."""

    code = "answer-forged"


@dataclasses.dataclass(frozen=True)
class AnswerKey:
    """The key that signs answers."""

    private: Ed25519PrivateKey

    @classmethod
    def ensure(cls, path: Path) -> "AnswerKey":
        """The key at a path, made there for this user alone if there is none."""
        made_once(
            path,
            lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "AnswerKey":
        """The key at a path.

        Raises:
            KeyUnusable: there is none, or it is no Ed25519 key.
        """
        try:
            private = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise KeyUnusable("查验答复的签名密钥无法读取：请运行 yidang prepare (no key for answers)") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyUnusable("查验答复的签名密钥不是 Ed25519 (not an Ed25519 key)")
        return cls(private)

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as it is published (RFC 8037), with its thumbprint (RFC 7638) as the name."""
        bare = {"crv": "Ed25519", "kty": "OKP", "x": _text(self.private.public_key().public_bytes_raw())}
        thumbprint = hashlib.sha256(_json(bare)).digest()
        return bare | {"kid": _text(thumbprint), "alg": "EdDSA", "use": "sig"}

    def sign(self, said: Mapping[str, Any]) -> str:
        """The answer as compact JWS: header, answer and signature in base64url, parted by dots."""
        head = _text(_json({"alg": "EdDSA", "kid": self.jwk["kid"]}))
        signed = f"{head}.{_text(_json(said))}"
        return f"{signed}.{_text(self.private.sign(signed.encode()))}"


def open_answer(text: str, jwk: Mapping[str, str]) -> dict[str, Any]:
    """The answer in a compact JWS that this key signed.

    Raises:
        AnswerForged: it is none, or another key's, or was changed.
    """
    parts = text.split(".")
    try:
        if len(parts) != _PARTS or len(text) > MAX_TEXT:
            raise AnswerForged("不是签名的答复 (not a signed answer)")
        head, said, signature = (_bytes(part) for part in parts)
        header = json.loads(head)
        if header != {"alg": "EdDSA", "kid": jwk["kid"]}:
            raise AnswerForged("答复不是由该密钥签名 (another key or algorithm)")
        public = Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
        public.verify(signature, f"{parts[0]}.{parts[1]}".encode())
        found = json.loads(said)
    except (InvalidSignature, ValueError, binascii.Error) as error:
        raise AnswerForged("答复的签名不成立 (the signature does not hold)") from error
    if not isinstance(found, dict):
        raise AnswerForged("答复不是一个对象 (the answer is no object)")
    return found


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    """The bytes of base64url in its only spelling."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(raw) != text:
        raise ValueError("another spelling of the same bytes")
    return raw
