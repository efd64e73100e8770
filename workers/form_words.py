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
    """Where a value comes from: which paper and page, or who confirmed it and when; and why it may no longer be so."""
    if value is None:
        return ""
    return f"{_origin(value)}；{value.lapsed}" if value.lapsed else _origin(value)


def _origin(value: "ingest.FormValue") -> str:
    where = f"{value.file} 第{value.page}页" if value.page else value.file
    confirmed = f"{value.by}{_on(value)}填写或确认"
    said = {
        "typed": f"{value.by}填写或确认",
        "carried": f"沿用办件{value.case_number}：{confirmed}",
        "fact": "收件登记",
        "read": where,
        "archive": f"档案：{where}",
        "earlier": f"以往办件：{where}",
        "company": f"本单位其他项目（办件{value.case_number}）：{confirmed if value.by else where}",
    }
    return said[value.origin]


def _on(value: "ingest.FormValue") -> str:
    """The day on which it was confirmed."""
    return f"于{dt.datetime.fromisoformat(value.at):%Y-%m-%d}" if value.at else ""
