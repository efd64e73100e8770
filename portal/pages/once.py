"""Figures of 只提交一次: what was met without the applicant, what came twice, and the catalogue's own repetitions."""

import dataclasses
import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from portal.once_picture import bars, columns
from portal.repetitions import repetitions
from portal.roles import Role, StaffRequest, require
from portal.tables import csv_response
from workers import HOWS, Met, ReuseFigures, projects_once, reuse_figures

PERIODS = {"30": "近三十天", "365": "近一年", "": "全部"}
"""Days to look back, and what the period is called."""
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Before anything of this system."""
ITEMS_SHOWN = 15
MONTHS_SHOWN = 24
COLUMNS = ("口径", "名称", "提交", "少交", "少交比例", *HOWS.values())


@require(Role.SUPERVISOR, Role.ARCHIVIST)
def once_page(request: StaffRequest) -> HttpResponseBase:
    """The figures with their pictures."""
    days, since = _period(request)
    found = reuse_figures(since)
    context: dict[str, Any] = {
        "days": days,
        "periods": list(PERIODS.items()),
        "found": found,
        "ways": [(how, name, found.whole.ways.get(how, 0)) for how, name in HOWS.items() if found.whole.ways.get(how)],
        "projects": projects_once(since),
        "pictures": [
            ("months", "按月", columns([row for _, row in found.months[-MONTHS_SHOWN:]])),
            ("stages", "按阶段", bars(found.stages)),
            ("departments", "按部门", bars(found.departments)),
            ("items", "按事项", bars(found.items[:ITEMS_SHOWN])),
        ],
        "repetitions": repetitions(),
    }
    return render(request, "portal/once.html", context)


@require(Role.SUPERVISOR, Role.ARCHIVIST)
def once_file(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The figures for a spreadsheet (csv) or a program (json)."""
    _, since = _period(request)
    if kind == "csv":
        return csv_response("只提交一次", COLUMNS, _rows(reuse_figures(since)))
    if kind != "json":
        raise Http404
    found, own = reuse_figures(since), repetitions()
    told = {
        "since": since.isoformat(),
        "whole": found.whole.to_json(),
        "stages": [row.to_json() for row in found.stages],
        "items": [row.to_json() for row in found.items],
        "departments": [row.to_json() for row in found.departments],
        "months": [row.to_json() for _, row in found.months],
        "caught": dataclasses.asdict(found.caught),
        "projects": projects_once(since).to_json(),
        "catalogue": {
            "demanded": [list(one) for one in own.demanded],
            "several": [{"type": code, "name": name, "items": list(items)} for code, name, items in own.several],
        },
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _period(request: HttpRequest) -> tuple[str, dt.datetime]:
    days = request.GET.get("days", "365")
    days = days if days in PERIODS else "365"
    return days, timezone.now() - dt.timedelta(days=int(days)) if days else LONG_AGO


def _rows(found: ReuseFigures) -> list[tuple[object, ...]]:
    parts = (
        ("合计", [found.whole]),
        ("阶段", found.stages),
        ("部门", found.departments),
        ("事项", found.items),
        ("月份", [row for _, row in found.months]),
    )
    return [_row(part, row) for part, rows in parts for row in rows]


def _row(part: str, row: Met) -> tuple[object, ...]:
    share = "" if row.share is None else f"{row.share:.1%}"
    return part, row.name, row.handed_in, row.spared, share, *(row.ways.get(how, 0) for how in HOWS)
