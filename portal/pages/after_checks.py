"""事后核查: what was decided by rule and drawn for checking, what was found, and who let the rules out."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalogue import load_catalogue
from portal.instant import instant_figures
from portal.roles import Role, StaffRequest, require, roles_of
from portal.sight import checks_seen
from portal.supervision import FIGURES_DAYS
from workers import (
    CURRENT_RULES,
    FINDINGS,
    AfterCheck,
    NotPossibleError,
    RuleRelease,
    confirm_release,
    draw_number,
    known_item_names,
    propose_release,
    record_finding,
    withdraw_release,
)

ROWS_SHOWN = 200
LOOKERS = (Role.SUPERVISOR, Role.OFFICER)


@require(*LOOKERS)
def after_checks(request: StaffRequest) -> HttpResponseBase:
    """The draws that wait for their check, the most urgent first, those concluded, and the figures of a month."""
    return _shown(request)


@require_POST
@require(*LOOKERS)
def found(request: StaffRequest, check: int) -> HttpResponseBase:
    """Write down what a check found."""
    row = get_object_or_404(AfterCheck, pk=check, drawn=True)
    finding, words, evidence = (request.POST.get(name, "") for name in ("finding", "words", "evidence"))
    return _done(
        request,
        lambda: record_finding(row, finding, words=words, evidence=evidence, by=request.user),
        "已记录核查结果。" if finding != "revoked" else "已记录核查结果，证照已撤销，承诺失信已记入信用记录。",
    )


@require_POST
@require(Role.OFFICER)
def propose(request: StaffRequest) -> HttpResponseBase:
    """Propose that the newest rules decide an item."""
    item, basis = request.POST.get("item", ""), request.POST.get("basis", "")
    words = "已提出规则发布，由另一名经办人复核后生效。"
    return _done(request, lambda: propose_release(item, by=request.user, basis=basis), words)


@require_POST
@require(Role.OFFICER)
def confirm(request: StaffRequest, release: int) -> HttpResponseBase:
    """The second person."""
    row = get_object_or_404(RuleRelease, pk=release)
    return _done(request, lambda: confirm_release(row, by=request.user), "已复核，规则发布生效。")


@require_POST
@require(Role.OFFICER)
def withdraw(request: StaffRequest, release: int) -> HttpResponseBase:
    """End a release."""
    row = get_object_or_404(RuleRelease, pk=release)
    why = request.POST.get("why", "")
    return _done(request, lambda: withdraw_release(row, why=why, by=request.user), "已撤回，此后按一般程序办理。")


def _done(request: StaffRequest, work: Callable[[], object], words: str) -> HttpResponseBase:
    try:
        work()
    except NotPossibleError as reason:
        return _shown(request, error=str(reason))
    return _shown(request, done=words)


def _shown(request: StaffRequest, *, done: str = "", error: str = "") -> HttpResponse:
    today = timezone.localdate()
    drawn = AfterCheck.objects.filter(checks_seen(request.user), drawn=True)
    drawn = drawn.select_related("decision__case__project", "found_by")
    names = known_item_names()
    context = {
        "done": done,
        "error": error,
        "waiting": [_line(row, today) for row in drawn.filter(finding="").order_by("due_on", "pk")[:ROWS_SHOWN]],
        "concluded": [_line(row, today) for row in drawn.exclude(finding="").order_by("-found_at")[:ROWS_SHOWN]],
        "figures": instant_figures(timezone.now() - dt.timedelta(days=FIGURES_DAYS), today),
        "findings": [(one.value, one.label) for one in FINDINGS],
        "releases": [
            (row, names.get(row.item_code, row.item_code))
            for row in RuleRelease.objects.select_related("proposed_by", "confirmed_by", "withdrawn_by").order_by("-pk")
        ],
        "rules": CURRENT_RULES,
        "instant_items": _instant_items(),
        "may_release": Role.OFFICER in roles_of(request.user),
    }
    return render(request, "portal/after_checks.html", context)


def _line(row: AfterCheck, today: dt.date) -> tuple[AfterCheck, int, bool]:
    """The check, the number it was drawn with, and whether it is late."""
    return row, draw_number(row.note, row.decision.case.number), row.late(today)


def _instant_items() -> list[tuple[str, str]]:
    return [(item.code, item.name) for item in load_catalogue().items() if item.limits.instant_ok]
