"""审计: everything that must be in the archive is read, and whatever is not as it should be is named with its place.

Three questions, and each is asked whole: are the bytes those of their digests (fixity), are database, log and signed
heads one (reconciliation), and would a rebuild give the database that is in use (comparison). An audit changes nothing
and heals nothing; the scheduled checks do.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Literal

from django.utils import timezone

import archive
from archive import LogKey, append_event
from workers import zones
from workers.exporting import log_public_key
from workers.rebuilding import compare_database

AuditProgress = Callable[[str, int], None]
"""Told what is being read, and how many of it were."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class AuditFinding:
    """One thing that is not as it should be. `check`: fixity, log or comparison; `where`: key, entry or row."""

    check: Literal["fixity", "log", "comparison"]
    where: str
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class AuditReport:
    """What was read, and what was found."""

    at: dt.datetime
    objects: int
    entries: int
    packages: int
    findings: tuple[AuditFinding, ...]


def audit_archive(on_progress: AuditProgress = lambda *_: None) -> AuditReport:
    """Read all objects, the whole log and every row, and name what differs; the log is told how many.

    Raises:
        Unavailable: the store cannot be reached: that is no result.
    """
    store, key, now = zones.archive_site(), LogKey.parse(log_public_key()), timezone.now()
    objects, findings = _damaged_objects(store, on_progress)
    run = archive.reconcile(store, key)
    on_progress("日志", run.end)
    for fault in (*run.faults, *archive.object_faults(store, key, run.size)):
        findings.append(AuditFinding("log", f"{fault.place} {fault.where}", fault.what))
    for difference in compare_database(on_progress=on_progress):
        findings.append(AuditFinding("comparison", difference.where, difference.what))
    packages = archive.Package.objects.exclude(stored_at=None).count()
    details = {"objects": objects, "entries": run.end, "packages": packages, "findings": len(findings)}
    append_event("archive-audited", details=details, now=timezone.now())
    return AuditReport(now, objects, run.end, packages, tuple(sorted(set(findings))))


def _damaged_objects(store: archive.ObjectStore, on_progress: AuditProgress) -> tuple[int, list[AuditFinding]]:
    findings, total = [], 0
    for row in archive.KeptObject.objects.order_by("pk").iterator():
        total += 1
        state, fault = archive.examine(store, row.sha256)
        if state != archive.KeptObject.State.SOUND:
            findings.append(AuditFinding("fixity", archive.object_key(row.sha256), f"{state.label}: {fault}"))
        on_progress("对象", total)
    return total, findings
