"""What the calendar brings about: reminders, gaps and promises that run out, checks, warnings of promised days.

Run every few minutes by the schedule; each thing is done once, whoever runs it, and none waits for another's failure.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import ingest
from catalogue import CalendarUnknown, add_working_days, working_days_between
from workers import clocks, promises, recounting, used_holdings
from workers.draws import set_due
from workers.groundwork import tell
from workers.instant_models import AfterCheck

log = logging.getLogger(__name__)
REMIND_BEFORE_DAYS = 2
"""Working days before its date that the applicant is reminded: one to get the paper, one to bring it."""
WARN_BEFORE_DAYS = 1
"""Working days before the promised day that a case is warned of (逾期预警)."""
State = ingest.Promise.State


def keep_dates() -> None:
    """Do everything that is due today."""
    today = timezone.localdate()
    waiting = ingest.Promise.objects.filter(state=State.OPEN, due_on__isnull=False)
    late = [one.pk for one in waiting if one.due_on and one.due_on < today]
    soon = [
        one.pk
        for one in waiting.filter(reminded_at=None, due_on__gte=today)
        if one.due_on and working_days_between(today, one.due_on) <= REMIND_BEFORE_DAYS
    ]
    running = ingest.Case.objects.filter(state=ingest.Case.State.ACCEPTED)
    ahead = Q(promises__recheck_on=None) | Q(promises__recheck_on__gte=today, promises__rechecked_at=None)
    undated = ingest.Case.objects.filter(ahead, promises__recheck_days__gt=0, decided_at__isnull=False)
    _each(recounting.recount_case, recounting.cases_counted_before())
    _each(recounting.recount_promise, recounting.promises_counted_before())
    _each(promises.expire, late)
    _each(promises.remind, soon)
    _each(used_holdings.look_at, used_holdings.changed_uses())
    _each(_look_at_clock, running.filter(overdue_at=None).values_list("pk", flat=True))
    unchecked = AfterCheck.objects.filter(Q(due_on=None) | Q(due_on__gte=today), drawn=True, finding="")
    _each(lambda pk: set_due(AfterCheck.objects.get(pk=pk)), unchecked.values_list("pk", flat=True))
    _each(lambda pk: set_rechecks(ingest.Case.objects.get(pk=pk)), undated.values_list("pk", flat=True).distinct())


def _each(do: Callable[[int], None], rows: Iterable[int]) -> None:
    for pk in list(rows):
        try:
            do(pk)
        except Exception:  # the next round tries again; the others shall not wait for this one
            log.exception("a date could not be kept")


@transaction.atomic
def _look_at_clock(pk: int) -> None:
    """Warn once before the promised day and once after it; count a day that could not be counted before."""
    case = ingest.Case.objects.select_for_update().get(pk=pk)
    if case.state != ingest.Case.State.ACCEPTED:
        return
    if case.due_on is None:
        if clocks.running_pause(case) is None:
            clocks.recount(case)
        return
    today, now = timezone.localdate(), timezone.now()
    if case.due_on < today and case.overdue_at is None:
        case.overdue_at = now
        case.save(update_fields=["overdue_at"])
        tell("clock-overdue", case, None, due=str(case.due_on))
    elif case.warned_at is None and today <= case.due_on and _near(case):
        case.warned_at = now
        case.save(update_fields=["warned_at"])
        tell("clock-warned", case, None, due=str(case.due_on))


def _near(case: ingest.Case) -> bool:
    """The promised day is so near that nobody may be surprised by it."""
    today = timezone.localdate()
    return bool(case.due_on) and working_days_between(today, case.due_on or today) <= WARN_BEFORE_DAYS


def set_rechecks(case: ingest.Case) -> None:
    """When the promises of a decided case are to be verified, by the calendar as it is known now.

    Left open while that year's is not known; a day that lies ahead moves when its year's notice is entered.
    """
    if case.decided_at is None:
        return
    decided, today = timezone.localtime(case.decided_at).date(), timezone.localdate()
    ahead = Q(recheck_on=None) | Q(recheck_on__gte=today, rechecked_at=None)
    for given in case.promises.filter(ahead, recheck_days__gt=0).exclude(state=State.VOID):
        try:
            day = add_working_days(decided, given.recheck_days)
        except CalendarUnknown:
            continue
        if day == given.recheck_on:
            continue
        before, given.recheck_on = given.recheck_on, day
        given.save(update_fields=["recheck_on"])
        if before:
            tell("recheck-recounted", case, None, entry=given.entry, before=str(before), due=str(day))
