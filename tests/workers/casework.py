"""A case with its report, as the window leaves it: for tests of what may be done with it next."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from signing import Certificate, ask_approvals, draft_certificate, seal_for, seals_beside
from tests.portal import factories
from workers import Job, accept, promise
from workers.jobs import enqueue
from workers.tasks import run_job

# A Monday, and no holiday near.
MONDAY = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


def reported(case: ingest.Case, verdict: str = "complete", **rows: dict[str, Any]) -> ingest.Case:
    """The case with a report that is of now."""
    case.refresh_from_db()
    case.report, case.report_revision = factories.report(verdict, **rows), case.revision
    case.save()
    return case


def opened(**rows: dict[str, Any]) -> ingest.Case:
    """A new case whose letter of attorney is missing."""
    return reported(factories.case(factories.user()), "gap", **({"M_SQWT": {"state": "gap"}} | rows))


def accepted(entry: str = "M-SQWT", *, on_expiry: str = "") -> tuple[ingest.Case, ingest.Promise]:
    """Accepted on the word that one entry comes later; `on_expiry` in place of what the list says follows."""
    case = opened()
    given = promise(case, entry, by=case.opened_by, reason="公章外借")
    if on_expiry:
        given.on_expiry = on_expiry
        given.save()
    reported(case, "complete", **{entry.replace("-", "_"): {"state": "promised"}})
    accept(case, by=case.opened_by)
    case.refresh_from_db()
    return case, given


@transaction.atomic
def drafted(case: ingest.Case, data: Mapping[str, Any]) -> Certificate:
    """The certificate of a case that was decided, with these lines, which a worker is to render."""
    made = draft_certificate(
        ingest.item_of(case).outputs[0],
        seal_for(case.item_code),
        case_number=case.number,
        region="990101",
        holder_name=case.applicant_name,
        holder_uscc=case.applicant_uscc,
        data=data,
        issued_on=timezone.localdate(),
    )
    ask_approvals(made, seals_beside(case.item_code))
    enqueue("render", case=case.number, certificate=made.pk)
    return made


def handed_in(case: ingest.Case, entry: str = "M-SQWT") -> ingest.MaterialUse:
    """The material that was missing comes, and the list is met."""
    upload = factories.upload(case, f"{entry}.jpg")
    use = ingest.MaterialUse.objects.create(
        case=case, entry=entry, how="uploaded", material=factories.material(upload, entry), used_at=factories.NOW
    )
    report(case, entry, f"material:{use.material_id}")
    return use


def report(case: ingest.Case, entry: str, ref: str = "") -> None:
    """Let the check find the entry met by that document, or by none."""
    from ingest.report import Evidence, Report, RequirementReport
    from workers import reading

    case.refresh_from_db()
    files = (Evidence(entry, (1,), "", 1.0, ref, {}, ()),) if ref else ()
    row = RequirementReport(entry, entry, "satisfied" if ref else "missing", files, ())
    found = Report(case.item_code, 1, "complete" if ref else "incomplete", (row,), (), ())
    reading.record_report({"case_id": case.pk, "revision": case.revision}, found)


def run(kind: str) -> None:
    """Run what is queued of a kind."""
    for job in Job.objects.filter(kind=kind, state=Job.State.QUEUED).order_by("pk"):
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error


def kinds(case: ingest.Case) -> list[str]:
    """What the log says happened to the case, in order."""
    from archive import Event

    return list(Event.objects.filter(case_number=case.number).order_by("pk").values_list("kind", flat=True))
