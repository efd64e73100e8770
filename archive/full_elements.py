"""全要素: the 35 elements of a closed case, which of them a package needs, which it has, and what it comes to.

The cities ask for 全要素电子归档 without defining it; the list is ours (`docs/archive-elements.md`). Everything here is
computed from the manifests alone, so that it is the same after a rebuild.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from archive.manifest import CaseResult, Manifest

ACT_ROLE: Final = "变动决定"
"""What the decision on an issued certificate is called in the follow-up that holds it."""
WINDOW, OFFICE, ARCHIVIST, SYSTEM, EXCHANGE = "窗口", "审批部门", "档案员", "系统", "数据交换"


@dataclasses.dataclass(frozen=True, slots=True)
class ElementRule:
    """One of the 35: its number, name, what it is needed for, and who supplies it."""

    number: int
    name: str
    need: str
    supplier: str


def _rules(*rows: tuple[int, str, str, str]) -> Mapping[int, ElementRule]:
    return {row[0]: ElementRule(*row) for row in rows}


FULL_ELEMENTS: Final = _rules(
    (1, "项目", "说明办件属于哪个项目和工程", WINDOW),
    (2, "事项", "说明申请什么事项、按哪个版本、在什么情形下", SYSTEM),
    (3, "办件编号", "把办件与并联的其他办件联系起来", SYSTEM),
    (4, "申请人", "说明谁申请、由谁代办", WINDOW),
    (5, "参建单位", "施工许可和竣工验收的责任落到各参建单位及其资质", WINDOW),
    (6, "材料清单", "说明当日按什么清单、依据和时限办理", SYSTEM),
    (7, "一次性告知书", "证明缺什么已经一次告知", WINDOW),
    (8, "申请表", "申请人的请求本身", WINDOW),
    (9, "申请材料", "作出决定所依据的原件", WINDOW),
    (10, "共享材料", "说明免交的材料从何而来、何时为何取用", SYSTEM),
    (11, "承诺与容缺", "说明哪些材料凭承诺受理、何时补齐", WINDOW),
    (12, "识别结果", "说明机器读出什么、人更正了什么", SYSTEM),
    (13, "齐全性结果", "说明受理时逐项核对的结论", SYSTEM),
    (14, "受理通知书", "证明收件和受理的时间与结论", WINDOW),
    (15, "办理过程", "说明谁在何时做了什么", SYSTEM),
    (16, "特别程序", "公示、听证、专家评审、踏勘的时间不计入时限，须有记录", OFFICE),
    (17, "意见", "决定所依据的各部门和机构的意见", OFFICE),
    (18, "时限", "证明是否按期办结、为何暂停", SYSTEM),
    (19, "图纸", "说明依据的是哪一版图纸", WINDOW),
    (20, "信用", "凭承诺受理前须查申请人的信用", SYSTEM),
    (21, "决定", "决定本身及作出决定的人", OFFICE),
    (22, "不予许可理由", "申请人据以申请复议或提起诉讼", OFFICE),
    (23, "证照", "办理的结果", OFFICE),
    (24, "用印记录", "证明印章由谁、按什么授权使用", SYSTEM),
    (25, "证照变动", "说明证照此后是否仍然有效", OFFICE),
    (26, "送达", "决定自送达起生效，须有方式和签收", WINDOW),
    (27, "收费", "依法收费的须有缴费凭证或免缴依据", WINDOW),
    (28, "评价投诉", "申请人对办理的评价及其处理", WINDOW),
    (29, "交换数据", "证明已按国家共享交换标准上报及结果", EXCHANGE),
    (30, "利用记录", "说明为本件取用了谁的档案、为何取用", SYSTEM),
    (31, "归档信息", "档号、保管期限、密级和开放", ARCHIVIST),
    (32, "四性检测报告", "证明入档时真实、完整、可用、安全", ARCHIVIST),
    (33, "校验信息", "使每个文件今后都能核对", SYSTEM),
    (34, "转换与副本", "说明文件经过何种转换、副本在何处", SYSTEM),
    (35, "软件与规则版本", "使机器的结论可以复核", SYSTEM),
)  # fmt: skip
"""Number → element. The names stand in reports and on pages as they are."""

_ALWAYS: Final = frozenset({1, 2, 3, 4, 6, 9, 12, 13, 14, 15, 18, 21, 24, 26, 29, 30, 31, 32, 33, 34, 35})
REQUIRED: Final[Mapping[CaseResult, frozenset[int]]] = {
    "granted": _ALWAYS | {8, 23},
    "passed": _ALWAYS | {8},
    "not-accepted": _ALWAYS | {22},
    "parallel": frozenset({1, 2, 3, 4, 6, 15, 31, 32, 33, 35}),
}
"""What every case with that result needs; the rest of the 35 where it applies.

