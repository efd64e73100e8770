"""A repeat when its file, or the file it repeats, is taken back or comes back."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ingest import Case, MaterialUse, Upload
from workers.groundwork import tell
from workers.jobs import enqueue
from workers.models import Repeat


def withdraw_with(upload: Upload, *, by: Any) -> None:
    """A file was withdrawn: what was asked of it is no question now, and what stood on it stands by itself again.

    Call it after `ingest.withdraw`, in the same transaction.
    """
    when = upload.withdrawn_at or timezone.now()
    own = list(upload.repeats.filter(withdrawn_at=None))
    upload.repeats.filter(withdrawn_at=None).update(withdrawn_at=when)  # first, so that none inherits from another
    for row in own:
        _end_uses(row, when)
        row.save(update_fields=["uses"])
    heir: Upload | None = None
    for row in list(Repeat.objects.filter(Q(earlier__upload=upload) | Q(twin=upload), withdrawn_at=None)):
        if row.upload.duplicate_of_id == upload.pk and heir:
            row.upload.duplicate_of = row.twin = heir  # of several copies one stands, the others repeat that one
            row.upload.save(update_fields=["duplicate_of"])
            row.save(update_fields=["twin"])
            continue
        if row.upload.duplicate_of_id == upload.pk:
            heir = row.upload
            release(row, Repeat.State.UNDONE, when, by)
        elif row.state == Repeat.State.ACCEPTED and row.earlier:
            release(row, Repeat.State.PROPOSED, when, by)
        row.withdrawn_at = when
        row.save()


def release(row: Repeat, state: Repeat.State, now: dt.datetime, by: Any) -> None:
    """What it repeated is gone, so it stands by itself."""
    _stand_down(row, now)
    row.state, row.decided_at = state, None
    tell("repeat-undone", row.case, by, object_sha256=row.upload.sha256, repeat=row.pk, upload=row.upload.number)


def restore_with(upload: Upload, when: dt.datetime | None) -> None:
    """A file that was withdrawn at that moment is back: so are its questions, and what stood for it."""
    for row in list(Repeat.objects.filter(upload=upload, withdrawn_at=when)):
        open_uses = MaterialUse.objects.filter(pk__in=row.uses, withdrawn_at=when, case__state=Case.State.OPEN)
        open_uses.update(withdrawn_at=None)
    if upload.duplicate_of and upload.duplicate_of.withdrawn_at:
        own_way(upload)  # what it repeated was taken back meanwhile
    back = Q(upload=upload, earlier__upload__withdrawn_at=None) | Q(earlier__upload=upload, upload__withdrawn_at=None)
    back |= Q(upload=upload, earlier=None)
    Repeat.objects.filter(back, withdrawn_at=when).update(withdrawn_at=None)


def _stand_down(row: Repeat, now: dt.datetime) -> None:
    """The inverse of standing in and setting aside."""
    _end_uses(row, now)
    if row.upload.state == Upload.State.DUPLICATE:
        own_way(row.upload)
    elif row.decided_at and row.material and row.material.withdrawn_at == row.decided_at:
        row.material.uses.filter(withdrawn_at=row.decided_at, case__state=Case.State.OPEN).update(withdrawn_at=None)
        row.material.withdrawn_at = None
        row.material.save(update_fields=["withdrawn_at"])


def _end_uses(row: Repeat, when: dt.datetime) -> None:
    """End what stands for a row; what another answer in the case rests on too stands on for that one."""
    passed = set()
    for use in MaterialUse.objects.filter(pk__in=row.uses, withdrawn_at=None):
        same = Q(held=use.held_id) | Q(held=row.held_id, upload__sha256=row.upload.sha256)
        answers = Repeat.objects.filter(same, case__in=row.case.beside, state=Repeat.State.ACCEPTED, withdrawn_at=None)
        heir = answers.exclude(pk=row.pk).order_by("pk").first()
        if heir:
            heir.uses = [*heir.uses, use.pk]
            heir.save(update_fields=["uses"])
            passed.add(use.pk)
        else:
            use.withdrawn_at = when
            use.save(update_fields=["withdrawn_at"])
    row.uses = [use for use in row.uses if use not in passed]


def own_way(upload: Upload) -> None:
    """A file that stood by reference is inspected, paged and read like any other."""
    upload.state, upload.duplicate_of = Upload.State.RECEIVED, None
    upload.save(update_fields=["state", "duplicate_of"])
    if upload.withdrawn_at is None:
        enqueue("inspect", case=upload.case.number, upload=upload.pk)
