"""Closed cases that are not in the archive yet: filed by themselves within a set time, and named with why where not.

A case is filed as soon as it closes. What keeps one back ends by itself (a gap is closed, a store comes back) or with
somebody's help; a sweep asks again for what was lost on the way, and tells once of what is late.
"""

import dataclasses
import datetime as dt
import logging
from fractions import Fraction

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import archive
import ingest
from workers import jobs, zones
from workers.closing import closed_at, closed_cases
from workers.groundwork import tell
from workers.keeping import request_package
from workers.models import Job
from workers.nesting import RETRY_FAILED, request_parents
from workers.supplements import IN_ARCHIVE

log = logging.getLogger(__name__)
FILING_JOBS = ("package", "store")
OVERDUE = "filing-overdue"
SCORED_A_ROUND = 200
"""Manifests read in one round: seconds, so that a round ends before the next begins."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unfiled:
    """A closed case that is not archived: since when, until when it should be, and why not (a code, and in words)."""

    case: ingest.Case
    closed_at: dt.datetime
    due_at: dt.datetime
    overdue: bool
    code: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class FilingFigures:
    """Closed cases: how many there are, are filed, are filed with every element that applies, and are late."""

    closed: int
    filed: int
    full: int
    late: int

    @property
    def full_rate(self) -> Fraction | None:
        """全要素归档率: cases with score 1 of all closed ones; None while none is closed."""
        return Fraction(self.full, self.closed) if self.closed else None


def filing_figures() -> FilingFigures:
    """The figures of all cases closed so far. Packages of parallel cases are no cases and do not count."""
    numbers = closed_cases().values("number")
    filed = archive.Package.objects.filter(state__in=IN_ARCHIVE, case_number__in=numbers)
    late = sum(one.overdue for one in unfiled_cases())
    return FilingFigures(closed_cases().count(), filed.count(), filed.filter(full_elements=True).count(), late)


def unfiled_cases(now: dt.datetime | None = None) -> list[Unfiled]:
    """Every closed case whose package is not in the archive, the one that waits longest first.

    Codes: `open-gap`, `notice-unmade`, `failed` (the work ended in an error), `waits` (something outside is down or not
    trusted; `why` says what), `under-way`, and `lost` (nothing is under way: the next sweep asks for it).
    """
    now = now or timezone.now()
    filed = archive.Package.objects.filter(state__in=IN_ARCHIVE).values("case_number")
    waiting = closed_cases().exclude(number__in=filed).select_related("project", "parallel").order_by("pk")
    return sorted((_unfiled(case, now) for case in waiting), key=lambda one: one.closed_at)


def _unfiled(case: ingest.Case, now: dt.datetime) -> Unfiled:
    since = closed_at(case)
    due = since + dt.timedelta(hours=settings.FILING_HOURS)
    code, why = _why(case)
    return Unfiled(case, since, due, now > due, code, why)


def _why(case: ingest.Case) -> tuple[str, str]:
    """Code and sentence of what keeps the case out of the archive."""
    if gap := ingest.why_not_archived(case):
        return "open-gap", gap
    if unmade := case.notices.filter(sha256="").first():
        return "notice-unmade", f"{unmade.get_kind_display()}尚未生成：请核对窗口印章是否可用"
    job = _filing_job(case)
    if job is None or job.state in (Job.State.DONE, Job.State.SKIPPED):
        return "lost", "没有归档任务在办，系统将自动补办"
    said = (job.error or {}).get("message", "")
    if job.state in (Job.State.REFUSED, Job.State.QUARANTINED):
        return "failed", f"归档失败：{said}。系统将再次尝试；仍失败时请联系管理员"
    return ("waits", said) if said else ("under-way", "正在归档")


def _filing_job(case: ingest.Case) -> Job | None:
    """The newest job that files the case."""
    return Job.objects.filter(kind__in=FILING_JOBS, case_number=case.number).order_by("pk").last()


def file_closed() -> int:
    """Ask for what was lost, try again what failed, tell once of what is late; how many were asked for.

    Run by the schedule. Each case for itself: none waits for another's failure.
    """
    asked = 0
    for one in unfiled_cases():
        try:
            asked += _pursue(one)
        except Exception:  # the next sweep tries again; the others shall not wait for this one
            log.exception("case %s could not be filed", one.case.number)
    request_parents()
    _score_older()
    return asked


def _score_older() -> None:
    """Packages that were filed before there was a score get theirs."""
    for package in archive.Package.objects.filter(score={}, state__in=IN_ARCHIVE).order_by("pk")[:SCORED_A_ROUND]:
        try:
            archive.rescore(package, zones.read_anywhere)
        except (archive.StoreError, archive.BadManifest):  # what is damaged is fixity's to tell
            log.warning("package %s cannot be scored", package.archive_number)


@transaction.atomic
def _pursue(one: Unfiled) -> bool:
    case = ingest.Case.objects.select_for_update().get(pk=one.case.pk)
    if one.overdue and not archive.Event.objects.filter(kind=OVERDUE, case_number=case.number).exists():
        tell(OVERDUE, case, None, why=one.code, closed=one.closed_at.isoformat())
    built = archive.Package.objects.filter(case_number=case.number).first()
    job = _filing_job(case)
    if one.code == "lost" and built:
        jobs.enqueue("store", case=case.number, package=built.pk)
        return True
    if one.code == "lost" and job is None:
        request_package(case)
        return True
    rested = job is not None and (job.finished_at or job.created_at) < timezone.now() - RETRY_FAILED
    return job is not None and (one.code == "lost" or (one.code == "failed" and rested)) and jobs.again(job)
