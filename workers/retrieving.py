"""利用档案: somebody asks for a file of the archive, a copy is made for them, fetched, and cleaned.

The request is written before anything is read. The copy is made by a job; what was given, to whom and why is kept as
an object of the archive and named by an event. Nobody but who asked can fetch it, and only for a day.
"""

import contextlib
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F
from django.utils import timezone

import archive
from archive import append_event
from archive.lookup import KEPT_FOR, RECORD_TYPE, Form, Retrieval, ask_for, retrieval_record
from archive.rebuilding import mark as journal_mark
from workers import zones
from workers.copying import (
    COPIES,
    CopyMade,
    CopyNotPossibleError,
    copy_key,
    make_copy,
    number_of,
    sealed_copy_key,
)
from workers.jobs import enqueue
from workers.locking import locked_until
from workers.models import Job
from workers.stage import Arguments, NotExpectedError
from workers.supplements import IN_ARCHIVE

Outcome = tuple[CopyMade, archive.Digests] | CopyMade | str
"""What was made and the digest of its account; what was made and has yet to be sealed; or why nothing can be given."""


KINDS = ("retrieve", "seal-copy")
"""The jobs that make what a person is given."""


class NotFetchableError(Exception):
    """The copy is not there for this person: not made, made for somebody else, or cleaned."""

    code = "copy-not-fetchable"


def request_retrieval(  # noqa: PLR0913 - who, what, why
    package: archive.Package,
    manifest_sha256: str,
    element: archive.Element,
    *,
    by: Any,
    roles: frozenset[str],
    purpose: str,
    words: str,
    case_number: str,
    form: str,
    sealed: bool = False,
) -> Retrieval:
    """Ask for a file of a package, as a copy under seal if `sealed`; call it in a transaction.

    Raises:
        NotPermittedError: the rules of use do not allow it.
    """
    asked = ask_for(
        package,
        manifest_sha256,
        element,
        by=by,
        roles=roles,
        purpose=purpose,
        words=words,
        case_number=case_number,
        form=form,
        now=timezone.now(),
        sealed=sealed,
    )
    enqueue("retrieve", case=package.case_number, retrieval=asked.number)
    return asked


def make(arguments: Arguments) -> Outcome:
    """Make what is given, lay it where it can be fetched, and keep the account of it in the archive under lock."""
    asked = awaited(arguments)
    try:
        made = _original(asked) if asked.form == Form.ORIGINAL else make_copy(asked)
    except CopyNotPossibleError as reason:
        return str(reason)
    return made if asked.form == Form.SEALED else (made, keep_account(asked, made))


def keep_account(asked: Retrieval, made: CopyMade) -> archive.Digests:
    """Write down what is given in an object of the archive, under lock; its digests."""
    _note(asked, made)
    kept = zones.keep_derivative(retrieval_record(asked), RECORD_TYPE)
    until = locked_until(asked.access.accessed_at)
    archive.keep_locked(zones.zone("archive"), kept.sha256, RECORD_TYPE, until, zones.open_anywhere)
    return kept


def record(arguments: Arguments, result: Outcome) -> None:
    """It is handed over, or goes on to be sealed; or it is said why nothing can be given."""
    if isinstance(result, str):
        give_up(arguments, {"message": result})
        return
    asked = awaited(arguments)
    if isinstance(result, CopyMade):
        asked.pages, asked.hidden = result.pages, result.hidden
        asked.save(update_fields=["pages", "hidden"])
        enqueue("seal-copy", case=asked.access.package.case_number, retrieval=asked.number)
    else:
        hand_over(asked, *result)


