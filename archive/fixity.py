"""固化性核验: the bytes in the store are read again and compared with their digests, the longest unchecked first.

A run is bounded by time and by bytes and keeps what it did object by object, so it may be stopped and killed at any
moment and the next one goes on where it was. Damage is healed from a second site where there is one, and told.
"""

import contextlib
import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import F, Max, Min, Q, Sum

from archive.digests import object_key
from archive.events import append_event
from archive.manifest import Manifest
from archive.models import KeptObject
from archive.store import BadDigest, Lock, NotFound, ObjectStore
from archive.verifying_reader import read_through

BATCH = 100
"""Objects fetched from the database at a time."""

FixityProgress = Callable[[int, int], None]
"""Told after each object: how many, how many bytes."""


@dataclasses.dataclass
class FixityRun:
    """What a run did: objects and bytes read, what is damaged, what was healed; `whole` where nothing is left to do."""

    checked: int = 0
    read: int = 0
    damaged: list[str] = dataclasses.field(default_factory=list)
    healed: list[str] = dataclasses.field(default_factory=list)
    whole: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class FixityFigures:
    """How the archive stands: objects, bytes, faulty ones, never checked ones, and the oldest and newest check."""

    objects: int
    size: int
    faulty: int
    unchecked: int
    oldest: dt.datetime | None
    newest: dt.datetime | None


def enrol(manifest: Manifest, manifest_sha256: str, manifest_size: int, now: dt.datetime) -> None:
    """Note every object of a package as one that must be there; of those known already, only the size is put right."""
    sizes = {element.sha256: element.size for element in manifest.elements} | {manifest_sha256: manifest_size}
    rows = [KeptObject(sha256=sha256, size=size, kept_since=now) for sha256, size in sizes.items()]
    KeptObject.objects.bulk_create(rows, update_conflicts=True, unique_fields=["sha256"], update_fields=["size"])


def check_fixity(  # noqa: PLR0913 - what bounds a run
    store: ObjectStore,
    now: Callable[[], dt.datetime],
    *,
    seconds: float,
    most_bytes: int,
    replica: ObjectStore | None = None,
    on_progress: FixityProgress = lambda *_: None,
) -> FixityRun:
    """Read objects until the time or the bytes are used up, or every one was read in this run.

    At least one object is read, however large, so that a small bound cannot stop the round for ever.

    Raises:
        Unavailable: the store cannot be reached; what was read until then is kept.
    """
    run, began, end = FixityRun(), now(), time.monotonic() + seconds
    for row in _oldest_first(began):
        if run.checked and (time.monotonic() > end or run.read + row.size > most_bytes):
            return run
        _check(store, row, now(), run, replica)
        on_progress(run.checked, run.read)
    run.whole = True
    return run


def fixity_figures() -> FixityFigures:
    """How the archive stands, for the board."""
    rows = KeptObject.objects.all()
    said = rows.aggregate(size=Sum("size"), oldest=Min("checked_at"), newest=Max("checked_at"))
    faulty = rows.exclude(state=KeptObject.State.SOUND).count()
    unchecked = rows.filter(checked_at=None).count()
    return FixityFigures(rows.count(), said["size"] or 0, faulty, unchecked, said["oldest"], said["newest"])


def _oldest_first(began: dt.datetime) -> Iterator[KeptObject]:
    """Rows not yet read in this run: never read ones first, then by age; a fault does not come up twice."""
    due = Q(checked_at=None) | Q(checked_at__lt=began)
    while batch := list(KeptObject.objects.filter(due).order_by(F("checked_at").asc(nulls_first=True), "pk")[:BATCH]):
        yield from batch


def _check(store: ObjectStore, row: KeptObject, now: dt.datetime, run: FixityRun, replica: ObjectStore | None) -> None:
    state, fault = examine(store, row.sha256)
    run.checked, run.read = run.checked + 1, run.read + row.size
    if state != KeptObject.State.SOUND:
        run.damaged.append(row.sha256)
        if replica is not None and _healed(store, row, replica, now):
            run.healed.append(row.sha256)
            state, fault = KeptObject.State.SOUND, ""
    _write_down(row, state, fault, now, healed=row.sha256 in run.healed)


def examine(store: ObjectStore, sha256: str) -> tuple[KeptObject.State, str]:
    """How an object lies in the store now, and what is wrong with it. Reads all of it. Raises Unavailable."""
    try:
        found = _read(store, sha256)
    except NotFound as error:
        return KeptObject.State.MISSING, str(error)
    except BadDigest as error:
        return KeptObject.State.DAMAGED, str(error)
    seen, size = found
    if seen == sha256:  # the size follows from it, and is not known of what was lost when it was noted
        return KeptObject.State.SOUND, ""
    return KeptObject.State.DAMAGED, f"{size} bytes with the digest {seen}"


def _read(store: ObjectStore, sha256: str) -> tuple[str, int]:
    """SHA-256 alone: it names the object, so SM3, which takes four times as long, could tell nothing more."""
    with contextlib.closing(store.open(object_key(sha256))) as stream:
        return read_through(stream)


def _healed(store: ObjectStore, row: KeptObject, replica: ObjectStore, now: dt.datetime) -> bool:
    """Put the second site's bytes on top of what is damaged, locked as long; False where it has no sound ones."""
    key = object_key(row.sha256)
    try:
        until = replica.stat(key).retain_until
        with contextlib.closing(replica.open(key)) as stream:
            lock = Lock(until) if until and until > now else None
            store.put(key, stream, sha256=row.sha256, lock=lock)
    except (NotFound, BadDigest):
        return False
    return examine(store, row.sha256)[0] == KeptObject.State.SOUND


@transaction.atomic
def _write_down(row: KeptObject, state: KeptObject.State, fault: str, now: dt.datetime, *, healed: bool) -> None:
    """Keep what was found; the log is told of what is new, not of every reading."""
    if not KeptObject.objects.filter(pk=row.pk).exists():
        return  # destroyed meanwhile, by a decision
    new_fault = state not in {row.state, KeptObject.State.SOUND}
    row.state, row.fault, row.checked_at = state, fault[:300], now
    row.save(update_fields=["state", "fault", "checked_at"])
    if new_fault:
        append_event(f"object-{state.value}", object_sha256=row.sha256, details={"fault": row.fault}, now=now)
    if healed:
        append_event("object-healed", object_sha256=row.sha256, now=now)
