"""冻结: set on a package, a case, a project or a company, and released by somebody who has no part in its destruction.

A hold is in force when its row is committed: every destruction asks for it, object by object, behind the same
turnstile. Its mark on the objects in the store (`protection`) follows, and covers what is stored later as well.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from archive.codes_of_projects import project_codes
from archive.events import append_event
from archive.retention.errors import RetentionError
from archive.retention.models import DisposalLine, DisposalList, Hold, KeptPeriod
from archive.retention.turnstile import pass_turnstile


def under_hold(hold: Hold) -> QuerySet[KeptPeriod]:
    """The packages that a hold covers, those that are destroyed left out."""
    kept = KeptPeriod.objects.filter(destroyed_at=None)
    match hold.scope:
        case Hold.Scope.PACKAGE:
            return kept.filter(package__number=hold.target)
        case Hold.Scope.CASE:
            return kept.filter(package__case_number=hold.target)
        case Hold.Scope.PROJECT:
            return kept.filter(package__project_code__in=project_codes(hold.target))
    subject = Q(package__materials__subject_kind="company", package__materials__subject=hold.target)
    return kept.filter(Q(applicant_uscc=hold.target) | subject).distinct()


@transaction.atomic
def set_hold(  # noqa: PLR0913 - what a hold consists of
    scope: Hold.Scope, target: str, *, reason: str, authority: str, by: Any, now: dt.datetime
) -> Hold:
    """Put a hold on what is archived there and on what will be.

    Raises:
        RetentionError: `no-reason`, `no-authority` or `no-target`.
    """
    if not target.strip():
        raise RetentionError("no-target", "请指明冻结的档案、办件、项目或企业")
    if not reason.strip():
        raise RetentionError("no-reason", "请写明冻结事由")
    if not authority.strip():
        raise RetentionError("no-authority", "请写明依据文书，如协助执行通知书的文号")
    pass_turnstile()
    hold = Hold.objects.create(
        scope=scope,
        target=target.strip(),
        reason=reason.strip(),
        authority=authority.strip(),
        set_by=by,
        set_at=now,
    )
    details = {"hold": hold.number, "scope": hold.scope, "target": hold.target, "reason": hold.reason}
    append_event("hold-set", actor=by, details=details | {"authority": hold.authority}, now=now)
    return hold


@transaction.atomic
def release_hold(hold: Hold, *, reason: str, by: Any, now: dt.datetime) -> Hold:
    """Release it. What another hold covers stays held.

    Raises:
        RetentionError: `released`, `no-reason`, or `same-person`: who approved that something of it be destroyed may
            not open the way to it.
    """
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at:
        raise RetentionError("released", "该冻结已经解除")
    if not reason.strip():
        raise RetentionError("no-reason", "请写明解除冻结的理由")
    ended = (DisposalList.State.WITHDRAWN, DisposalList.State.CLOSED)
    lines = DisposalLine.objects.filter(period__in=under_hold(hold)).exclude(disposal__state__in=ended)
    if lines.filter(Q(disposal__archivist=by) | Q(disposal__supervisor=by)).exists():
        raise RetentionError("same-person", "您批准过其中档案的销毁，解除冻结须由另一人办理")
    hold.released_by, hold.released_at, hold.release_reason = by, now, reason.strip()
    hold.save(update_fields=["released_by", "released_at", "release_reason"])
    details = {"hold": hold.number, "reason": hold.release_reason}
    append_event("hold-released", actor=by, details=details, now=now)
    return hold


def held_periods() -> set[int]:
    """The packages that any hold in force covers."""
    found: set[int] = set()
    for hold in Hold.objects.filter(released_at=None):
        found.update(under_hold(hold).values_list("pk", flat=True))
    return found
