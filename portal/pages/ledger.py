"""提交账 of a project on the screen: the picture first, then every sheet; as a table and as data."""

from typing import Any

from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import render

from portal.ledger_picture import MARKS, anchor_of, ledger_picture
from portal.roles import STAFF, StaffRequest, require
from portal.sight import cases_seen
from portal.tables import csv_response
from portal.wording import moment, page_range
from workers import HOWS, LedgerCase, LedgerSheet, NotPossibleError, ProjectLedger, project_ledger

COLUMNS = (
    "阶段", "办件", "事项", "部门", "材料", "材料编码", "方式", "来源", "文件", "页", "时间", "曾经提交或持有", "说明",
    "省去页数",
)  # fmt: skip


@require(*STAFF)
def ledger_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """The account with its picture; printed, it is the proof that nothing was asked twice."""
    try:
        found = project_ledger(code, cases_seen(request.user))
    except NotPossibleError as reason:
        return render(request, "portal/ledger.html", {"error": str(reason), "code": code}, status=404)
    return render(request, "portal/ledger.html", _context(found))


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
