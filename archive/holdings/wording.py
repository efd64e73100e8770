"""What the counter reads of an offer: why it fits, who must agree, what to mind."""

import datetime as dt

from archive.holdings.identity import Subjects
from archive.models import HeldMaterial
from catalogue import CatalogueError, load_catalogue

_WHOSE = {"company": "属本单位", "project": "属本项目", "works": "属本工程", "person": "属本人", "area": "覆盖本项目"}


def why_it_fits(held: HeldMaterial, subjects: Subjects) -> str:
    """One sentence: where it comes from, whose it is, until when it holds."""
    owner = held.owner or "受理部门"
    stage = issuing_stage(held.type)
    at_stage = f"{stage}阶段" if stage else ""
    origins = {
        HeldMaterial.Source.CERTIFICATE: f"{at_stage}由{owner}核发",
        HeldMaterial.Source.DEPARTMENT: f"由{owner}推送",
        HeldMaterial.Source.AREA: "区域评估成果",
        HeldMaterial.Source.JOINT: f"联合成果，{owner}归档",
        HeldMaterial.Source.APPLICANT: f"此前提交，{owner}归档",
    }
    until = f"有效期至{held.valid_until}" if held.valid_until else "无到期日"
    return "，".join((origins[HeldMaterial.Source(held.source)], _whose(held, subjects), until))


def issuing_stage(type_code: str) -> str:
    """The stage whose item issues documents of a type; empty where none of the catalogue does."""
    try:
        items = load_catalogue().items()
    except CatalogueError:
        return ""
    found = (item.stage for item in items if any(output.material == type_code for output in item.outputs))
    return next(found, "")


def consent_words(held: HeldMaterial, subjects: Subjects) -> str:
    """Who must agree before the material serves this case."""
    if held.subject_kind == "person":
        return "须本人同意"
    other = held.subject if held.subject_kind == "company" and held.subject != subjects.company else ""
    return f"须单位 {other or held.collected_from} 同意"


def lapse_warning(held: HeldMaterial, due: dt.date | None) -> str:
    """Said where the material ends before the day on which the case is to be decided."""
    if held.valid_until is None or due is None or held.valid_until >= due:
        return ""
    return f"有效期至{held.valid_until}，早于承诺办结日{due}，请提醒申请人届时换新"


def _whose(held: HeldMaterial, subjects: Subjects) -> str:
    code = held.subject.partition("/")[0]
    if held.subject_kind in {"project", "works"} and code != subjects.project:
        return f"{_WHOSE[held.subject_kind]}（原项目代码 {code}）"
    return _WHOSE[held.subject_kind]
