"""Entering sheets into a set: they make a version, or add to the one that is still being handed in. In a transaction.

Whatever comes twice changes nothing. A version that was reviewed, or that a case was accepted on, is settled: what
differs from it makes a new one, which keeps the sheets that were not replaced.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from ingest.drawings.content import replaces, set_digest, within
from ingest.drawings.kinds import is_review
from ingest.drawings.models import ROOM, DrawingSet, SameSheet, SetVersion, Sheet, SheetCorrection, Submission
from ingest.drawings.states import Kind, State, latest, review, submit, withdraw
from ingest.items import item_of
from ingest.models import Case, Upload

LIVE = (State.SUBMITTED, State.AS_BUILT)
COPIED = (
    "upload", "original", "page", "picture_sha256", "number", "key", "title", "discipline", "revision", "date",
    "review_seal", "project_name", "scores", "boxes", "listed",
)  # fmt: skip
"""What a sheet takes along when a later version keeps it."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as it was read from a page, before it belongs to any version."""

    page: int
    picture: str
    values: dict[str, str]
    scores: dict[str, float]
    boxes: dict[str, Any]
    listed: tuple[dict[str, Any], ...] = ()


def set_of(case: Case, *, lock: bool = False) -> DrawingSet | None:
    """The set of the works that the case is about, if there is one; locked for this transaction if asked."""
    rows = DrawingSet.objects.select_for_update() if lock else DrawingSet.objects
    return rows.filter(project=case.project_id, works=case.works_id).first()


def current_reviewed(project: Any, works: Any | None) -> SetVersion | None:
    """The current approved version (当前有效图纸) of a works, None before the first review."""
    return SetVersion.objects.filter(set__project=project, set__works=works, state=State.REVIEWED).first()


def presented(case: Case, kind: Kind) -> SetVersion | None:
    """The newest version that was handed in with the case, or with one beside it; None where it brought no drawings."""
    handed_in = Submission.objects.filter(case__in=case.beside, withdrawn_at=None)
    rows = SetVersion.objects.filter(pk__in=handed_in.values("version"), kind=kind).exclude(state=State.WITHDRAWN)
    return rows.order_by("-number").first()


def enter(upload: Upload, kind: Kind, sheets: Sequence[ReadSheet], *, now: dt.datetime) -> SetVersion | None:
    """Put the sheets of a file into the set of its works; the version that they are of, None for no sheets.

    Sheets of the file that are no longer among them are taken out first. A person's corrections of the same picture
    hold for the new row. Asked again, it finds everything there.
    """
    case = upload.case
    DrawingSet.objects.get_or_create(project=case.project, works=case.works)
    drawings = DrawingSet.objects.select_for_update().get(project=case.project, works=case.works)
    take_out(drawings, upload, now=now, keep={sheet.page for sheet in sheets}, kind=kind)
    rows = [_row(drawings, upload, sheet) for sheet in sheets]
    brought = [row.facts for row in rows]
    if not rows:
        return None
    for standing in _standing(drawings, kind):
        if within(brought, standing.facts):
            return _submitted(standing, upload, now)
    before = _goes_on_from(drawings, case, kind)
    if before and _still_open(before, upload) and not replaces(brought, before.facts):
        version = before
        there = {facts.key for facts in before.facts}
        rows = [row for row in rows if row.key not in there]
    else:
        version = _begin(drawings, kind, case, now)
        if before:
            _carry(before, version, replaced={row.key for row in rows})
    for row in rows:
        row.version = version
    Sheet.objects.bulk_create(rows)
    _note_digest(version)
    return _submitted(version, upload, now)


def _submitted(version: SetVersion, upload: Upload, now: dt.datetime) -> SetVersion:
    Submission.objects.get_or_create(
        version=version, case=upload.case, upload=upload.number, withdrawn_at=None, defaults={"at": now}
    )
    return version


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
    rows = Sheet.objects.filter(
        version__set=drawings, upload=upload.number, taken_out_at=None, version__state__in=LIVE
    ).exclude(page__in=keep)
    submissions = Submission.objects.filter(version__set=drawings, upload=upload.number, withdrawn_at=None)
    if kind:
        rows, submissions = rows.filter(version__kind=kind), submissions.filter(version__kind=kind)
    if not keep:
        for submission in submissions:
            submission.withdrawn_at = now
            submission.save(update_fields=["withdrawn_at"])
    touched = SetVersion.objects.filter(pk__in=list(rows.values_list("version", flat=True)))
    changed = [version for version in touched if not version.uses.exists()]
    for version in changed:
        for row in rows.filter(version=version):
            row.taken_out_at = now
            row.save(update_fields=["taken_out_at"])
        if version.present.filter(carried=False).exists():
            _note_digest(version)
        else:
            step(drawings, withdraw(drawings.chain, version.number))
    return changed


def approve(version: SetVersion, result: dict[str, Any], *, now: dt.datetime) -> SetVersion:
    """Let the pointer move to a version, on the result of a review.

    Raises:
        StepError: the version does not wait for its review, or a newer one was reviewed.
    """
    drawings = DrawingSet.objects.select_for_update().get(pk=version.set_id)
    step(drawings, review(drawings.chain, version.number))
    version.refresh_from_db()
    version.review, version.reviewed_at = result, now
    version.save(update_fields=["review", "reviewed_at"])
    return version


