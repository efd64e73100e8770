"""鉴定销毁: the list of what is due, what stands against each, the appraisal, and two approvals by two persons.

Nothing is destroyed here (`destruction` does that): this is how it comes to be allowed.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from django.db import transaction
from django.db.models import Count, Q

from archive.events import append_event
from archive.models import Package
from archive.retention.errors import RetentionError
from archive.retention.holds import under_hold
from archive.retention.models import DisposalLine, DisposalList, Hold, KeptPeriod, NamedObject
from archive.retention.periods import change_period, covering

OBJECTION_DAYS = 30
"""Between the second approval and the first deletion: somebody who knows of a reason against it has time to have it
held. A proposal of ours, as no public source sets one; a city may ask for more by approving later."""

STATE = DisposalList.State
OPEN_STATES = (STATE.DRAWN, STATE.APPRAISED, STATE.APPROVED, STATE.BEGUN, STATE.DESTROYED)
Decision = DisposalLine.Decision


@dataclasses.dataclass(frozen=True, slots=True)
class Against:
    """What stands against the destruction of a package; `forbids` where it may not be destroyed for it."""

    code: Literal["hold", "not-due", "open-case", "certificate", "in-use", "unfinished", "shared", "lock"]
    words: str
    forbids: bool = True

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a line."""
        return dataclasses.asdict(self)


Outside = Callable[[Package], Sequence[Against]]
"""What the rest of the system knows against destroying a package: open cases, certificates in force."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ruling:
    """What the appraisal says of one package."""

    decision: DisposalLine.Decision
    reason: str
    extend_to: dt.date | None = None


def stands_against(period: KeptPeriod, today: dt.date, outside: Outside) -> list[Against]:
    """Everything that stands against destroying a package today, the lock in the store aside."""
    found = [
        Against("hold", f"已冻结：{hold.get_scope_display()}，{hold.reason}（{hold.authority}）")
        for hold in covering(period)
    ]
    if period.until is None or period.until >= today:
        found.append(Against("not-due", f"保管至{period.until or '永久'}，尚未到期"))
    found.extend(outside(period.package))
    if shared := shared_objects(period):
        words = f"{shared}个对象也被其他在库档案使用，将予保留"
        found.append(Against("shared", words, forbids=False))
    return found


def shared_objects(period: KeptPeriod) -> int:
    """How many of a package's objects other kept packages name as well."""
    others = Q(uses__period__destroyed_at=None) & ~Q(uses__period=period)
    mine = NamedObject.objects.filter(uses__period=period).values("pk")
    return NamedObject.objects.filter(others, pk__in=mine).distinct().count()


def due_periods(today: dt.date) -> Any:
    """The packages whose period is over and that are on no list under way, the longest over first."""
    listed = DisposalLine.objects.filter(disposal__state__in=OPEN_STATES).values("period")
    due = KeptPeriod.objects.filter(destroyed_at=None, until__lt=today).exclude(pk__in=listed)
    return due.select_related("package").order_by("until", "pk")


@transaction.atomic
def draw_list(outside: Outside, *, by: Any, now: dt.datetime, today: dt.date) -> DisposalList:
    """Draw the list of what is due.

    Raises:
        RetentionError: `nothing-due`.
    """
    due = list(due_periods(today))
    if not due:
        raise RetentionError("nothing-due", "没有到期而未列入清单的档案")
    drawn = DisposalList.objects.create(due_on=today, drawn_by=by, drawn_at=now)
    for period in due:
        against = [one.to_json() for one in stands_against(period, today, outside)]
        DisposalLine.objects.create(disposal=drawn, period=period, due_on=period.until, against=against)
    tell("disposal-drawn", drawn, by, now, packages=len(due))
    return drawn


@transaction.atomic
def appraise(  # noqa: PLR0913 - what an appraisal consists of
    drawn: DisposalList, rulings: Mapping[int, Ruling], outside: Outside, *, by: Any, now: dt.datetime, today: dt.date
) -> DisposalList:
    """Decide for every package of the list, by the line's key: keep, extend or destroy, each with its reason.

    Raises:
        RetentionError: `not-drawn`, `not-all` (a line without a ruling), `no-reason`, `bad-extension`, or `forbidden`:
            something stands against destroying one.
    """
    drawn = _locked(drawn, {STATE.DRAWN, STATE.APPRAISED}, "not-drawn", "该清单不在鉴定阶段")
    lines = list(drawn.lines.select_related("period__package"))
    if missing := [line for line in lines if line.pk not in rulings]:
        raise RetentionError("not-all", f"还有{len(missing)}件未鉴定，请逐件给出意见")
    for line in lines:
        _rule(line, rulings[line.pk], outside, today)
        line.decided_by, line.decided_at = by, now
        line.save()
    drawn.state = STATE.APPRAISED
    drawn.archivist = drawn.archivist_at = drawn.supervisor = drawn.supervisor_at = None
    drawn.save()
    counts = {row["decision"]: row["n"] for row in drawn.lines.values("decision").annotate(n=Count("pk")).order_by()}
    tell("disposal-appraised", drawn, by, now, decisions=counts)
    return drawn


