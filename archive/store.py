"""Where objects are kept: one protocol, two stores (`LocalStore`, `S3Store`), one contract test suite for both."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Literal, Protocol

LockMode = Literal["COMPLIANCE", "GOVERNANCE"]


class StoreError(Exception):
    """The store could not do what was asked. `code` is stable; the message says what to do."""

    code = "store-error"


class NotFound(StoreError):  # noqa: N818
    """No such object or version."""

    code = "store-not-found"


class AlreadyExists(StoreError):  # noqa: N818
    """`if_absent` was asked and the key is taken."""

    code = "store-already-exists"


class Locked(StoreError):  # noqa: N818
    """Retention or a legal hold forbids it."""

    code = "store-locked"


class BadDigest(StoreError):  # noqa: N818
    """The bytes are not those the digest names: nothing was kept, or what is kept is damaged."""

    code = "store-bad-digest"


class Unavailable(StoreError):  # noqa: N818
    """The store cannot be reached or is out of space; the work must wait and be tried again."""

    code = "store-unavailable"


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One version of one object. `created`, `retain_until` are aware UTC times; a delete marker has no bytes."""

    key: str
    version: str
    size: int
    sha256: str
    created: dt.datetime
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    mode: LockMode | None = None
    retain_until: dt.datetime | None = None
    legal_hold: bool = False
    is_delete_marker: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Lock:
    """Keep a new version unchangeable until a time."""

    until: dt.datetime
    mode: LockMode = "COMPLIANCE"


class ObjectStore(Protocol):
    """A bucket of versioned objects under Unicode keys."""

    @property
    def name(self) -> str:
        """What to call the store in messages."""
        ...

    @property
    def hardware_lock(self) -> bool:
        """True where the lock is kept by a server we do not run as; False where it is a promise of our own software."""
        ...

    def put(  # noqa: PLR0913
        self,
        key: str,
        data: BinaryIO | bytes,
        *,
        sha256: str | None = None,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        lock: Lock | None = None,
        legal_hold: bool = False,
        if_absent: bool = False,
    ) -> Version:
        """Write a new version. Raises BadDigest, AlreadyExists (only with `if_absent`), Unavailable."""
        ...

    def open(self, key: str, version: str | None = None) -> BinaryIO:
        """A stream of the newest, or the named, version; the caller closes it. Raises NotFound, Unavailable."""
        ...

    def read(self, key: str, version: str | None = None) -> bytes:
        """The whole of a small object."""
        ...

    def stat(self, key: str, version: str | None = None) -> Version:
        """What is known of a version. Raises NotFound (a delete marker counts as absent), Unavailable."""
        ...

    def versions(self, key: str) -> list[Version]:
        """All versions of a key, newest first, delete markers included; empty when there is none."""
        ...

    def list(self, prefix: str = "") -> Iterator[Version]:
        """The newest version of every key that starts so, in key order; deleted keys are left out."""
        ...

    def damaged_records(self) -> Iterator[str]:
        """What the store keeps of objects and can no longer read, each named by the SHA-256 of the object's key."""
        ...

    def delete(self, key: str) -> None:
        """Put a delete marker on top; older versions stay."""
        ...

    def delete_version(self, key: str, version: str, *, bypass_governance: bool = False) -> None:
        """Remove one version for good. Raises Locked under retention or hold; COMPLIANCE cannot be bypassed."""
        ...

    def extend_retention(self, key: str, version: str, lock: Lock) -> None:
        """Lengthen the retention. Raises Locked when it would shorten or weaken COMPLIANCE."""
        ...

    def set_legal_hold(self, key: str, version: str, *, on: bool) -> None:
        """Put a hold on a version or take it off; under a hold nothing removes it."""
        ...

    def verify(self, key: str, version: str | None = None) -> bool:
        """Read the bytes back and compare them with the recorded SHA-256."""
        ...

    def check_health(self) -> None:
        """Return if the store can be written to now; raise Unavailable with the reason if not."""
        ...

    def ways_around(self, key: str, version: str) -> Mapping[str, Callable[[], None]]:
        """What might remove a locked version other than asking for it: by name, a try that raises Locked if refused.

        `archive.probe` makes every try and looks whether the version is still there.
        """
        ...
