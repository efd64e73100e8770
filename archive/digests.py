"""The digests an object is known by: SHA-256 names it, SM3 (GB/T 32905) stands beside it in national packages."""

import dataclasses
import hashlib
import io
import re

from cryptography.hazmat.primitives import hashes

from archive.verifying_reader import Readable, unread_hashing

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True, slots=True)
class Digests:
    """Lower-case hexadecimal digests and the size in bytes."""

    sha256: str
    sm3: str
    size: int


def digest_stream(stream: Readable, start: bytes = b"") -> Digests:
    """Read a stream to its end once and give both digests; `start` is what was read of it before."""
    sha256, sm3, size = hashlib.sha256(start), hashes.Hash(hashes.SM3()), len(start)
    hashed = None if start else unread_hashing(stream)  # a stream that verifies itself has the SHA-256 at its end
    sm3.update(start)
    while chunk := stream.read(CHUNK_BYTES):
        if hashed is None:
            sha256.update(chunk)
        sm3.update(chunk)
        size += len(chunk)
    return Digests((hashed or sha256).hexdigest(), sm3.finalize().hex(), size)


def digest_bytes(data: bytes) -> Digests:
    """Both digests of bytes in memory."""
    return digest_stream(io.BytesIO(data))


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hexadecimal, the only spelling we accept."""
    return _SHA256.fullmatch(text) is not None


def object_key(sha256: str) -> str:
    """Where content lies in the archive: `sha256/ab/cd/<digest>`; equal bytes have one place."""
    if not is_sha256(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hexadecimal")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"
