"""What the window says to a repeat: take the one that is here, or keep the new one as another; and takes it back.

Nothing is deleted and nothing is silently refused: the file stays with the case whatever is said, and each answer has
its inverse.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

import ingest
from archive.holdings import record_access
from ingest import Case, Upload
from workers.cases import require_changeable
from workers.groundwork import NotPossibleError, lock_beside, request_checks, tell
from workers.models import Repeat
from workers.repeat_figures import Caught as Caught  # noqa: PLC0414 - the figures are asked for here
from workers.repeat_figures import caught as caught  # noqa: PLC0414
from workers.repeat_scope import asking, why_not_valid
from workers.repeat_standing import release
from workers.same_bytes import stand_in, tell_caught
from workers.steps import remember

LOCKED = "该办件已受理，不能再处理重复提交"
COMPARED = "核对重复提交"
"""The purpose of looking at an archived document beside one that was handed in."""


def repeats_of(case: Case) -> QuerySet[Repeat]:
    """Everything of this kind in the case and those beside it, oldest first."""
    rows = Repeat.objects.filter(case__in=case.beside)
    return rows.select_related("case", "upload", "material", "held__package", "earlier__upload__case", "twin__case")


def asked_of(case: Case) -> QuerySet[Repeat]:
    """Those of them that wait for an answer."""
    return repeats_of(case).filter(state=Repeat.State.PROPOSED, withdrawn_at=None)


def note_compared(repeat: Repeat, *, by: Any) -> None:
    """Who looks at an archived document to compare it leaves a line in the register of use: one a case and person."""
    held = repeat.held
    if held and not held.accesses.filter(user=by, case_number=repeat.case.number, purpose=COMPARED).exists():
        record_access(held, by=by, case_number=repeat.case.number, purpose=COMPARED, now=timezone.now())


@transaction.atomic
def take_earlier(repeat: Repeat, *, by: Any) -> Repeat:
    """是同一份: what is here stands in its place, by reference; the new file is kept and shown as 重复提交.

    Saying it again changes nothing.

    Raises:
        NotPossibleError: `decided` (otherwise, meanwhile), `withdrawn`, `not-valid` (the archived one no longer holds),
            or the case takes no changes any more (`not-open`, `used-by-accepted`).
    """
    row = _locked(repeat)
    if row.state == Repeat.State.ACCEPTED:
        return row
    _require_asked(row)
    now = timezone.now()
    row.uses = _stand_in(row, by)
    _set_aside(row, now)
    tell_caught(row, by)
    return _decide(row, Repeat.State.ACCEPTED, f"“{row.upload.file_name}”是重复提交，使用已有的一份", by, now)


@transaction.atomic
def keep_new(repeat: Repeat, *, by: Any) -> Repeat:
    """是另一份: remembered for these two documents, and never asked again."""
    row = _locked(repeat)
    if row.state == Repeat.State.DECLINED:
        return row
    _require_asked(row)
    tell("repeat-declined", row.case, by, object_sha256=row.upload.sha256, repeat=row.pk, upload=row.upload.number)
    return _decide(row, Repeat.State.DECLINED, f"“{row.upload.file_name}”是另一份", by, timezone.now())


@transaction.atomic
def take_repeat_back(repeat: Repeat, *, by: Any) -> Repeat:
    """Undo either answer: the question stands again. Of the very same bytes: the file goes its own way, as new."""
    row = _locked(repeat)
    if row.asks or row.state == Repeat.State.UNDONE:
        return row
    if row.withdrawn_at:
        raise NotPossibleError("withdrawn", "文件已撤回，请先恢复文件")
    own_way = row.kind == Repeat.Kind.BYTES and row.upload.state == Upload.State.DUPLICATE
    if row.state == Repeat.State.TOLD and not own_way:
        raise NotPossibleError("nothing-to-undo", "该文件本来就按新文件处理，没有可撤销的")
    release(row, Repeat.State.UNDONE if own_way else Repeat.State.PROPOSED, timezone.now(), by)
    row.decided_by, row.uses = by, []
    row.save()
    steps = ingest.Step.objects.filter(case=row.case, kind="repeat", undone_at=None, data__repeat=row.pk)
    steps.update(undone_at=timezone.now())
    request_checks(row.case)
    return row


def undo_step(step: ingest.Step, by: Any) -> None:
    """The inverse of a remembered answer (`undoing`)."""
    take_repeat_back(Repeat.objects.get(pk=step.data["repeat"]), by=by)


def _locked(repeat: Repeat) -> Repeat:
    """The row as it stands now, its cases locked and open: of two clerks the second sees what the first said."""
    lock_beside(repeat.case)
    row = Repeat.objects.select_related("case", "upload__case", "material", "held__package", "earlier__upload").get(
        pk=repeat.pk
    )
    require_changeable(row.upload, LOCKED)
    return row


def _require_asked(row: Repeat) -> None:
    if row.withdrawn_at:
        raise NotPossibleError("withdrawn", "文件已撤回，无需处理")
    if row.state != Repeat.State.PROPOSED:
        who = row.decided_by.get_username() if row.decided_by else "系统"
        raise NotPossibleError("decided", f"{who} 已处理为“{row.get_state_display()}”；如需更改，请先撤销")


def _stand_in(row: Repeat, by: Any) -> list[int]:
    """What is here stands for the list, where it does not yet: the archived one by a use of its own."""
    if row.held is None:  # the earlier document of this case stands already
        if row.earlier is None or row.earlier.withdrawn_at or row.earlier.upload.withdrawn_at:
            raise NotPossibleError("withdrawn", "先提交的一份已撤回或已重新分合，不能引用")
        return []
    if end := why_not_valid(row.held, timezone.localdate()):
        raise NotPossibleError("not-valid", f"{end}；请按“另一份”处理")
    if not asking(row.case, row.held):
        raise NotPossibleError("not-offered", "该材料不属于本办件的主体，不能引用")
    return stand_in(row.case, row.held, by=by)


def _set_aside(row: Repeat, now: Any) -> None:
    """The new document no longer counts, though its pages stay in the case."""
    if row.material:
        row.material.uses.filter(withdrawn_at=None).update(withdrawn_at=now)
        row.material.withdrawn_at = now
        row.material.save(update_fields=["withdrawn_at"])


def _decide(row: Repeat, state: Repeat.State, said: str, by: Any, now: Any) -> Repeat:
    row.state, row.decided_by, row.decided_at = state, by, now
    row.save()
    remember(row.case, "repeat", said, by=by, repeat=row.pk)
    request_checks(row.case)
    return row