An opinion may have its paper issued elsewhere, and who is refused at the counter may not have filled in a form. 24
holds for the notices too. The cases inside a 并联实例 hold what is theirs.
"""
_KNOWN_AT_ONCE: Final = frozenset({12, 30, 34, 35})
"""Made by the system itself whenever it files: a package without them was not made by it."""
_VERSION_1: Final = frozenset({1, 2, 3, 4, 6, 8, 9, 13, 14, 15, 18, 21, 23, 24, 33})
TO_BE_FILED: Final[Mapping[CaseResult, frozenset[int]]] = {
    "granted": _VERSION_1 | {31} | _KNOWN_AT_ONCE,
    "passed": (_VERSION_1 - {23}) | {31} | _KNOWN_AT_ONCE,
    "not-accepted": (_VERSION_1 - {8, 13, 23}) | {22, 31} | _KNOWN_AT_ONCE,
    "parallel": frozenset({1, 2, 3, 4, 6, 15, 31, 33, 35}),
}
"""Without these nothing is filed (GD-2-9). All of them can be had when a case closes, so that none waits for ever;
what comes later (26, 29, 32), or only others can supply, lowers the score until it is there."""


def to_be_filed(manifest: Manifest) -> tuple[int, ...]:
    """Numbers that the manifest of a closed case must hold to be filed, in order."""
    if manifest.matter is None:
        return tuple(sorted(_VERSION_1))
    return tuple(sorted(TO_BE_FILED[manifest.matter.result]))


def held_elements(manifest: Manifest) -> frozenset[int]:
    """Numbers that one manifest holds, as an element or as facts of its own.

    15 is also held by the references to events, 33 by digests, which no manifest can be without; the proof of the log
    is added on export. A decision in a manifest that names the one before it is one about the certificate (25).
    """
    case = manifest.case
    facts = {
        1: case.project_code and case.project_name,
        2: case.item_code and case.item_version,
        3: case.number,
        4: case.applicant_name and case.applicant_uscc,
        15: manifest.events,
        31: manifest.filing,
        33: manifest.elements,
    }
    about_certificate = manifest.previous_package and any(e.role == ACT_ROLE for e in manifest.elements)
    named = {e.element for e in manifest.elements} | ({25} if about_certificate else set())
    return frozenset({number for number, fact in facts.items() if fact} | named)


@dataclasses.dataclass(frozen=True, slots=True)
class MissingElement:
    """An element that applies and is not there: which, why this case needs it, and who supplies it."""

    number: int
    name: str
    why: str
    supplier: str


@dataclasses.dataclass(frozen=True, slots=True)
class ElementScore:
    """How full a package is: numbers of the elements that apply, and those of them that are missing."""

    applicable: tuple[int, ...]
    missing: tuple[MissingElement, ...]

    @property
    def satisfied(self) -> int:
        """How many of those that apply are there."""
        return len(self.applicable) - len(self.missing)

    @property
    def value(self) -> Fraction:
        """Satisfied of applicable: 1 for a full-element package."""
        return Fraction(self.satisfied, len(self.applicable))

    @property
    def full(self) -> bool:
        """Whether nothing that applies is missing (全要素)."""
        return not self.missing

    def to_json(self) -> dict[str, object]:
        """JSON-ready: `satisfied`, `applicable` (numbers) and `missing` (rows)."""
        return {
            "satisfied": self.satisfied,
            "applicable": list(self.applicable),
            "missing": [dataclasses.asdict(one) for one in self.missing],
        }


def score_of(manifests: Sequence[Manifest]) -> ElementScore:
    """Score a package from its manifest and those of its follow-ups, in any number, the package's own first.

    What a follow-up holds counts as held. An element that need not be there applies where it is. Raises ValueError
    for no manifest, or where the first names one before it.
    """
    if not manifests or manifests[0].previous_package:
        raise ValueError("a score begins with the package's own manifest")
    first = manifests[0]
    held = frozenset().union(*(held_elements(one) for one in manifests))
    reasons = {one.element: one.why for manifest in manifests for one in manifest.applies}
    required = REQUIRED[first.matter.result if first.matter else "granted"]
    applicable = sorted(required | set(reasons) | held)
    missing = [_missing(number, reasons.get(number, "")) for number in applicable if number not in held]
    return ElementScore(tuple(applicable), tuple(missing))


def _missing(number: int, why: str) -> MissingElement:
    rule = FULL_ELEMENTS[number]
    return MissingElement(number, rule.name, why or rule.need, rule.supplier)
