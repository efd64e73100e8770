"""What every use case of a case begins and ends with: the lock and the state it needs, the report, the event."""

from typing import Any

from django.utils import timezone

import ingest
from archive import append_event
from ingest import item_of as item_of  # noqa: PLC0414 - the use cases take it from here
from workers.jobs import enqueue

# A file handed in that is not read yet: nothing can be said of the case before it is.
IN_PROCESS = ("received", "inspected", "paged", "read")


class NotPossibleError(Exception):
    """The case is not in a state that allows it. `code` is stable; the message is for the person who asked."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code


def require_state(case: ingest.Case, states: set[str], code: str, message: str) -> None:
    """Lock the case for this transaction and make sure of its state."""
    state = ingest.Case.objects.select_for_update().get(pk=case.pk).state
    if state not in states:
        raise NotPossibleError(code, message)


def lock_beside(case: ingest.Case) -> list[ingest.Case]:
    """Lock the case and those beside it for this transaction, always in one order."""
    return list(case.beside.select_for_update())


def current_report(case: ingest.Case) -> dict[str, Any]:
    """The report, if it is of exactly what is handed in now."""
    case.refresh_from_db()
    unread = case.pile.filter(withdrawn_at=None, state__in=IN_PROCESS)
    if case.report is None or case.report_revision != case.revision or unread.exists():
        raise NotPossibleError("still-checking", "材料正在核对，请稍候")
    report: dict[str, Any] = case.report
    return report


def tell(kind: str, case: ingest.Case, by: Any, *, object_sha256: str = "", **details: Any) -> None:
    """Note what happened, by the server's clock, in the transaction of the fact."""
    append_event(
        kind, case_number=case.number, actor=by, object_sha256=object_sha256, details=details, now=timezone.now()
    )


def request_check(case: ingest.Case) -> None:
    """Something about the case changed: count it and have the list checked for this state of things."""
    revision = ingest.next_revision(case)
    enqueue("check", case=case.number, case_id=case.pk, revision=revision)


def request_checks(case: ingest.Case) -> None:
    """Something handed in changed: have every case beside it checked that still takes files, and this one if alone."""
    for each in ingest.takers(case) or [case]:
        request_check(each)
