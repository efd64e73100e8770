"""Which reader a reading came from, beyond its engine: a digest of this room's own rules and code."""

import functools
import hashlib
from pathlib import Path

ROOM = Path(__file__).parent
DIGITS = 16
"""Hexadecimal digits kept: 64 bits, far more than there will ever be versions."""


@functools.cache
def program_digest() -> str:
    """The same for the same code and rule files, so that no one has to remember to count up a version."""
    digest = hashlib.sha256()
    for path in sorted(path for path in ROOM.rglob("*") if path.suffix in {".py", ".yaml", ".json"}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOM).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:DIGITS]
