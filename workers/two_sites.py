"""The archive's second site: copied to as things happen, compared every night, read from while the first is away."""

import dataclasses
import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive import Unavailable
from archive.rebuilding import (
    SiteComparison,
    SiteFigures,
    compare_sites,
    copies_waiting,
    copy_waiting,
    newest_waiting,
    site_figures,
)
from workers import fixity, zones
from workers.jobs import enqueue
from workers.models import Job
from workers.stage import Arguments, NotExpectedError

COPY_SECONDS = 240.0
"""Of one job: well below the hard limit of a task; what is left is the next one's."""
COMPARE_SECONDS = 120.0
"""Of every hour, until the comparison of the day is whole."""
COMPARE_AGAIN = dt.timedelta(hours=20)
AWAY_CODE = Unavailable.code


class NoSecondSiteError(Exception):
    """No second site is set; the message says where to."""

    code = "no-second-site"


@dataclasses.dataclass(frozen=True, slots=True)
class StoreState:
    """What the board says of both sites: work that waits for the first and why, and what the second has not got.

    `second` is None where there is no second site; `second_why` is empty while nothing keeps it from being copied to.
    """

    first_waiting: int
    first_why: str
    first_since: dt.datetime | None
    second: SiteFigures | None
    second_why: str


def request_copies() -> None:
    """Have copied what waits, where nobody is at it; call it in a transaction."""
    newest = newest_waiting() if settings.ARCHIVE_REPLICA else 0
    if newest and not Job.objects.filter(kind="replicate", state__in=Job.UNDER_WAY).exists():
        _enqueue(newest)


def _enqueue(newest: int) -> None:
    """One that was given up, since a site refused, gets another chance an hour later."""
    enqueue("replicate", upto=newest, hour=timezone.now().strftime("%Y%m%d%H"))


def replicate(_: Arguments) -> int:
    """Copy what waits, for some minutes."""
    second = fixity.replica()
    if second is None or not newest_waiting():
        raise NotExpectedError("nothing waits for a second site")
    return copy_waiting(zones.archive_site(), second, seconds=COPY_SECONDS)


def record_copies(_: Arguments, __: int) -> None:
    """What came meanwhile is the next job's."""
    if (newest := newest_waiting()) and settings.ARCHIVE_REPLICA:
        _enqueue(newest)


def compare_archive_sites(
    *, seconds: float = COMPARE_SECONDS, on_progress: Callable[[int, int], None] = lambda *_: None
) -> SiteComparison:
    """Go on with the comparison of both sites, or begin one.

    Raises:
        NoSecondSiteError: none is set. Unavailable: a site is away.
    """
    second = fixity.replica()
    if second is None:
        raise NoSecondSiteError("没有设置第二存储地点：请设置 YIDANG_ARCHIVE_REPLICA")
    return compare_sites(zones.archive_site(), second, timezone.now, seconds=seconds, on_progress=on_progress)


def compare_daily() -> SiteComparison | None:
    """A share of the day's comparison; None where it is whole, or there is no second site."""
    last = SiteComparison.objects.last()
    fresh = last and last.finished_at and timezone.now() - last.finished_at < COMPARE_AGAIN
    return None if fresh or not settings.ARCHIVE_REPLICA else compare_archive_sites()


def store_state() -> StoreState:
    """How both sites stand, from what the queue has met; no site is asked."""
    away = Job.objects.filter(state__in=Job.UNDER_WAY, error__code=AWAY_CODE).order_by("created_at")
    first, second = away.exclude(kind="replicate"), away.filter(kind="replicate").first()
    oldest = first.first()
    return StoreState(
        first_waiting=first.count(),
        first_why=str((oldest.error or {}).get("message", "")) if oldest else "",
        first_since=oldest.created_at if oldest else None,
        second=site_figures() if settings.ARCHIVE_REPLICA else None,
        second_why=str((second.error or {}).get("message", "")) if second else "",
    )


@transaction.atomic
def catch_up() -> int:
    """Ask for copies; how many changes wait."""
    request_copies()
    return copies_waiting()[0]
