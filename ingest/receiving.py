"""Cases are opened and uploads taken in here; nothing is parsed, and nothing is ever deleted."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import F
from django.utils import timezone

from archive import Digests
from catalogue import Item
from ingest.models import Case, ParallelCase, Project, Upload, Works

# Longer names are cut for the table; the bytes and their digests are what counts.
MAX_FILE_NAME = 255


def open_case(  # noqa: PLR0913 - the facts of a case
    item: Item,
    project: Project,
    *,
    works: Works | None,
    applicant_name: str,
    applicant_uscc: str,
    by: Any,
    answers: Mapping[str, str] = MappingProxyType({}),
    parallel: ParallelCase | None = None,
) -> Case:
    """A new case under the version of the item that is in force today; `answers` as `catalogue.check_answers` gives."""
    return Case.objects.create(
        item_code=item.code,
        item_version=item.version,
        project=project,
        works=works,
        parallel=parallel,
        applicant_name=applicant_name,
        applicant_uscc=applicant_uscc,
        answers=dict(answers),
        opened_by=by,
        opened_at=timezone.now(),
    )


def receive(case: Case, name: str, digests: Digests, *, by: Any, now: dt.datetime) -> Upload:
    """Write an upload down; bytes the case, or one beside it, has already are marked as a duplicate of the first."""
    same = (
        case.pile.filter(sha256=digests.sha256, withdrawn_at=None, duplicate_of=None)
        .exclude(state__in=[Upload.State.REFUSED, Upload.State.QUARANTINED])
        .first()
    )
    return Upload.objects.create(
        case=case,
        file_name=name[-MAX_FILE_NAME:],
        size=digests.size,
        sha256=digests.sha256,
        sm3=digests.sm3,
        state=Upload.State.DUPLICATE if same else Upload.State.RECEIVED,
        duplicate_of=same,
        uploaded_by=by,
        uploaded_at=now,
    )


def withdraw(upload: Upload, *, now: dt.datetime) -> None:
    """Take an upload back: it and its documents no longer count, and stay visible."""
    upload.withdrawn_at = now
    upload.save(update_fields=["withdrawn_at"])
    for material in upload.materials.all():
        material.uses.filter(withdrawn_at=None).update(withdrawn_at=now)


def restore(upload: Upload) -> None:
    """Undo a withdrawal. A case beside it that was accepted without the file in the meantime stays without it."""
    when = upload.withdrawn_at
    upload.withdrawn_at = None
    upload.save(update_fields=["withdrawn_at"])
    for material in upload.materials.all():
        material.uses.filter(withdrawn_at=when, case__state=Case.State.OPEN).update(withdrawn_at=None)


def next_revision(case: Case) -> int:
    """Count a change of what is handed in."""
    Case.objects.filter(pk=case.pk).update(revision=F("revision") + 1)
    case.refresh_from_db(fields=["revision"])
    return case.revision
