"""Gaps and promises through their lives: given, closed by what comes, re-checked, overdue, written to the record."""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from catalogue import spoken
from workers import clocks, notices
from workers.groundwork import NotPossibleError, item_of, request_check, require_state, tell
from workers.keeping import request_package

Kind, State, OnExpiry = ingest.Promise.Kind, ingest.Promise.State, ingest.Promise.OnExpiry
MET = frozenset({"satisfied", "question", "reused"})


@transaction.atomic
def promise(  # noqa: PLR0913 - what a promise is made of
    case: ingest.Case, entry: str, *, by: Any, kind: str = "", promised_by: str = "", reason: str = ""
) -> ingest.Promise:
    """Note the applicant's promise for an entry, or that it may come later, and have the 承诺书 made for it.

    Args:
        case: open.
        entry: code of the list entry.
        by: the clerk.
        kind: "gap" or "promise" where only that one is meant; empty: whichever the list allows.
        promised_by: who gives his word; the applicant by default.
        reason: why the material is not there.
    """
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再登记承诺")
    item = item_of(case)
    before = case.promises.filter(entry=entry, state=State.OPEN).first()
    if before:
        return before
    terms = ingest.terms_for(case, item, entry, today=timezone.localdate(), kind=kind)
    if isinstance(terms, ingest.NotOpenable):
        raise NotPossibleError(terms.code, terms.message)
    requirement = item.requirement(entry)
    name = requirement.name if requirement else entry
    given = ingest.Promise.objects.create(
        case=case,
        entry=entry,
        entry_name=name,
        kind=terms.kind,
        promised_by=promised_by or case.applicant_name,
        reason=reason,
        text=_words(case, name, terms),
        due_on=terms.due_on,
        due_why=terms.due_why,
        on_expiry=terms.on_expiry,
        recheck_days=terms.recheck_days,
        given_at=timezone.now(),
        given_by=by,
    )
    tell(f"{given.kind}-given", case, by, entry=entry, due=str(terms.due_on or ""), reason=reason)
    notices.request_notice(case, ingest.Notice.Kind.COMMITMENT, by=by, promise=given)
    request_check(case)
    return given


def _words(case: ingest.Case, name: str, terms: ingest.Terms) -> str:
    if terms.due_on is None:
        return f"{case.applicant_name}承诺符合{name}所证明的条件，愿接受事后核查"
    return f"{case.applicant_name}承诺于{spoken(terms.due_on)}前提交{name}"


@transaction.atomic
def undo_promise(given: ingest.Promise, *, by: Any) -> None:
    """A slip of the window: the promise no longer counts. Only while the case is open; the row and its number stay."""
    require_state(given.case, {"open"}, "not-open", "该办件已受理，承诺不能撤销")
    _step(given, State.VOID)
    given.save()
    tell("promise-undone", given.case, by, entry=given.entry)
    request_check(given.case)


@transaction.atomic
def recheck(given: ingest.Promise, *, kept: bool, evidence: str, by: Any) -> ingest.Promise:
    """Record what the re-check of a promise (核查) found. Not kept: it goes on the credit record."""
    given = ingest.Promise.objects.select_for_update().get(pk=given.pk)
    if not evidence.strip():
        raise NotPossibleError("no-evidence", "请写明核查依据：现场核查记录、查询结果或文书编号")
    if given.case.decided_at is None:
        raise NotPossibleError("not-decided", "核查在作出决定之后进行；决定之前请审查材料本身")
    _step(given, State.KEPT if kept else State.BROKEN)
    given.rechecked_at, given.rechecked_by, given.recheck_evidence = timezone.now(), by, evidence.strip()
    given.save()
    tell("promise-kept" if kept else "promise-broken", given.case, by, entry=given.entry, evidence=evidence)
    if not kept:
        write_credit(given, f"核查发现未兑现承诺：{given.entry_name}")
    return given