def hand_over(asked: Retrieval, made: CopyMade, kept: archive.Digests) -> None:
    """It can be fetched, and the log knows who was given what; call it in the transaction that closes the job."""
    now = timezone.now()
    _note(asked, made)
    asked.record_sha256, asked.state, asked.ready_at = kept.sha256, Retrieval.State.READY, now
    asked.keep_until = now + KEPT_FOR
    asked.save()
    archive.KeptObject.objects.get_or_create(sha256=kept.sha256, defaults={"size": kept.size, "kept_since": now})
    append_event(
        "archive-used",
        case_number=asked.access.package.case_number,
        actor=asked.access.user,
        object_sha256=kept.sha256,
        details={
            "retrieval": asked.number,
            "package": asked.access.package.number,
            "sha256": asked.sha256,
            "purpose": asked.purpose,
            "form": asked.form,
            "masked": asked.masked,
            "for_case": asked.access.case_number,
        },
        now=now,
    )


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """Say on the request why nothing can be given; that it was asked for stays written."""
    for asked in Retrieval.objects.filter(number=arguments["retrieval"], state=Retrieval.State.ASKED):
        asked.state, asked.fault = Retrieval.State.FAILED, str(error.get("message", ""))[:300]
        asked.save(update_fields=["state", "fault"])


def fetch_retrieval(retrieval: Retrieval, by: Any) -> BinaryIO:
    """What was made, as a stream for who asked for it; the caller closes it. Each fetch is counted.

    Raises:
        NotFetchableError: it is not there, or not for this person.
        StoreError: the store cannot be read now.
    """
    if retrieval.access.user_id != by.pk:
        raise NotFetchableError("这份副本是为别人制作的；请自己申请利用，用途会一并登记")
    if retrieval.state != Retrieval.State.READY or (retrieval.keep_until or timezone.now()) <= timezone.now():
        raise NotFetchableError("副本尚未制成，或已按规定清除；需要时请重新申请")
    if retrieval.form == Form.ORIGINAL:
        stream = zones.zone("archive").open(archive.object_key(retrieval.sha256))
    else:
        sealed = retrieval.form == Form.SEALED
        key = sealed_copy_key(retrieval.number, retrieval.given_sha256) if sealed else copy_key(retrieval.number)
        stream = zones.zone("working").open(key)
    with transaction.atomic():
        Retrieval.objects.filter(pk=retrieval.pk).update(fetched=F("fetched") + 1)
        journal_mark(retrieval)
    return stream


def clean_copies() -> int:
    """Remove copies whose day is over, and those that belong to nobody who waits; returns how many were removed."""
    over = Retrieval.objects.filter(state=Retrieval.State.READY, keep_until__lte=timezone.now())
    with transaction.atomic():
        journal_mark(*over)
        over.update(state=Retrieval.State.CLEANED)
    waits = (Retrieval.State.READY, Retrieval.State.ASKED)
    waiting = set(Retrieval.objects.filter(state__in=waits).values_list("number", flat=True))
    store, count = zones.zone("working"), 0
    for found in list(store.list(COPIES)):
        if number_of(found.key) not in waiting:
            for version in store.versions(found.key):
                store.delete_version(found.key, version.version)
            count += 1
    return count


def copy_waits_for(retrieval: Retrieval) -> str:
    """Why a copy that was asked for is not made yet, where something outside keeps it; empty where it is being made."""
    jobs = Job.objects.filter(kind__in=KINDS, case_number=retrieval.access.package.case_number)
    job = jobs.filter(arguments__retrieval=retrieval.number, state=Job.State.QUEUED).order_by("-pk").first()
    return str((job.error or {}).get("message", "")) if job else ""


def awaited(arguments: Arguments) -> Retrieval:
    """The retrieval of a job, while it waits; raises NotExpectedError once it does not."""
    found = Retrieval.objects.select_related("access__package", "access__user").get(number=arguments["retrieval"])
    if found.state != Retrieval.State.ASKED:
        raise NotExpectedError(f"the retrieval is {found.state}")
    if found.access.package.state not in IN_ARCHIVE:
        raise NotExpectedError("the package is not in the archive")
    return found


def _original(asked: Retrieval) -> CopyMade:
    """Read once, so that nothing is called ready that is damaged or gone."""
    with contextlib.closing(zones.zone("archive").open(archive.object_key(asked.sha256))) as stream:
        digests = archive.digest_stream(stream)
    if digests.sha256 != asked.sha256:
        raise CopyNotPossibleError("档案库中的文件与清单摘要不符，已停止提供；请先运行 yidang archive fixity")
    return CopyMade(pages=0, hidden=0, digests=digests)


def _note(asked: Retrieval, made: CopyMade) -> None:
    asked.pages, asked.hidden = made.pages, made.hidden
    asked.given_sha256, asked.given_size = made.digests.sha256, made.digests.size
