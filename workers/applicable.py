"""Which of the conditional elements a closed case needs, each with the fact of the case for which it applies.

The list of 35 marks them C (`docs/archive-elements.md`); here is the rule for each. It goes into the manifest, so that
the score can be computed from the manifest alone.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import archive
import ingest
from catalogue import Item, MaterialType, is_drawing_type, is_opinion_type, load_catalogue
from signing import Certificate, approvals
from workers.closing import is_lead, result_of_case

BUILT_IN: Final = frozenset({"施工许可", "竣工验收"})
"""Stages from which on the parties of the works are responsible by name (domain reference section 6, element 5)."""


def applies_to(case: ingest.Case, item: Item, certificate: Certificate | None) -> tuple[archive.Applies, ...]:
    """The conditional elements that apply to a closed case, in order."""
    found = ((number, rule(case, item, certificate)) for number, rule in RULES.items())
    return tuple(archive.Applies(element=number, why=why) for number, why in found if why)


def _parties(_: ingest.Case, item: Item, __: Certificate | None) -> str:
    return f"{item.stage}阶段须列明参建单位及其代码、资质" if item.stage in BUILT_IN else ""


def _one_time(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    told = case.notices.filter(kind=ingest.Notice.Kind.ONE_TIME).count()
    return f"已出具一次性告知书 {told} 份" if told else ""


def _shared(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    used = case.uses.filter(withdrawn_at=None, held__isnull=False).count()
    return f"复用档案材料 {used} 项" if used else ""


def _promises(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    given = case.promises.count()
    return f"登记容缺或承诺 {given} 项" if given else ""


def _special(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    spans = case.pauses.filter(kind__in=[ingest.Pause.Kind.SPECIAL, ingest.Pause.Kind.ONE_PLUS_X])
    return "、".join(f"{one.get_kind_display()}：{one.reason}" for one in spans)[:500]


def _opinions(case: ingest.Case, item: Item, certificate: Certificate | None) -> str:
    if is_lead(case):
        return "联合验收意见由各单项意见汇总"
    if item.kind == "技术审查" or result_of_case(case) == "passed":
        return "结果为部门意见或技术审查意见"
    if certificate and len(approvals(certificate)) > 1:
        return "证照由多个部门会签"
    return "申请材料中有机构报告或部门复函" if any(is_opinion_type(kind) for kind in _types(case)) else ""


def _drawings(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    drawn = any(is_drawing_type(kind) for kind in _types(case))
    return "申请材料中有图纸" if drawn or any(ingest.is_drawing(one) for one in case.pile) else ""


def _credit(case: ingest.Case, _: Item, __: Certificate | None) -> str:
    return "凭承诺或容缺受理" if case.promises.exclude(state=ingest.Promise.State.VOID).exists() else ""


def _certificate(case: ingest.Case, item: Item, certificate: Certificate | None) -> str:
    """An opinion whose paper this system does not issue: the office that issues it hands it in."""
    if certificate or result_of_case(case) != "passed" or not item.outputs:
        return ""
    name = load_catalogue().material_type(item.outputs[0].material).name
    return f"{name}不在本系统制证，须由出具部门补交"


def _fees(_: ingest.Case, item: Item, __: Certificate | None) -> str:
    """No item on the list is charged for (行政许可法第五十八条) but the one that is itself the collection of a fee."""
    return f"{item.name}须有缴费凭证或减免依据" if item.name.endswith("费征收") else ""


RULES: Final[Mapping[int, Callable[[ingest.Case, Item, Certificate | None], str]]] = {
    5: _parties,
    7: _one_time,
    10: _shared,
    11: _promises,
    16: _special,
    17: _opinions,
    19: _drawings,
    20: _credit,
    23: _certificate,
    27: _fees,
}
"""Element → why it applies, empty where it does not. 22 follows from the result, 25 from an act on the certificate; 28
applies where somebody complained or judged, which is not told here."""


def _types(case: ingest.Case) -> Iterator[MaterialType]:
    entries = case.uses.filter(withdrawn_at=None).values_list("entry", flat=True).distinct()
    return (load_catalogue().material_type(entry) for entry in entries)
