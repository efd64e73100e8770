"""A stream that notices damage: it hashes what it hands out and refuses to end quietly on a wrong digest."""

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO, Protocol, cast

from archive.store import BadDigest

BUFFER_BYTES = 1 << 18
READ_BYTES = 1 << 18
"""Read at once: in the processor's cache still when it is hashed."""


class Readable(Protocol):
    """Anything with a `read(n)`."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        ...


class _VerifyingRaw(io.RawIOBase):
    def __init__(self, source: Readable, sha256: str, what: str, close: Callable[[], None]) -> None:
        self._source, self._expected, self._what, self._close = source, sha256, what, close
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._fill(buffer)
        if not count and self._hash.hexdigest() != self._expected:
            raise BadDigest(f"{self._what}: the bytes read are not those stored; restore it from a replica")
        self._hash.update(buffer[:count])
        self.size += count
        return count

    def hexdigest(self) -> str:
        """The SHA-256 of what was read so far."""
        return self._hash.hexdigest()

    def _fill(self, buffer: memoryview) -> int:
        """Into the buffer itself where the source can, which spares a copy of every byte."""
        if isinstance(self._source, io.BufferedIOBase | io.RawIOBase):
            return self._source.readinto(buffer) or 0
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


def verifying_stream(source: Readable, sha256: str, what: str, close: Callable[[], None]) -> BinaryIO:
    """A buffered, forward-only stream over `source`; reading to its end raises BadDigest if the bytes differ.

    A reader that stops early has not verified anything; one that needs to seek reads the whole first.
    """
    return cast("BinaryIO", io.BufferedReader(_VerifyingRaw(source, sha256, what, close), BUFFER_BYTES))


def unread_hashing(stream: object) -> _VerifyingRaw | None:
    """What hashes a verifying stream that nobody has read of yet; None for any other stream."""
    raw = getattr(stream, "raw", None)
    return raw if isinstance(raw, _VerifyingRaw) and not raw.size else None


def read_through(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of a stream read to its end. One that verifies itself has hashed the bytes: not done twice.

    Raises what the stream raises, such as BadDigest at its end.
    """
    if raw := unread_hashing(stream):
        view = memoryview(bytearray(READ_BYTES))
        while raw.readinto(view):
            pass
        return raw.hexdigest(), raw.size
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(READ_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
