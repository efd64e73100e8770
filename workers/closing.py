"""When a case is closed (办结), with what result and on which day: what is filed of it follows from that."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

import archive
import ingest
from archive.retention import SCHEDULED
from catalogue import RetentionPeriod, retention_for

State = ingest.Case.State


def closed_cases() -> QuerySet[ingest.Case]:
    """Every case that has come to its end, filed or not.

    A favourable opinion ends a case, except as a part of a joint acceptance: that ends with the joint opinion.
    """
    alone = Q(parallel=None) | Q(parallel__lead_item="")
    opinion = Q(state=State.DECIDED, decision__result="passed") & alone
    return ingest.Case.objects.filter(Q(state__in=[State.ISSUED, State.ARCHIVED, State.REFUSED]) | opinion)


def is_closed(case: ingest.Case) -> bool:
    """Whether the case has come to its end."""
    return closed_cases().filter(pk=case.pk).exists()


def is_lead(case: ingest.Case) -> bool:
    """Whether the case is the one that draws the joint opinion of a parallel case."""
    return case.parallel is not None and case.parallel.lead_item == case.item_code


def result_of_case(case: ingest.Case) -> archive.CaseResult:
    """What a closed case came to."""
    if case.state == State.REFUSED:
        return "not-accepted"
    return "passed" if (case.decision or {}).get("result") == "passed" else "granted"


def closed_at(case: ingest.Case) -> dt.datetime:
    """When a closed case was closed. Raises ValueError for one that is not."""
    if case.state == State.REFUSED:
        refused = archive.Event.objects.filter(kind="case-refused", case_number=case.number).last()
        found = refused.happened_at if refused else None
    else:
        found = case.issued_at or case.decided_at
    if found is None:
        raise ValueError(f"case {case.number} is {case.state}, not closed")
    return found


def retention_of(case: ingest.Case) -> RetentionPeriod:
    """How long a closed case is kept, by the schedule in force when it was closed."""
    closed_on = timezone.localtime(closed_at(case)).date()
    return retention_for(ingest.item_of(case), SCHEDULED[result_of_case(case)], closed_on)
