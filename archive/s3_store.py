"""Objects on an S3 server with versioning and object lock (MinIO, SeaweedFS, Ceph), through the `minio` SDK."""

import base64
import contextlib
import datetime as dt
import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED
from minio.datatypes import Object
from minio.deleteobjects import DeleteObject
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from archive.conditional_pool import ConditionalPool, precondition
from archive.digests import CHUNK_BYTES
from archive.keys import check_key
from archive.s3_ways_around import delete_by_side_door, refuse_without_rules, remove_bucket
from archive.store import AlreadyExists, BadDigest, Lock, Locked, LockMode, NotFound, StoreError, Unavailable, Version
from archive.verifying_reader import verifying_stream

CONNECT_SECONDS, READ_SECONDS = 3, 60
"""The SDK's own 300 s and six tries would hold a worker for half an hour on a hung server."""
POOL_SIZE = 32
"""More connections than one process has threads."""
PART_BYTES = 16 << 20
"""Larger objects go in parts; the SDK keeps four or five parts in memory."""
SPOOL_BYTES = 16 << 20
"""A stream that cannot seek is kept in memory up to here, then on disk: its digest must be known before it is sent."""

_SHA256 = "yidang-sha256"
_META = "x-amz-meta-"
_ABSENT = {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "MethodNotAllowed", "ResourceNotFound"}
_REFUSED = {
    "AccessDenied",
    "ObjectLocked",
    "MethodNotAllowed",
    "InvalidRequest",
    "ObjectLockConfigurationNotFoundError",
}
_DAMAGED = {
    "BadDigest",
    "XAmzContentSHA256Mismatch",
    "XAmzContentChecksumMismatch",
    "InvalidDigest",
    "ChecksumMismatch",
}