def _rule(line: DisposalLine, ruling: Ruling, outside: Outside, today: dt.date) -> None:
    package = line.period.package
    if not ruling.reason.strip():
        raise RetentionError("no-reason", f"{package}：请写明鉴定意见")
    if ruling.decision == Decision.EXTEND and (ruling.extend_to is None or ruling.extend_to <= today):
        raise RetentionError("bad-extension", f"{package}：延长须写明今天以后的日期")
    against = stands_against(line.period, today, outside)
    if ruling.decision == Decision.DESTROY and (forbids := [one.words for one in against if one.forbids]):
        raise RetentionError("forbidden", f"{package} 不能销毁：{'；'.join(forbids)}")
    line.against = [one.to_json() for one in against]
    line.decision, line.reason = ruling.decision, ruling.reason.strip()
    line.extend_to = ruling.extend_to if ruling.decision == Decision.EXTEND else None


@transaction.atomic
def approve(
    drawn: DisposalList, role: Literal["archivist", "supervisor"], *, by: Any, now: dt.datetime
) -> DisposalList:
    """One of the two approvals, in either order; with the second the waiting time begins, and extensions hold.

    Raises:
        RetentionError: `not-appraised`, `approved` (in this role already), `same-person`, or `released-it`: who
            released a hold may not approve the destruction of what it covered.
    """
    drawn = _locked(drawn, {STATE.APPRAISED}, "not-appraised", "该清单尚未鉴定完毕，或已经批准")
    other = "supervisor" if role == "archivist" else "archivist"
    if getattr(drawn, role):
        raise RetentionError("approved", "该清单已有这一方的批准")
    if getattr(drawn, other) == by:
        raise RetentionError("same-person", "销毁须由档案和监察两人分别批准")
    goes = drawn.lines.filter(decision=Decision.DESTROY).values("period")
    if any(under_hold(hold).filter(pk__in=goes).exists() for hold in Hold.objects.filter(released_by=by)):
        raise RetentionError("released-it", "您解除过其中档案的冻结，销毁须由另一人批准")
    setattr(drawn, role, by)
    setattr(drawn, f"{role}_at", now)
    if drawn.archivist and drawn.supervisor:
        _settle(drawn, by, now)
    drawn.save()
    tell("disposal-approved", drawn, by, now, role=role, not_before=str(drawn.not_before or ""))
    return drawn


def _settle(drawn: DisposalList, by: Any, now: dt.datetime) -> None:
    for line in drawn.lines.filter(decision=Decision.EXTEND).select_related("period__package"):
        if line.extend_to and line.period.until and line.extend_to > line.period.until:
            code: Any = line.period.code
            change_period(line.period, code, line.extend_to, reason=line.reason, by=by, now=now)
    goes = drawn.lines.filter(decision=Decision.DESTROY).exists()
    drawn.state = STATE.APPROVED if goes else STATE.CLOSED
    drawn.not_before = now + dt.timedelta(days=OBJECTION_DAYS) if goes else None


@transaction.atomic
def withdraw_list(drawn: DisposalList, *, why: str, by: Any, now: dt.datetime) -> DisposalList:
    """Stop a list that was not begun; one person may, since keeping does no harm.

    Raises:
        RetentionError: `begun` or `no-reason`.
    """
    states = {STATE.DRAWN, STATE.APPRAISED, STATE.APPROVED}
    drawn = _locked(drawn, states, "begun", "该清单已经开始执行或已结束，不能撤回")
    if not why.strip():
        raise RetentionError("no-reason", "请写明撤回的理由")
    drawn.state, drawn.withdrawn_at, drawn.withdrawn_why = STATE.WITHDRAWN, now, why.strip()
    drawn.save()
    tell("disposal-withdrawn", drawn, by, now, why=drawn.withdrawn_why)
    return drawn


def tell(kind: str, drawn: DisposalList, by: Any, now: dt.datetime, **details: Any) -> None:
    """An event of the list."""
    append_event(kind, actor=by, details={"list": drawn.number, **details}, now=now)


def _locked(drawn: DisposalList, states: set[DisposalList.State], code: str, words: str) -> DisposalList:
    found = DisposalList.objects.select_for_update().get(pk=drawn.pk)
    if found.state not in states:
        raise RetentionError(code, words)
    return found
