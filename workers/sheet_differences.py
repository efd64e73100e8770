"""The visual difference of two versions of a sheet: computed once by a job, kept under its digest, shown at once after.

It is asked for by whoever looks first. It hangs on the two pictures alone, so it holds for every version that has them.
"""

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
import ocr
from ingest.drawings import Sheet, SheetDifference
from ingest.sheets import Difference, sheet_difference
from workers import zones
from workers.jobs import again, enqueue
from workers.models import Job
from workers.stage import Arguments, NotExpectedError


@transaction.atomic
def difference_of(before: Sheet, after: Sheet) -> SheetDifference | Job:
    """The difference of two sheets, or the job that makes it."""
    pair = {"before": before.picture_sha256, "after": after.picture_sha256}
    found = SheetDifference.objects.filter(**pair).first()
    if found:
        return found
    job = enqueue("sheet-difference", case=after.version.case.number, **pair)
    if job.state == Job.State.DONE and again(job):  # made once, and its working copy was lost since
        job.refresh_from_db()
    return job


def overlay_of(before: Sheet, after: Sheet) -> bytes:
    """The overlay of two sheets as PNG, compared here and now where it was not yet; b"" where they cannot be laid.

    For the command line: nobody waits for a page, and there need be no worker.
    """
    pair = {"before": before.picture_sha256, "after": after.picture_sha256}
    if not SheetDifference.objects.filter(**pair).exists():
        found = make(pair)
        with transaction.atomic():
            record(pair, found)
    kept = SheetDifference.objects.get(**pair).picture_sha256
    return zones.read_derivative(kept) if kept else b""


def make(arguments: Arguments) -> Difference:
    """Lay one picture over the other."""
    if SheetDifference.objects.filter(before=arguments["before"], after=arguments["after"]).exists():
        raise NotExpectedError("the difference is there already")
    old, new = (zones.read_derivative(arguments[name]) for name in ("before", "after"))
    lines = [_lines(arguments[name]) for name in ("before", "after")]
    return sheet_difference(old, new, lines_old=lines[0], lines_new=lines[1])


def record(arguments: Arguments, found: Difference) -> None:
    """Keep it."""
    picture = zones.keep_derivative(found.picture, "image/png").sha256 if found.picture else ""
    SheetDifference.objects.get_or_create(
        before=arguments["before"],
        after=arguments["after"],
        defaults={
            "picture_sha256": picture,
            "registered": found.registered,
            "places": [{"box": list(place.old), "kind": place.kind} for place in found.places],
            "texts": [dataclasses.asdict(text) for text in found.texts],
            "changed": found.changed,
            "made_at": timezone.now(),
        },
    )


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The page shows why from the job's row; both pictures can be looked at all the same."""


def _lines(picture: str) -> tuple[ocr.Line, ...]:
    page = ingest.Page.objects.filter(picture_sha256=picture, reading__isnull=False).first()
    return ocr.from_json(page.reading or {}).lines if page else ()
