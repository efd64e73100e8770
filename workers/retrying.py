"""Setting work of the archive going again that stopped for good, by a person who put right what was wrong."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from archive import append_event
from workers.groundwork import NotPossibleError
from workers.jobs import send
from workers.models import Job

ARCHIVE_JOBS = ("package", "store", "log", "publish", "follow-up", "supplement", "index", "feed", "renew", "nest")
"""Work whose end leaves nothing half done: the thing is in the state before it, so that it may be done again.

A copy that failed is asked for anew instead; work of other rooms has pages of its own.
"""
STOPPED = (Job.State.REFUSED, Job.State.QUARANTINED)


@transaction.atomic
def try_again(job: Job, *, by: Any) -> None:
    """Queue a stopped job once more, with all its attempts.

    Raises:
        NotPossibleError: `not-stopped` or `not-of-the-archive`.
    """
    if job.kind not in ARCHIVE_JOBS:
        raise NotPossibleError("not-of-the-archive", "这项作业不能在档案室重试，请到它所在的页面办理")
    again = Job.objects.filter(pk=job.pk, state__in=STOPPED).update(
        state=Job.State.QUEUED, attempt=0, not_before=None, finished_at=None, sent_at=None, sends=0
    )
    if not again:
        raise NotPossibleError("not-stopped", "这项作业已在办理或已完成，无需重试")
    append_event("job-retried", case_number=job.case_number, actor=by, details={"job": job.kind}, now=timezone.now())
    transaction.on_commit(lambda: send(job.pk))
