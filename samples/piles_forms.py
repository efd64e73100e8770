"""A plain form for a material type that has none of its own: its title, a row for each of its fields, its seals.

Lists ask for more kinds of papers than there are drawn forms. What a row says follows from the field's kind and name.
"""

import functools
import re
from collections.abc import Mapping

from catalogue import FieldSpec, MaterialType, load_catalogue
from samples.materials import FORMS, Block, Form

_GAP = "…"
"""Where the subject of a letter stands in the title of its type (关于…的批复)."""

_BY_NAME: tuple[tuple[str, str], ...] = (
    ("法定代表人", "{owner.legal_person}"),
    ("施工|承包", "{contractor.name}"),
    ("监理", "{supervisor.name}"),
    ("设计单位|设计人", "{designer.name}"),
    ("勘察", "{surveyor.name}"),
    ("审图|审查机构", "{reviewer.name}"),
    ("检测|检验|测绘|测量单位", "{tester.name}"),
    ("银行|保证人", "{bank.name}"),
    ("编制单位|评估单位|咨询", "{consultant.name}"),
    ("城建档案|档案馆", "{archives}"),
    ("监督机构|监督站", "{quality}"),
    ("机关|部门|主管", "{approval}"),
    ("地址|地点|坐落|位置", "{place}"),
    ("规模", "{works.scale}"),
    ("单位|申请人|企业|业主", "{owner.name}"),
    ("项目名称", "{project}"),
    ("工程名称", "{works.name}"),
)
"""What a text, a company or a person is, by words in the field's name; the first that fits."""

_BY_KIND: Mapping[str, str] = {
    "person": "{agent}",
    "company": "{owner.name}",
    "uscc": "{owner.code}",
    "id-card": "{agent_code}",
    "project-code": "{project_code}",
    "permit": "建字第{region}{year}00031号",
    "document-number": "{short}审字〔{year}〕{serial:+31d}号",
    "land-title": "{short}（{year}）{city}不动产权第{serial:+1000000d}号",
    "unit-number": "{region}001002GB{serial:+10000d}W00000000",
    "date": "{works.reviewed:+4d}",
    "amount": "{works.price:t}",
    "area": "{works.area}",
    "ratio": "1.80",
    "percent": "35%",
    "phone": "{phone}",
    "text": "符合要求",
}

_AS_APPROVED: Mapping[str, str] = {"容积率": "1.62", "建筑密度": "38.5%", "绿地率": "20.1%"}
"""What the opinion on the design says (`words/land.yaml`), since papers of one project agree."""

_UNENDED = "2028年6月30日"


@functools.cache
def form_of(material: str) -> Form:
    """The drawn form of a material type, or a plain one; KeyError where the catalogue has no such type."""
    if material in FORMS:
        return FORMS[material]
    known = {kind.code: kind for kind in load_catalogue().material_types()}
    return _plain(known[material])


def _plain(kind: MaterialType) -> Form:
    fields = {spec.name: _said(kind, spec) for spec in kind.fields}
    owners = {role: role if role in fields else f"{role}名称" for role in kind.seals}
    rest = {f"{role}名称": _named(role) or "{approval}" for role in kind.seals if role not in fields}
    title = next((title for title in kind.titles if _GAP not in title), kind.titles[0].replace(_GAP, "{project}"))
    blocks: list[Block] = [
        {"title": title, "size": 22 if len(title) <= _WIDE_TITLE else 16, "after": 6},
        {"rows": [[name, f"<{name}>"] for name in fields]},
        {"space": 18},
        *_signed(owners),
    ]
    several = bool(_LONG.search(kind.name)) and not kind.name.endswith("表")
    if several:
        blocks += _more_pages(title)
    style = {"size": 12, "pages": several and len(kind.code) % 2 == 0, "margin": [26, 28, 22], "cell": 9}
    return Form(kind.code, kind.name, "paper", fields, rest, owners, blocks=blocks, style=style)


_LONG = re.compile(r"报告|方案|合同|协议|规划设计|文件$")
"""Names of papers that have several pages. Half of them bear page numbers, all a running title on the later ones."""


def _more_pages(title: str) -> list[Block]:
    """A second and a third page of prose, under a small running title as long papers have."""
    parts: list[Block] = []
    for heading, text in _PROSE:
        parts += [{"break": True}, {"small": [f"{title}　{{works.name}}"]}, {"space": 6}, {"lines": [heading]}]
        parts += [text] * 3
    return parts


_PROSE = (
    (
        "一、工程概况",
        "本工程为{works.name}，位于{place}，{works.scale}，由{owner.name}投资建设，场地平坦，水电已接至用地红线。",
    ),
    (
        "二、结论与建议",
        "综合以上各项，{project}（项目代码{project_code}）符合现行标准和规范的要求，各方应当按照约定组织实施。",
    ),
)

_WIDE_TITLE = 20
"""Characters of 22 points that fit the width of the page."""


def _signed(owners: Mapping[str, str]) -> list[Block]:
    """A place for each seal, so far apart that none lies on another."""
    parts: list[Block] = []
    for role, source in owners.items():
        parts += [{"sign": [f"{role}（盖章）：<{source}><!{role}>"]}, {"space": 36}]
    return parts[:-1]


def _said(kind: MaterialType, spec: FieldSpec) -> str:
    known = {
        **_AS_APPROVED,
        kind.applicant_field: "{owner.name}",
        kind.project_field: "{project}",
        kind.works_field: "{works.name}",
    }
    if spec.name in known:
        return known[spec.name]
    if spec.kind == "date" and spec.name == kind.validity.field and kind.validity.kind == "until":
        return _UNENDED
    if spec.kind in {"text", "company", "person"} and (named := _named(spec.name)):
        return named
    if spec.kind == "area" and not kind.works_field:
        return "{land_area}平方米" if "用地" in spec.name else "{floor_area}平方米"
    if spec.kind == "permit":
        return _permit(spec.name)
    return _BY_KIND[spec.kind]


def _permit(name: str) -> str:
    if "施工" in name:
        return "{works.permit_number}"
    return "地字第{region}{year}00018号" if "用地" in name else _BY_KIND["permit"]


def _named(name: str) -> str:
    return next((said for pattern, said in _BY_NAME if re.search(pattern, name)), "")
