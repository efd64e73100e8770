"""Parallel cases with documents that need no reading: for the tests of filing, order and forms."""

import io
from typing import Any

from django.utils import timezone

import ingest
from ingest import Case, ParallelCase, SortedDocument, Upload
from ocr import FieldValue
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS
from tests.workers.steps import account
from workers import Job, open_parallel, zones
from workers.reading import request_checks
from workers.tasks import run_job

BOX = ((10.0, 10.0), (90.0, 10.0), (90.0, 30.0), (10.0, 30.0))
ITEMS = ("S1-01", "S1-07")
"""Two items of one stage whose lists overlap, and of which the second rests on the first."""


def opened(*items: str, **facts: Any) -> ParallelCase:
    """A parallel case of the demonstration's project."""
    return open_parallel(
        items or ITEMS,
        project_code=PROJECT_CODE,
        project_name=PROJECT,
        works_name=WORKS["1号厂房"].name,
        applicant_name=BUILDER_OWNER.name,
        applicant_uscc=BUILDER_OWNER.code,
        by=account("clerk"),
        **facts,
    )


def case_of(parallel: ParallelCase, item: str) -> Case:
    return parallel.cases.get(item_code=item)


def received(case: Case, name: str) -> Upload:
    """A file on the counter, with bytes of its own."""
    digests = zones.keep_as_received(io.BytesIO(b"%PDF-1.7\n% " + name.encode() + b"\n%%EOF\n"))
    upload = ingest.receive(case, name, digests, by=account("clerk"), now=timezone.now())
    upload.page_count, upload.media_type = 1, "application/pdf"
    upload.save()
    return upload


def filed(case: Case, kind: str, name: str = "", **fields: str) -> Upload:
    """A file that was read as one document of that type, with these fields."""
    upload = received(case, name or f"{kind}.pdf")
    values = {field: FieldValue(value, 1, BOX, 0.95, "right") for field, value in fields.items()}
    ingest.file_documents(upload, [SortedDocument((1,), kind, 0.9, "test", values, (), ())], now=timezone.now())
    request_checks(case)
    return upload


def checked(parallel: ParallelCase) -> dict[str, dict[str, str]]:
    """Run the checks that are queued; the states by item and entry."""
    for job in Job.objects.filter(state=Job.State.QUEUED, kind="check").order_by("pk"):
        run_job(job.pk)
    cases = parallel.cases.order_by("item_code")
    assert all(case.report_revision == case.revision for case in cases)
    return {
        case.item_code: {row["material"]: row["state"] for row in (case.report or {})["requirements"]} for case in cases
    }
