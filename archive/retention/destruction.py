"""销毁: what two persons approved is carried out object by object, and whoever is killed half-way goes on there.

Before each object the whole question is asked again behind the turnstile: is its package held now, does a kept
package name it, has its lock ended. The row of the object is the account; deleting what is gone already is no error.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from archive.digests import object_key
from archive.events import append_event
from archive.models import HeldMaterial, KeptObject, Package
from archive.retention.disposal import STATE, Decision, Outside, stands_against, tell
from archive.retention.errors import RetentionError
from archive.retention.models import DisposalLine, DisposalList, DisposalObject, KeptPeriod, NamedObject
from archive.retention.periods import covering
from archive.retention.turnstile import pass_turnstile
from archive.store import Locked, ObjectStore

OBJECT = DisposalObject.State
OUTCOME = DisposalLine.Outcome
Locks = dict[int, str]
"""By line: the object that is locked longest, and until when, in words."""


def running_locks(drawn: DisposalList, stores: Sequence[ObjectStore], now: dt.datetime) -> Locks:
    """Which lines have an object of their own whose lock or hold in a store has not ended.

    Raises:
        Unavailable: a store cannot be reached.
    """
    found: Locks = {}
    for line in drawn.lines.filter(decision=Decision.DESTROY).select_related("period"):
        for row in _own_objects(line.period, _condemned(drawn)):
            for store in stores:
                for version in store.versions(object_key(row.sha256)):
                    if version.legal_hold:
                        found[line.pk] = f"对象 {row.sha256} 在 {store.name} 有冻结标记"
                    elif version.retain_until and version.retain_until > now:
                        found[line.pk] = f"对象 {row.sha256} 在 {store.name} 锁定至 {version.retain_until:%Y-%m-%d}"
    return found


@transaction.atomic
def begin(drawn: DisposalList, locks: Locks, outside: Outside, *, now: dt.datetime, today: dt.date) -> DisposalList:
    """Write down what goes: each package is looked at once more, and refused where anything stands against it.

    Raises:
        RetentionError: `not-approved`, or `too-soon`.
    """
    pass_turnstile()
    drawn = DisposalList.objects.select_for_update().get(pk=drawn.pk)
    if drawn.state != STATE.APPROVED or drawn.not_before is None:
        raise RetentionError("not-approved", "该清单没有两人的批准，或已经开始执行")
    if now < drawn.not_before:
        raise RetentionError("too-soon", f"异议期未满：{drawn.not_before:%Y-%m-%d} 之后才能执行")
    going = []
    for line in drawn.lines.filter(decision=Decision.DESTROY).select_related("period__package"):
        against = [one.words for one in stands_against(line.period, today, outside) if one.forbids]
        if line.pk in locks:
            against.append(locks[line.pk])
        if against:
            _refuse(line, "；".join(against), now)
        else:
            going.append(line)
    for line in going:
        _condemn(line, {one.period_id for one in going}, today)
    drawn.state, drawn.begun_at = STATE.BEGUN, now
    drawn.save(update_fields=["state", "begun_at"])
    tell("disposal-begun", drawn, None, now, packages=[line.period.package.number for line in going])
    return drawn


def destroy_next(
    drawn: DisposalList,
    stores: Sequence[ObjectStore],
    now: Callable[[], dt.datetime],
    *,
    elsewhere: Callable[[str], None] = lambda _: None,
) -> bool:
    """Destroy one object of the list in all its versions in all stores, or say why it stays; False when none waits.

    `elsewhere` removes the working copies that the rest of the system has of it. Killed anywhere in here, the row
    still waits, and the next run deletes again what may be gone already.

    Raises:
        Unavailable: a store cannot be reached; the object waits.
    """
    with transaction.atomic():
        pass_turnstile()
        row = (
            DisposalObject.objects.select_for_update(of=("self",))
            .filter(line__disposal=drawn, state=OBJECT.WAITING)
            .select_related("line__period__package")
            .first()
        )
        if row is None:
            return False
        row.state, row.why, row.versions = _destroy(row, stores, timezone.localdate(now()))
        row.destroyed_at = now() if row.state == OBJECT.DESTROYED else None
        row.save()
        if row.state == OBJECT.DESTROYED:
            elsewhere(row.sha256)
            NamedObject.objects.filter(sha256=row.sha256).delete()
            KeptObject.objects.filter(sha256=row.sha256).delete()
    return True


@transaction.atomic
def conclude(drawn: DisposalList, *, now: dt.datetime) -> DisposalList:
    """All objects have their answer: the packages are destroyed, and what stays of each is its row and its event.

    Raises:
        RetentionError: `not-done`: an object still waits.
    """
    drawn = DisposalList.objects.select_for_update().get(pk=drawn.pk)
    waits = DisposalObject.objects.filter(line__disposal=drawn, state=OBJECT.WAITING).exists()
    if drawn.state != STATE.BEGUN or waits:
        raise RetentionError("not-done", "该清单没有在执行，或尚有对象未销毁")
    for line in drawn.lines.filter(decision=Decision.DESTROY, outcome="").select_related("period__package"):
        held = line.goes.filter(state=OBJECT.HELD)
        if held.exists():
            _stop(line, now)
        else:
            _entomb(line, drawn, now)
    drawn.state, drawn.destroyed_at = STATE.DESTROYED, now
    drawn.save(update_fields=["state", "destroyed_at"])
    return drawn


def _own_objects(period: KeptPeriod, going: set[int]) -> Any:
    """What the package names and no package does that stays."""
    stays = NamedObject.objects.filter(Q(uses__period__destroyed_at=None) & ~Q(uses__period__in=going))
    return NamedObject.objects.filter(uses__period=period).exclude(pk__in=stays.values("pk"))


def _condemned(drawn: DisposalList) -> set[int]:
    return set(drawn.lines.filter(decision=Decision.DESTROY, outcome="").values_list("period", flat=True))


def _condemn(line: DisposalLine, going: set[int], today: dt.date) -> None:
    own = set(_own_objects(line.period, going).values_list("pk", flat=True))
    taken = set(DisposalObject.objects.filter(line__disposal=line.disposal_id).values_list("sha256", flat=True))
    for row in NamedObject.objects.filter(uses__period=line.period).order_by("pk"):
        goes = row.pk in own and row.sha256 not in taken
        DisposalObject.objects.create(
            line=line,
            sha256=row.sha256,
            size=row.size,
            state=OBJECT.WAITING if goes else OBJECT.KEPT,
            why="" if goes else _stays(listed=row.sha256 in taken),
        )
    for held in HeldMaterial.objects.filter(package=line.period.package):
        held.valid_until = today  # offered no more
        held.save(update_fields=["valid_until"])


def _stays(*, listed: bool) -> str:
    return "同一清单内另一件档案已列" if listed else "其他在库档案仍在使用"


def _destroy(
    row: DisposalObject, stores: Sequence[ObjectStore], today: dt.date
) -> tuple[DisposalObject.State, str, int]:
    own, going = row.line.period, _condemned(row.line.disposal)
    if why := _why_kept(own, today):
        return OBJECT.HELD, why, 0
    others = KeptPeriod.objects.filter(destroyed_at=None, uses__object__sha256=row.sha256).exclude(pk=own.pk)
    if any(period.pk not in going or _why_kept(period, today) for period in others.select_related("package")):
        return OBJECT.KEPT, _stays(listed=False), 0
    key, gone = object_key(row.sha256), 0
    for store in stores:
        for version in store.versions(key):
            try:
                store.delete_version(key, version.version)
            except Locked as reason:
                return OBJECT.LOCKED, str(reason)[:300], gone
            gone += not version.is_delete_marker
    return OBJECT.DESTROYED, "", gone


def _why_kept(period: KeptPeriod, today: dt.date) -> str:
    """What came up since the list was begun."""
    if hold := covering(period).first():
        return f"执行中被冻结（{hold.authority}）"
    return "" if period.until and period.until < today else "执行中延长了保管期限"


def _refuse(line: DisposalLine, why: str, now: dt.datetime) -> None:
    line.outcome, line.outcome_why = OUTCOME.REFUSED, why[:300]
    line.save(update_fields=["outcome", "outcome_why"])
    _tell_of("disposal-refused", line, now, why=line.outcome_why)


def _stop(line: DisposalLine, now: dt.datetime) -> None:
    gone = line.goes.filter(state=OBJECT.DESTROYED).count()
    line.outcome = OUTCOME.STOPPED
    why = line.goes.filter(state=OBJECT.HELD).values_list("why", flat=True).first()
    line.outcome_why = f"{why}：{gone}个对象已先行销毁，其余保留"[:300]
    line.save(update_fields=["outcome", "outcome_why"])
    _tell_of("disposal-stopped", line, now, destroyed=gone)


def _entomb(line: DisposalLine, drawn: DisposalList, now: dt.datetime) -> None:
    period = line.period
    period.destroyed_at, period.certificate = now, drawn.number
    period.save(update_fields=["destroyed_at", "certificate"])
    period.package.state = Package.State.DESTROYED
    period.package.save(update_fields=["state"])
    line.outcome = OUTCOME.DESTROYED
    line.save(update_fields=["outcome"])
    for held in HeldMaterial.objects.filter(package=period.package):
        held.number, held.fields, held.pages = "", {}, []
        held.save(update_fields=["number", "fields", "pages"])
    _tell_of(
        "package-destroyed",
        line,
        now,
        archive_number=period.package.archive_number,
        approved_by=[drawn.archivist_id, drawn.supervisor_id],
        objects=line.goes.filter(state=OBJECT.DESTROYED).count(),
    )


def _tell_of(kind: str, line: DisposalLine, now: dt.datetime, **details: Any) -> None:
    package = line.period.package
    append_event(
        kind,
        case_number=package.case_number,
        object_sha256=package.manifest_sha256,
        details={"package": package.number, "list": line.disposal.number, **details},
        now=now,
    )
