"""提交账 of a project on the screen: the picture first, then every sheet; as a table and as data."""

from typing import Any

from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ingest import Project, project_of
from portal.ledger_picture import MARKS, anchor_of, ledger_picture
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from portal.sight import cases_seen
from portal.tables import csv_response
from portal.wording import moment, page_range
from workers import (
    HOWS,
    LedgerCase,
    LedgerSheet,
    NotPossibleError,
    ProjectLedger,
    change_project_code,
    last_change,
    project_ledger,
    take_code_back,
)

COLUMNS = (
    "阶段", "办件", "事项", "部门", "材料", "材料编码", "方式", "来源", "文件", "页", "时间", "曾经提交或持有", "说明",
    "省去页数",
)  # fmt: skip
RECODERS = (Role.OFFICER, Role.SUPERVISOR)
"""Who says that a project was given another code."""


@require(*STAFF)
def ledger_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """The account with its picture; printed, it is the proof that nothing was asked twice."""
    project = project_of(code)
    if project and project.code != code:
        return redirect("portal:ledger", project.code)
    return _page(request, code)


@require_POST
@require(*RECODERS)
def recode(request: StaffRequest, code: str) -> HttpResponseBase:
    """The project was given another code; its account goes on under that one."""
    given = {name: request.POST.get(name, "").strip() for name in ("new_code", "reason")}
    try:
        project = change_project_code(
            _as_read(code), given["new_code"], by=request.user, reason=given["reason"], seen=cases_seen(request.user)
        )
    except NotPossibleError as reason:
        return _page(request, code, refused=str(reason), given=given)
    return redirect("portal:ledger", project.code)


@require_POST
@require(*RECODERS)
def recode_back(request: StaffRequest, code: str) -> HttpResponseBase:
    """The last change of the code was a slip."""
    try:
        project = take_code_back(_as_read(code), by=request.user)
    except NotPossibleError as reason:
        return _page(request, code, refused=str(reason))
    return redirect("portal:ledger", project.code)


def _as_read(code: str) -> Project:
    """The project with the code that stood on the page, which may be a former one by now.

    Raises:
        Http404: no project has or had it. NotPossibleError: `changed-meanwhile`.
    """
    if (project := project_of(code)) is None:
        raise Http404
    if project.code != code:
        raise NotPossibleError("changed-meanwhile", f"项目代码已变更为 {project.code}，请核对后再办理")
    return project


def _page(request: StaffRequest, code: str, **told: Any) -> HttpResponseBase:
    known = project_of(code)
    try:
        found = project_ledger(known.code if known else code, cases_seen(request.user))
    except NotPossibleError as reason:
        return render(request, "portal/ledger.html", {"error": str(reason), "code": code}, status=404)
    project = Project.objects.get(code=found.code)
    codes = {
        "former": project.codes[1:],
        "change": last_change(project),
        "may_recode": bool(roles_of(request.user) & set(RECODERS)),
    }
    return render(
        request, "portal/ledger.html", _context(found) | codes | told, status=409 if told.get("refused") else 200
    )


@require(*STAFF)
def ledger_file(request: StaffRequest, code: str, kind: str) -> HttpResponseBase:
    """The account for a spreadsheet (csv) or a program (json)."""
    try:
        found = project_ledger(code, cases_seen(request.user))
    except NotPossibleError as reason:
        raise Http404(str(reason)) from reason
    if kind == "json":
        return JsonResponse(found.to_json(), json_dumps_params={"ensure_ascii": False})
    if kind != "csv":
        raise Http404
    return csv_response(f"提交账 {code}", COLUMNS, _rows(found))


def _context(found: ProjectLedger) -> dict[str, Any]:
    counts = [(how, MARKS[how], name, found.count(how)) for how, name in HOWS.items()]
    return {
        "code": found.code,
        "found": found,
        "picture": ledger_picture(found),
        "counts": [row for row in counts if row[-1]],
        "stages": [(stage, [(case, _sheets(case)) for case in cases]) for stage, cases in found.stages],
        "repeated": [(anchor_of(case, sheet), case, sheet) for case, sheet in found.repeated],
    }


def _sheets(case: LedgerCase) -> list[tuple[str, str, LedgerSheet]]:
    return [(anchor_of(case, sheet), MARKS[sheet.how], sheet) for sheet in case.sheets]


def _rows(found: ProjectLedger) -> list[tuple[object, ...]]:
    return [
        (
            case.stage,
            case.number,
            case.item_name,
            case.department,
            sheet.name,
            sheet.entry,
            sheet.how_name,
            sheet.where,
            sheet.file,
            page_range(sheet.pages),
            moment(sheet.at),
            f"{sheet.before.where}（{sheet.before.since}）" if sheet.before else "",
            sheet.note,
            sheet.spared_pages or "",
        )
        for case, sheet in found.lines
    ]
