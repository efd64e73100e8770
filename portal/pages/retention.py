"""鉴定销毁与冻结: what is due, the lists and their approvals, the holds; for the archivist and the supervisor."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from archive import NotFound, Unavailable, object_key
from archive.retention import (
    DisposalLine,
    DisposalList,
    Hold,
    KeptPeriod,
    NamedObject,
    RetentionError,
    Ruling,
    due_periods,
)
from portal.roles import Role, StaffRequest, require, roles_of
from workers import (
    NotPossibleError,
    PackagesUnreadError,
    appraise_disposal,
    approve_disposal,
    draw_disposal,
    hold,
    holds_in_force,
    lift_hold,
    withdraw_disposal,
    zone,
)

READERS = (Role.ARCHIVIST, Role.SUPERVISOR)
REFUSED = (RetentionError, NotPossibleError, PackagesUnreadError, Unavailable)
"""What a person is told on the page."""
SOON_DAYS = 365
"""How far ahead the board looks for what will be due."""


def retention_figures(today: dt.date) -> dict[str, Any]:
    """For the archivist's board (template `portal/_retention.html`): due, lists that wait, holds, drift."""
    kept = KeptPeriod.objects.filter(destroyed_at=None)
    waiting = DisposalList.objects.filter(state__in=["drawn", "appraised", "approved", "begun", "destroyed"])
    return {
        "due": due_periods(today).count(),
        "soon": kept.filter(until__gte=today, until__lt=today + dt.timedelta(days=SOON_DAYS)).count(),
        "waiting": list(waiting),
        "holds": Hold.objects.filter(released_at=None).count(),
        "drift": NamedObject.objects.exclude(fault="").count(),
        "destroyed": KeptPeriod.objects.exclude(destroyed_at=None).count(),
    }


@require(*READERS)
def retention_page(request: StaffRequest) -> HttpResponseBase:
    """What is due, the lists, the holds."""
    return _shown(request)


@require(*READERS)
def disposal_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """One list: each package with what stands against it; the appraisal, the approvals, what came of it."""
    return _list_shown(request, get_object_or_404(DisposalList, number=number))


@require(*READERS)
def certificate_pdf(request: StaffRequest, number: str) -> HttpResponseBase:  # noqa: ARG001 - a page takes it
    """The printed certificate of destruction (销毁清册)."""
    drawn = get_object_or_404(DisposalList, number=number, state=DisposalList.State.CERTIFIED)
    try:
        data = zone("archive").read(object_key(drawn.pdf_sha256))
    except NotFound:
        return HttpResponse(status=404)
    return HttpResponse(data, content_type="application/pdf")


@require_POST
@require(Role.ARCHIVIST)
def draw(request: StaffRequest) -> HttpResponseBase:
    """Draw the list of what is due."""
    return _done(request, lambda: draw_disposal(by=request.user), "已开列到期清单，请逐件鉴定。")


@require_POST
@require(*READERS)
def set_hold(request: StaffRequest) -> HttpResponseBase:
    """Put a hold."""
    scope, target, reason, authority = (request.POST.get(k, "") for k in ("scope", "target", "reason", "authority"))
    if scope not in Hold.Scope.values:
        return HttpResponse(status=404)
    return _done(
        request,
        lambda: hold(scope, target, reason=reason, authority=authority, by=request.user),
        "已冻结，立即生效；存储中的冻结标记随后落实。",
    )


@require_POST
@require(*READERS)
def release(request: StaffRequest, number: str) -> HttpResponseBase:
    """Release a hold."""
    row = get_object_or_404(Hold, number=number)
    reason = request.POST.get("reason", "")
    return _done(request, lambda: lift_hold(row, reason=reason, by=request.user), "已解除冻结。")


@require_POST
@require(Role.ARCHIVIST)
def appraise(request: StaffRequest, number: str) -> HttpResponseBase:
    """Record what the archivist decides of every package."""
    drawn = get_object_or_404(DisposalList, number=number)
    return _done_to(
        request,
        drawn,
        lambda: appraise_disposal(drawn, _rulings(request), by=request.user),
        "鉴定意见已记录，待批准。",
    )


@require_POST
@require(Role.ARCHIVIST)
def approve_as_archivist(request: StaffRequest, number: str) -> HttpResponseBase:
    """The archive's approval."""
    drawn = get_object_or_404(DisposalList, number=number)
    work = functools.partial(approve_disposal, drawn, "archivist", by=request.user)
    return _done_to(request, drawn, work, "档案部门已批准。")


@require_POST
@require(Role.SUPERVISOR)
def approve_as_supervisor(request: StaffRequest, number: str) -> HttpResponseBase:
    """The supervisor's approval."""
    drawn = get_object_or_404(DisposalList, number=number)
    work = functools.partial(approve_disposal, drawn, "supervisor", by=request.user)
    return _done_to(request, drawn, work, "监察已批准。")


@require_POST
@require(*READERS)
def withdraw(request: StaffRequest, number: str) -> HttpResponseBase:
    """Stop a list that was not begun."""
    drawn, why = get_object_or_404(DisposalList, number=number), request.POST.get("why", "")
    return _done_to(request, drawn, lambda: withdraw_disposal(drawn, why=why, by=request.user), "已撤回。")


def _done_to(request: StaffRequest, drawn: DisposalList, work: Callable[[], object], words: str) -> HttpResponseBase:
    try:
        work()
    except REFUSED as reason:
        return _list_shown(request, drawn, error=str(reason))
    return _list_shown(request, drawn, done=words)


def _rulings(request: StaffRequest) -> dict[int, Ruling]:
    """What the form says of each line; a line without a decision is left out, and told."""
    said = {}
    for name, value in request.POST.items():
        key = name.removeprefix("decision-")
        if key != name and key.isdecimal() and value in DisposalLine.Decision.values:
            reason, day = request.POST.get(f"reason-{key}", ""), request.POST.get(f"extend-{key}", "")
            said[int(key)] = Ruling(DisposalLine.Decision(value), reason, _day(day))
    return said


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _done(request: StaffRequest, work: Callable[[], object], words: str) -> HttpResponseBase:
    try:
        work()
    except REFUSED as reason:
        return _shown(request, error=str(reason))
    return _shown(request, done=words)


def _shown(request: StaffRequest, *, done: str = "", error: str = "") -> HttpResponse:
    today = timezone.localdate()
    context = {
        "done": done,
        "error": error,
        "figures": retention_figures(today),
        "due": list(due_periods(today)),
        "lists": DisposalList.objects.select_related("drawn_by"),
        "holds": holds_in_force(),
        "scopes": Hold.Scope.choices,
        "is_archivist": Role.ARCHIVIST in roles_of(request.user),
    }
    return render(request, "portal/retention.html", context)


def _list_shown(request: StaffRequest, drawn: DisposalList, *, done: str = "", error: str = "") -> HttpResponse:
    drawn = DisposalList.objects.select_related("archivist", "supervisor", "drawn_by").get(pk=drawn.pk)
    roles = roles_of(request.user)
    context = {
        "drawn": drawn,
        "lines": drawn.lines.select_related("period__package"),
        "decisions": DisposalLine.Decision.choices,
        "open": drawn.state in ("drawn", "appraised"),
        "is_archivist": Role.ARCHIVIST in roles,
        "is_supervisor": Role.SUPERVISOR in roles,
        "done": done,
        "error": error,
    }
    return render(request, "portal/disposal.html", context)
