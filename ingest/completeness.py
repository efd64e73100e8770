"""The completeness check (要件核对): what was handed in, held against the item's material list.

Pure: the same documents, list and day give the same report, in whatever order the documents come.
Rules: 一次性告知 (everything wrong is said at once), 容缺受理 and 告知承诺 by the list's deficiency policy, and the
checks that a clerk does by eye: is it all there, sealed, in force, and about this applicant and this project.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from catalogue import Catalogue, Item, Requirement, applicable
from ingest.defects import QUESTIONS, find_code_defects, find_defects
from ingest.report import CaseFacts, Defect, Evidence, Presented, Report, RequirementReport, State, Verdict

if TYPE_CHECKING:
    from signing import CodeAnswer


def check_documents(  # noqa: PLR0913 - one question, these are its facts
    catalogue: Catalogue,
    item: Item,
    documents: Sequence[Presented],
    *,
    facts: CaseFacts,
    promised: Iterable[str] = (),
    today: dt.date,
    known_codes: Mapping[str, "CodeAnswer"] = MappingProxyType({}),
    answers: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """Judge the documents against the list of the item.

    `facts` may leave out what is not known (a check before any case exists); then it is not compared. `promised` are
    the entries for which the applicant has given a written promise or a date. `known_codes` are the codes on the
    documents that are verification addresses of ours, with what the register says of each (`find_defects`). `answers`
    decide which entries apply (`catalogue.applicable`); the others need nothing, and what was given is only shown.
    """
    given = set(promised)
    by_type: dict[str, list[Presented]] = {}
    for document in sorted(documents, key=lambda d: (d.file, d.pages)):
        by_type.setdefault(document.type, []).append(document)
    facts = facts.completed_from(by_type, catalogue)
    apply = {entry.material for entry in applicable(item, answers)}
    rows = tuple(
        _judge(catalogue, entry, by_type.get(entry.material, []), facts, given, today, known_codes)
        if entry.material in apply
        else _set_aside(entry, by_type.get(entry.material, []), known_codes)
        for entry in item.materials
    )
    listed = {entry.material for entry in item.materials}
    unplaced = tuple(d for kind, found in sorted(by_type.items()) if kind not in listed for d in found)
    doubts = tuple(tuple(find_code_defects(document, known_codes)) for document in unplaced)
    return Report(
        item.code, item.version, verdict_of(rows), rows, unplaced, doubts, item.region, item.overrides, dict(answers)
    )


def _set_aside(
    entry: Requirement, found: Sequence[Presented], known_codes: Mapping[str, "CodeAnswer"]
) -> RequirementReport:
    """An entry that does not apply; a code that the register does not stand by is told all the same."""
    doubts = tuple(doubt for document in found for doubt in find_code_defects(document, known_codes))
    return RequirementReport(
        entry.material, entry.name, "not-applicable", tuple(Evidence.of(document) for document in found), doubts
    )


def _judge(  # noqa: PLR0913, PLR0917
    catalogue: Catalogue,
    entry: Requirement,
    found: Sequence[Presented],
    facts: CaseFacts,
    promised: set[str],
    today: dt.date,
    known_codes: Mapping[str, "CodeAnswer"],
) -> RequirementReport:
    """One entry: the best document for it decides, the others are shown beside it."""
    if not found:
        return RequirementReport(entry.material, entry.name, _state_when_absent(entry, promised), (), ())
    kind = catalogue.material_type(entry.material)
    judged = [(document, find_defects(kind, document, facts, today, known_codes)) for document in found]
    # The newest sheet wins among equals: a clerk who hands in a corrected one means that one.
    best, defects = min(
        enumerate(judged), key=lambda pair: (sum(d.serious for d in pair[1][1]), len(pair[1][1]), -pair[0])
    )[1]
    state = _state_of(best, defects)
    evidence = tuple(Evidence.of(d) for d in [best, *(d for d, _ in judged if d is not best)])
    return RequirementReport(entry.material, entry.name, state, evidence, tuple(defects))


def _state_of(document: Presented, defects: Sequence[Defect]) -> State:
    if any(d.serious for d in defects):
        return "defective"
    if document.reused:
        return "reused"
    return "question" if any(d.code in QUESTIONS for d in defects) else "satisfied"


def _state_when_absent(entry: Requirement, promised: set[str]) -> State:
    if entry.material in promised and entry.deficiency != "none":
        return "promised"
    if not entry.demanded:
        return "not-applicable"
    return "missing" if entry.deficiency == "none" else "gap"


def verdict_of(rows: Sequence[RequirementReport]) -> Verdict:
    """What the states of all entries come to."""
    states = {row.state for row in rows}
    if states & {"missing", "defective"}:
        return "incomplete"
    return "gap" if "gap" in states else "complete"
