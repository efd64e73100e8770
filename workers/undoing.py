"""Taking back what a clerk did last: for every kind of step its inverse, told in the log like any other act."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from workers.cases import (
    answer,
    require_changeable,
    restore_upload,
    tell_all,
    withdraw_upload,
)
from workers.drawing_sets import request_sheets
from workers.groundwork import NotPossibleError, lock_beside, request_checks
from workers.looking_again import look_again
from workers.offering import withdraw_use
from workers.repeats import undo_step
from workers.steps import last_step


@transaction.atomic
def undo(case: ingest.Case, *, by: Any) -> ingest.Step:
    """Take the last step of the case back.

    Raises:
        NotPossibleError: `nothing-to-undo`, or what the inverse itself refuses.
    """
    lock_beside(case)
    case.refresh_from_db(fields=["state"])
    step = last_step(case)
    if step is None:
        raise NotPossibleError("nothing-to-undo", "没有可以撤销的操作")
    _INVERSES[step.kind](step, by)
    step.undone_at = timezone.now()
    step.save(update_fields=["undone_at"])
    append_event(
        "step-undone",
        case_number=step.case.number,
        actor=by,
        details={"step": step.pk, "kind": step.kind},
        now=step.undone_at,
    )
    return step


def _withdrawn(step: ingest.Step, by: Any) -> None:
    restore_upload(ingest.Upload.objects.get(pk=step.data["upload"]), by=by, undoing=True)


def _restored(step: ingest.Step, by: Any) -> None:
    withdraw_upload(ingest.Upload.objects.get(pk=step.data["upload"]), by=by, undoing=True)


def _answered(step: ingest.Step, by: Any) -> None:
    answer(step.case, step.data["before"], by=by, undoing=True)


def _corrected(step: ingest.Step, by: Any) -> None:
    made = ingest.Correction.objects.select_related("material__upload__case").get(pk=step.data["correction"])
    upload = made.material.upload
    require_changeable(upload, "该办件已受理，不能撤销")
    users = ingest.users_of(upload)
    ingest.take_back(made, by=by, now=timezone.now())
    tell_all("correction-undone", upload, [*users, *ingest.users_of(upload)], by, correction=made.pk)
    request_sheets(upload)
    request_checks(upload.case)
    look_again(upload)


def _regrouped(step: ingest.Step, by: Any) -> None:
    rows = ingest.Material.objects.select_related("upload__case").in_bulk([*step.data["old"], *step.data["made"]])
    old, made = ([rows[pk] for pk in step.data[key]] for key in ("old", "made"))
    upload = old[0].upload
    require_changeable(upload, "该办件已受理，不能撤销")
    users = ingest.users_of(upload)
    ingest.group_back(old, made, by=by, now=timezone.now())
    tell_all("documents-regrouped", upload, [*users, *ingest.users_of(upload)], by, old=step.data["made"])
    request_sheets(upload)
    request_checks(upload.case)
    look_again(upload)


def _reused(step: ingest.Step, by: Any) -> None:
    uses = ingest.MaterialUse.objects.filter(pk__in=step.data["uses"], withdrawn_at=None).select_related("case")
    for use in uses:
        withdraw_use(use, by=by)
    request_checks(step.case)


def _replaced(step: ingest.Step, by: Any) -> None:
    old, made = (ingest.MaterialUse.objects.select_related("case").get(pk=step.data[key]) for key in ("old", "made"))
    withdraw_use(made, by=by)
    old.withdrawn_at = None
    old.save(update_fields=["withdrawn_at"])
    request_checks(step.case)


_INVERSES: Mapping[str, Callable[[ingest.Step, Any], None]] = {
    "withdrawn": _withdrawn,
    "restored": _restored,
    "answered": _answered,
    "corrected": _corrected,
    "regrouped": _regrouped,
    "reused": _reused,
    "replaced": _replaced,
    "repeat": undo_step,
}
