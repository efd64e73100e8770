"""A filing (S1-01) as it is handed in to be decided by rule: released rules, a project, its form, the pledge."""

import itertools
from typing import Any

import ingest
from catalogue import make_uscc
from portal.roles import Role
from signing import Certificate
from tests.portal import factories
from workers import (
    Job,
    accept,
    confirm_release,
    give_pledge,
    open_case,
    prepare,
    propose_release,
    set_form_value,
)
from workers.tasks import run_job

ITEM = "S1-01"
APPLICANT = "江澜晨曦智能装备有限公司"
USCC = make_uscc("91990101MA0CX001")
FORM = {"建设地点": "江澜市新港区望海路8号", "总投资": "5200万元"}
MOST_JOBS = 60
_serial = itertools.count(318264)


def released(**changes: Any) -> Any:
    """The rules let out by two officers; the seal may be used for the item."""
    prepare()
    first, second = factories.user(Role.OFFICER), factories.user(Role.OFFICER)
    release = propose_release(ITEM, by=first, **({"basis": "江审批〔2026〕5号"} | changes))
    return confirm_release(release, by=second)


def project_code() -> str:
    """A code that no project has yet."""
    return f"2611-990101-04-01-{next(_serial):06d}"


def opened(**changes: Any) -> ingest.Case:
    """An open filing, everything answered."""
    facts = {
        "project_code": project_code(),
        "project_name": "智能装备生产基地",
        "works_name": "",
        "applicant_name": APPLICANT,
        "applicant_uscc": USCC,
        "answers": {"sensitive": "否", "delegate": "否"},
        "by": factories.user(Role.CLERK),
    }
    return open_case(ITEM, **(facts | changes))


def ready(*, pledge: bool = True, form: dict[str, str] | None = None, **changes: Any) -> ingest.Case:
    """A filing with its form filled in and the pledge sealed, checked."""
    case = opened(**changes)
    for name, value in (FORM if form is None else form).items():
        set_form_value(case, name, value, by=case.opened_by)
    if pledge:
        give_pledge(case, by=case.opened_by)
    drain()
    case.refresh_from_db()
    return case


def accepted(**changes: Any) -> ingest.Case:
    """Accepted, and whatever follows by itself."""
    case = ready(**changes)
    accept(case, by=case.opened_by)
    drain()
    case.refresh_from_db()
    return case


def drain() -> None:
    """Run what is queued, and what that causes, until nothing is."""
    for _ in range(MOST_JOBS):
        job = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first()
        if job is None:
            return
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state in (Job.State.DONE, Job.State.SKIPPED), f"{job}: {job.error}"
    raise AssertionError("the pipeline does not come to an end")


def certificate_of(case: ingest.Case) -> Certificate:
    """The one certificate of the case."""
    return Certificate.objects.get(case_number=case.number)
