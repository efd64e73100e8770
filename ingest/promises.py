"""Gaps (容缺) and promises (告知承诺): who may leave what open, until when, and which state may follow which.

Rules from the list: an entry marked N (deficiency "none") never; a mode the item does not have never; at most
`max_gaps` open entries; an applicant with a broken promise on record is on the negative list until it is repaired.
A case with an open gap is not archived as complete: `why_not_archived` is the one place that says so.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from catalogue import Item, Limit, Requirement, explain_deadline, spoken
from ingest.models import Case, CreditRecord, Promise

State = Promise.State
Kind = Promise.Kind

NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.CLOSED, State.KEPT, State.EXPIRED, State.BROKEN, State.VOID}),
    State.CLOSED: frozenset({State.OPEN, State.KEPT, State.BROKEN}),
    State.EXPIRED: frozenset({State.CLOSED, State.KEPT, State.BROKEN}),
    State.KEPT: frozenset(),
    State.BROKEN: frozenset(),
    State.VOID: frozenset(),
}
"""Which state may follow which. Closed opens again when the material that closed it is taken back; a re-check (kept,
broken) is the last word."""

PROMISES_ONLY = frozenset({State.KEPT, State.BROKEN})
"""Only a promise is re-checked; a gap is closed by its material and by nothing else."""

PLEDGE = "pledge"
"""In the place of a list entry: the applicant's word for the whole application (信用承诺)."""

STANDING = frozenset({State.OPEN, State.KEPT})
"""While it is in these, the entry counts as promised."""


class StepError(Exception):
    """A gap or promise cannot go from the state it is in to the one asked for."""

    code = "promise-state"


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """On what terms an entry may be left open: as what, until when (None: no date), why that day, what follows."""

    kind: Kind
    due_on: dt.date | None
    due_why: str
    on_expiry: str
    recheck_days: int


@dataclasses.dataclass(frozen=True, slots=True)
class NotOpenable:
    """Why an entry may not be left open: a stable code, and what is wrong and what to do."""

    code: str
    message: str


WORDS: Mapping[str, str] = {
    "not-listed": "清单中没有这项材料，不能登记容缺或承诺；请核对材料代码",
    "not-deferrable": "该材料不适用容缺或告知承诺，必须提交；请一次性告知申请人补交",
    "mode-none": "本事项不实行{mode}，必须提交；请一次性告知申请人补交",
    "kind-other": "该材料适用{mode}，不适用{asked}；请改为登记{mode}",
    "too-many-gaps": "本事项每件最多容缺 {most} 项，已登记 {now} 项；请先补齐已登记的，或一次性告知补交",
    "negative-list": "申请人有未兑现的承诺（{what}）尚未修复信用，不适用容缺和告知承诺；请提交材料，或先办理信用修复",
    "spent": "该材料已登记过{mode}且{state}，不能再次登记；请提交材料",
    "no-days": "清单没有写明补交的期限，不能登记容缺；请联系管理员补全清单",
    "calendar": "{why}，期限无法计算；请联系管理员更新工作日历",
}
MODES: Mapping[Kind, str] = {Kind.GAP: "容缺受理", Kind.PROMISE: "告知承诺"}


def terms_for(case: Case, item: Item, entry: str, *, today: dt.date, kind: str = "") -> Terms | NotOpenable:
    """The terms on which the entry may be left open today, or why it may not. `kind` asks for one kind only."""
    requirement = item.requirement(entry)
    if requirement is None:
        return _no("not-listed")
    if requirement.deficiency == "none":
        return _no("not-deferrable")
    own = Kind.PROMISE if requirement.deficiency == "commit" else Kind.GAP
    if kind and kind != own:
        return _no("kind-other", mode=MODES[own], asked=MODES[Kind(kind)])
    if MODES[own] not in item.modes:
        return _no("mode-none", mode=MODES[own])
    return _refused(case, item, entry, own) or _terms(requirement, own, today)


def _refused(case: Case, item: Item, entry: str, kind: Kind) -> NotOpenable | None:
    standing = case.promises.exclude(state=State.VOID)
    before = standing.filter(entry=entry).first()
    if before and before.state != State.OPEN:
        return _no("spent", mode=MODES[Kind(before.kind)], state=before.get_state_display())
    gaps = standing.filter(kind=Kind.GAP).exclude(entry=entry).count()
    if kind == Kind.GAP and item.max_gaps and gaps >= item.max_gaps:
        return _no("too-many-gaps", most=item.max_gaps, now=gaps)
    record = CreditRecord.objects.filter(party_uscc=case.applicant_uscc, settled_at=None).first()
    return _no("negative-list", what=record.what) if record else None


def _terms(requirement: Requirement, kind: Kind, today: dt.date) -> Terms | NotOpenable:
    days = requirement.deficiency_days
    if not days and kind == Kind.PROMISE:  # it stands for the material for good, and is only re-checked
        return Terms(kind, None, "以承诺代替材料，事后核查", requirement.on_expiry, requirement.recheck_days)
    if not days:
        return _no("no-days")
    noon = dt.datetime.combine(today, dt.time(12))  # any hour: working days are counted from the day after
    counted = explain_deadline(noon, Limit(n=days, unit="工作日"))
    if counted.on is None:
        return _no("calendar", why=counted.why[-1])
    return Terms(kind, counted.on, counted.text, requirement.on_expiry, requirement.recheck_days)


def recounted_terms(promise: Promise, requirement: Requirement) -> Terms | None:
    """The terms of one that was given, counted anew from its day; None where they can no longer be counted.

    The applicant gave his word for a day that he was told, so that day is never brought nearer.
    """
    counted = _terms(requirement, Kind(promise.kind), timezone.localdate(promise.given_at))
    if isinstance(counted, NotOpenable) or counted.due_on is None or promise.due_on is None:
        return None
    if counted.due_on >= promise.due_on:
        return counted
    kept = f"{counted.due_why}；承诺的日期{spoken(promise.due_on)}不提前"
    return dataclasses.replace(counted, due_on=promise.due_on, due_why=kept)


def _no(code: str, **facts: str | int) -> NotOpenable:
    return NotOpenable(code, WORDS[code].format(**facts))


def step(promise: Promise, to: State) -> None:
    """Put a gap or promise into its next state, in memory.

    Raises:
        StepError: that state may not follow, or is not one of a gap.
    """
    if to not in NEXT[State(promise.state)] or (promise.kind == Kind.GAP and to in PROMISES_ONLY):
        raise StepError(f"{promise.get_kind_display()}为“{promise.get_state_display()}”，不能改为“{to.label}”")
    promise.state = to


def promised_entries(case: Case) -> list[str]:
    """The entries of the list that count as promised now."""
    return list(case.promises.filter(state__in=STANDING).values_list("entry", flat=True))


def open_gaps(case: Case) -> list[Promise]:
    """The gaps of the case that no material stands for: open, overdue, or closed by one that was taken back since."""
    gaps = case.promises.filter(kind=Kind.GAP).exclude(state=State.VOID).select_related("closed_by")
    return [gap for gap in gaps if not (gap.state == State.CLOSED and gap.closed_by and not gap.closed_by.withdrawn_at)]


def why_not_archived(case: Case) -> str:
    """Why the case may not be archived as complete; empty when it may."""
    names = [gap.entry_name or gap.entry for gap in open_gaps(case)]
    return f"容缺材料尚未补齐：{'、'.join(names)}；补齐后自动归档" if names else ""
