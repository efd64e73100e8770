"""区域评估 on the screen: the areas, their results and until when they hold, and the projects inside."""

import datetime as dt
import re
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from archive import HeldMaterial
from archive.holdings import Area, AreaProject, stays_on, still_valid
from archive.sharing import visible_held
from ingest import MaterialUse, Project
from portal.roles import Role, StaffRequest, require, roles_of
from workers import (
    AREA_RESULT,
    NotPossibleError,
    file_result,
    put_in,
    reasons_of,
    register_area,
    restore_result,
    results_of,
    take_back_result,
    take_out_of_area,
    topics,
    unfiled_results,
)

KEEPERS = (Role.OFFICER, Role.SUPERVISOR)
"""Who says what an area is and what lies in it; the window reads."""
READERS = (*KEEPERS, Role.CLERK)
BETWEEN = re.compile(r"[\s,，、;；]+")
"""What stands between the codes of a list."""
DIGITS = 18
"""Longer ones are no row's number, and more than a database takes."""


@require(*READERS)
def area_list(request: StaffRequest) -> HttpResponseBase:
    """Every area with how many results hold and how many projects lie inside."""
    return _list(request)


@require_POST
@require(*KEEPERS)
def register(request: StaffRequest) -> HttpResponseBase:
    """Write an area down."""
    given = {name: request.POST.get(name, "") for name in ("code", "name", "keeper")}
    try:
        area = register_area(given["code"], given["name"], given["keeper"], by=request.user)
    except NotPossibleError as reason:
        return _list(request, error=str(reason))
    return redirect("portal:area", area.code)


@require(*READERS)
def area_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """One area: results, projects, and what a keeper may do."""
    return _shown(request, get_object_or_404(Area, code=code))


@require_POST
@require(*KEEPERS)
def add_result(request: StaffRequest, code: str) -> HttpResponseBase:
    """File an archived evaluation report as a result of the area."""
    area, given = get_object_or_404(Area, code=code), request.POST
    number = given.get("report", "")
    pk = int(number) if number.isdecimal() and len(number) < DIGITS else 0
    reports = HeldMaterial.objects.filter(visible_held(request.user), type=AREA_RESULT)
    report = get_object_or_404(reports.select_related("package"), pk=pk)
    first, last = _day(given.get("valid_from", "")), _day(given.get("valid_until", ""))
    if first is None or last is None:
        return _shown(request, area, error="请填写有效期起止日期")
    return _done(
        request,
        area,
        lambda: file_result(
            area, report, topic=given.get("topic", ""), valid_from=first, valid_until=last, by=request.user
        ),
        "已登记区域评估成果，区域内的项目办理有关事项时不必再交。",
    )


@require_POST
@require(*KEEPERS)
def take_back(request: StaffRequest, code: str, held: int) -> HttpResponseBase:
    """Take a result back that was filed wrongly, for a reason."""
    area = get_object_or_404(Area, code=code)
    row = get_object_or_404(results_of(area), pk=held, type=AREA_RESULT)
    return _done(
        request,
        area,
        lambda: take_back_result(row, reason=request.POST.get("reason", ""), by=request.user),
        "已注销登记，不再提供；需要时可恢复，或改正后重新登记。",
    )


@require_POST
@require(*KEEPERS)
def restore(request: StaffRequest, code: str, held: int) -> HttpResponseBase:
    """Undo a taking back."""
    area = get_object_or_404(Area, code=code)
    row = get_object_or_404(results_of(area), pk=held, type=AREA_RESULT)
    return _done(request, area, lambda: restore_result(row, by=request.user), "已恢复登记。")


@require_POST
@require(*KEEPERS)
def add_projects(request: StaffRequest, code: str) -> HttpResponseBase:
    """Put projects in, by one code or a list."""
    area = get_object_or_404(Area, code=code)
    codes = BETWEEN.split(request.POST.get("codes", ""))
    since = _day(request.POST.get("since", "")) or timezone.localdate()
    return _done(request, area, lambda: put_in(area, codes, since=since, by=request.user), "已纳入项目。")


@require_POST
@require(*KEEPERS)
def take_out(request: StaffRequest, code: str, stay: int) -> HttpResponseBase:
    """Take a project out; its last day inside is today unless said otherwise."""
    area = get_object_or_404(Area, code=code)
    row = get_object_or_404(AreaProject, pk=stay, area=area)
    until = _day(request.POST.get("until", "")) or timezone.localdate()
    return _done(
        request,
        area,
        lambda: take_out_of_area(row, until=until, by=request.user),
        "已移出项目；未受理的办件不再凭该区域的成果受理，已受理的保留记录。",
    )


def _done(request: StaffRequest, area: Area, work: Callable[[], object], words: str) -> HttpResponse:
    try:
        work()
    except NotPossibleError as reason:
        return _shown(request, area, error=str(reason))
    return _shown(request, area, done=words)


def _list(request: StaffRequest, *, error: str = "") -> HttpResponse:
    today = timezone.localdate()
    rows = [
        (
            area,
            [one for one in results_of(area) if still_valid(one, today).holds],
            _inside(area, today),
        )
        for area in Area.objects.all()
    ]
    may = bool(roles_of(request.user) & set(KEEPERS))
    return render(request, "portal/areas.html", {"rows": rows, "error": error, "may_keep": may})


def _shown(request: StaffRequest, area: Area, *, done: str = "", error: str = "") -> HttpResponse:
    today = timezone.localdate()
    stays = list(area.projects.order_by("-since", "project_code"))
    names = dict(Project.objects.filter(code__in=[stay.project_code for stay in stays]).values_list("code", "name"))
    results, why = list(results_of(area)), reasons_of(area)
    context = {
        "area": area,
        "results": [(one, still_valid(one, today), _uses(one), why.get(one.pk, "")) for one in results],
        "stays": [(stay, names.get(stay.project_code, "")) for stay in stays],
        "reports": unfiled_results(area, visible_held(request.user)),
        "topics": topics(),
        "inside": _inside(area, today),
        "today": today,
        "done": done,
        "error": error,
        "may_keep": bool(roles_of(request.user) & set(KEEPERS)),
    }
    return render(request, "portal/area.html", context, status=200)


def _inside(area: Area, today: dt.date) -> int:
    """How many projects its results are offered to today."""
    return area.projects.filter(stays_on(today)).values("project_code").distinct().count()


def _uses(held: HeldMaterial) -> int:
    return MaterialUse.objects.filter(held=held, withdrawn_at=None).count()


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
