"""A rendered permit of a case, ready for approval, and the queue run step by step: for the tests of seals."""

from typing import Any

import ingest
from portal.roles import Role
from signing import Certificate, Seal
from tests.portal import factories
from tests.signing.conftest import PERMIT
from tests.workers.casework import drafted
from workers import Job, prepare
from workers.tasks import run_job

ITEM = "S3-05"


def rendered() -> Certificate:
    """A construction permit as the officer sees it."""
    prepare()
    case = factories.case(factories.user(Role.CLERK), item_code=ITEM, state="decided")
    made = drafted(case, PERMIT)
    run_once("render")
    made.refresh_from_db()
    return made


def run_once(kind: str) -> Job:
    """Run the newest job of a kind, whatever it ends in."""
    job = Job.objects.filter(kind=kind).latest("pk")
    Job.objects.filter(pk=job.pk).update(not_before=None)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def main_seal() -> Seal:
    """The seal of permits."""
    return Seal.objects.get(label="行政审批专用章")


def error_of(job: Job) -> tuple[Any, Any]:
    """State and code of a job that waits."""
    return job.state, (job.error or {}).get("code")


def case_of(certificate: Certificate) -> ingest.Case:
    """The case it belongs to."""
    return ingest.Case.objects.get(number=certificate.case_number)
