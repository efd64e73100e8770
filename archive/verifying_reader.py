"""A stream that notices damage: it hashes what it hands out and refuses to end quietly on a wrong digest."""

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO, Protocol, cast

from archive.store import BadDigest

BUFFER_BYTES = 1 << 18


class Readable(Protocol):
    """Anything with a `read(n)`."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        ...


class _VerifyingRaw(io.RawIOBase):
    def __init__(self, source: Readable, sha256: str, what: str, close: Callable[[], None]) -> None:
        self._source, self._expected, self._what, self._close = source, sha256, what, close
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._source.read(len(buffer))
        if not chunk:
            if self._hash.hexdigest() != self._expected:
                raise BadDigest(f"{self._what}: the bytes read are not those stored; restore it from a replica")
            return 0
        self._hash.update(chunk)
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
