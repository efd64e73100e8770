"""Notices (通知书) that the window hands out: the one-time notice and the notice of acceptance, as PDF/A."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

import ingest
from archive import append_event
from signing import render
from workers import zones
from workers.stage import Arguments, NotExpectedError

OPEN_STATES = ("missing", "defective", "gap")


def make(arguments: Arguments) -> dict[str, str]:
    """Set the notice and keep it; returns its digest."""
    case = ingest.Case.objects.get(pk=arguments["case_id"])
    if arguments["notice"] == "one-time" and case.report_revision != arguments["revision"]:
        raise NotExpectedError("the list has changed since; the notice would be wrong")
    made = timezone.now()
    pdf = render("notice", content(case, arguments["notice"]), created=made)
    return {"sha256": zones.keep_derivative(pdf, "application/pdf").sha256}


def record(arguments: Arguments, result: dict[str, str]) -> None:
    """Note that it was made, for the case and for the log."""
    case = ingest.Case.objects.get(pk=arguments["case_id"])
    ingest.Notice.objects.create(
        case=case,
        kind=arguments["notice"],
        content=content(case, arguments["notice"]),
        sha256=result["sha256"],
        made_at=timezone.now(),
        made_by=get_user_model().objects.get(pk=arguments["user"]),
    )
    append_event(
        f"notice-{arguments['notice']}", case_number=case.number, object_sha256=result["sha256"], now=timezone.now()
    )


def content(case: ingest.Case, kind: str) -> dict[str, Any]:
    """What the notice says, as data for the template."""
    item = ingest.item_of(case)
    common = {
        "致": case.applicant_name,
        "落款": item.lead_dept,
        "日期": f"{timezone.localdate():%Y年%m月%d日}",
    }
    if kind == "one-time":
        return common | _one_time(case, item.name)
    due = f"{case.due_on:%Y年%m月%d日}" if case.due_on else "法定期限"
    return common | {
        "标题": "受理通知书",
        "编号": case.number,
        "正文": [
            f"你单位提出的“{item.name}”申请（{case.project.name}），材料齐全，符合法定形式，予以受理。",
            f"承诺办结日期：{due}。",
        ],
        "表头": ["序号", "材料名称", "情况"],
        "表": _rows(case, None),
    }


def _one_time(case: ingest.Case, item_name: str) -> dict[str, Any]:
    return {
        "标题": "一次性告知书",
        "编号": f"{case.number}-{case.revision}",
        "正文": [f"你单位提出的“{item_name}”申请（{case.project.name}），经核对，需要补正的全部内容如下，请一次补齐："],
        "表头": ["序号", "材料名称", "需要补正的内容及办法"],
        "表": _rows(case, OPEN_STATES),
    }


def _rows(case: ingest.Case, states: tuple[str, ...] | None) -> list[list[str]]:
    rows = [
        row for row in (case.report or {"requirements": []})["requirements"] if not states or row["state"] in states
    ]
    return [[str(n), row["name"], _words(row)] for n, row in enumerate(rows, 1)]


def _words(row: dict[str, Any]) -> str:
    defects = "；".join(f"{defect['message']}。{defect['remedy']}" for defect in row["defects"] if defect["serious"])
    if defects:
        return defects
    if row["state"] == "missing":
        return "未提交，请补交"
    if row["state"] == "question":
        return "请携带原件，由窗口核对印章"
    if row["state"] == "gap":
        return "未提交，可以先登记承诺，在期限内补交"
    state: str = ingest.STATE_NAMES[row["state"]]
    return state
