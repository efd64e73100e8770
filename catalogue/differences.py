"""What changed between two versions of an item, or between the city's list and a region's, in words."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from catalogue.items import Item, Limit, Output, Requirement
from catalogue.questions import Option, Question

FIELD_NAMES: Mapping[str, str] = {
    "name": "名称", "stage": "阶段", "kind": "事项类型", "lead_dept": "牵头部门", "basis": "设定依据", "limits": "时限",
    "statutory": "法定时限", "national": "国家时限", "provincial": "省级时限", "promised": "承诺时限",
    "min_handling": "最短办理时间", "instant_ok": "可即时办结",
    "check_percent": "事后抽查比例（%）", "check_days": "事后核查期限（工作日）",
    "prerequisites": "前置事项", "situations": "情形问题",
    "questions": "情形问题", "project_classes": "适用项目类别", "when": "适用情形", "modes": "受理方式",
    "max_gaps": "容缺上限", "base_code": "基本编码", "impl_code": "实施编码", "materials": "申请材料",
    "withdrawn": "取消的材料", "outputs": "办理结果", "retention": "保管期限", "source": "来源",
    "source_date": "来源日期",
    "verified": "已核实", "lint_allow": "核验说明", "form": "形式", "source_dept": "出具单位", "share_from": "共享来源",
    "deficiency": "容缺/承诺", "deficiency_days": "补正期限（工作日）", "demanded": "需申请人提交", "holder": "持有人",
    "copies": "份数", "on_expiry": "逾期处理", "recheck_days": "核查期限（工作日）", "template": "证照模板",
    "number_rule": "编号规则", "validity_months": "有效期（月）", "validity_basis": "有效期依据",
    "used_by": "期内取得即长期有效",
    "start_months": "开工期限（月）", "start_basis": "开工期限依据", "licence_type": "证照类型代码", "text": "问题",
    "options": "选项", "help": "说明",
}  # fmt: skip
"""What a field is called on the screen."""

VALUE_NAMES: Mapping[str, Mapping[object, str]] = {
    "deficiency": {"none": "不可容缺", "later": "可容缺", "commit": "可告知承诺"},
    "form": {"original": "原件", "copy": "复印件", "electronic": "电子件"},
    "on_expiry": {"revert": "撤回受理", "stop": "中止办理", "credit": "记入信用"},
}
"""What the values of a field are called."""

KEYS: Mapping[str, str] = {"materials": "material", "outputs": "material", "questions": "key"}
"""Lists whose entries are told apart by a field of theirs."""

NOT_COMPARED = frozenset({"code", "version", "valid_from", "region", "overrides"})
"""What names a version rather than says anything in it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: ``added``, ``dropped``, ``changed`` or ``moved`` (only the order differs).
        place: Where, such as ``materials[M-CNS].deficiency_days``.
        what: The same in words.
        before: The old value in words, empty for what was added.
        after: The new value in words, empty for what was dropped.
    """

    kind: Literal["added", "dropped", "changed", "moved"]
    place: str
    what: str
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """One sentence."""
        if self.kind == "added":
            return f"新增{self.what}：{self.after}"
        if self.kind == "dropped":
            return f"取消{self.what}：{self.before}"
        if self.kind == "moved":
            return f"调整{self.what}的顺序：{self.after}"
        return f"{self.what}由“{self.before}”改为“{self.after}”"


def compare_items(old: Item, new: Item) -> tuple[Change, ...]:
    """Every difference between two items, in the order of the fields; empty exactly when they say the same."""
    changes: list[Change] = []
    for name in Item.model_fields:
        if name in NOT_COMPARED:
            continue
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name in KEYS:
            changes += _entries(name, before, after)
        elif isinstance(before, BaseModel):
            changes += _fields(name, "", before, after)
        elif isinstance(before, tuple):
            changes += _members(name, before, after)
        else:
            changes.append(_change(name, FIELD_NAMES[name], name, before, after))
    return tuple(changes)


def _change(place: str, what: str, name: str, before: object, after: object) -> Change:
    return Change("changed", place, what, _said(name, before), _said(name, after))


def _fields(place: str, owner: str, before: BaseModel, after: BaseModel) -> Iterator[Change]:
    for name in type(before).model_fields:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield _change(f"{place}.{name}", f"{owner}{FIELD_NAMES[name]}", name, one, other)


def _members(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """A list of names: what came, what went; else only the order is new."""
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    for one in gone:
        yield Change("dropped", name, FIELD_NAMES[name], before=one)
    for one in come:
        yield Change("added", name, FIELD_NAMES[name], after=one)
    if not gone and not come:
        yield Change("moved", name, FIELD_NAMES[name], "、".join(before), "、".join(after))


def _entries(name: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Change]:
    key = KEYS[name]
    old, new = ({getattr(entry, key): entry for entry in entries} for entries in (before, after))
    for code, entry in old.items():
        if code not in new:
            yield Change("dropped", f"{name}[{code}]", FIELD_NAMES[name], before=_title(entry))
    for code, entry in new.items():
        place = f"{name}[{code}]"
        if code not in old:
            yield Change("added", place, FIELD_NAMES[name], after=_title(entry))
        elif old[code] != entry:
            yield from _fields(place, f"{_title(old[code])}的", old[code], entry)
    kept = [code for code in old if code in new]
    if kept != [code for code in new if code in old]:
        order = "、".join(_title(entry) for entry in after)
        yield Change("moved", name, FIELD_NAMES[name], "、".join(_title(entry) for entry in before), order)


def _title(entry: Requirement | Output | Question) -> str:
    if isinstance(entry, Requirement):
        return entry.name
    return entry.text if isinstance(entry, Question) else entry.material


def _said(name: str, value: object) -> str:
    """A value as a person would say it."""
    if name in VALUE_NAMES:
        return VALUE_NAMES[name].get(value, str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Limit):
        return f"{value.n}{value.unit}" + (f"（原文{value.as_written}）" if value.as_written else "")
    if isinstance(value, Mapping):
        return "；".join(f"{key}={'|'.join(wanted)}" for key, wanted in value.items()) or "不限"
    if isinstance(value, tuple):
        return "、".join(part.text if isinstance(part, Option) else str(part) for part in value) or "无"
    return "无" if value in {None, ""} else str(value)
