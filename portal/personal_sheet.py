"""The personal list (私人订制清单) for people: rows of words, from which screen and printed sheet are made."""

from collections.abc import Callable, Mapping
from typing import Any

from catalogue import VALUE_NAMES, Catalogue, Item, Limit, ListedItem, ListedMaterial, PersonalList

WAYS: Mapping[str, str] = {
    "submit": "由申请人提交",
    "held": "档案已有，直接复用",
    "shared": "由前序事项结果共享",
    "register": "由部门登记共享",
    "again": "前序事项已收，沿用",
    "not-asked": "无需提交",
}
"""How a material comes (`catalogue.Way`), in words."""

LIMITS = (("statutory", "法定"), ("national", "国家"), ("provincial", "省"), ("promised", "承诺"))


def limit_words(item: Item) -> str:
    """All the limits of an item in one line."""
    said = []
    for name, title in LIMITS:
        limit: Limit | None = getattr(item.limits, name)
        if limit:
            said.append(f"{title}{limit.n}{'个' if limit.unit == '工作日' else ''}{limit.unit}")
    if item.limits.instant_ok:
        said.append("可即时办结")
    return "，".join(said) or "未规定"


def policy_words(row: ListedMaterial) -> str:
    """What happens when it is missing."""
    need = row.need
    if row.way != "submit":
        return ""
    days = f"，{need.deficiency_days}个工作日内" if need.deficiency_days else ""
    recheck = f"，办结后{need.recheck_days}个工作日内核查" if need.recheck_days else ""
    return f"{VALUE_NAMES['deficiency'][need.deficiency]}{days}{recheck}"


def form_words(row: ListedMaterial) -> str:
    """Original or copy, and how many."""
    form = VALUE_NAMES["form"][row.need.form]
    return f"{form}{row.need.copies}份" if row.need.copies else f"{form}（查验）"


def way_words(row: ListedMaterial) -> str:
    """How it comes, and from where."""
    return f"{WAYS[row.way]}（{row.origin}）" if row.origin else WAYS[row.way]


def to_json(found: PersonalList, catalogue: Catalogue) -> dict[str, Any]:
    """The list for programs; keys are stable."""
    return {
        "project_class": found.project_class,
        "answers": dict(found.answers),
        "refusal": found.refusal,
        "open_questions": [question.model_dump(mode="json") for question in found.open_questions],
        "submitted": [{"material": code, "name": catalogue.material_type(code).name} for code in found.submitted],
        "items": [_item_json(entry) for entry in found.items],
    }


def _item_json(entry: ListedItem) -> dict[str, Any]:
    item = entry.item
    kept = ("code", "name", "version", "region", "overrides", "stage", "kind", "lead_dept", "basis", "limits", "modes",
            "outputs", "withdrawn", "verified", "source")  # fmt: skip
    materials = [
        row.need.model_dump(mode="json", exclude={"lint_allow"}) | {"way": row.way, "origin": row.origin}
        for row in entry.materials
    ]
    facts = item.model_dump(mode="json", include=set(kept))
    return {"step": entry.step, "after": list(entry.after), **{k: facts[k] for k in kept}, "materials": materials}


def spared(found: PersonalList, sheets: Callable[[Item], Mapping[str, int]]) -> str:
    """What the archive spares the applicant of the list, in words: materials, and sheets by the copies asked."""
    held = [
        sheets(entry.item).get(row.need.material, 1) * max(1, row.need.copies)
        for entry in found.items
        for row in entry.materials
        if row.way == "held"
    ]
    return f"档案已有 {len(held)} 份材料、{sum(held)} 张，直接复用，不必再交。" if held else ""


def sheet(found: PersonalList, catalogue: Catalogue, *, project: str, day: str, saved: str = "") -> dict[str, Any]:
    """The printed sheet as data for its template; `project` names whose list it is, `saved` what is not asked."""
    kind = catalogue.classes[found.project_class].name if found.project_class else "未选择"
    ways = [row.way for entry in found.items for row in entry.materials]
    shared = sum(way in {"held", "shared", "register", "again"} for way in ways)
    unverified = sum(not entry.item.verified for entry in found.items)
    return {
        "标题": "工程建设项目审批服务清单",
        "副标题": "私人订制",
        "项目": project or "未指定",
        "类别": kind,
        "情形": [_answer_words(catalogue, found, key, said) for key, said in found.answers.items()],
        "摘要": (
            f"共{len(found.items)}个事项，需提交{len(found.submitted)}种材料，"
            f"{shared}处由系统复用或共享，不再重复收取。{saved}"
        ),
        "拒绝": found.refusal,
        "总览": [
            [
                str(entry.step),
                f"{entry.item.code} {entry.item.name}",
                entry.item.lead_dept,
                limit_words(entry.item),
                str(sum(row.way == "submit" for row in entry.materials)),
            ]
            for entry in found.items
        ],
        "事项": [_item_sheet(entry, catalogue) for entry in found.items],
        "待答": [
            f"{question.text}（{'／'.join(option.text for option in question.options)}）"
            for question in found.open_questions
        ],
        "说明": f"其中{unverified}个事项的清单尚待主管部门核实。" if unverified else "",
        "日期": day,
    }


def _answer_words(catalogue: Catalogue, found: PersonalList, key: str, said: str) -> str:
    own = {q.key: q for entry in found.items for q in entry.item.questions}
    question = (own | dict(catalogue.questions))[key]
    answer = next(option.text for option in question.options if option.key == said)
    return f"{question.text}{answer}"


def _item_sheet(entry: ListedItem, catalogue: Catalogue) -> dict[str, Any]:
    item = entry.item
    results = "、".join(catalogue.material_type(output.material).name for output in item.outputs)
    facts = [
        ["牵头部门", item.lead_dept],
        ["办理时限", limit_words(item)],
        ["前置事项", "、".join(entry.after) or "无"],
        ["受理方式", "、".join(item.modes)],
        ["办理结果", results or "无"],
    ]
    if item.region:
        facts.append(["地区规定", f"{item.region}与市级清单不同：{'、'.join(item.overrides)}"])
    return {
        "步": entry.step,
        "名称": f"{item.code} {item.name}",
        "阶段": item.stage,
        "类型": item.kind,
        "版本": f"第{item.version}版",
        "事实": facts,
        "材料": [
            [str(n), row.need.name, form_words(row), row.need.source_dept, way_words(row), policy_words(row)]
            for n, row in enumerate(entry.materials, 1)
        ],
        "取消": list(item.withdrawn),
    }
