"""Objects as files, for the embedded default: versions, delete markers, retention and legal hold in one folder.

One folder per key, `k/<2>/<sha256(key)>/`, holds for each version its bytes `<version>.bin` and its record
`<version>.json`. The record is the truth: a version exists when its record does. The records need no database,
and a database can be rebuilt from them. The lock is a promise of this software: the same user of the operating
system can still unlink a file. The log and the digests then show that it is gone.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from archive.digests import CHUNK_BYTES
from archive.durable_files import (
    create_temporary,
    file_errors,
    locked_directory,
    make_directories,
    replace_file,
    sweep_temporaries,
    sync_directory,
    write_all,
)
from archive.keys import check_key
from archive.store import AlreadyExists, BadDigest, Lock, Locked, NotFound, StoreError, Unavailable, Version
from archive.verifying_reader import verifying_stream

STALE_SECONDS = 3600
"""A temporary file not written for an hour belongs to a killed writer: no put lasts that long without a write."""
MIN_FREE_BYTES = 64 << 20
"""Room to finish a package already begun; below it the store says it is full before it is."""


def system_clock() -> dt.datetime:
    """The time now, aware, UTC."""
    return dt.datetime.now(dt.UTC)


class LocalStore:
    """An `ObjectStore` in a folder of one local file system (not on a network share: it relies on flock)."""

    hardware_lock = False

    def __init__(self, root: Path, *, clock: Callable[[], dt.datetime] = system_clock) -> None:
        self.name = f"file:{root}"
        self._root, self._clock = root, clock
        self._incoming = root / "incoming"
        with file_errors(self.name, self._root):
            make_directories(self._incoming)
            make_directories(root / "k")
            sweep_temporaries(self._incoming, older_than=system_clock().timestamp() - STALE_SECONDS)

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
        """Write a new version; when this returns, its bytes and its record are on the disk."""
        check_key(key)
        check_lock(lock, self._clock())
        if if_absent and self._is_taken(self._folder(key)):  # asked again below, under the lock: this saves copying
            raise _taken(key)
        with file_errors(self.name, self._root):
            temporary, found, size = self._receive(io.BytesIO(data) if isinstance(data, bytes) else data)
            try:
                if sha256 is not None and found != sha256:
                    raise BadDigest(f"{key}: SHA-256 is {found}, {sha256} was announced; send the bytes again")
                with self._locked(key) as folder:
                    if if_absent and self._is_taken(folder):
                        raise _taken(key)
                    record = Version(
                        key=key,
                        version=self._next_version(folder),
                        size=size,
                        sha256=found,
                        created=self._clock(),
                        content_type=content_type,
                        metadata=dict(metadata or {}),
                        mode=lock.mode if lock else None,
                        retain_until=lock.until if lock else None,
                        legal_hold=legal_hold,
                    )
                    temporary.rename(folder / f"{record.version}.bin")
                    _write_record_of(folder, record)  # its fsync of the folder makes the rename durable too
                    return record
            finally:
                temporary.unlink(missing_ok=True)

    def open(self, key: str, version: str | None = None) -> BinaryIO:
        """A forward-only stream that raises BadDigest at its end when the bytes on the disk have changed."""
        found = self.stat(key, version)
        try:
            handle = (self._folder(key) / f"{found.version}.bin").open("rb")
        except FileNotFoundError as error:
            raise BadDigest(f"{key} {found.version}: the bytes are gone; restore them from a replica") from error
        return verifying_stream(handle, found.sha256, f"{key} {found.version}", handle.close)

    def read(self, key: str, version: str | None = None) -> bytes:
        """All bytes, checked against the record."""
        with self.open(key, version) as stream:
            return stream.read()

    def stat(self, key: str, version: str | None = None) -> Version:
        """The record of the newest or the named version."""
        check_key(key)
        folder = self._folder(key)
        newest = version or next(iter(_version_names(folder)), None)
        if newest is None or not _is_version_name(newest):
            raise NotFound(f"no object {key} {version or ''}".rstrip())
        found = _read_record(folder, newest)
        if found.is_delete_marker:
            raise NotFound(f"{key} was deleted on {found.created:%Y-%m-%d}; name an older version to read it")
        return found

    def versions(self, key: str) -> list[Version]:
        """All versions, newest first."""
        check_key(key)
        folder = self._folder(key)
        return [_read_record(folder, name) for name in _version_names(folder)]

    def list(self, prefix: str = "") -> Iterator[Version]:
        """Newest versions in the byte order of their keys, as S3 gives them. Reads every key's record once.

        What has a damaged record is left out; `damaged_records` tells of it.
        """
        newest = (found for _, found in self._all_newest())
        kept = [v for v in newest if v and not v.is_delete_marker and v.key.startswith(prefix)]
        yield from sorted(kept, key=lambda v: v.key.encode())

    def damaged_records(self) -> Iterator[str]:
        """Folders whose newest record is damaged, named by the SHA-256 of the key that only the record tells."""
        yield from (folder.name for folder, found in self._all_newest() if found is None and _version_names(folder))

    def _all_newest(self) -> Iterator[tuple[Path, Version | None]]:
        for folder in (self._root / "k").glob("*/*"):
            try:
                yield folder, self._newest(folder)
            except BadDigest:
                yield folder, None

    def delete(self, key: str) -> None:
        """Put a delete marker on top."""
        check_key(key)
        with file_errors(self.name, self._root), self._locked(key) as folder:
            name, now = self._next_version(folder), self._clock()
            _write_record(folder, Version(key, name, 0, "", now, is_delete_marker=True))

    def delete_version(self, key: str, version: str, *, bypass_governance: bool = False) -> None:
        """Remove one version and its bytes; one already gone is no error."""
        with file_errors(self.name, self._root), self._locked(key) as folder:
            try:
                found = _read_record(folder, version)
            except NotFound:
                return
            if found.legal_hold:
                raise Locked(f"{key} {version} is under a legal hold; take the hold off first")
            bypassed = bypass_governance and found.mode == "GOVERNANCE"
            if found.retain_until and found.retain_until > self._clock() and not bypassed:
                raise Locked(f"{key} {version} is kept ({found.mode}) until {found.retain_until.isoformat()}")
            (folder / f"{version}.json").unlink()
            sync_directory(folder)
            (folder / f"{version}.bin").unlink(missing_ok=True)

    def extend_retention(self, key: str, version: str, lock: Lock) -> None:
        """Lengthen the retention, or raise it from GOVERNANCE to COMPLIANCE."""
        check_lock(lock, self._clock())
        with file_errors(self.name, self._root), self._locked(key) as folder:
            found = _read_record(folder, version)
            if found.retain_until and found.retain_until > self._clock():
                weaker = found.mode == "COMPLIANCE" and lock.mode != "COMPLIANCE"
                if weaker or lock.until < found.retain_until:
                    raise Locked(f"{key} {version} is kept ({found.mode}) until {found.retain_until.isoformat()}")
            _write_record(folder, dataclasses.replace(found, mode=lock.mode, retain_until=lock.until))

    def set_legal_hold(self, key: str, version: str, *, on: bool) -> None:
        """Put a hold on a version or take it off."""
        with file_errors(self.name, self._root), self._locked(key) as folder:
            _write_record(folder, dataclasses.replace(_read_record(folder, version), legal_hold=on))

    def verify(self, key: str, version: str | None = None) -> bool:
        """Hash the bytes on the disk again."""
        try:
            with self.open(key, version) as stream:
                while stream.read(CHUNK_BYTES):
                    pass
        except BadDigest:
            return False
        return True

    def ways_around(self, key: str, version: str) -> Mapping[str, Callable[[], None]]:  # noqa: ARG002 - the protocol
        """None that this program has; whoever may write to the disk needs none, and `hardware_lock` says so."""
        return {}

    def check_health(self) -> None:
        """Write and remove a small file, and look at the free space."""
        space = os.statvfs(self._root)
        if space.f_bavail * space.f_frsize < MIN_FREE_BYTES:
            raise Unavailable(f"{self.name}: less than {MIN_FREE_BYTES >> 20} MiB free; make room")
        with file_errors(self.name, self._root):
            handle, path = create_temporary(self._incoming)
            try:
                write_all(handle, b"healthy")
                os.fsync(handle)
            finally:
                os.close(handle)
                path.unlink()

    def _receive(self, stream: BinaryIO) -> tuple[Path, str, int]:
        """Copy a stream to a durable temporary file. Returns its path, SHA-256 and size."""
        handle, path = create_temporary(self._incoming)
        digest, size = hashlib.sha256(), 0
        try:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                write_all(handle, chunk)
                size += len(chunk)
            os.fsync(handle)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return path, digest.hexdigest(), size

    def _folder(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self._root / "k" / digest[:2] / digest

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[Path]:
        """Hold a key's folder, after sweeping what a killed writer left in it."""
        check_key(key)
        folder = self._folder(key)
        with locked_directory(folder):
            sweep_temporaries(folder, older_than=float("inf"))  # under the lock nobody else is writing here
            for orphan in folder.glob("*.bin"):
                if not orphan.with_suffix(".json").exists():
                    orphan.unlink()  # a put that was never acknowledged, or a deletion cut short
            yield folder

    def _newest(self, folder: Path) -> Version | None:
        name = next(iter(_version_names(folder)), None)
        return _read_record(folder, name) if name else None

    def _is_taken(self, folder: Path) -> bool:
        newest = self._newest(folder)
        return newest is not None and not newest.is_delete_marker

    def _next_version(self, folder: Path) -> str:
        """A name after all others of the key, even when the clock of the machine went back."""
        newest = next(iter(_version_names(folder)), None)
        now = int(self._clock().timestamp() * 1_000_000) * 1000
        moment = max(now, int(newest[:16], 16) + 1) if newest else now
        return f"{moment:016x}{secrets.token_hex(4)}"


