"""The clock of a case: it starts at acceptance, stands still in a pause, and its day is counted anew and told.

All times are the server's; no use case takes one.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import ingest
from catalogue import Deadline, Item, explain_deadline, spoken
from catalogue import Pause as Span
from workers.groundwork import NotPossibleError, item_of, require_state, tell

Kind = ingest.Pause.Kind
RUNNING = {"accepted"}
SPANS: Mapping[str, dt.timedelta] = {
    "分钟": dt.timedelta(minutes=1),
    "小时": dt.timedelta(hours=1),
    "日": dt.timedelta(days=1),
    "工作日": dt.timedelta(days=1),
}
"""The unit of the shortest handling time as time on the clock: it is a floor against 秒办, not a count of days."""
# What an officer may pause for; the list's own pause for an overdue gap is nobody's to set.
PAUSES = (Kind.SPECIAL, Kind.CORRECTION, Kind.ONE_PLUS_X)


@transaction.atomic
def pause(case: ingest.Case, kind: str, *, reason: str, evidence: str, by: Any) -> ingest.Pause:
    """Stop the clock: on whose approval, why, and on what evidence (a decision's number, a notice, a record)."""
    require_state(case, RUNNING, "not-running", "该办件不在计时：受理之后、决定之前才能暂停")
    if kind not in PAUSES:
        raise NotPossibleError("pause-kind", f"没有这种暂停事由；可用：{'、'.join(one.label for one in PAUSES)}")
    if not reason.strip() or not evidence.strip():
        raise NotPossibleError("no-evidence", "暂停须写明原因和依据（批准文书编号、通知书或记录）")
    if running_pause(case):
        raise NotPossibleError("paused", "计时已暂停，请先恢复")
    return _pause(case, Kind(kind), reason.strip(), evidence.strip(), by)


def _pause(case: ingest.Case, kind: ingest.Pause.Kind, reason: str, evidence: str, by: Any) -> ingest.Pause:
    made = ingest.Pause.objects.create(
        case=case, kind=kind, reason=reason, evidence=evidence, approved_by=by, started_at=timezone.now()
    )
    recount(case)
    tell("clock-paused", case, by, pause=made.pk, reason=f"{kind.label}：{reason}", evidence=evidence)
    return made


@transaction.atomic
def resume(case: ingest.Case, *, evidence: str, by: Any) -> None:
    """Let the clock go on; the day is counted anew."""
    require_state(case, RUNNING, "not-running", "该办件不在计时")
    running = running_pause(case)
    if running is None:
        raise NotPossibleError("not-paused", "计时没有暂停")
    if running.kind == Kind.EXPIRED_GAP:
        raise NotPossibleError("gap-expired", "容缺材料逾期未补，计时按清单规定停止；材料补齐后自动恢复")
    if not evidence.strip():
        raise NotPossibleError("no-evidence", "恢复须写明依据（结论文书编号、补正收件或记录）")
    _resume(case, running, evidence.strip(), by)
    overdue = _stopping(case).first()
    if overdue:  # what the list stops the clock for has not come meanwhile
        stop_for_gap(case, overdue)


def _resume(case: ingest.Case, running: ingest.Pause, evidence: str, by: Any) -> None:
    running.ended_at, running.ended_by, running.end_evidence = timezone.now(), by, evidence
    running.save()
    recount(case)
    tell("clock-resumed", case, by, pause=running.pk, due=str(case.due_on or ""), evidence=evidence)


def stop_for_gap(case: ingest.Case, gap: ingest.Promise) -> None:
    """The clock stops for a gap that was not closed in time, if it is not standing already."""
    if running_pause(case) is None:
        _pause(case, Kind.EXPIRED_GAP, f"{gap.entry_name}逾期未补", f"清单规定；{gap.text}", None)


def resume_if_settled(case: ingest.Case) -> None:
    """The clock that stood for overdue gaps goes on when the last of them is closed."""
    running = running_pause(case)
    if running and running.kind == Kind.EXPIRED_GAP and not _stopping(case).exists():
        _resume(case, running, "容缺材料已补齐", None)


def _stopping(case: ingest.Case) -> Any:
    return case.promises.filter(state=ingest.Promise.State.EXPIRED, on_expiry=ingest.Promise.OnExpiry.STOP)


def running_pause(case: ingest.Case) -> ingest.Pause | None:
    """The pause that the case is in, if it is in one."""
    return case.pauses.filter(ended_at=None).first()


def start(case: ingest.Case) -> None:
    """Acceptance starts the clock; the caller saves nothing of it himself."""
    case.state, case.accepted_at = ingest.Case.State.ACCEPTED, timezone.now()
    case.save(update_fields=["state", "accepted_at"])
    recount(case)


def revert(case: ingest.Case) -> None:
    """The acceptance is taken back (撤回受理): the case is open again, its clock is off."""
    running = running_pause(case)
    if running:
        running.ended_at, running.end_evidence = timezone.now(), "受理已撤回"
        running.save()
    before = case.accepted_at
    case.state, case.accepted_at, case.due_on, case.due_why = ingest.Case.State.OPEN, None, None, []
    case.warned_at = case.overdue_at = None
    case.save()
    tell("acceptance-reverted", case, None, accepted=before.isoformat() if before else "")


def recount(case: ingest.Case) -> None:
    """Count the promised day anew from acceptance and the pauses since, and keep the count in words."""
    due = due_of_case(case, item_of(case))
    case.due_on, case.due_why = due.on, list(due.why)
    case.save(update_fields=["due_on", "due_why"])


def due_of_case(case: ingest.Case, item: Item) -> Deadline:
    """The day and why; no day before acceptance or for an item without a promised limit."""
    if case.accepted_at is None or item.limits.promised is None:
        return Deadline(None, None, ())
    pauses = [
        Span(
            timezone.localtime(one.started_at),
            timezone.localtime(one.ended_at) if one.ended_at else None,
            f"{one.get_kind_display()}：{one.reason}",
        )
        for one in case.pauses.filter(started_at__gte=case.accepted_at)
    ]
    start_at = timezone.localtime(case.accepted_at)
    return explain_deadline(start_at, item.limits.promised, pauses, permit=item.kind == "行政许可")


def check_decision(case: ingest.Case, item: Item) -> dict[str, Any]:
    """What a decision now must say of its speed.

    秒办 (S1): sooner than the list believes possible is refused, or flagged where the installation says so. An item
    that may be decided at once (instant_ok) has no such time: quick decisions are what S4 asks for there (秒批).

    Raises:
        NotPossibleError: the clock stands still, or it is too soon; with the time from which it may be.
    """
    if running := running_pause(case):
        raise NotPossibleError("paused", f"计时暂停中（{running.get_kind_display()}），恢复后才能作出决定")
    least = item.limits.min_handling
    if least is None or case.accepted_at is None or item.limits.instant_ok:
        return {}
    span = SPANS[least.unit] * least.n
    taken = timezone.now() - case.accepted_at
    if taken >= span:
        return {}
    if settings.QUICK_DECISIONS != "flag":
        from_when = timezone.localtime(case.accepted_at + span)
        raise NotPossibleError(
            "too-quick",
            f"受理后不足 {least.n} {least.unit}，属于“秒办”，不能作出决定；请完成审查，"
            f"最早于 {spoken(from_when.date())} {from_when:%H:%M} 之后作出",
        )
    return {"quick": True, "seconds": round(taken.total_seconds())}


def days_left(case: ingest.Case, today: dt.date) -> int | None:
    """Days until the promised decision date, negative when overdue; None when none is running."""
    return (case.due_on - today).days if case.due_on and case.decided_at is None else None
