"""Asking the owner department for a material (有条件共享), its answer, and until when the answer holds."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from archive.models import HeldMaterial
from archive.sharing.errors import SharingError
from archive.sharing.models import Department, ShareRequest
from archive.sharing.sight import may_see, owners_of, viewer_of
from catalogue import add_working_days, items_of

ANSWER_WORKING_DAYS = 10
"""国发〔2016〕51号 clause 12: the owner answers within ten working days, and gives the reason where it declines."""
VALID_DAYS, MOST_VALID_DAYS = 30, 180
"""How long an approval holds where nothing is said: a case is decided in that time; and at most, half a year."""
LEAST_WORDS, MOST_WORDS = 4, 150
"""Characters of a purpose and of a reason, as for every use of the archive (`archive.lookup.policy`)."""
NOT_THERE = "没有可以申请的这份材料；请从本办件可申请的材料中选择"


def ask_owner(held: HeldMaterial, *, case_number: str, purpose: str, by: Any, now: dt.datetime) -> ShareRequest:
    """Ask the owner for a material for one case; call it in a transaction.

    Raises:
        SharingError: `no-department`, `purpose-words`, `no-case`, `not-on-request` (also where it may be had without
            asking), or `asked-already`.
    """
    department, words = viewer_of(by).department, said(purpose, "用途")
    if not department:
        raise SharingError("no-department", "您还没有登记所在部门，请联系管理员登记后再申请")
    if not case_number:
        raise SharingError("no-case", "请写明所办的办件；同意只对这一办件有效")
    owners = owners_of(held.package)
    if may_see(by, held, case_number=case_number).answer != "on-request" or not owners:
        raise SharingError("not-on-request", NOT_THERE)
    try:
        with transaction.atomic():
            return ShareRequest.objects.create(
                department=Department.objects.get(name=department),
                owner=_owner(owners),
                held=held,
                case_number=case_number,
                purpose=words,
                by=by,
                asked_at=now,
                answer_by=add_working_days(timezone.localdate(now), ANSWER_WORKING_DAYS),
            )
    except IntegrityError as reason:
        raise SharingError("asked-already", "本部门已为这一办件申请过，正在等待答复") from reason


def answer_request(  # noqa: PLR0913 - who answers what, and why
    request: ShareRequest,
    *,
    approve: bool,
    reason: str,
    by: Any,
    now: dt.datetime,
    days: int = VALID_DAYS,
) -> ShareRequest:
    """The owner answers, once; call it in a transaction.

    Raises:
        SharingError: `not-the-owner`, `answered`, `purpose-words`, or `too-long`.
    """
    row = ShareRequest.objects.select_for_update().select_related("owner", "department").get(pk=request.pk)
    if viewer_of(by).department not in owners_of(row.held.package):
        raise SharingError("not-the-owner", "只有归属部门可以答复")
    if row.state != ShareRequest.State.ASKED:
        raise SharingError("answered", f"这份申请{row.get_state_display()}，不能再次答复")
    if not 1 <= days <= MOST_VALID_DAYS:
        raise SharingError("too-long", f"同意期限请填 1 至 {MOST_VALID_DAYS} 天")
    row.answer = said(reason, "答复理由")
    row.state = ShareRequest.State.APPROVED if approve else ShareRequest.State.DECLINED
    row.answered_by, row.answered_at = by, now
    row.valid_until = timezone.localdate(now) + dt.timedelta(days=days) if approve else None
    row.save()
    return row


def withdraw_request(request: ShareRequest, *, by: Any, now: dt.datetime) -> ShareRequest:
    """Who asked needs it no more; an approval ends with it. Call it in a transaction.

    Raises:
        SharingError: `not-yours`, or `answered` where nothing is left to withdraw.
    """
    row = ShareRequest.objects.select_for_update().select_related("owner", "department").get(pk=request.pk)
    if viewer_of(by).department != row.department.name:
        raise SharingError("not-yours", "只有提出申请的部门可以撤回")
    if row.state not in {ShareRequest.State.ASKED, ShareRequest.State.APPROVED}:
        raise SharingError("answered", f"这份申请{row.get_state_display()}，不用撤回")
    row.state, row.answered_at = ShareRequest.State.WITHDRAWN, now
    row.save(update_fields=["state", "answered_at"])
    return row


def requests_to(department: str) -> Any:
    """The requests that this department may answer: those sent to it, and those for what it owns with the one asked."""
    if not department:
        return ShareRequest.objects.none()
    shared = Q(held__package__entry__item_code__in=items_of(department))
    return ShareRequest.objects.filter(Q(owner__name=department) | shared)


def requests_to_answer(department: str) -> Any:
    """What waits for this department's answer, the most urgent first."""
    waiting = requests_to(department).filter(state=ShareRequest.State.ASKED)
    return waiting.select_related("department", "by", "held__package").order_by("answer_by", "pk")


def said(text: str, what: str) -> str:
    """The words of a person, with plain blanks.

    Raises:
        SharingError: `purpose-words` where they are too few or too many.
    """
    words = " ".join(text.split())
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        raise SharingError("purpose-words", f"请用{LEAST_WORDS}至{MOST_WORDS}个字写明{what}")
    return words


def _owner(owners: tuple[str, ...]) -> Department:
    """Of several who are responsible, the first that has people here answers; the leading one where none has."""
    staffed = Department.objects.filter(name__in=owners, members__isnull=False).distinct()
    by_name = {one.name: one for one in staffed}
    for name in owners:
        if name in by_name:
            return by_name[name]
    return Department.objects.get_or_create(name=owners[0])[0]