class S3Store:
    """An `ObjectStore` in one bucket. The client is built on first use in each process, so it survives a fork."""

    hardware_lock = True

    def __init__(  # noqa: PLR0913
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        *,
        secure: bool = True,
        region: str = "us-east-1",
        ca_file: str | None = None,
        side_door: str = "",
        part_bytes: int = PART_BYTES,
    ) -> None:
        """`side_door`: address of a file interface to the same bytes, such as SeaweedFS's filer; the probe tries it."""
        self.name = f"s3:{endpoint}/{bucket}"
        self.bucket = bucket
        self._endpoint, self._secure, self._region, self._ca_file = endpoint, secure, region, ca_file
        self._access_key, self._secret_key = access_key, secret_key
        self._part_bytes, self._side_door = part_bytes, side_door
        self._built: tuple[int, Minio] | None = None

    def ensure_bucket(self) -> None:
        """Create the bucket with object lock if it is absent; raise StoreError if it is there without versioning."""
        with self._errors("bucket"):
            if not self._client.bucket_exists(self.bucket):
                with contextlib.suppress(_BucketTaken), _bucket_race():
                    self._client.make_bucket(self.bucket, object_lock=True)
            status = self._client.get_bucket_versioning(self.bucket).status
            if status != ENABLED:
                self._client.set_bucket_versioning(self.bucket, VersioningConfig(ENABLED))

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
        """Write a new version; the server checks the digest of the bytes it received."""
        check_key(key)
        if lock is not None and lock.until <= dt.datetime.now(dt.UTC):
            raise StoreError(f"retention until {lock.until.isoformat()} is past; give a later time")
        with _known_length(data) as (stream, found, size):
            if sha256 is not None and found.hex() != sha256:
                raise BadDigest(f"{key}: SHA-256 is {found.hex()}, {sha256} was announced; send the bytes again")
            headers = {_META + name: quote(value) for name, value in (metadata or {}).items()}
            headers[_META + _SHA256] = found.hex()
            in_parts = size > self._part_bytes
            if not in_parts:  # for parts it would be read as the digest of one part; they are read back instead
                headers["x-amz-checksum-sha256"] = base64.b64encode(found).decode()
                headers["x-amz-sdk-checksum-algorithm"] = "SHA256"
            condition = {"If-None-Match": "*"} if if_absent else {}
            with self._errors(key), precondition(condition):
                written = self._client.put_object(
                    self.bucket,
                    key,
                    stream,
                    size,
                    content_type=content_type,
                    metadata=cast("dict[str, Any]", headers),
                    part_size=self._part_bytes,
                    retention=Retention(lock.mode, lock.until) if lock else None,
                    legal_hold=legal_hold,
                )
        version = written.version_id
        if not version:
            raise StoreError(f"{self.name} keeps no versions; turn versioning on with ensure_bucket")
        if in_parts and not self.verify(key, version):
            raise BadDigest(f"{key} {version}: the server kept other bytes; put it again and look at the server")
        return self.stat(key, version)

    def open(self, key: str, version: str | None = None) -> BinaryIO:
        """A forward-only stream that raises BadDigest at its end when the server's bytes have changed."""
        check_key(key)
        with self._errors(key):
            response = self._client.get_object(self.bucket, key, version_id=version)

        def close() -> None:
            response.close()
            response.release_conn()

        expected = response.headers.get(_META + _SHA256)
        if expected is None:
            close()
            raise BadDigest(f"{key}: it has no recorded SHA-256, so it was not written by this system")
        return verifying_stream(_Body(self, key, response), expected, key, close)

    def read(self, key: str, version: str | None = None) -> bytes:
        """All bytes, checked against the recorded digest."""
        with self.open(key, version) as stream:
            return stream.read()

    def stat(self, key: str, version: str | None = None) -> Version:
        """What the server tells of a version, lock included."""
        check_key(key)
        with self._errors(key):
            return _version(key, self._client.stat_object(self.bucket, key, version_id=version))

    def versions(self, key: str) -> list[Version]:
        """All versions, newest first: one listing, and one request for each version."""
        check_key(key)
        with self._errors(key):
            listed = self._client.list_objects(self.bucket, prefix=key, recursive=True, include_version=True)
            found = [item for item in listed if item.object_name == key]
        found.sort(key=_age, reverse=True)  # stable; the SDK gives delete markers after all versions
        return [_marker(item) if item.is_delete_marker else self.stat(key, item.version_id) for item in found]

    def list(self, prefix: str = "") -> Iterator[Version]:
        """Newest versions in key order; one request each, because a listing does not tell digests and locks.

        The names are gathered and sorted first: SeaweedFS 4.48 lists "a b" after "a" in versioned buckets.
        """
        with self._errors(prefix):
            listed = self._client.list_objects(self.bucket, prefix=prefix, recursive=True)
            keys = [item.object_name for item in listed if item.object_name and not item.is_dir]
        for key in sorted(keys, key=str.encode):
            with contextlib.suppress(NotFound):  # deleted since the listing
                yield self.stat(key)

    def damaged_records(self) -> Iterator[str]:
        """None: the server keeps them, and answers for them."""
        return iter(())

    def delete(self, key: str) -> None:
        """Put a delete marker on top."""
        check_key(key)
        with self._errors(key):
            self._client.remove_object(self.bucket, key)

    def delete_version(self, key: str, version: str, *, bypass_governance: bool = False) -> None:
        """Remove one version; one already gone is no error."""
        check_key(key)
        with contextlib.suppress(NotFound), self._errors(key, refusal=True):
            if not bypass_governance:
                self._client.remove_object(self.bucket, key, version_id=version)
                return
            target = [DeleteObject(key, version)]
            for error in self._client.remove_objects(self.bucket, target, bypass_governance_mode=True):
                if error.code not in _ABSENT:
                    raise Locked(f"{key} {version}: the server refuses ({error.code} {error.message})")

    def extend_retention(self, key: str, version: str, lock: Lock) -> None:
        """Lengthen the retention."""
        check_key(key)
        with self._errors(key, refusal=True):
            self._client.set_object_retention(self.bucket, key, Retention(lock.mode, lock.until), version_id=version)

    def set_legal_hold(self, key: str, version: str, *, on: bool) -> None:
        """Put a hold on a version or take it off."""
        check_key(key)
        with self._errors(key):
            act = self._client.enable_object_legal_hold if on else self._client.disable_object_legal_hold
            act(self.bucket, key, version_id=version)

    def verify(self, key: str, version: str | None = None) -> bool:
        """Fetch the bytes and hash them again."""
        try:
            with self.open(key, version) as stream:
                while stream.read(CHUNK_BYTES):
                    pass
        except BadDigest:
            return False
        return True

    def ways_around(self, key: str, version: str) -> Mapping[str, Callable[[], None]]:  # noqa: ARG002 - the protocol
        """Removing the bucket, rules that let objects expire, and the file interface below the S3 one if there is."""
        ways = {
            "remove bucket": lambda: remove_bucket(self._client, self.bucket),
            "lifecycle": lambda: refuse_without_rules(self._client, self.bucket),
        }
        if self._side_door:
            ways["side door"] = lambda: delete_by_side_door(self._side_door, self.bucket, key)
        return ways

    def check_health(self) -> None:
        """Put a small object: an open port or a listing says nothing about writing."""
        key = "health/probe"
        try:
            written = self.put(key, b"healthy")
            with contextlib.suppress(Locked):  # a bucket may lock every object by default
                self.delete_version(key, written.version)
        except Unavailable:
            raise
        except StoreError as error:
            raise Unavailable(f"{self.name} cannot be written to: {error}") from error

    @property
    def _client(self) -> Minio:
        """This process's client: sockets must not be shared with a parent process."""
        process = os.getpid()
        built = self._built
        if built is None or built[0] != process:
            built = self._built = (process, self._build_client())
        return built[1]

    def _build_client(self) -> Minio:
        options: dict[str, Any] = {
            "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            "maxsize": POOL_SIZE,
            # read=0: a PUT whose answer was lost must not be sent again, it would make a second version
            "retries": urllib3.Retry(
                total=3,
                connect=3,
                read=0,
                status=3,
                backoff_factor=0.2,
                status_forcelist=[502, 503, 504],
                raise_on_status=False,
            ),
        }
        if self._secure:
            options |= {"cert_reqs": "CERT_REQUIRED", "ca_certs": self._ca_file or certifi.where()}
        return Minio(
            self._endpoint,
            access_key=self._access_key,
            secret_key=self._secret_key,
            secure=self._secure,
            region=self._region,  # given, so that the SDK does not ask for it once per bucket
            http_client=ConditionalPool(**options),
        )

    @contextlib.contextmanager
    def _errors(self, key: str, *, refusal: bool = False) -> Iterator[None]:
        """Map what the SDK raises to the store's errors; `refusal`: a denied request means the lock holds."""
        try:
            yield
        except S3Error as error:
            raise self._mapped(key, error, refusal=refusal) from error
        except (urllib3.exceptions.HTTPError, InvalidResponseError, ServerError, OSError) as error:
            raise Unavailable(f"{self.name} does not answer ({error}); start it or look at the network") from error
        except ValueError as error:  # the SDK: a time that is not in UTC, a bucket name that no server takes
            raise StoreError(f"{self.name}: {error}; run the server with TZ=UTC, check the bucket's name") from error

    def _mapped(  # noqa: PLR0911 - one line for each kind
        self, key: str, error: S3Error, *, refusal: bool
    ) -> StoreError:
        code, said = error.code, f"{error.code}: {error.message}"
        if refusal and code in _REFUSED:
            return Locked(f"{key}: {self.name} refuses ({said})")
        if code in _ABSENT:
            return NotFound(f"no object {key} in {self.name}")
        if code == "PreconditionFailed":
            return AlreadyExists(f"{key} is there already; read it, or write without if_absent")
        if code in _DAMAGED:
            return BadDigest(f"{key}: the server received other bytes ({said}); send them again")
        if code in {"SlowDown", "InternalError", "ServiceUnavailable", "XMinioStorageFull", "RequestTimeout"}:
            return Unavailable(f"{self.name} cannot now ({said}); try again later")
        if code in {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket"}:
            return Unavailable(f"{self.name} refuses us ({said}); check the keys, the bucket and their rights")
        return StoreError(f"{self.name}, {key}: {said}")


class _BucketTaken(Exception):  # noqa: N818 - another process made the bucket first
    pass


@contextlib.contextmanager
def _bucket_race() -> Iterator[None]:
    """MinIO and SeaweedFS name it differently when the bucket is there already."""
    try:
        yield
    except S3Error as error:
        if error.code in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise _BucketTaken from error
        raise


class _Body:
    """A response body whose broken connection is the store's error."""

    def __init__(self, store: S3Store, key: str, response: urllib3.BaseHTTPResponse) -> None:
        self._store, self._key, self._response = store, key, response

    def read(self, size: int = -1, /) -> bytes:
        with self._store._errors(self._key):  # noqa: SLF001 - same file, one subject
            return self._response.read(size)


@contextlib.contextmanager
def _known_length(data: BinaryIO | bytes) -> Iterator[tuple[BinaryIO, bytes, int]]:
    """A stream at its start, its SHA-256 and its length; a stream is copied, so that it cannot change meanwhile."""
    if isinstance(data, bytes):
        yield io.BytesIO(data), hashlib.sha256(data).digest(), len(data)
        return
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
        while chunk := data.read(CHUNK_BYTES):
            digest.update(chunk)
            spool.write(chunk)
            size += len(chunk)
        spool.seek(0)
        yield cast("BinaryIO", spool), digest.digest(), size


def _age(item: Object) -> tuple[bool, dt.datetime]:
    """Sorts by time; the newest is named by the server, because its times may have whole seconds only."""
    return item.is_latest == "true", item.last_modified or dt.datetime.fromtimestamp(0, dt.UTC)


def _version(key: str, found: Object) -> Version:
    headers = {name.lower(): value for name, value in (found.metadata or {}).items()}
    until = headers.get("x-amz-object-lock-retain-until-date")
    metadata = {n[len(_META) :]: unquote(v) for n, v in headers.items() if n.startswith(_META)}
    mode = headers.get("x-amz-object-lock-mode")
    return Version(
        key=key,
        version=found.version_id or "",
        size=found.size or 0,
        sha256=metadata.pop(_SHA256, ""),
        created=found.last_modified or dt.datetime.fromtimestamp(0, dt.UTC),
        content_type=found.content_type or "application/octet-stream",
        metadata=metadata,
        mode=cast("LockMode", mode) if mode else None,
        retain_until=dt.datetime.fromisoformat(until) if until else None,
        legal_hold=headers.get("x-amz-object-lock-legal-hold") == "ON",
    )


def _marker(item: Object) -> Version:
    created = item.last_modified or dt.datetime.fromtimestamp(0, dt.UTC)
    return Version(item.object_name or "", item.version_id or "", 0, "", created, is_delete_marker=True)
