"""What the archivist's board shows: what waits and why and since when, what failed, and how the archive stands."""

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from archive import (
    Event,
    HeadAttestation,
    KeptObject,
    LogHead,
    Package,
    Reconciliation,
    StoreProbe,
    fixity_figures,
)
from archive.inspection import InspectionRecord
from archive.lookup import Retrieval, coverage
from archive.retention import OPEN_STATES, DisposalList, Hold, due_periods
from archive.transfer import Handover
from portal.event_names import JOB_NAMES
from portal.receipts import refusal_words
from workers import ARCHIVE_JOBS, Job, silent_witnesses, store_state, unfiled_cases

ROWS_SHOWN = 50
FAILED = "不合格"
IN_ARCHIVE = (Package.State.STORED, Package.State.LOGGED)
STOPPED = (Job.State.REFUSED, Job.State.QUARANTINED)
UNANSWERED_DAYS = 30
"""A transfer without a receipt for so long is called late: a batch is taken in, or sent back, within a month."""
PROBE_DAYS = 2
"""The lock is tried daily; an older trial means that the schedule stands still."""


@dataclasses.dataclass(frozen=True, slots=True)
class JobLine:
    """A piece of the archive's work that stopped or waits: its name, what it says, and what to do."""

    job: Job
    name: str
    message: str
    remedy: str

    @property
    def since(self) -> dt.datetime:
        """When it stopped, or was asked for."""
        return self.job.finished_at or self.job.created_at


def board_figures() -> dict[str, Any]:
    """Everything of the board, by the names that its template knows."""
    today, now = timezone.localdate(), timezone.now()
    unfiled = unfiled_cases()
    sent = Handover.objects.filter(state=Handover.State.SENT).select_related("partner").order_by("sent_at")
    return {
        "unfiled": unfiled[:ROWS_SHOWN],
        "unfiled_count": len(unfiled),
        "failed": failed_jobs(),
        "waiting_jobs": waiting_jobs(),
        "rates": coverage(len(unfiled)),
        "fixity": fixity_figures(),
        "faulty": KeptObject.objects.exclude(state=KeptObject.State.SOUND).order_by("checked_at")[:ROWS_SHOWN],
        "store": store_figures(now),
        "log": log_figures(),
        "holds": Hold.objects.filter(released_at=None).select_related("set_by")[:ROWS_SHOWN],
        "due": due_periods(today).count(),
        "disposals": DisposalList.objects.filter(state__in=OPEN_STATES).order_by("pk")[:ROWS_SHOWN],
        "unanswered": [(one, (now - one.sent_at).days > UNANSWERED_DAYS) for one in sent if one.sent_at],
        "refused_transfers": Handover.objects.filter(state=Handover.State.REJECTED).select_related("partner"),
        "inspections": inspection_figures(now),
        "copies_waiting": Retrieval.objects.filter(state=Retrieval.State.ASKED).count(),
        "used_today": Retrieval.objects.filter(access__accessed_at__gte=now - dt.timedelta(days=1)).count(),
    }


def failed_jobs() -> list[JobLine]:
    """The archive's work that stopped for good, the newest first."""
    rows = Job.objects.filter(kind__in=ARCHIVE_JOBS, state__in=STOPPED).order_by("-pk")[:ROWS_SHOWN]
    return [_line(job) for job in rows]


def waiting_jobs() -> list[JobLine]:
    """The archive's work that waits for something it names, the oldest first."""
    rows = Job.objects.filter(kind__in=ARCHIVE_JOBS, state__in=Job.UNDER_WAY, error__isnull=False).order_by("pk")
    return [_line(job) for job in rows[:ROWS_SHOWN]]


def store_figures(now: dt.datetime) -> dict[str, Any]:
    """The newest trial of the store's lock, whether it is old, and whether there is a second site."""
    probe = StoreProbe.objects.order_by("-at", "-pk").first()
    return {
        "probe": probe,
        "stale": probe is not None and probe.at < now - dt.timedelta(days=PROBE_DAYS),
        "sites": store_state(),
    }


def inspection_figures(now: dt.datetime) -> dict[str, Any]:
    """Inspections that are due, that are under way, and the packages whose newest one failed."""
    newest = InspectionRecord.objects.filter(package=OuterRef("package"), made_at__isnull=False).order_by("-made_at")
    rows = InspectionRecord.objects.select_related("package")
    failed = rows.filter(verdict=FAILED).filter(pk=Subquery(newest.values("pk")[:1])).order_by("-made_at")
    due = now - dt.timedelta(days=settings.INSPECTION_DAYS)
    waiting = Package.objects.filter(state__in=IN_ARCHIVE).annotate(last=Max("inspections__asked_at"))
    return {
        "due": waiting.filter(Q(last=None) | Q(last__lt=due)).count(),
        "under_way": rows.filter(made_at=None).count(),
        "failed": list(failed[:ROWS_SHOWN]),
    }


def log_figures() -> dict[str, Any]:
    """How far the log is: entries, published ones, events that are not in it yet, and who vouches for its head."""
    head = LogHead.objects.first()
    said = HeadAttestation.objects.order_by("-size", "-at")
    return {
        "size": head.size if head else 0,
        "published": head.published if head else 0,
        "waiting": Event.objects.filter(leaf_index=None).count(),
        "stamp": said.filter(kind=HeadAttestation.Kind.TIMESTAMP).first(),
        "witnesses": said.filter(kind=HeadAttestation.Kind.COSIGNATURE).values("by").distinct().count(),
        "silent": silent_witnesses(timezone.now()),
        "splits": Event.objects.filter(kind="log-split-view").order_by("-pk")[:ROWS_SHOWN],
        "reconciled": Reconciliation.objects.last(),
    }


def _line(job: Job) -> JobLine:
    return JobLine(job, JOB_NAMES.get(job.kind, job.kind), *refusal_words(job.error))
