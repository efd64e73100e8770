"""When the State Council's notice of a year is entered, what was counted before it is counted anew, and said.

The office's own days move either way; the day for which an applicant gave his word is never brought nearer.
"""

from django.db import transaction
from django.utils import timezone

import ingest
from catalogue import counted_before_notice, spoken
from workers import clocks
from workers.groundwork import item_of, tell

State = ingest.Promise.State


def cases_counted_before() -> list[int]:
    """Running cases whose promised day rests on a calendar that was provisional then and is entered now."""
    running = ingest.Case.objects.filter(state=ingest.Case.State.ACCEPTED, due_on__isnull=False)
    return [one.pk for one in running.only("due_on", "due_why", "accepted_at") if _case_stands_on_guess(one)]


def promises_counted_before() -> list[int]:
    """The same of gaps and promises that wait for their material."""
    waiting = ingest.Promise.objects.filter(state=State.OPEN, due_on__isnull=False)
    return [one.pk for one in waiting.only("due_on", "due_why", "given_at") if _promise_stands_on_guess(one)]


@transaction.atomic
def recount_case(pk: int) -> None:
    """Count the promised day anew; where it is another, the count says which it was before."""
    case = ingest.Case.objects.select_for_update().get(pk=pk)
    before = case.due_on
    if case.state != ingest.Case.State.ACCEPTED or before is None or not _case_stands_on_guess(case):
        return
    clocks.recount(case)
    if case.due_on and case.due_on != before:
        case.due_why = [*case.due_why[:-1], f"放假安排录入前暂计到{spoken(before)}", *case.due_why[-1:]]
        if case.due_on > before:  # warned of a day that is not the one
            case.warned_at = case.overdue_at = None
        case.save(update_fields=["due_why", "warned_at", "overdue_at"])
    tell("clock-recounted", case, None, before=str(before), due=str(case.due_on or ""))


@transaction.atomic
def recount_promise(pk: int) -> None:
    """Count the day of a gap or promise anew, from the day on which it was given."""
    given = ingest.Promise.objects.select_for_update().select_related("case__project").get(pk=pk)
    requirement = item_of(given.case).requirement(given.entry)
    if given.state != State.OPEN or requirement is None or not _promise_stands_on_guess(given):
        return
    terms = ingest.recounted_terms(given, requirement)
    if terms is None:
        return
    before, given.due_on, given.due_why = given.due_on, terms.due_on, terms.due_why
    given.save(update_fields=["due_on", "due_why"])
    tell(f"{given.kind}-recounted", given.case, None, entry=given.entry, before=str(before), due=str(given.due_on))


def _case_stands_on_guess(case: ingest.Case) -> bool:
    if case.accepted_at is None or case.due_on is None:
        return False
    return counted_before_notice("，".join(case.due_why), timezone.localdate(case.accepted_at).year, case.due_on.year)


def _promise_stands_on_guess(given: ingest.Promise) -> bool:
    first = timezone.localdate(given.given_at).year
    return given.due_on is not None and counted_before_notice(given.due_why, first, given.due_on.year)
