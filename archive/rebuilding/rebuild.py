"""重建: the database made again from the archive store alone.

The order is that of trust. The log first: its head is signed, so every entry is proved, and with it the private part
of each. Then the rows of the journal, whose digests are entries. Then the packages, whose manifests are entries too,
held against their rows. What is damaged stops nothing: it is healed from the second site, or named.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import models, transaction

from archive.checkpoint import LogKey
from archive.events import mark_late_entries
from archive.merkle import TreeEdge, leaf_hash
from archive.models import Event, KeptObject, LogHead, Package
from archive.rebuilding.holdings import note_destroyed, restore_holdings, restore_lost_packages
from archive.rebuilding.journal_rows import journal_steps, reset_numbers, restore_rows
from archive.rebuilding.models import JournalHead, JournalMark, RebuildRun
from archive.rebuilding.published import Entry, PublishedEntries, SignedHead, newest_head
from archive.rebuilding.reading import Difference, Source
from archive.rebuilding.watching import HEAD, WATCHED
from archive.store import ObjectStore

RebuildProgress = Callable[[str, int, int], None]
"""Told after each step: what is being restored, how much of it, of how much (0: not known)."""


STAND_IN = "account-"
UNUSABLE = "!"
"""What Django's hashers never make: no password is the one of this."""


class DatabaseNotEmpty(Exception):  # noqa: N818
    """The database holds something already; a rebuild would mix two truths."""

    code = "rebuild-not-empty"


class NoPublishedLog(Exception):  # noqa: N818
    """The store has no head of the log that the given key signed: there is nothing that could be trusted."""

    code = "rebuild-no-log"


def rebuild(
    store: ObjectStore,
    key: LogKey,
    now: Callable[[], dt.datetime],
    *,
    replica: ObjectStore | None = None,
    on_progress: RebuildProgress = lambda *_: None,
) -> RebuildRun:
    """Restore everything into an empty, migrated database; one that was broken off goes on where it was.

    Raises:
        DatabaseNotEmpty, NoPublishedLog. Unavailable: the store cannot be reached; the next run goes on.
    """
    run = _run_of(store, now())
    source = Source(store, replica, [Difference(**one) for one in run.faults], list(run.healed))
    head = newest_head(source, key)
    if head is None:
        raise NoPublishedLog("归档存储中没有由该密钥签名的日志：请核对存储地址和日志公钥（yidang log key）")
    _restore_log(run, source, head, on_progress)
    _restore_journal(run, source, on_progress)
    _restore_packages(source, on_progress)
    _save(run, source, finished_at=now())
    return run


def empty() -> bool:
    """Whether the database holds nothing that a rebuild restores."""
    tables: list[type[models.Model]] = [Event, LogHead, KeptObject, *(watched.model for watched in WATCHED.values())]
    return not any(table._base_manager.exists() for table in tables)  # noqa: SLF001 - Django's own way to ask


def _run_of(store: ObjectStore, now: dt.datetime) -> RebuildRun:
    """The run that was broken off, or a new one."""
    open_run = RebuildRun.objects.filter(finished_at=None, store=store.name).last()
    if open_run:
        return open_run
    if not empty():
        raise DatabaseNotEmpty("数据库不是空的：请用新建并已迁移的数据库重建，或用 --check 与归档存储比对")
    return RebuildRun.objects.create(store=store.name, started_at=now)


def _restore_log(run: RebuildRun, source: Source, head: SignedHead, on_progress: RebuildProgress) -> None:
    size = head.checkpoint.size
    for entries in PublishedEntries(source, size).bundles(run.entries):
        with transaction.atomic():
            _stand_in({one.private.actor for one in entries if one.private and one.private.actor})
            Event.objects.bulk_create([_event(one) for one in entries if one.index >= run.entries])
            run.entries = max([run.entries, *(one.index + 1 for one in entries)])
            _save(run, source, size=size)
        on_progress("日志", run.entries, size)
    mark_late_entries()
    edge = TreeEdge()
    for index, digest in (
        Event.objects.exclude(leaf_index=None).order_by("leaf_index").values_list("leaf_index", "leaf_hash")
    ):
        if index != edge.size:
            break
        edge.append(bytes.fromhex(digest))
    whole = edge.size == size and edge.root() == head.checkpoint.root
    if not whole:
        source.fault("log", f"the {edge.size} entries that were found do not make the signed root of {size}")
    LogHead.objects.update_or_create(
        pk=HEAD,
        defaults={
            "size": size,
            "root": head.checkpoint.root.hex(),
            "checkpoint": head.note,
            "edge": [node.hex() for node in edge.hashes] if whole else [],
            "published": size,
        },
    )


def _stand_in(actors: set[int]) -> None:
    """Accounts that events name before the journal tells of them: nobody signs in with one."""
    users = get_user_model()
    known = set(users.objects.filter(pk__in=actors).values_list("pk", flat=True))
    made = [users(pk=pk, username=f"{STAND_IN}{pk}", password=UNUSABLE, is_active=False) for pk in actors - known]
    users.objects.bulk_create(made)


def _event(entry: Entry) -> Event:
    told, private = entry.told, entry.private
    return Event(
        number=told["number"],
        kind=told["kind"],
        case_number=told["case"],
        actor_id=private.actor if private else None,
        happened_at=dt.datetime.fromisoformat(told["time"]),
        object_sha256=told["object"],
        details=private.details if private else {},
        leaf_index=entry.index,
        leaf_hash=leaf_hash(entry.leaf).hex(),
    )


def _restore_journal(run: RebuildRun, source: Source, on_progress: RebuildProgress) -> None:
    for step in journal_steps(source, after=run.rows):
        restore_rows(source, step)
        run.rows = step.sequence
        _save(run, source)
        on_progress("流水簿", run.rows, 0)
    for account in get_user_model().objects.filter(username__startswith=STAND_IN):
        source.fault(f"account {account.pk}", "did something, and no row of the journal tells who it is")
    reset_numbers()
    JournalMark.objects.all().delete()
    JournalHead.objects.update_or_create(pk=HEAD, defaults={"rows": run.rows, "events": run.size})


def _restore_packages(source: Source, on_progress: RebuildProgress) -> None:
    restore_lost_packages(source)
    note_destroyed()
    packages = Package.objects.exclude(state=Package.State.DESTROYED).order_by("stored_at", "pk")
    for done, package in enumerate(packages, 1):
        with transaction.atomic():
            restore_holdings(source, package)
        on_progress("档案", done, len(packages))


def _save(run: RebuildRun, source: Source, **values: object) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.faults, run.healed = [dataclasses.asdict(one) for one in source.faults], source.healed
    run.save()
