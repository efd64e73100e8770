"""The queue of record: writing jobs down, claiming them under a lease, closing them, and finding the forgotten ones.

Any broker is safe under these rules. A job is written in the transaction of the fact that causes it and sent after
commit; a worker claims the row before it does anything and writes its results in the transaction that closes the row,
which only succeeds while the lease is still its own. A worker that is killed therefore loses nothing and does nothing
twice.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from workers.app import QueueNames, app
from workers.models import Job

# After three tries it is the document, not the machine.
MAX_ATTEMPTS = 3
# A message not picked up by now is sent again, each time after twice as long.
RESEND_AFTER = dt.timedelta(seconds=10)
MAX_RESEND_DOUBLINGS = 6
# How long to wait before trying again when something outside is down; the row says so on the board meanwhile.
WAIT_WHEN_UNAVAILABLE = dt.timedelta(seconds=5)


class LostLeaseError(Exception):
    """The job was given to another worker while this one was at it; its results are dropped."""


def owner_name() -> str:
    """Who this process is, as written into a claimed row."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def enqueue(kind: str, *, case: str = "", **arguments: str | int) -> Job:
    """Write the job beside the fact that causes it, and have it sent when the transaction commits.

    Asking for the same work on the same input again returns the row there is; one that was skipped, because the thing
    was not in the state for it then, gets another chance.
    """
    digest = hashlib.sha256(json.dumps([kind, arguments], sort_keys=True).encode()).hexdigest()
    job, created = Job.objects.get_or_create(
        kind=kind,
        input_digest=digest,
        defaults={"arguments": arguments, "case_number": case, "created_at": timezone.now()},
    )
    again = Job.objects.filter(pk=job.pk, state=Job.State.SKIPPED)
    if created or again.update(state=Job.State.QUEUED, attempt=0, not_before=None, finished_at=None, error=None):
        transaction.on_commit(lambda: send(job.pk))
    return job


def again(job: Job) -> bool:
    """Give a job that ended without its work being done another chance; whether it got one."""
    ended = (Job.State.DONE, Job.State.SKIPPED, Job.State.REFUSED, Job.State.QUARANTINED)
    taken = Job.objects.filter(pk=job.pk, state__in=ended).update(
        state=Job.State.QUEUED, attempt=0, not_before=None, finished_at=None
    )
    if taken:
        transaction.on_commit(lambda: send(job.pk))
    return bool(taken)


def send(pk: int) -> None:
    """Tell the broker; a broker that is down is no failure, since the sweeper sends again."""
    Job.objects.filter(pk=pk).update(sent_at=timezone.now(), sends=F("sends") + 1)
    kind = Job.objects.values_list("kind", flat=True).get(pk=pk)
    with contextlib.suppress(OperationalError, OSError):
        app.send_task("workers.run_job", (pk,), queue=QueueNames.of(kind))


def claim(pk: int) -> Job | None:
    """Take the job for this worker, or None when it is done, waits, or is another's."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
    abandoned = Q(state=Job.State.RUNNING, lease_until__lt=now, attempt__lt=MAX_ATTEMPTS)
    taken = (
        Job.objects.filter(pk=pk)
        .filter(free | abandoned)
        .update(state=Job.State.RUNNING, owner=owner_name(), lease_until=_lease_end(), attempt=F("attempt") + 1)
    )
    return Job.objects.get(pk=pk) if taken else None


def close(job: Job, state: Job.State, error: dict[str, Any] | None = None) -> None:
    """End the job; call it in the transaction that writes the results. Raises LostLeaseError if it is not ours."""
    closed = _mine(job).update(state=state, finished_at=timezone.now(), lease_until=None, error=error)
    if not closed:
        raise LostLeaseError(f"{job} was taken over")


def put_back(job: Job, error: dict[str, Any], *, wait: dt.timedelta, counts: bool) -> None:
    """Queue the job again. Something outside being down (`counts` false) does not use up an attempt."""
    attempt = job.attempt if counts else job.attempt - 1
    with transaction.atomic():
        again = _mine(job).update(
            state=Job.State.QUEUED, lease_until=None, attempt=attempt, not_before=timezone.now() + wait, error=error
        )
        if not again:
            raise LostLeaseError(f"{job} was taken over")


@contextlib.contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Renew the lease from a thread while the body runs, three times in its span."""
    stop = threading.Event()

    def renew() -> None:
        try:
            while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
                try:
                    _mine(job).update(lease_until=_lease_end())
                except DatabaseError:  # busy or gone for a moment: the lease leaves time to try again, connected anew
                    connection.close()
        finally:
            connection.close()  # this thread's own

    thread = threading.Thread(target=renew, name=f"lease of {job}", daemon=True)
    owner = job.owner
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        job.owner = owner


def sweep() -> dict[str, int]:
    """Send again what was never picked up or whose worker fell silent; return how many of each.

    A job whose third worker fell silent too is not sent again: `quarantine` in the pipeline ends it.
    """
    now = timezone.now()
    counts = {"resent": 0, "abandoned": 0}
    for job in Job.objects.filter(state=Job.State.QUEUED).exclude(not_before__gt=now):
        patience = RESEND_AFTER * 2 ** min(job.sends, MAX_RESEND_DOUBLINGS) / 2
        if job.sent_at is None or job.sent_at + patience < now or job.not_before is not None:
            Job.objects.filter(pk=job.pk).update(not_before=None)
            send(job.pk)
            counts["resent"] += 1
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now, attempt__lt=MAX_ATTEMPTS):
        send(job.pk)
        counts["abandoned"] += 1
    return counts


def worn_out() -> list[Job]:
    """Jobs whose last permitted worker fell silent."""
    return list(Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=timezone.now(), attempt__gte=MAX_ATTEMPTS))


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, owner=job.owner, attempt=job.attempt)


def _lease_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
