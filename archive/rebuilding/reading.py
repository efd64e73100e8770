"""Reading what a rebuild or a comparison needs: what is damaged stops nothing, is named, and healed where it can be."""

import contextlib
import dataclasses
import datetime as dt

from archive.digests import digest_bytes, object_key
from archive.store import BadDigest, Lock, NotFound, ObjectStore


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be: where (a key, an entry, a row), and in what way."""

    where: str
    what: str


@dataclasses.dataclass
class Source:
    """A store to rebuild from, with the second site that stands in for what is damaged."""

    store: ObjectStore
    replica: ObjectStore | None = None
    faults: list[Difference] = dataclasses.field(default_factory=list)
    healed: list[str] = dataclasses.field(default_factory=list)

    def fault(self, where: str, what: str) -> None:
        """Name something; the same thing once."""
        if (one := Difference(where, what)) not in self.faults:
            self.faults.append(one)

    def read(self, key: str, sha256: str = "") -> bytes | None:
        """The bytes, with that digest where one is known; None, and a fault, where neither site has them."""
        data, why = _read(self.store, key, sha256)
        if data is None and self.replica is not None:
            data, _ = _read(self.replica, key, sha256)
            if data is not None:
                self._put_back(key, data)
        if data is None:
            self.fault(key, why)
        return data

    def read_object(self, sha256: str) -> bytes | None:
        """The bytes of this digest."""
        return self.read(object_key(sha256), sha256)

    def _put_back(self, key: str, data: bytes) -> None:
        there = self.replica.stat(key) if self.replica else None
        now = dt.datetime.now(dt.UTC)
        until = there.retain_until if there else None
        lock = Lock(until) if until and until > now else None
        self.store.put(key, data, content_type=there.content_type if there else "application/octet-stream", lock=lock)
        self.healed.append(key)


def _read(store: ObjectStore, key: str, sha256: str) -> tuple[bytes | None, str]:
    with contextlib.suppress(NotFound):
        try:
            data = store.read(key)
        except BadDigest as error:
            return None, str(error)
        found = digest_bytes(data).sha256
        if sha256 and found != sha256:
            return None, f"is not what its digest names: {len(data)} bytes with the digest {found}"
        return data, ""
    return None, "is not in the store"
