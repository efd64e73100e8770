"""Whether the archive store may be trusted: its lock is tried at the start and every day, and fails closed."""

import dataclasses
import datetime as dt
from typing import Any

from django.utils import timezone

from archive import StoreProbe, append_event, probe_store
from workers import zones
from workers.stage import NotYetError

PROBE_MAX_AGE = dt.timedelta(hours=25)
"""A day, and an hour for a schedule that runs late; older than that, it is tried again before anything is kept."""


class StoreNotTrustedError(NotYetError):
    """The store's lock could be broken: nothing is archived there until a later trial finds that it holds."""

    code = "store-not-trusted"


def probe_archive() -> StoreProbe:
    """Try the lock of the archive store now, and write down what came of it; the log is told when that changed.

    Raises:
        Unavailable: the store cannot be reached: no verdict, and the last one stands until it is too old.
    """
    now, store = timezone.now(), zones.zone("archive")
    before = _newest(store.name)
    report = probe_store(store, now)
    tries: list[dict[str, Any]] = [dataclasses.asdict(one) for one in report.tries]
    row = StoreProbe.objects.create(store=store.name, at=now, trusted=report.trusted, tries=tries)
    if before is None or before.trusted != row.trusted:
        broken = [one["name"] for one in tries if not one["held"]]
        append_event("store-trusted" if row.trusted else "store-not-trusted", details={"broken": broken}, now=now)
    return row


def require_trusted_store() -> None:
    """Return where the newest trial is not too old and the lock held in it; try it now where there is none.

    Raises:
        StoreNotTrustedError: it did not hold. Unavailable: it could not be tried.
    """
    row = _newest(zones.zone("archive").name)
    if row is None or timezone.now() - row.at > PROBE_MAX_AGE:
        row = probe_archive()
    if not row.trusted:
        broken = "、".join(one["name"] for one in row.tries if not one["held"])
        raise StoreNotTrustedError(
            f"归档存储的锁定可被绕过（{broken}），暂停归档：请核对存储的对象锁定设置后运行 yidang archive probe-store"
        )


def _newest(store: str) -> StoreProbe | None:
    return StoreProbe.objects.filter(store=store).last()
