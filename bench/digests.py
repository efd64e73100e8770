"""What SM3 beside SHA-256 costs: megabytes a second of each alone, and of both in the one pass in which we digest."""

import dataclasses
import hashlib
import io
import os
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes

from archive import digest_stream

MEBI = 1 << 20
CHUNK = MEBI
"""As `archive.digest_stream` reads."""
ROUNDS = 3
"""The quickest counts: what disturbs only makes it slower."""


@dataclasses.dataclass(frozen=True, slots=True)
class DigestSpeed:
    """How fast bytes in memory were digested: mebibytes a second of processor time."""

    what: str
    mebi_a_second: float


def measure_digests(size: int) -> tuple[DigestSpeed, ...]:
    """Digest `size` mebibytes of random bytes by SHA-256, by SM3 and by both at once, as files are taken in."""
    data = os.urandom(size * MEBI)

    def alone(update: Callable[[bytes], object]) -> None:
        for start in range(0, len(data), CHUNK):
            update(data[start : start + CHUNK])

    return tuple(
        DigestSpeed(what, size / min(_seconds(work) for _ in range(ROUNDS)))
        for what, work in (
            ("SHA-256", lambda: alone(hashlib.sha256().update)),
            ("SM3", lambda: alone(hashes.Hash(hashes.SM3()).update)),
            ("SHA-256 + SM3", lambda: digest_stream(io.BytesIO(data))),
        )
    )


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before