def close_met(case: ingest.Case, report: ingest.Report) -> None:
    """Close what the list now says is met, and open again what was closed by something since taken back."""
    met = {row.material: row.files[0].ref for row in report.requirements if row.state in MET and row.files}
    closed = False
    for given in case.promises.filter(state__in=[State.OPEN, State.EXPIRED], entry__in=met):
        use = _use(case, met[given.entry])
        if use is None:
            continue
        late = given.state == State.EXPIRED
        _step(given, State.CLOSED)
        given.closed_at, given.closed_by, closed = timezone.now(), use, True
        given.save()
        tell(f"{given.kind}-closed", case, None, entry=given.entry, ref=met[given.entry], late=late)
    for given in case.promises.filter(state=State.CLOSED, closed_by__withdrawn_at__isnull=False):
        if given.entry not in met:
            _step(given, State.OPEN)
            given.closed_at = given.closed_by = None
            given.save()
            tell(f"{given.kind}-reopened", case, None, entry=given.entry)
    if closed:
        clocks.resume_if_settled(case)
        request_package(case)


def _use(case: ingest.Case, ref: str) -> ingest.MaterialUse | None:
    """The use behind a document's `ref` in the report."""
    kind, _, number = ref.partition(":")
    if kind not in {"material", "held"}:
        return None
    return case.uses.filter(withdrawn_at=None, **{f"{kind}_id": int(number)}).first()


@transaction.atomic
def expire(pk: int) -> None:
    """The date has passed: do what the list says is to follow. Nothing happens where something came meanwhile."""
    given = ingest.Promise.objects.select_for_update().get(pk=pk)
    if given.state != State.OPEN or given.due_on is None or given.due_on >= timezone.localdate():
        return
    case = ingest.Case.objects.select_for_update().get(pk=given.case_id)
    if case.state == ingest.Case.State.OPEN:  # nothing was accepted on it: it lapses, and may be given anew
        _step(given, State.VOID)
        given.save()
        tell(f"{given.kind}-lapsed", case, None, entry=given.entry, due=str(given.due_on))
        request_check(case)
        return
    _step(given, State.EXPIRED)
    given.expired_at = timezone.now()
    given.save()
    tell(f"{given.kind}-expired", case, None, entry=given.entry, due=str(given.due_on), then=given.on_expiry)
    undecided = case.state == ingest.Case.State.ACCEPTED
    if given.kind == Kind.PROMISE or given.on_expiry == OnExpiry.CREDIT or not undecided:
        write_credit(given, f"逾期未提交承诺的材料：{given.entry_name}（应于{spoken(given.due_on)}前提交）")
    if given.on_expiry == OnExpiry.STOP and undecided:
        clocks.stop_for_gap(case, given)
    if given.on_expiry == OnExpiry.REVERT and undecided:
        clocks.revert(case)
    request_check(case)


@transaction.atomic
def remind(pk: int) -> None:
    """Once, before the date: the applicant's reminder is made, to be printed or sent."""
    given = ingest.Promise.objects.select_for_update().get(pk=pk)
    if given.state != State.OPEN or given.reminded_at is not None or given.case.state == ingest.Case.State.OPEN:
        return
    given.reminded_at = timezone.now()
    given.save(update_fields=["reminded_at"])
    tell(f"{given.kind}-reminded", given.case, None, entry=given.entry, due=str(given.due_on))
    notices.request_notice(given.case, ingest.Notice.Kind.REMINDER, by=None, promise=given)


def write_credit(given: ingest.Promise, what: str) -> None:
    """One row on the credit record; a promise that is overdue and then found broken stays one."""
    _, new = ingest.CreditRecord.objects.get_or_create(
        promise=given,
        defaults={
            "party_name": given.case.applicant_name,
            "party_uscc": given.case.applicant_uscc,
            "what": what,
            "written_at": timezone.now(),
        },
    )
    if new:
        tell("credit-recorded", given.case, None, entry=given.entry, what=what)


@transaction.atomic
def settle_credit(record: ingest.CreditRecord, *, why: str, by: Any) -> None:
    """信用修复: the record no longer keeps its party from gaps and promises. It stays."""
    record = ingest.CreditRecord.objects.select_for_update().get(pk=record.pk)
    if record.settled_at:
        raise NotPossibleError("settled", "该信用记录已修复")
    if not why.strip():
        raise NotPossibleError("no-evidence", "请写明信用修复的依据")
    record.settled_at, record.settled_by, record.settled_why = timezone.now(), by, why.strip()
    record.save()
    tell("credit-settled", record.promise.case, by, entry=record.promise.entry, why=why)


def _step(given: ingest.Promise, to: ingest.Promise.State) -> None:
    try:
        ingest.step(given, to)
    except ingest.StepError as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
