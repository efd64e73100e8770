"""The supervisor's board: what waits, what runs, what was set aside and why, and which cases are late."""

import datetime as dt

from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from archive import Event, seconds_behind
from ingest import Case
from portal.event_names import JOB_NAMES
from portal.instant import instant_figures
from portal.receipts import refusal_words
from portal.roles import Role, StaffRequest, require
from portal.supervision import FIGURES_DAYS, supervision
from workers import Job, days_left, item_of

ROWS_SHOWN = 100
# A promised date this near is shown before it is missed.
SOON_DAYS = 1
LATE_DAYS = 30
"""How long entries that were written while the clock stood back are on the board."""
OPEN_JOBS = (Job.State.QUEUED, Job.State.RUNNING)
SET_ASIDE = (Job.State.REFUSED, Job.State.QUARANTINED)


@require(Role.SUPERVISOR)
def board(request: StaffRequest) -> HttpResponseBase:
    """The board; the browser fetches its moving part again every few seconds."""
    template = "portal/_board.html" if request.headers.get("HX-Request") else "portal/board.html"
    today = timezone.localdate()
    started = timezone.now() - dt.timedelta(days=1)
    counts = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
    context = {
        "tiles": [
            ("等待", counts.get("queued", 0), "queued"),
            ("进行中", counts.get("running", 0), "running"),
            ("已退回", counts.get("refused", 0), "refused"),
            ("已隔离", counts.get("quarantined", 0), "quarantined"),
            ("一天内完成", Job.objects.filter(state=Job.State.DONE, finished_at__gte=started).count(), "done"),
        ],
        "open_jobs": [_line(job) for job in Job.objects.filter(state__in=OPEN_JOBS).order_by("pk")[:ROWS_SHOWN]],
        "set_aside": [_line(job) for job in Job.objects.filter(state__in=SET_ASIDE).order_by("-pk")[:ROWS_SHOWN]],
        "late": [
            (case, item_of(case).name, left)
            for case in Case.objects.select_related("project")
            .filter(due_on__isnull=False, decided_at=None)
            .order_by("due_on")[:ROWS_SHOWN]
            if (left := days_left(case, today)) is not None and left <= SOON_DAYS
        ],
    }
    month = timezone.now() - dt.timedelta(days=FIGURES_DAYS)
    context |= {"instant": instant_figures(month, today), "clock": clock_state(timezone.now())}
    return render(request, template, context | supervision(today))


def clock_state(now: dt.datetime) -> dict[str, int]:
    """Whether the server's clock stands behind the newest entry of the log (minutes), and recent entries that did."""
    recent = Event.objects.exclude(behind=0).filter(happened_at__gte=now - dt.timedelta(days=LATE_DAYS))
    return {"behind": seconds_behind(now) // 60, "late": recent.count()}


def _line(job: Job) -> tuple[Job, str, str, str]:
    return job, JOB_NAMES.get(job.kind, job.kind), *refusal_words(job.error)
