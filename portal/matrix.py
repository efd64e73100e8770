"""What the page of a parallel case shows: one row a material, one column an item, a dot where they meet.

Made of the checklists of the item cases; judges nothing itself.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from catalogue import UnionEntry
from ingest import Case, ParallelCase, union_report
from portal.checklist import Checklist, DefectShown, EvidenceShown, Row, build_checklist
from portal.offers import OfferShown
from workers import OnHand, item_of, open_parts, open_prerequisites

FORM_NAMES = {"original": "原件", "copy": "复印件", "electronic": "电子件"}
POLICY_NAMES = {"none": "不可容缺", "later": "可容缺", "commit": "可承诺"}
DONE = frozenset({"satisfied", "reused", "promised", "not-applicable", "awaited", "question"})
"""States that do not keep an item from being accepted."""


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """An item of the parallel case: how far it is, and what it waits for (names of items)."""

    case: Case
    name: str
    verdict: str
    verdict_name: str
    done: int
    total: int
    ready: bool
    waits_for: Sequence[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Dot:
    """Where a material and an item meet: how it stands for that item; no state where the item does not ask for it."""

    item: str
    state: str = ""
    state_name: str = ""
    icon: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Strict:
    """A rule of the union in a word, and which items lay it down."""

    word: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class MatrixRow:
    """A material with its dots.

    `shown` is the item case whose evidence is looked at, the one with most left to do; `offered_in` that of the offer.
    """

    entry: UnionEntry
    state: str
    state_name: str
    icon: str
    dots: Sequence[Dot]
    strict: Sequence[Strict]
    shown: Case
    first_page: int | None
    files: Sequence[EvidenceShown]
    defects: Sequence[DefectShown]
    offer: OfferShown | None
    offered_in: Case


@dataclasses.dataclass(frozen=True, slots=True)
class Matrix:
    """The whole parallel case as it stands."""

    parallel: ParallelCase
    columns: Sequence[Column]
    rows: Sequence[MatrixRow]
    unplaced: Sequence[EvidenceShown]
    verdict: str
    verdict_name: str
    revision: int

    @property
    def met(self) -> int:
        """How many materials leave nothing to do."""
        return sum(row.state in DONE for row in self.rows)


def build_matrix(parallel: ParallelCase, held: Mapping[int, OnHand]) -> Matrix:
    """The matrix of a parallel case, with what is held for each of its cases by their keys."""
    report = union_report(parallel)
    lists = {case.item_code: build_checklist(case, held[case.pk].offers) for case in report.cases}
    columns = [_column(case, lists[case.item_code]) for case in report.cases]
    cases = {case.item_code: case for case in report.cases}
    names = {"complete": "材料齐全", "gap": "可容缺受理", "incomplete": "材料不齐", "checking": "正在核对"}
    return Matrix(
        parallel,
        columns,
        [_row(row.entry, row.state, cases, lists) for row in report.rows],
        _unplaced(list(lists.values())),
        report.verdict,
        names[report.verdict],
        sum(case.report_revision or 0 for case in report.cases),
    )


def _column(case: Case, listed: Checklist) -> Column:
    asked = [row for row in listed.rows if row.state != "not-applicable"]
    waiting = [*open_prerequisites(case), *open_parts(case)]
    return Column(
        case,
        item_of(case).name,
        listed.verdict,
        listed.verdict_name,
        sum(row.state in DONE for row in asked),
        len(asked),
        listed.current and listed.verdict == "complete" and case.state == Case.State.OPEN,
        list(dict.fromkeys(item_of(other).name for other in waiting)),
    )


def _row(entry: UnionEntry, state: str, cases: dict[str, Case], lists: dict[str, Checklist]) -> MatrixRow:
    found = {code: _entry(lists[code], entry.material) for code in entry.items}
    worst = next((code for code in entry.items if found[code].state == state), entry.items[0])
    row = found[worst]
    offering = next((code for code, one in found.items() if one.offer), worst)
    return MatrixRow(
        entry,
        row.state,
        row.state_name,
        row.icon,
        [
            Dot(code, found[code].state, found[code].state_name, found[code].icon) if code in found else Dot(code)
            for code in cases
        ],
        list(_strict(entry)),
        cases[worst],
        row.first_page,
        row.files,
        row.defects,
        found[offering].offer,
        cases[offering],
    )


def _entry(listed: Checklist, material: str) -> Row:
    return next(row for row in listed.rows if row.entry.material == material)


def _strict(entry: UnionEntry) -> list[Strict]:
    """The union's rules in words, each with the items behind it."""
    if entry.made_by:
        return [Strict(f"由 {entry.made_by} 产生", "并联事项的结果，自动归集，无需申请人提交")]
    if entry.replaced_by:
        return [Strict(f"由 {entry.replaced_by} 的表单代替", "联合验收只填一张申请表，单项申请表不再提交")]
    if not entry.demanded:
        return [Strict("部门共享", "由登记系统取得，无需申请人提交")]
    days = f" {entry.deficiency_days} 个工作日" if entry.deficiency_days else ""
    rules = [
        Strict(FORM_NAMES[entry.form.value], f"{'、'.join(entry.form.items)} 要求"),
        Strict(POLICY_NAMES[entry.deficiency.value] + days, f"{'、'.join(entry.deficiency.items)} 规定"),
    ]
    if entry.seals:
        rules.append(Strict("须盖章", "、".join(entry.seals)))
    return rules


def _unplaced(lists: Sequence[Checklist]) -> list[EvidenceShown]:
    """Documents that no item asks for, each once."""
    found = {(file.file, tuple(file.pages)): file for listed in lists for file in listed.unplaced}
    return list(found.values())
