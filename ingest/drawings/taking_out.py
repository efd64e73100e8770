"""Taking the sheets of a file out of what is not settled, and putting them back where they stood. In a transaction.

A version is settled once a review saw it or superseded it, or a case was accepted on it.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from ingest.drawings.content import set_digest
from ingest.drawings.models import DrawingSet, SetVersion, Sheet, SheetCorrection, Submission
from ingest.drawings.states import Kind, State, StepError, reinstate, unsettled, withdraw
from ingest.models import Upload


def take_out(
    drawings: DrawingSet,
    upload: Upload,
    *,
    now: dt.datetime,
    keep: Collection[int] = (),
    kind: Kind | None = None,
) -> list[SetVersion]:
    """Take the sheets of a file out of what is not settled, except the pages to keep; the versions that changed.

    A version of which nothing of its own is left is withdrawn.
    """
    rows = Sheet.objects.filter(upload=upload.number, taken_out_at=None).exclude(page__in=keep)
    submissions = Submission.objects.filter(version__set=drawings, upload=upload.number, withdrawn_at=None)
    if kind:
        submissions = submissions.filter(version__kind=kind)
    if not keep:
        for submission in submissions:
            submission.withdrawn_at = now
            submission.save(update_fields=["withdrawn_at"])
    changed = []
    for version in _unsettled(drawings, kind):
        gone = list(rows.filter(version=version))
        for row in gone:
            row.taken_out_at = now
            row.save(update_fields=["taken_out_at"])
        if not gone or version.state == State.WITHDRAWN:  # it only forgets what it would bring along if it came back
            continue
        changed.append(version)
        if version.present.filter(carried=False).exists():
            note_digest(version)
        else:
            step(drawings, withdraw(drawings.chain, version.number))
    return changed


def put_back(drawings: DrawingSet, upload: Upload, rows: Sequence[Sheet], *, now: dt.datetime, kind: Kind) -> None:
    """Sheets of a file that were taken out with it, or with a page of it, stand again where they stood.

    So that undoing it loses no order: what came after them stays after them. Where another sheet of the number was
    carried or handed in meanwhile, that one stays.
    """
    brought = {(row.page, row.picture_sha256) for row in rows}
    renumbered = SheetCorrection.objects.filter(sheet__version__set=drawings, field="number").values("at")
    for version in _unsettled(drawings, kind):
        there = set(version.present.values_list("key", flat=True))
        gone = version.sheets.filter(upload=upload.number, taken_out_at__isnull=False)
        back = [
            row
            for row in gone.exclude(taken_out_at__in=renumbered)
            if (row.page, row.picture_sha256) in brought and row.key not in there
        ]
        own = not all(row.carried for row in back)
        try:
            chain = reinstate(drawings.chain, version.number) if own and version.state == State.WITHDRAWN else ()
        except StepError:  # the line went on without it: what comes is entered as something new
            continue
        for row in back:
            row.taken_out_at = None
            row.save(update_fields=["taken_out_at"])
        if back:
            note_digest(version)
        if chain:
            step(drawings, chain)
        if own:
            note_submission(version, upload, now)


def _unsettled(drawings: DrawingSet, kind: Kind | None) -> list[SetVersion]:
    """The versions of a line (or of both) that may still change: no case was accepted on them, no review saw them."""
    chain = drawings.chain
    open_still = [link.number for link in chain if unsettled(chain, link) and link.kind in ([kind] if kind else Kind)]
    return list(drawings.versions.filter(number__in=open_still, uses=None))


def note_submission(version: SetVersion, upload: Upload, now: dt.datetime) -> SetVersion:
    """Note that the file is of the version, once."""
    Submission.objects.get_or_create(
        version=version, case=upload.case, upload=upload.number, withdrawn_at=None, defaults={"at": now}
    )
    return version


def step(drawings: DrawingSet, chain: Sequence[Any]) -> None:
    """Write down the states of a chain, the pointer last: there is never a moment with two of them."""
    wanted = {link.number: link.state for link in chain}
    rows = [row for row in drawings.versions.order_by("number") if row.state != wanted[row.number]]
    for row in sorted(rows, key=lambda one: wanted[one.number] == State.REVIEWED):
        row.state = wanted[row.number]
        row.save(update_fields=["state"])


def note_digest(version: SetVersion) -> None:
    """The sheets of the version changed, and its digest with them."""
    version.digest = set_digest(version.facts)
    version.save(update_fields=["digest"])
