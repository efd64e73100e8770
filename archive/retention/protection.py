"""Object lock and legal hold in the stores, kept as schedule and holds ask: compared, and put right upwards only.

COMPLIANCE cannot be shortened by anybody, so nothing is locked for thirty years at once: a lock runs for some years
and is renewed long before it ends, never beyond the end of the period. An approved shorter period, or a law that has
something removed, then waits for the lock that runs, not for a lifetime.
"""

import dataclasses
import datetime as dt
import functools
import time
from collections.abc import Callable, Iterable, Sequence

from django.db.models import F, Q
from django.utils import timezone

from archive.digests import object_key
from archive.retention.holds import held_periods
from archive.retention.models import NamedObject
from archive.retention.periods import ends
from archive.store import Lock, Locked, ObjectStore, StoreError, Unavailable, Version

LEAST_LOCK = dt.timedelta(days=30)
"""The lock of what is stored when its period is all but over: time to notice a mistake."""
RENEWED_AT = 2
"""A lock is renewed when less than half of its days is left: a store that is down for months does no harm."""
BATCH = 200
"""Objects fetched from the database at a time."""


@dataclasses.dataclass
class DriftRun:
    """What a comparison found: objects looked at, locks and holds put right, and what could not be, with why."""

    looked_at: int = 0
    locked: list[str] = dataclasses.field(default_factory=list)
    held: list[str] = dataclasses.field(default_factory=list)
    let_go: list[str] = dataclasses.field(default_factory=list)
    faults: dict[str, str] = dataclasses.field(default_factory=dict)
    whole: bool = False


def lock_end(until: dt.date | None, start: dt.datetime, days: int) -> dt.datetime:
    """Until when an object is locked that is stored, or renewed, at `start`, when its package is kept to that day."""
    rolling = start + dt.timedelta(days=days)
    return rolling if until is None else max(min(rolling, _after(until)), start + LEAST_LOCK)


def protect(  # noqa: PLR0913 - what a comparison consists of
    objects: Iterable[NamedObject],
    stores: Sequence[ObjectStore],
    now: dt.datetime,
    days: int,
    run: DriftRun,
    *,
    may_let_go: bool = False,
) -> None:
    """Bring lock and hold of these objects, in every version in all stores, to what they must be.

    A hold mark that no hold asks for is taken off only after a release (`may_let_go`); otherwise it is told.

    Raises:
        Unavailable: a store cannot be reached.
    """
    held = held_periods()
    for row in objects:
        faults = [fault for store in stores for fault in _protect(row, store, now, days, run, held, may_let_go)]
        run.looked_at += 1
        row.looked_at, row.fault = now, "；".join(faults)[:300]
        row.save(update_fields=["looked_at", "fault"])
        if faults:
            run.faults[row.sha256] = row.fault


def compare_protection(
    stores: Sequence[ObjectStore], now: dt.datetime, days: int, *, seconds: float, run: DriftRun
) -> None:
    """Compare what was looked at longest ago first, until the time is used up or everything was; at least one batch.

    Raises:
        Unavailable: a store cannot be reached; what was compared until then is kept.
    """
    end = time.monotonic() + seconds
    due = NamedObject.objects.filter(Q(looked_at=None) | Q(looked_at__lt=now), uses__period__destroyed_at=None)
    oldest = due.distinct().order_by(F("looked_at").asc(nulls_first=True), "pk")
    while batch := list(oldest[:BATCH]):
        protect(batch, stores, now, days, run)
        if time.monotonic() > end:
            return
    run.whole = True


def _protect(  # noqa: PLR0913, PLR0917 - what a comparison consists of
    row: NamedObject,
    store: ObjectStore,
    now: dt.datetime,
    days: int,
    run: DriftRun,
    held: set[int],
    may_let_go: bool,  # noqa: FBT001 - private
) -> list[str]:
    periods = dict(row.uses.filter(period__destroyed_at=None).values_list("period", "period__until"))
    if not periods:
        return []
    end = max(ends(until) for until in periods.values())
    faults: list[str] = []

    def told(act: Callable[[], None]) -> None:
        """One fault does not keep the other lock off, nor the run from the next object."""
        try:
            act()
        except Unavailable:
            raise
        except StoreError as reason:
            faults.append(f"{store.name}：{reason}")

    def each_version() -> None:
        for version in (one for one in store.versions(object_key(row.sha256)) if not one.is_delete_marker):
            if held & periods.keys():
                told(functools.partial(_hold, store, version, run))
            elif version.legal_hold and may_let_go:
                told(functools.partial(_let_go, store, version, set(periods), run))
            elif version.legal_hold:
                faults.append(f"{store.name}：有冻结标记，但没有对应的冻结记录")
            told(functools.partial(_lock, store, version, end, now, days, run))

    told(each_version)
    return faults


def renew_lock(store: ObjectStore, sha256: str, now: dt.datetime, days: int, run: DriftRun) -> None:
    """Renew the lock of an object that is kept for ever and that no package names, such as a certificate.

    Raises:
        Unavailable: the store cannot be reached. NotFound and others: it is lost, or would not take the lock.
    """
    _lock(store, store.stat(object_key(sha256)), dt.date.max, now, days, run)


def _lock(  # noqa: PLR0913, PLR0917 - private
    store: ObjectStore, version: Version, end: dt.date, now: dt.datetime, days: int, run: DriftRun
) -> None:
    """Renew the lock where less is left of it than there should be; an ended period asks for none."""
    until = None if end == dt.date.max else end
    if until and _after(until) <= now:
        return
    least = lock_end(until, now, days // RENEWED_AT)
    if version.retain_until and version.retain_until >= least - dt.timedelta(seconds=1):
        return
    wanted = lock_end(until, now, days)
    store.extend_retention(version.key, version.version, Lock(wanted))
    found = store.stat(version.key, version.version).retain_until
    if found is None or found < wanted - dt.timedelta(seconds=1):
        raise Locked(f"锁定续期未生效（现为 {found}）")
    run.locked.append(version.sha256)


def _hold(store: ObjectStore, version: Version, run: DriftRun) -> None:
    if version.legal_hold:
        return
    store.set_legal_hold(version.key, version.version, on=True)
    if not store.stat(version.key, version.version).legal_hold:
        raise StoreError("冻结标记未生效：存储不支持法律保留")
    run.held.append(version.sha256)


def _let_go(store: ObjectStore, version: Version, periods: set[int], run: DriftRun) -> None:
    store.set_legal_hold(version.key, version.version, on=False)
    if held_periods() & periods:  # another was set meanwhile, and may have found the mark still on
        store.set_legal_hold(version.key, version.version, on=True)
    else:
        run.let_go.append(version.sha256)


def _after(day: dt.date) -> dt.datetime:
    """The first moment after a day, by the calendar that the installation keeps."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
