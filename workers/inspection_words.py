"""What a report of an inspection prints: its head, the counts, one row for each code and each thing that is wrong."""

import itertools
from typing import Any

from django.utils import timezone

from archive.inspection import PHASE_NAMES, PROPERTY_NAMES, RESULTS, InspectionReport, ReportLine

VERDICT_WORDS = {
    "合格": "各项均合格",
    "不合格": "有不合格项，须处理后再次检测",
    "未检测": "没有不合格项，但有项目未检测",
}
MOST_OBJECTS = 20
"""Lines of one code and result that are printed one by one; the JSON report has all of them."""


def report_words(report: InspectionReport) -> dict[str, Any]:
    """The data of the template `inspection`."""
    counts = report.counts
    return {
        "标题": f"电子档案四性检测报告（{PHASE_NAMES[report.phase]}）",
        "编号": report.batch,
        "著录": [
            ["档号", report.archive_number or "—"],
            ["题名", report.title or "—"],
            ["信息包", report.package],
            ["办件编号", report.case_number or "—"],
            ["清单摘要（SHA-256）", report.manifest_sha256],
            ["检测时间", timezone.localtime(report.at).strftime("%Y年%m月%d日 %H:%M:%S")],
            ["检测操作", str(report.facts.get("operation", "")) or "—"],
            ["杀毒软件", _scanner(report)],
        ],
        "结论": f"{report.verdict}：{VERDICT_WORDS[report.verdict]}",
        "计数": [f"{result} {counts[result]} 项" for result in RESULTS],
        "分组": [{"名称": name, "行": rows} for name, rows in _groups(report)],
        "说明": (
            "检测依据 DA/T 70-2018；有一项不合格即为不合格，没有不合格但有未检测项的为未检测，其余为合格。"
            "合格的项目按编码合并列出，全部明细见同批号的 JSON 报告。"
        ),
        "签署": ["检测人", "复核人", "日期"],
    }


def _groups(report: InspectionReport) -> list[tuple[str, list[list[str]]]]:
    found = []
    for number, name in PROPERTY_NAMES.items():
        own = [line for line in report.lines if line.code.split("-")[1] == number]
        rows = itertools.chain.from_iterable(_rows(list(lines)) for _, lines in itertools.groupby(own, _code))
        found.append((name, list(rows)))
    return found


def _code(line: ReportLine) -> str:
    return line.code


def _rows(lines: list[ReportLine]) -> list[list[str]]:
    """The rows of one code: what is wrong or was not looked at line by line, what is well in one."""
    rows = []
    for result in ("不合格", "未检测", "合格", "不适用"):
        own = [line for line in lines if line.result == result]
        if not own:
            continue
        if len(own) == 1 or result in {"不合格", "未检测"}:
            rows += [_row(line, line.object, line.remark) for line in own[:MOST_OBJECTS]]
            if len(own) > MOST_OBJECTS:
                rows.append(_row(own[0], f"另有 {len(own) - MOST_OBJECTS} 个对象", "见 JSON 报告"))
        else:
            rows.append(_row(own[0], f"{len(own)} 个对象", ""))
    return rows


def _row(line: ReportLine, about: str, remark: str) -> list[str]:
    return [line.code, line.name, about, line.purpose, line.basis, line.result, remark]


def _scanner(report: InspectionReport) -> str:
    said = report.facts.get("scanner") or {}
    return f"{said['program']}，病毒库 {said['signatures']}" if said.get("program") else said.get("why") or "—"
