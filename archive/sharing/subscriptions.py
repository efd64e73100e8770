"""Subscribing to changes: what a register decides about a material is told to the departments that asked to be told.

A notice is written in the transaction of the change itself, and only of what the department may see.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from archive.codes_of_projects import project_codes
from archive.models import HeldMaterial
from archive.sharing.errors import SharingError
from archive.sharing.models import ChangeNotice, Department, ShareRequest, Subscription
from archive.sharing.rules import rule_of
from archive.sharing.sight import owners_of, viewer_of
from catalogue import load_catalogue

Change = ChangeNotice.Change
ROW_DIGITS = 18
"""Longer ones are no row's number, and more than a database takes."""
MOST_KEY = 200
"""Characters of what is followed: what the column takes; no code and no name of a company is longer."""
CHANGES: dict[str, Change] = {
    HeldMaterial.Standing.SUSPENDED: Change.SUSPENDED,
    HeldMaterial.Standing.SUPERSEDED: Change.SUPERSEDED,
    HeldMaterial.Standing.REVOKED: Change.REVOKED,
    HeldMaterial.Standing.CANCELLED: Change.CANCELLED,
}


def subscribe(kind: str, key: str, *, by: Any, now: dt.datetime) -> Subscription:
    """A department wants to be told of changes; once it is, asking again changes nothing.

    Raises:
        SharingError: `no-department`, `unknown-kind`, `key-too-long`, or `unknown-key` for what it may not see as for
            what is not.
    """
    department, key = viewer_of(by).department, key.strip()
    if not department:
        raise SharingError("no-department", "您还没有登记所在部门，请联系管理员登记后再订阅")
    if kind not in Subscription.Kind.values:
        raise SharingError("unknown-kind", "请选择订阅一份材料、一类材料、一个项目或者一个单位")
    if len(key) > MOST_KEY:
        raise SharingError("key-too-long", f"订阅对象不超过 {MOST_KEY} 个字符，请核对后再填，一次只订阅一个")
    if not key or (kind == Subscription.Kind.TYPE and not _is_type(key)) or not _may_follow(by, kind, key):
        raise SharingError("unknown-key", "没有可以订阅的这一对象，请核对后再填")
    row, _ = Subscription.objects.get_or_create(
        department=Department.objects.get(name=department),
        kind=kind,
        key=key,
        ended_at=None,
        defaults={"by": by, "since": now},
    )
    return row


def end_subscription(row: Subscription, *, by: Any, now: dt.datetime) -> None:
    """The department is told no more; what it was told stays.

    Raises:
        SharingError: `not-yours`.
    """
    if row.department.name != viewer_of(by).department:
        raise SharingError("not-yours", "只能取消本部门的订阅")
    row.ended_at = now
    row.save(update_fields=["ended_at"])


def tell_change(held: HeldMaterial, now: dt.datetime) -> list[ChangeNotice]:
    """Tell every department that follows this material, or its type, project or company; once for one change."""
    at = held.standing_since or now
    change = CHANGES.get(held.standing, Change.CHANGED)
    if change == Change.CHANGED and _was_ended(held):
        change = Change.RESTORED
    key = f"{held.standing} {at.isoformat()} {held.valid_until or ''}"
    told = []
    for department in Department.objects.filter(pk__in=_followers(held).values("department")):
        if _is_seen_by(department, held):
            notice, _ = ChangeNotice.objects.get_or_create(
                department=department, held=held, key=key, defaults={"change": change, "happened_at": at}
            )
            told.append(notice)
    return told


def notices_of(department: str, *, after: int = 0) -> QuerySet[ChangeNotice]:
    """What a department was told after a notice (its number is the cursor), in the order of telling."""
    rows = ChangeNotice.objects.filter(department__name=department, pk__gt=after)
    return rows.select_related("held__package__entry").order_by("pk")


def unread_notices(department: str) -> int:
    """How many nobody of the department has read."""
    return ChangeNotice.objects.filter(department__name=department, read_at=None).count() if department else 0


def mark_read(department: str, *, up_to: int, by: Any, now: dt.datetime) -> int:
    """Somebody of the department has read them; returns how many were new."""
    rows = list(ChangeNotice.objects.filter(department__name=department, pk__lte=up_to, read_at=None))
    for row in rows:  # one by one, so that the journal sees each
        row.read_at, row.read_by = now, by
        row.save(update_fields=["read_at", "read_by"])
    return len(rows)


def _followers(held: HeldMaterial) -> QuerySet[Subscription]:
    kind, company = Subscription.Kind, held.collected_from
    about = Q(kind=kind.HELD, key=str(held.pk)) | Q(kind=kind.TYPE, key=held.type)
    about |= Q(kind=kind.PROJECT, key__in=project_codes(held.package.project_code))
    names = [one for one in (company, held.subject if held.subject_kind == "company" else "") if one]
    return Subscription.objects.filter(about | Q(kind=kind.COMPANY, key__in=names), ended_at=None)


def _is_seen_by(department: Department, held: HeldMaterial) -> bool:
    owners = owners_of(held.package)
    category = rule_of(held.type, owners).category
    if department.name in owners or category == "open":
        return True
    given = ShareRequest.objects.filter(
        department=department, held=held, state=ShareRequest.State.APPROVED, valid_until__gte=timezone.localdate()
    )
    return category == "on-request" and bool(given.exists())


def _was_ended(held: HeldMaterial) -> bool:
    newest = ChangeNotice.objects.filter(held=held).order_by("-pk").first()
    return newest is not None and newest.change == Change.SUSPENDED


def _may_follow(by: Any, kind: str, key: str) -> bool:
    """A single material is followed by who may see it; a project, company or type says nothing by itself."""
    if kind != Subscription.Kind.HELD:
        return True
    row = HeldMaterial.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < ROW_DIGITS else None
    department = Department.objects.filter(name=viewer_of(by).department).first()
    return row is not None and department is not None and _is_seen_by(department, row)


def _is_type(code: str) -> bool:
    return any(kind.code == code for kind in load_catalogue().material_types())
