"""Copying to the second site: what was noted as changed, key by key, each under the lock that it has at the first."""

import contextlib
import datetime as dt
import time
from collections.abc import Callable

from django.db.models import Min

from archive.rebuilding.models import WaitingCopy
from archive.store import AlreadyExists, BadDigest, Lock, Locked, NotFound, ObjectStore, Version

BATCH = 100
"""Notes fetched from the database at a time; each is taken off when its copy lies there."""


class SitesDiffer(Exception):  # noqa: N818
    """Both sites have other bytes under one key: neither is overwritten, a comparison names it."""

    code = "sites-differ"


def note_change(key: str, deleted: bool, now: dt.datetime) -> None:  # noqa: FBT001 - as a store tells it
    """A key is to be copied, or what was removed of it to be removed at the second site too."""
    WaitingCopy.objects.create(key=key, deleted=deleted, since=now)


def newest_waiting() -> int:
    """The number of the newest note; 0 where nothing waits."""
    newest = WaitingCopy.objects.order_by("-pk").first()
    return newest.pk if newest else 0


def copies_waiting() -> tuple[int, dt.datetime | None]:
    """How many changes the second site has not got yet, and since when the oldest waits."""
    return WaitingCopy.objects.count(), WaitingCopy.objects.aggregate(oldest=Min("since"))["oldest"]


def copy_waiting(
    first: ObjectStore, second: ObjectStore, *, seconds: float, on_copy: Callable[[str], None] = lambda _: None
) -> int:
    """Copy what was noted until now, oldest first, until the time is used up; how many. Killed, the rest still waits.

    What is damaged at the first site, or lies at the second with other bytes, is left to the next comparison.

    Raises:
        Unavailable: one of the sites is away.
    """
    done, upto, end = 0, newest_waiting(), time.monotonic() + seconds
    while batch := list(WaitingCopy.objects.filter(pk__lte=upto).order_by("pk")[:BATCH]):
        for waiting in batch:
            with contextlib.suppress(SitesDiffer, BadDigest):
                (_follow_removal if waiting.deleted else copy_key)(first, second, waiting.key)
            waiting.delete()
            done += 1
            on_copy(waiting.key)
            if time.monotonic() > end:
                return done
    return done


def copy_key(first: ObjectStore, second: ObjectStore, key: str) -> bool:
    """Have the newest version of a key at the second site, under at least the lock of the first; False where it was.

    Raises:
        SitesDiffer: other bytes lie there, under lock. BadDigest: the first site's own bytes are damaged.
    """
    try:
        one = first.stat(key)
    except NotFound:
        return False  # removed since, or lost: nothing to copy
    with contextlib.suppress(AlreadyExists), contextlib.closing(first.open(key)) as stream:
        second.put(
            key,
            stream,
            sha256=one.sha256 or None,
            content_type=one.content_type,
            metadata=one.metadata,
            lock=_lock_of(one),
            legal_hold=one.legal_hold,
            if_absent=True,
        )
        return True
    there = second.stat(key)
    if (there.sha256, there.size) != (one.sha256, one.size):
        raise SitesDiffer(f"{key} has other bytes at the second site")
    return follow_lock(one, second, there)


def follow_lock(one: Version, second: ObjectStore, there: Version) -> bool:
    """Lengthen the lock at the second site to that of the first, and hold what is held there; False where it was so."""
    changed = False
    lock = _lock_of(one)
    if lock and (there.retain_until is None or there.retain_until < lock.until):
        second.extend_retention(there.key, there.version, lock)
        changed = True
    if one.legal_hold != there.legal_hold:
        second.set_legal_hold(there.key, there.version, on=one.legal_hold)
        changed = True
    return changed


def _lock_of(one: Version) -> Lock | None:
    """The lock that is still to come to its end; one that ended needs no copy, and no store takes it."""
    if one.retain_until is None or one.retain_until <= dt.datetime.now(dt.UTC):
        return None
    return Lock(one.retain_until, one.mode or "COMPLIANCE")


def _follow_removal(first: ObjectStore, second: ObjectStore, key: str) -> None:
    """What was removed in full at the first site is removed at the second; what is locked there stays, and is told."""
    if any(not one.is_delete_marker for one in first.versions(key)):
        return
    for one in second.versions(key):
        with contextlib.suppress(Locked):
            second.delete_version(key, one.version)
