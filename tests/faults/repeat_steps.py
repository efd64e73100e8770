"""Steps of a case in which what is archived comes again, as `tests.faults.steps` has them for the first: `STEP …`."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402
from PIL import Image  # noqa: E402

from archive import Event, HeldMaterial  # noqa: E402
from ingest import Case  # noqa: E402
from samples import make_project_pile  # noqa: E402
from tests.faults.steps import faults_of_case  # noqa: E402
from tests.portal import factories  # noqa: E402
from tests.workers.steps import account, hand_in, opened_case  # noqa: E402
from workers import Job, Repeat, add_files, asked_of, take_earlier, withdraw_upload  # noqa: E402

LICENCE, LETTER, RESCAN = "营业执照.png", "授权委托书.jpg", "执照再扫.jpg"
TURNED = 0.6
"""Degrees by which the paper lies askew in the other scanner."""


def first(folder: str) -> str:
    """A case with a licence and a letter on the counter."""
    pile = make_project_pile(Path(folder), seed=1)
    case = opened_case(pile)
    hand_in(case, pile, "first", only={LICENCE, LETTER})
    return case.number


def keep() -> str:
    """The letter is taken back, and the licence is archived: as a row, for how it got there is another test's."""
    case = Case.objects.get()
    withdraw_upload(case.uploads.get(file_name=LETTER), by=account("clerk"))
    licence = case.uploads.get(file_name=LICENCE)
    document = licence.materials.get()
    Case.objects.filter(pk=case.pk).update(state=Case.State.ARCHIVED)
    HeldMaterial.objects.create(
        package=factories.package(case),
        type=document.type,
        name=document.type,
        subject_kind="company",
        subject=case.applicant_uscc,
        sha256=licence.sha256,
        sm3=licence.sm3,
        size=licence.size,
        media_type=licence.media_type,
        pages=document.pages,
        fields=document.fields,
        held_since=factories.NOW,
    )
    return case.number


def again(folder: str) -> str:
    """A second case of the project: its licence scanned anew, the archived one as it was, and a file known before.

    That file was taken back in its time, so nothing stands on it; its pages are taken over all the same.
    """
    pile = make_project_pile(Path(folder), seed=1)
    case = opened_case(pile)
    there = {file.path.name: file.path for file in pile.batch("first")}
    add_files(case, [(RESCAN, io.BytesIO(rescanned(there[LICENCE])))], by=account("clerk"))
    for name in (LICENCE, LETTER):
        add_files(case, [(name, io.BytesIO(there[name].read_bytes()))], by=account("clerk"))
    return case.number


def rescanned(picture: Path) -> bytes:
    """The same paper under another scanner."""
    out = io.BytesIO()
    with Image.open(picture) as page:
        turned = page.convert("RGB").rotate(TURNED, Image.Resampling.BICUBIC, fillcolor="white")
        turned.save(out, "JPEG", quality=80)
    return out.getvalue()


def take() -> str:
    """The clerk says of each that is asked about that it is the same."""
    case = Case.objects.get(state="open")
    for row in asked_of(case):
        take_earlier(row, by=account("clerk"))
    return case.number


def facts() -> dict[str, Any]:
    """What is there; `faults` is what must never be."""
    case = Case.objects.get(state="open")
    rows = Repeat.objects.filter(case=case)
    return {
        "uploads": {one.file_name: one.state for one in case.uploads.all()},
        "unread": case.uploads.filter(pages__reading__isnull=True, pages__isnull=False).count(),
        "repeats": sorted([row.upload.file_name, row.state, bool(row.held)] for row in rows),
        "licences": [use.how for use in case.uses.filter(entry="M-YYZZ", withdrawn_at=None)],
        "jobs": dict(Job.objects.filter(case_number=case.number).values_list("state").annotate(Count("pk"))),
        "faults": faults_of_case(case) + said_twice(case),
    }


def said_twice(case: Case) -> list[str]:
    """What was proposed, told or caught more than once, and what of the archive was lost or filed anew."""
    found = []
    rows = Repeat.objects.filter(case=case)
    for kind in ("repeat-found", "repeat-told", "repeat-caught"):
        told = [event.details["repeat"] for event in Event.objects.filter(kind=kind)]
        found += [f"{kind} of {row} twice" for row in {one for one in told if told.count(one) > 1}]
        found += [f"{kind} of a row that is gone: {row}" for row in set(told) - {row.pk for row in rows}]
    pairs = rows.values("upload", "pair").annotate(times=Count("pk")).filter(times__gt=1)
    found += [f"proposed twice: {pair}" for pair in pairs]
    licences = HeldMaterial.objects.filter(type="M-YYZZ").count()
    return found if licences == 1 else [*found, f"{licences} licences are held"]


if __name__ == "__main__":
    steps: dict[str, Callable[..., Any]] = {"first": first, "keep": keep, "again": again, "take": take, "facts": facts}
    step = steps[sys.argv[1]]
    sys.stdout.write(json.dumps(step(*sys.argv[2:]), ensure_ascii=False, default=str) + "\n")
