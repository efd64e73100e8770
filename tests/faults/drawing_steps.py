"""Steps of a set of drawings, each in a process of the installation: `python -m tests.faults.drawing_steps STEP …`."""

import io
import json
import sys
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402

from archive import Event, check_log  # noqa: E402
from ingest import Case  # noqa: E402
from ingest.drawings import SetVersion, Sheet, Submission, set_digest  # noqa: E402
from samples import draw_set, set_pdf  # noqa: E402
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS  # noqa: E402
from tests.workers.steps import account  # noqa: E402
from workers import Job, add_files, open_case, refile  # noqa: E402

SHEETS = 12
DRAWINGS = "M-SGT"


def hand_in() -> str:
    """Open a review, and hand in a set of drawings as one file."""
    case = open_case(
        "S3-01",
        project_code=PROJECT_CODE,
        project_name=PROJECT,
        works_name=WORKS["1号厂房"].name,
        applicant_name=BUILDER_OWNER.name,
        applicant_uscc=BUILDER_OWNER.code,
        answers={"sensitive": "否"},
        by=account("clerk"),
    )
    add_files(case, [("施工图.pdf", io.BytesIO(set_pdf(draw_set(7, count=SHEETS))))], by=account("clerk"))
    return case.number


def file() -> int:
    """The clerk says what the file is where the recogniser does not; its sheets are asked for."""
    upload = Case.objects.get().uploads.get()
    for material in upload.materials.filter(withdrawn_at=None).exclude(type=DRAWINGS):
        refile(material, DRAWINGS, by=account("clerk"))
    return Job.objects.filter(kind="sheets").count()


def facts() -> dict[str, Any]:
    """What is in the set; `faults` is what must never be."""
    faults = [f"log: {fault}" for fault in check_log()]
    other = (version for version in SetVersion.objects.all() if version.digest != set_digest(version.facts))
    faults += [f"version {version.number} has another digest than its sheets" for version in other]
    twice = Sheet.objects.filter(taken_out_at=None).values("version", "original", "page").annotate(times=Count("pk"))
    faults += [f"sheet twice: {row}" for row in twice.filter(times__gt=1)]
    return {
        "versions": [(version.number, version.state) for version in SetVersion.objects.all()],
        "pages": sorted(Sheet.objects.filter(taken_out_at=None).values_list("page", flat=True)),
        "submissions": Submission.objects.filter(withdrawn_at=None).count(),
        "entered": Event.objects.filter(kind="drawings-entered").count(),
        "faults": faults,
    }


if __name__ == "__main__":
    step = {"hand_in": hand_in, "file": file, "facts": facts}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(*sys.argv[2:]), ensure_ascii=False, default=str) + "\n")
