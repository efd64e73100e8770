"""What a person puts right on a sheet, and takes back: on the page itself, so in every version that has it."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from ingest.drawings.models import CORRECTABLE, ROOM, DrawingSet, SameSheet, Sheet, SheetCorrection
from ingest.drawings.registering import follow_number, sheets_beside
from ingest.drawings.states import StepError


def correct_sheet(sheet: Sheet, field: str, value: str, *, by: Any, now: dt.datetime) -> SheetCorrection | None:
    """Put a value of the title block right; None if it said that already.

    The digest of the version stays: it hangs on the bytes. What hangs on the number follows it: a sheet that was kept
    from before and bears the same is replaced by this one (`follow_number`). Call it in a transaction.

    Raises:
        StepError: `field-unknown`, or `value-too-long`.
    """
    if field not in CORRECTABLE:
        raise StepError("field-unknown", f"图签没有“{field}”这一项")
    if len(value) > ROOM[field]:
        raise StepError("value-too-long", f"内容过长，最多 {ROOM[field]} 字")
    _lock(sheet)
    before = getattr(sheet, field)
    if before == value:
        return None
    made = SheetCorrection.objects.create(sheet=sheet, field=field, before=before, after=value, by=by, at=now)
    _write(sheet, field, value, now)
    return made


def undo_sheet(sheet: Sheet, *, now: dt.datetime) -> SheetCorrection:
    """Take the last correction of a sheet back.

    Raises:
        StepError: `nothing-to-undo`.
    """
    _lock(sheet)
    last = sheet.corrections.filter(undone_at=None).last()
    if last is None:
        raise StepError("nothing-to-undo", "这张图纸没有可以撤销的更正")
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    _write(sheet, last.field, last.before, now)
    return last


def confirm_same(before: Sheet, after: Sheet, *, by: Any, now: dt.datetime) -> SameSheet:
    """Note that a person held both pictures against each other and found that they show the same.

    Raises:
        StepError: `other-set`, or `other-sheet`: the two are not one sheet of one set.
    """
    if before.version.set_id != after.version.set_id:
        raise StepError("other-set", "两张图纸不属于同一套图纸")
    if before.key != after.key:
        raise StepError("other-sheet", f"图号不同（{before.number}、{after.number}），不是同一张图纸")
    same = {"set": after.version.set, "before": before.picture_sha256, "after": after.picture_sha256}
    return found_same(before, after).first() or SameSheet.objects.create(**same, by=by, at=now)


def found_same(before: Sheet, after: Sheet) -> "QuerySet[SameSheet]":
    """What persons found of the two pictures, whichever of them was on the left."""
    one, other = before.picture_sha256, after.picture_sha256
    pair = Q(before=one, after=other) | Q(before=other, after=one)
    return SameSheet.objects.filter(pair, set=after.version.set_id, undone_at=None)


def unconfirm_same(before: Sheet, after: Sheet, *, now: dt.datetime) -> bool:
    """Take the finding back; whether there was one."""
    found = list(found_same(before, after))
    for row in found:
        row.undone_at = now
        row.save(update_fields=["undone_at"])
    return bool(found)


def _lock(sheet: Sheet) -> None:
    """Nothing is handed in, approved or decided on between the look at the sheet and what is written."""
    DrawingSet.objects.select_for_update().get(pk=sheet.version.set_id)
    sheet.refresh_from_db()


def _write(sheet: Sheet, field: str, value: str, now: dt.datetime) -> None:
    for row in sheets_beside(sheet):
        row.set_value(field, value)
        row.save(update_fields=[field, "key"])
    if field == "number":
        follow_number(sheet, now=now)
    sheet.refresh_from_db()
