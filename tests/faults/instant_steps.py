"""Steps of a filing that is decided by rule, as `tests.faults.steps` has them for a permit: `python -m … STEP`."""

import json
import sys
from typing import Any

import django

django.setup()

from archive import Event, Package, check_log  # noqa: E402
from ingest import Case  # noqa: E402
from signing import Certificate, SealUse  # noqa: E402
from tests.workers import instant_steps as steps  # noqa: E402
from workers import AfterCheck, Job, RuleDecision, accept  # noqa: E402

ONCE = ("case-decided", "certificate-approved", "seal-applied", "certificate-valid", "package-stored")


def hand_in() -> str:
    """Rules released, and a filing ready to be accepted."""
    steps.released()
    return steps.ready().number


def take() -> str:
    """Accept it; everything else follows."""
    case = Case.objects.get()
    accept(case, by=case.opened_by)
    return case.number


def facts() -> dict[str, Any]:
    """What is there, counted; `faults` is what must never be."""
    case = Case.objects.get()
    faults = [f"log: {fault}" for fault in check_log()]
    faults += [f"{kind} twice" for kind in ONCE if Event.objects.filter(kind=kind).count() > 1]
    return {
        "case": case.state,
        "decisions": RuleDecision.objects.count(),
        "certificates": [one.state for one in Certificate.objects.all()],
        "seal uses": SealUse.objects.filter(kind="certificate", result="valid").count(),
        "packages": [one.state for one in Package.objects.all()],
        "draws": AfterCheck.objects.count(),
        "attempts": {job.kind: job.attempt for job in Job.objects.filter(case_number=case.number)},
        "faults": faults,
    }


if __name__ == "__main__":
    step = {"hand_in": hand_in, "take": take, "facts": facts}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(), ensure_ascii=False, default=str) + "\n")
