"""The database against the store: every difference between what is in use and what a rebuild would give."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from archive.checkpoint import LogKey
from archive.digests import object_key
from archive.journal import fields_text
from archive.merkle import leaf_hash
from archive.models import Event, KeptObject, LogHead, Package
from archive.rebuilding.holdings import check_materials, check_package
from archive.rebuilding.journal_rows import journal_steps
from archive.rebuilding.journalling import fields_of
from archive.rebuilding.models import JournalMark
from archive.rebuilding.published import Entry, PublishedEntries, newest_head
from archive.rebuilding.reading import Difference, Source
from archive.rebuilding.watching import HEAD, WATCHED, Watched
from archive.store import ObjectStore

CompareProgress = Callable[[str, int], None]
OBJECTS_PREFIX = "sha256/"
Journalled = dict[tuple[str, int], str]
"""Row → digest of its fields as they stand in the journal, "" where it was deleted."""


def compare_with_store(
    store: ObjectStore, key: LogKey, *, on_progress: CompareProgress = lambda *_: None
) -> list[Difference]:
    """Compare events, rows, packages and objects; what changed a moment ago and waits for the journal counts for none.

    Reads the whole log and journal and every manifest, and lists all objects; their bytes are the fixity check's.

    Raises:
        Unavailable: the store cannot be reached.
    """
    source = Source(store)
    _compare_log(source, key, on_progress)
    _compare_rows(source, on_progress)
    kept = Package.objects.exclude(stored_at=None).exclude(state=Package.State.DESTROYED)
    for done, package in enumerate(kept.iterator(), 1):
        check_package(source, package)
        check_materials(source, package)
        on_progress("档案", done)
    _compare_objects(source, on_progress)
    return source.faults


def _compare_log(source: Source, key: LogKey, on_progress: CompareProgress) -> None:
    head, signed = LogHead.objects.filter(pk=HEAD).first(), newest_head(source, key)
    if signed is None:
        if head and head.published:
            source.fault("log", f"is published with {head.published} entries, and the store has no signed head")
        return
    size = signed.checkpoint.size
    if head is None or head.size < size:
        source.fault("log", f"has {size} entries in the store and {head.size if head else 0} in the database")
    elif head.published == size and head.root != signed.checkpoint.root.hex() and head.size == size:
        source.fault("log", "has another root in the database than in the store")
    for entries in PublishedEntries(source, size).bundles():
        rows = Event.objects.in_bulk([one.index for one in entries], field_name="leaf_index")
        for entry in entries:
            _compare_event(source, entry, rows.get(entry.index))
        on_progress("日志", entries[-1].index + 1 if entries else 0)


def _compare_event(source: Source, entry: Entry, row: Event | None) -> None:
    where = f"event {entry.told.get('number')} entry {entry.index}"
    if row is None:
        source.fault(where, "is in the store and not in the database")
        return
    there = {
        "number": row.number,
        "kind": row.kind,
        "case": row.case_number,
        "time": row.happened_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "object": row.object_sha256,
    }
    for name, value in there.items():
        if entry.told.get(name) != value:
            source.fault(where, f"{name} is {value!r} in the database and {entry.told.get(name)!r} in the store")
    if row.leaf_hash != leaf_hash(entry.leaf).hex():
        source.fault(where, "has another leaf in the database than in the store")
    if entry.private and (row.actor_id, row.details) != (entry.private.actor, entry.private.details):
        source.fault(where, "has another actor or other details in the database than in the store")


def _compare_rows(source: Source, on_progress: CompareProgress) -> None:
    kept: Journalled = {}
    for step in journal_steps(source):
        for row in step.rows:
            kept[row.model, row.pk] = "" if row.fields is None else _digest(fields_text(row.fields))
        on_progress("流水簿", step.sequence)
    waiting = set(JournalMark.objects.values_list("model", "row"))
    for watched, row in _rows():
        label, there = watched.label, kept.pop((watched.label, row.pk), None)
        if (label, row.pk) in waiting:
            continue
        if there is None:
            if watched.when(row):
                source.fault(f"{label} {row.pk}", "is not in the journal")
        elif there != _digest(fields_text(fields_of(watched, row))):
            source.fault(f"{label} {row.pk}", "is not as the journal has it")
    for (label, pk), digest in kept.items():
        if digest and label in WATCHED and (label, pk) not in waiting:
            source.fault(f"{label} {pk}", "is in the journal and not in the database")


def _rows() -> Iterator[tuple[Watched, Any]]:
    for watched in WATCHED.values():
        for row in watched.model._default_manager.order_by("pk").iterator():  # noqa: SLF001 - Django's own way to ask
            yield watched, row


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _compare_objects(source: Source, on_progress: CompareProgress) -> None:
    known = dict(KeptObject.objects.values_list("sha256", "size"))
    for done, one in enumerate(source.store.list(OBJECTS_PREFIX), 1):
        size = known.pop(one.key.rpartition("/")[2], None)
        if size is None:
            source.fault(one.key, "is in the store and no package names it")
        elif size not in {0, one.size}:
            source.fault(one.key, f"has {one.size} bytes in the store and {size} in the database")
        on_progress("对象", done)
    for sha256 in known:
        source.fault(object_key(sha256), "is in the database and not in the store")
