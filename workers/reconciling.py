"""Every night the database, the log and the store are held against each other; what differs is told."""

import dataclasses

from django.db import transaction
from django.utils import timezone

import archive
from archive import LogKey, Reconciliation, append_event
from workers import zones
from workers.exporting import log_public_key

RUN_SECONDS = 300.0
"""Half of what a task may take; some hundred thousand entries. A longer log is gone through in several nights."""


def reconcile_log(*, seconds: float = RUN_SECONDS, from_start: bool = False) -> Reconciliation:
    """Compare where the last run stopped, or from the start; write down what came of it, and tell what is new.

    Raises:
        Unavailable: the store cannot be reached now.
    """
    last = Reconciliation.objects.last()
    first = 0 if from_start or last is None or last.whole else last.checked_to
    store, now = zones.archive_site(), timezone.now()
    key = LogKey.parse(log_public_key())
    run = archive.reconcile(store, key, first=first, seconds=seconds)
    faults = [*run.faults, *archive.object_faults(store, key, run.size)] if run.whole else run.faults
    listed = [dataclasses.asdict(fault) for fault in faults]
    with transaction.atomic():
        if listed and (last is None or last.faults != listed):
            told = [f"{fault.place} {fault.where}" for fault in faults[:20]]
            append_event("log-differs", details={"faults": len(listed), "where": told}, now=now)
        return Reconciliation.objects.create(
            at=now, size=run.size, checked_from=run.first, checked_to=run.end, whole=run.whole, faults=listed
        )
