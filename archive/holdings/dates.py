"""The days of a document, read from its fields by the rules of its type: when it was made, from when it holds."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from catalogue import CatalogueError, MaterialType, load_catalogue, parse_date, parse_validity

ISSUE_DATES = (
    *("发证日期", "核发日期", "批复日期", "批准日期", "审批日期", "决定日期", "签发日期", "出具日期", "复函日期"),
    *("备案日期", "登记日期", "通知日期", "审查日期", "核查日期", "验收日期", "检验日期", "检测日期", "测绘日期"),
    *("报告日期", "编制日期", "出图日期", "设计日期", "签订日期", "签署日期", "授权日期", "承诺日期", "缴费日期"),
    *("申请日期", "填表日期", "提交日期"),
)
"""Fields that say on which day a document was made, the most telling first."""


def dated_of(type_code: str, fields: Mapping[str, Any]) -> dt.date | None:
    """The day that a document bears as that of its making; None where none was read."""
    kind = _kind(type_code)
    own = {spec.name for spec in kind.fields} if kind else set()
    days = (parse_date(fields[name]["value"]) for name in ISSUE_DATES if name in own and name in fields)
    return next((day for day in days if day), None)


def begins_on(type_code: str, fields: Mapping[str, Any]) -> dt.date | None:
    """The first day on which a document holds, where its term says one (自…至…)."""
    kind = _kind(type_code)
    value = fields.get(kind.validity.field) if kind and kind.validity.kind == "until" else None
    period = parse_validity(value["value"]) if value else None
    return period.start if period else None


def _kind(type_code: str) -> MaterialType | None:
    try:
        return load_catalogue().material_type(type_code)
    except CatalogueError:
        return None