def _taken(key: str) -> AlreadyExists:
    return AlreadyExists(f"{key} is there already; read it, or write without if_absent")


def check_lock(lock: Lock | None, now: dt.datetime) -> None:
    """Refuse a retention that would end before it starts, as S3 servers do."""
    if lock is not None and lock.until <= now:
        raise StoreError(f"retention until {lock.until.isoformat()} is past; give a later time")


def _is_version_name(name: str) -> bool:
    return len(name) == 24 and all(c in "0123456789abcdef" for c in name)  # noqa: PLR2004 - 16 time, 8 random


def _version_names(folder: Path) -> list[str]:
    try:
        names = [entry.stem for entry in folder.iterdir() if entry.suffix == ".json"]
    except FileNotFoundError:
        return []
    return sorted(names, reverse=True)


def _write_record(folder: Path, record: Version) -> None:
    fields: dict[str, Any] = dataclasses.asdict(record)
    fields["created"] = record.created.isoformat()
    fields["retain_until"] = record.retain_until.isoformat() if record.retain_until else None
    body = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    line = json.dumps({"record": body, "sha256": hashlib.sha256(body.encode()).hexdigest()}, ensure_ascii=False)
    replace_file(folder / f"{record.version}.json", line.encode())


def _write_record_of(folder: Path, record: Version) -> None:
    """Write the record of bytes just put down; where it cannot be, as on a full disk, they go again and free room."""
    try:
        _write_record(folder, record)
    except OSError:
        if not (folder / f"{record.version}.json").exists():
            (folder / f"{record.version}.bin").unlink()
        raise


def _read_record(folder: Path, version: str) -> Version:
    if not _is_version_name(version):
        raise NotFound(f"{version!r} is no version of this store")
    try:
        raw = (folder / f"{version}.json").read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"no version {version}") from error
    try:
        line = json.loads(raw)
        if hashlib.sha256(line["record"].encode()).hexdigest() != line["sha256"]:
            raise BadDigest(f"the record of version {version} was changed; restore it from a replica")
        fields = json.loads(line["record"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadDigest(f"the record of version {version} is damaged; restore it from a replica") from error
    fields["created"] = dt.datetime.fromisoformat(fields["created"])
    if fields["retain_until"]:
        fields["retain_until"] = dt.datetime.fromisoformat(fields["retain_until"])
    return Version(**fields)
