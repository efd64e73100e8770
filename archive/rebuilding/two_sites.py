"""The archive at two sites: the first is written to, the second stands in for reading while the first is away.

Whatever changes at the first is noted as waiting for the second, so that no room that keeps something there need know
of two sites. A second site that is away never holds up the first.
"""

import builtins
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, TypeVar

from archive.store import Lock, ObjectStore, Unavailable, Version

T = TypeVar("T")
Note = Callable[[str, bool], None]
"""Told which key changed, and whether a version of it was removed."""


class TwoSites:
    """An object store of two: `first` is the archive, `second` its replica.

    Each is opened when it is first asked, so that one that is away does not hold up the other.
    """

    def __init__(self, first: Callable[[], ObjectStore], second: Callable[[], ObjectStore], note: Note) -> None:
        self._first, self._second, self._note = functools.cache(first), functools.cache(second), note

    @property
    def first(self) -> ObjectStore:
        """The site that is written to."""
        return self._first()

    @property
    def second(self) -> ObjectStore:
        """The site that has a copy."""
        return self._second()

    @property
    def name(self) -> str:
        """What the first site is called."""
        return self.first.name

    @property
    def hardware_lock(self) -> bool:
        """That of the first site."""
        return self.first.hardware_lock

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
        """Write at the first site; the second gets it soon."""
        kept = self.first.put(
            key,
            data,
            sha256=sha256,
            content_type=content_type,
            metadata=metadata,
            lock=lock,
            legal_hold=legal_hold,
            if_absent=if_absent,
        )
        self._note(key, False)
        return kept

    def open(self, key: str, version: str | None = None) -> BinaryIO:
        """From the first site; from the second, its newest version, while the first is away."""
        return self._either(lambda store: store.open(key, version), lambda store: store.open(key))

    def read(self, key: str, version: str | None = None) -> bytes:
        """As `open`."""
        return self._either(lambda store: store.read(key, version), lambda store: store.read(key))

    def stat(self, key: str, version: str | None = None) -> Version:
        """As `open`."""
        return self._either(lambda store: store.stat(key, version), lambda store: store.stat(key))

    def versions(self, key: str) -> builtins.list[Version]:
        """As `open`; their names are each site's own."""
        return self._either(lambda store: store.versions(key))

    def list(self, prefix: str = "") -> Iterator[Version]:
        """As `open`; a site that goes away half-way is not replaced in the middle of a listing."""
        try:
            found = self.first.list(prefix)
            one = next(found, None)
        except Unavailable:
            yield from self.second.list(prefix)
            return
        if one is not None:
            yield one
            yield from found

    def damaged_records(self) -> Iterator[str]:
        """Those of the first site."""
        return self.first.damaged_records()

    def delete(self, key: str) -> None:
        """A delete marker at the first site; the second keeps what it has."""
        self.first.delete(key)

    def delete_version(self, key: str, version: str, *, bypass_governance: bool = False) -> None:
        """Remove a version at the first site; when none is left, the second removes its own where its locks let it."""
        self.first.delete_version(key, version, bypass_governance=bypass_governance)
        self._note(key, True)

    def extend_retention(self, key: str, version: str, lock: Lock) -> None:
        """Lengthen at the first site; the second follows."""
        self.first.extend_retention(key, version, lock)
        self._note(key, False)

    def set_legal_hold(self, key: str, version: str, *, on: bool) -> None:
        """Hold at the first site; the second follows."""
        self.first.set_legal_hold(key, version, on=on)
        self._note(key, False)

    def verify(self, key: str, version: str | None = None) -> bool:
        """Of the first site alone: what is asked is how it stands there."""
        return self.first.verify(key, version)

    def ways_around(self, key: str, version: str) -> Mapping[str, Callable[[], None]]:
        """Of the first site: it is the one that is tried."""
        return self.first.ways_around(key, version)

    def check_health(self) -> None:
        """Of the first site: it is the one that is written to."""
        self.first.check_health()

    def _either(self, ask: Callable[[ObjectStore], T], ask_second: Callable[[ObjectStore], T] | None = None) -> T:
        try:
            return ask(self.first)
        except Unavailable as away:
            try:
                return (ask_second or ask)(self.second)
            except Unavailable:
                raise away from None
