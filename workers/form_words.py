"""What the printed stage form (一张表单) says: every value with its origin in words."""

import datetime as dt
from typing import Any

import ingest
from ingest import filled_form, item_of


def printed(case: ingest.Case, *, on: dt.date) -> dict[str, Any]:
    """What the template is given: sections of rows of name, value and origin in words; `on` is printed as its date."""
    sections: dict[str, list[list[str]]] = {}
    for line in filled_form(case):
        value = line.chosen.value if line.chosen else ""
        sections.setdefault(line.section, []).append([line.field.name, value, origin_words(line.chosen)])
    parallel = case.parallel
    return {
        "标题": f"{item_of(case).stage}阶段申请表",
        "编号": parallel.number if parallel else case.number,
        "事项": [item_of(each).name for each in case.beside],
        "范围": parallel.section if parallel else "",
        "栏目": [{"标题": title, "行": rows} for title, rows in sections.items()],
        "申请人": case.applicant_name,
        "日期": f"{on:%Y年%m月%d日}",
    }


def origin_words(value: "ingest.FormValue | None") -> str:
    """Where a value comes from, in a few words."""
    if value is None:
        return ""
    if value.origin in {"typed", "carried"}:
        return f"{value.by}填写或确认"
    if value.origin == "fact":
        return "收件登记"
    where = f"{value.file} 第{value.page}页" if value.page else value.file
    return where if value.origin == "read" else f"以往办件：{where}"
