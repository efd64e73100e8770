"""The journal as it is written: with each head of the log, and soon after anything else that it keeps has changed."""

from django.utils import timezone

from archive.rebuilding import (
    JournalOvertaken,
    KeptRows,
    keep_events,
    marks_waiting,
    prepare_rows,
    record_events,
    record_rows,
)
from workers import zones
from workers.draws import sign_head
from workers.jobs import enqueue
from workers.locking import locked_until
from workers.stage import Arguments, NotExpectedError, NotYetError


class OvertakenError(NotYetError):
    """Another worker wrote the next step of the journal; this one is tried again."""

    code = "journal-overtaken"


def request_journal(case: str = "") -> None:
    """Have what changed written into the journal, where anything did; call it in a transaction."""
    if newest := marks_waiting():
        enqueue("journal", case=case, mark=newest)


def prepare() -> KeptRows | None:
    """Put the changed rows into the archive, locked like everything there."""
    return prepare_rows(zones.zone("archive"), locked_until(timezone.now()))


def record_prepared(kept: KeptRows | None) -> None:
    """Count them, before the head is signed in the same transaction."""
    if kept is None:
        return
    try:
        record_rows(kept, timezone.now())
    except JournalOvertaken as reason:
        raise OvertakenError(str(reason)) from None


def keep(_: Arguments) -> KeptRows:
    """A job of its own: for what changes without a package."""
    kept = prepare()
    if kept is None:
        raise NotExpectedError("it is journalled already")
    return kept


def record(_: Arguments, kept: KeptRows) -> None:
    """The log vouches for it from its next head on."""
    record_prepared(kept)
    enqueue("publish", size=sign_head().size)


def keep_private_parts(size: int) -> None:
    """Beside the published entries, what they only hold digests of."""
    keep_events(zones.zone("archive"), size, locked_until(timezone.now()))


def record_published(size: int, case: str = "") -> None:
    """Note how far, and have what changed meanwhile journalled."""
    record_events(size)
    request_journal(case)
