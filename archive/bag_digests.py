"""Digests of bag manifests by the algorithm that a manifest's name gives."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_NAMES = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "sha3-512", "blake2b", "sm3"}
"""What RFC 8493 and the older versions name, and SM3. MD5 and SHA-1 find damage, not malice; the report of a transfer
says which digests were compared."""


def known_digest(manifest: str) -> str | None:
    """The algorithm of a manifest such as `tagmanifest-sha512.txt`; None where it is none we can compute."""
    name = manifest.rsplit("manifest-", 1)[-1].removesuffix(".txt")
    return name if name in _NAMES else None


def digests_of(file: Path, algorithms: Iterable[str]) -> dict[str, str]:
    """Digests in hexadecimal, in one reading. Raises OSError where the file cannot be read."""
    hashers = {name: hashlib.new(name.replace("sha3-", "sha3_")) for name in algorithms}
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            for hasher in hashers.values():
                hasher.update(chunk)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}
