"""Trust zones: where bytes lie says how far they are trusted. One named function a move."""

import functools
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from archive import PROBE_PREFIX, Digests, NotFound, ObjectStore, digest_stream, object_key, open_store
from archive.rebuilding import TwoSites, note_change


@functools.cache
def zone(name: str) -> ObjectStore:
    """The store of a zone: inbox, working, refused or archive; the archive with its second site, where there is one."""
    if name == "archive" and settings.ARCHIVE_REPLICA:
        first, second = settings.STORES[name], settings.ARCHIVE_REPLICA
        return TwoSites(functools.partial(open_store, first), functools.partial(open_store, second), _note)
    return open_store(settings.STORES[name])


def archive_site() -> ObjectStore:
    """The archive's first site alone: for what asks how it stands itself."""
    store = zone("archive")
    return store.first if isinstance(store, TwoSites) else store


def _note(key: str, deleted: bool) -> None:  # noqa: FBT001 - as a store tells it
    if not key.startswith(PROBE_PREFIX):  # trials of the lock are each site's own
        note_change(key, deleted, timezone.now())


def keep_as_received(stream: BinaryIO) -> Digests:
    """An upload into the inbox, unread, under its own digest."""
    digests = digest_stream(stream)
    stream.seek(0)
    zone("inbox").put(object_key(digests.sha256), stream, sha256=digests.sha256)
    return digests


def keep_derivative(data: bytes, content_type: str) -> Digests:
    """Something made from an upload, or by us, into the working zone."""
    digests = digest_stream(io.BytesIO(data))
    zone("working").put(object_key(digests.sha256), data, sha256=digests.sha256, content_type=content_type)
    return digests


def set_aside_refused(sha256: str) -> None:
    """A copy of a refused or quarantined original into the refused zone; the inbox keeps its own."""
    with zone("inbox").open(object_key(sha256)) as stream:
        zone("refused").put(object_key(sha256), stream, sha256=sha256)


def read_original(sha256: str) -> bytes:
    """The bytes of an upload as they came."""
    return zone("inbox").read(object_key(sha256))


@contextmanager
def original_file(sha256: str) -> Iterator[Path]:
    """The bytes of an upload as a file that only this job has, alone in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        path = Path(folder) / "original"
        with zone("inbox").open(object_key(sha256)) as source, path.open("wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
        path.chmod(0o400)
        yield path


@contextmanager
def kept_file(sha256: str) -> Iterator[Path]:
    """Something we made or archived as a file that only this process has, as long as the body runs."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder, open_anywhere(sha256) as source:
        path = Path(folder) / "kept"
        with path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def scratch() -> Path:
    """Where files lie only while a job is at them."""
    folder: Path = settings.SCRATCH_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_derivative(sha256: str) -> bytes:
    """The bytes of something we made."""
    return zone("working").read(object_key(sha256))


def open_anywhere(sha256: str) -> BinaryIO:
    """The object of this digest from the zone that has it: as received, made by us, or archived before."""
    key = object_key(sha256)
    for name in ("inbox", "working", "archive"):
        try:
            return zone(name).open(key)
        except NotFound:
            continue
    raise NotFound(f"no zone has {key}")


def read_anywhere(sha256: str) -> bytes:
    """The bytes of the object of this digest from the zone that has it."""
    with open_anywhere(sha256) as stream:
        return stream.read()


def has_derivative(sha256: str) -> bool:
    """Whether something we made is still there."""
    try:
        zone("working").stat(object_key(sha256))
    except NotFound:
        return False
    return True
