"""Entering sheets into a set: they make a version, or add to the one that is still being handed in. In a transaction.

Whatever comes twice changes nothing. A version that was reviewed, or that a case was accepted on, is settled: what
differs from it makes a new one, which keeps the sheets that were not replaced.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from ingest.drawings.content import replaces, within
from ingest.drawings.kinds import is_review, kinds_of_types
from ingest.drawings.models import ROOM, DrawingSet, SameSheet, SetVersion, Sheet, SheetCorrection, Submission
from ingest.drawings.states import Kind, State, review, submit
from ingest.drawings.taking_out import note_digest, note_submission, put_back, step, take_out
from ingest.items import item_of
from ingest.models import Case, Material, Page, Upload

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
    """The newest version that was handed in with the case, or with one beside it; None where it brought no drawings.

    As-built drawings that the case takes from the archive instead are of the version that they were handed in with.
    """
    handed_in = Submission.objects.filter(case__in=case.beside, withdrawn_at=None)
    rows = SetVersion.objects.filter(kind=kind).exclude(state=State.WITHDRAWN).order_by("-number")
    found = rows.filter(pk__in=handed_in.values("version")).first()
    if found is None and kind == Kind.AS_BUILT:
        found = rows.filter(pk__in=_taken_from_archive(case).filter(carried=False).values("version")).first()
    return found


def _taken_from_archive(case: Case) -> "QuerySet[Sheet]":
    """The sheets of its set in the files that the case takes from the archive, however it came to use them."""
    held = case.uses.filter(withdrawn_at=None, held__type__in=kinds_of_types()).values("held__sha256")
    of_set = {"version__set__project": case.project_id, "version__set__works": case.works_id}
    return Sheet.objects.filter(**of_set, original__in=held, taken_out_at=None).select_related("version")


def brought(case: Case) -> list[Sheet]:
    """The design sheets that the files of a case show, handed in or taken from the archive, in whichever version.

    None is passed over because a later file of the case is of another version; a page that was filed as something else
    is no drawing any more.
    """
    there = Submission.objects.filter(case__in=case.beside, withdrawn_at=None, version__kind=Kind.DESIGN)
    found = list(_taken_from_archive(case).filter(version__kind=Kind.DESIGN).exclude(version__state=State.WITHDRAWN))
    for one in there.exclude(version__state=State.WITHDRAWN).select_related("version"):
        filed = Material.objects.filter(upload__number=one.upload, withdrawn_at=None).exclude(type__in=kinds_of_types())
        elsewhere = {page for material in filed for page in material.pages}
        pages = Page.objects.filter(upload__number=one.upload).exclude(number__in=elsewhere)
        own = Q(upload=one.upload) & ~Q(page__in=elsewhere)
        found += one.version.present.filter(own | Q(picture_sha256__in=pages.values("picture_sha256")))
    return found


def enter(upload: Upload, kind: Kind, sheets: Sequence[ReadSheet], *, now: dt.datetime) -> SetVersion | None:
    """Put the sheets of a file into the set of its works; the version that they are of, None for no sheets.

    Sheets of the file that are no longer among them are taken out first. A person's corrections of the same picture
    hold for the new row. Asked again, it finds everything there, also where a later file took the place of a sheet;
    what was taken out with the file stands again where it stood.
    """
    case = upload.case
    DrawingSet.objects.get_or_create(project=case.project, works=case.works)
    drawings = DrawingSet.objects.select_for_update().get(project=case.project, works=case.works)
    take_out(drawings, upload, now=now, keep={sheet.page for sheet in sheets}, kind=kind)
    if not sheets:
        return None
    rows = [_row(drawings, upload, sheet) for sheet in sheets]
    put_back(drawings, upload, rows, now=now, kind=kind)
    entered = _entered(upload, kind)
    already = [facts for version in entered for facts in version.facts]
    rows = [row for row in rows if not within([row.facts], already)]
    if not rows:
        return entered[-1]
    brought = [row.facts for row in rows]
    for standing in _standing(drawings, case, kind):
        if within(brought, standing.facts):
            return note_submission(standing, upload, now)
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
    note_digest(version)
    return note_submission(version, upload, now)


def _entered(upload: Upload, kind: Kind) -> list[SetVersion]:
    """The versions that the file is of already, oldest first."""
    there = Submission.objects.filter(upload=upload.number, withdrawn_at=None)
    rows = SetVersion.objects.filter(pk__in=there.values("version"), kind=kind).exclude(state=State.WITHDRAWN)
    return list(rows.order_by("number"))


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


def confirmed_pairs(drawings: DrawingSet) -> frozenset[tuple[str, str]]:
    """Pairs of pictures that a person found to show the same, whichever of them was on the left."""
    rows = SameSheet.objects.filter(set=drawings, undone_at=None).values_list("before", "after")
    return frozenset(pair for one, other in rows for pair in ((one, other), (other, one)))


def _standing(drawings: DrawingSet, case: Case, kind: Kind) -> list[SetVersion]:
    """The versions that something handed in may be the same as: the one it goes on from, and the approved one.

    The approved one first, but for a review.
    """
    base = _goes_on_from(drawings, case, kind)
    reviewed = drawings.versions.filter(state=State.REVIEWED, kind=kind).first()
    found = [base, reviewed] if _reviews(case) else [reviewed, base]
    return [version for version in found if version]


def _goes_on_from(drawings: DrawingSet, case: Case, kind: Kind) -> SetVersion | None:
    """The version whose sheets stay where none is handed in instead of them.

    A review goes on from the newest that was approved or handed in to a review, which it is to replace: what a permit
    brought was put before no review, and none approves it unawares. Nothing goes on from what was not accepted
    (不予受理). A case that rests on a review goes on from what it has handed in itself, else from the approved version:
    what another case has under review is not its own, and the clerk could not take it out.
    """
    line = drawings.versions.filter(kind=kind).exclude(state=State.WITHDRAWN).order_by("-number")
    line = line.exclude(~Q(state=State.REVIEWED), case__state=Case.State.REFUSED)
    newest = line.first()
    if kind != Kind.DESIGN:
        return newest
    if _reviews(case):
        return next((one for one in line if one.state == State.REVIEWED or _reviews(one.case)), None)
    own = presented(case, kind)
    if own and own.state == State.SUBMITTED:
        return own
    return current_reviewed(drawings.project_id, drawings.works_id) or newest


def _reviews(case: Case) -> bool:
    """Whether what is handed in with the case is put before a review, its own or that of a case beside it."""
    return any(is_review(item_of(one)) for one in case.beside)


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
    same = {"sheet__version__set": drawings, "sheet__picture_sha256": sheet.picture, "undone_at": None}
    for correction in SheetCorrection.objects.filter(**same).order_by("pk"):
        setattr(row, correction.field, correction.after)
    row.key = row.facts.key
    return row


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
        note_digest(version)


def sheets_beside(sheet: Sheet) -> Any:
    """The rows of the same page of the same set, in whichever version: what is put right on one is right on all."""
    return Sheet.objects.filter(
        Q(picture_sha256=sheet.picture_sha256), version__set=sheet.version.set_id, original=sheet.original,
        page=sheet.page,
    )  # fmt: skip
