"""What a person puts right on a sheet or finds on two: one transaction each, told in the log, taken back alike."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from archive import append_event
from ingest import drawings
from ingest.drawings import Sheet, SheetCorrection, StepError
from workers.groundwork import NotPossibleError

T = TypeVar("T")


@transaction.atomic
def correct_sheet(sheet: Sheet, field: str, value: str, *, by: Any) -> SheetCorrection | None:
    """Put a value of a title block right; None where it stands there already."""
    now = timezone.now()
    made = _stepped(lambda: drawings.correct_sheet(sheet, field, value.strip(), by=by, now=now))
    if made:
        _tell("sheet-corrected", sheet, by, now, field=field, correction=made.pk)
    return made


@transaction.atomic
def undo_sheet(sheet: Sheet, *, by: Any) -> SheetCorrection:
    """Take the last correction of a sheet back."""
    now = timezone.now()
    undone = _stepped(lambda: drawings.undo_sheet(sheet, now=now))
    _tell("sheet-correction-undone", sheet, by, now, field=undone.field, correction=undone.pk)
    return undone


@transaction.atomic
def find_same(before: Sheet, after: Sheet, *, by: Any) -> None:
    """A person held both pictures against each other: they show the same, and no decision is stopped for them."""
    now = timezone.now()
    _stepped(lambda: drawings.confirm_same(before, after, by=by, now=now))
    _tell("sheets-found-same", after, by, now, before=before.picture_sha256, after=after.picture_sha256)


@transaction.atomic
def unfind_same(before: Sheet, after: Sheet, *, by: Any) -> None:
    """Take that finding back.

    Raises:
        NotPossibleError: `nothing-to-undo`.
    """
    now = timezone.now()
    if not drawings.unconfirm_same(before, after, now=now):
        raise NotPossibleError("nothing-to-undo", "这两张图纸没有“图面相同”的核对结论")
    _tell("sheets-found-same-undone", after, by, now, before=before.picture_sha256, after=after.picture_sha256)


def _stepped(step: Callable[[], T]) -> T:
    try:
        return step()
    except StepError as reason:
        raise NotPossibleError(reason.code, str(reason)) from None


def _tell(kind: str, sheet: Sheet, by: Any, now: Any, **details: Any) -> None:
    append_event(
        kind,
        case_number=sheet.version.case.number,
        actor=by,
        object_sha256=sheet.original,
        details={"set": sheet.version.set_id, "version": sheet.version.number, "sheet": sheet.pk, **details},
        now=now,
    )
