"""The figures and lists of supervision: what is overdue or soon will be, paused, too quick, told late, not kept."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from archive import Event
from ingest import Case, CreditRecord, Notice, Pause, Promise
from workers import item_of

ROWS_SHOWN = 100
SOON_DAYS = 3
"""Calendar days before its date that a gap or re-check is shown: a weekend and a day."""
FIGURES_DAYS = 30
"""The figures look back a month, as the monthly report (月通报) does."""


def supervision(today: dt.date) -> dict[str, Any]:
    """The part of the board's context that `_supervision.html` needs."""
    since = timezone.now() - dt.timedelta(days=FIGURES_DAYS)
    soon = today + dt.timedelta(days=SOON_DAYS)
    waiting = Q(state="expired") | Q(state="open", due_on__lte=soon)
    promises = Promise.objects.select_related("case")
    return {
        "figures": figures(since),
        "gaps": list(promises.filter(waiting).order_by("due_on")[:ROWS_SHOWN]),
        "rechecks": list(
            promises.filter(kind="promise", recheck_on__lte=soon, rechecked_at=None)
            .exclude(state="void")
            .order_by("recheck_on")[:ROWS_SHOWN]
        ),
        "paused": [
            (one, item_of(one.case).name)
            for one in Pause.objects.filter(ended_at=None).select_related("case__project")[:ROWS_SHOWN]
        ],
        "late_told": list(second_notices(since).select_related("case", "made_by").order_by("-pk")[:ROWS_SHOWN]),
        "today": today,
    }


def second_notices(since: dt.datetime) -> Any:
    """One-time notices since then that told something an earlier one could have told."""
    return Notice.objects.filter(kind=Notice.Kind.ONE_TIME, made_at__gte=since).exclude(repeats=[])


def figures(since: dt.datetime) -> list[tuple[str, int, str]]:
    """Name, count and class of what a supervisor asks about, since a day."""
    quick = Event.objects.filter(kind="case-decided", happened_at__gte=since, details__quick=True).count()
    return [
        ("二次告知", second_notices(since).count(), "refused"),
        ("秒办提示", quick, "refused"),
        ("超期办件", Case.objects.filter(overdue_at__gte=since).count(), "refused"),
        ("容缺和承诺逾期", Promise.objects.filter(expired_at__gte=since).count(), "quarantined"),
        ("信用记录", CreditRecord.objects.filter(written_at__gte=since).count(), "quarantined"),
    ]