def step(drawings: DrawingSet, chain: Sequence[Any]) -> None:
    """Write down the states of a chain, the pointer last: there is never a moment with two of them."""
    wanted = {link.number: link.state for link in chain}
    rows = [row for row in drawings.versions.order_by("number") if row.state != wanted[row.number]]
    for row in sorted(rows, key=lambda one: wanted[one.number] == State.REVIEWED):
        row.state = wanted[row.number]
        row.save(update_fields=["state"])


def confirmed_pairs(drawings: DrawingSet) -> frozenset[tuple[str, str]]:
    """Pairs of pictures that a person found to show the same."""
    rows = SameSheet.objects.filter(set=drawings, undone_at=None)
    return frozenset(rows.values_list("before", "after"))


def _standing(drawings: DrawingSet, kind: Kind) -> list[SetVersion]:
    """The versions that something handed in may be the same as: the newest of its line, and the approved one."""
    newest = _latest(drawings, kind)
    reviewed = drawings.versions.filter(state=State.REVIEWED, kind=kind)
    return [*([newest] if newest else []), *reviewed]


def _goes_on_from(drawings: DrawingSet, case: Case, kind: Kind) -> SetVersion | None:
    """The version whose sheets stay where none is handed in instead of them.

    A review goes on from the newest, which it is to replace. A case that rests on a review goes on from what it has
    handed in itself, else from the approved version: what another case has under review is not its own, and the clerk
    could not take it out.
    """
    newest = _latest(drawings, kind)
    if kind != Kind.DESIGN or is_review(item_of(case)):
        return newest
    own = presented(case, kind)
    if own and own.state == State.SUBMITTED:
        return own
    return current_reviewed(drawings.project_id, drawings.works_id) or newest


def _latest(drawings: DrawingSet, kind: Kind) -> SetVersion | None:
    link = latest(drawings.chain, kind)
    return drawings.versions.get(number=link.number) if link else None


def _still_open(version: SetVersion, upload: Upload) -> bool:
    """Whether the file may add to the version: handed in beside it, and nobody accepted, decided or reviewed it yet."""
    beside = upload.case.beside.filter(pk=version.case_id).exists()
    return beside and version.state in LIVE and not version.uses.exists()


def _begin(drawings: DrawingSet, kind: Kind, case: Case, now: dt.datetime) -> SetVersion:
    chain = submit(drawings.chain, kind)
    step(drawings, chain[:-1])
    link = chain[-1]
    return SetVersion.objects.create(
        set=drawings,
        number=link.number,
        kind=link.kind,
        state=link.state,
        supersedes=link.supersedes,
        case=case,
        begun_at=now,
    )


def _carry(before: SetVersion, version: SetVersion, *, replaced: set[str]) -> None:
    kept = [row for row in before.present if row.key not in replaced]
    Sheet.objects.bulk_create(
        Sheet(version=version, carried=True, **{name: getattr(row, name) for name in COPIED}) for row in kept
    )


def _row(drawings: DrawingSet, upload: Upload, sheet: ReadSheet) -> Sheet:
    row = Sheet(
        upload=upload.number,
        original=upload.sha256,
        page=sheet.page,
        picture_sha256=sheet.picture,
        scores=sheet.scores,
        boxes=sheet.boxes,
        listed=list(sheet.listed),
    )
    for name, room in ROOM.items():
        setattr(row, name, sheet.values.get(name, "")[:room])
    same = Sheet.objects.filter(version__set=drawings, picture_sha256=sheet.picture, corrections__undone_at=None)
    for corrected in same.filter(corrections__isnull=False).order_by("-pk")[:1]:
        for correction in corrected.corrections.filter(undone_at=None):
            setattr(row, correction.field, correction.after)
    row.key = row.facts.key
    return row


def _note_digest(version: SetVersion) -> None:
    version.digest = set_digest(version.facts)
    version.save(update_fields=["digest"])


def follow_number(sheet: Sheet, *, now: dt.datetime) -> None:
    """The number of a sheet changed: a carried sheet that bears the same goes, as if it had been read so at once.

    One that went for a number which the sheet no longer bears comes back. What is settled stays as it was.
    """
    pages = sheets_beside(sheet)
    corrected = set(SheetCorrection.objects.filter(sheet__in=pages, field="number").values_list("at", flat=True))
    for version in SetVersion.objects.filter(sheets__in=pages, state__in=LIVE, uses=None).distinct():
        own = set(version.present.filter(carried=False).values_list("key", flat=True))
        for row in version.sheets.filter(carried=True):
            there = row.taken_out_at is None
            if there if row.key in own else row.taken_out_at in corrected:
                row.taken_out_at = now if there else None
                row.save(update_fields=["taken_out_at"])
        _note_digest(version)


def sheets_beside(sheet: Sheet) -> Any:
    """The rows of the same page of the same set, in whichever version: what is put right on one is right on all."""
    return Sheet.objects.filter(
        Q(picture_sha256=sheet.picture_sha256), version__set=sheet.version.set_id, original=sheet.original,
        page=sheet.page,
    )  # fmt: skip
