"""How a parallel case stands: one union list (一套材料) over the reports of its item cases.

Judges nothing anew: each item's own report decides for the item; the parent shows them side by side, and the worst
state of a material is the one that the window has to deal with.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from catalogue import MaterialType, UnionEntry, applicable, load_catalogue, union_list
from ingest.items import item_of
from ingest.models import Case, ParallelCase

UnionVerdict = Literal["complete", "gap", "incomplete", "checking"]

WORST_FIRST = (
    "missing",
    "defective",
    "gap",
    "checking",
    "question",
    "awaited",
    "promised",
    "reused",
    "satisfied",
    "not-applicable",
)
"""States by how much is left to do about them."""


@dataclasses.dataclass(frozen=True, slots=True)
class UnionRow:
    """A material of the union and how it stands: by item, and at worst; `files` are the evidence, each once."""

    entry: UnionEntry
    states: Mapping[str, str]
    files: tuple[Mapping[str, Any], ...]
    defects: tuple[Mapping[str, Any], ...]

    @property
    def state(self) -> str:
        """The state that leaves most to do."""
        return min(self.states.values(), key=WORST_FIRST.index)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            **self.entry.to_json(),
            "state": self.state,
            "states": dict(self.states),
            "files": [{key: file[key] for key in ("file", "pages", "ref")} for file in self.files],
            "defects": [dict(defect) for defect in self.defects],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class UnionReport:
    """The parent: its item cases in the order of their codes, the union list, and the worst verdict among them."""

    parallel: ParallelCase
    cases: tuple[Case, ...]
    rows: tuple[UnionRow, ...]

    @property
    def verdict(self) -> UnionVerdict:
        """Complete only when every item case is."""
        verdicts = {verdict_of_case(case) for case in self.cases}
        order: tuple[UnionVerdict, ...] = ("checking", "incomplete", "gap", "complete")
        return min(verdicts, key=order.index)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data: `cases` with their verdicts, `union` with the states by item."""
        return {
            "parallel": self.parallel.number,
            "stage": self.parallel.stage,
            "lead_item": self.parallel.lead_item,
            "section": self.parallel.section,
            "answers": self.parallel.answers,
            "verdict": self.verdict,
            "cases": [
                {
                    "number": case.number,
                    "item": case.item_code,
                    "name": item_of(case).name,
                    "state": case.state,
                    "verdict": verdict_of_case(case),
                }
                for case in self.cases
            ],
            "union": [row.to_json() for row in self.rows],
        }


def verdict_of_case(case: Case) -> UnionVerdict:
    """The case's verdict for exactly what is handed in now; while a check is on its way, that it is being checked."""
    if case.report is None or case.report_revision != case.revision:
        return "checking"
    verdict: UnionVerdict = case.report["verdict"]
    return verdict


def union_report(parallel: ParallelCase) -> UnionReport:
    """Put the item cases of a parallel case side by side."""
    cases = sorted(parallel.cases.select_related("project", "works"), key=lambda case: case.item_code)
    entries = union_list(
        [(item_of(case), applicable(item_of(case), case.answers)) for case in cases],
        _types(),
        lead=parallel.lead_item,
    )
    found = {case.item_code: _rows(case) for case in cases}
    return UnionReport(parallel, tuple(cases), tuple(_row(entry, found) for entry in entries))


def _row(entry: UnionEntry, found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> UnionRow:
    said = [(code, found[code].get(entry.material)) for code in entry.items]
    files = {(f["file"], tuple(f["pages"])): f for _, row in said if row for f in row["files"]}
    defects = {(d["code"], d["message"]): d for _, row in said if row for d in row["defects"]}
    states = {code: row["state"] if row else "checking" for code, row in said}
    return UnionRow(entry, states, tuple(files.values()), tuple(defects.values()))


def _rows(case: Case) -> dict[str, Mapping[str, Any]]:
    report: Mapping[str, Sequence[Mapping[str, Any]]] = case.report or {"requirements": []}
    return {row["material"]: row for row in report["requirements"]}


def _types() -> dict[str, MaterialType]:
    return {kind.code: kind for kind in load_catalogue().material_types()}
