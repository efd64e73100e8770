"""The completeness check (要件核对): what was handed in, held against the item's material list.

Pure: the same documents, list and day give the same report, in whatever order the documents come.
Rules: 一次性告知 (everything wrong is said at once), 容缺受理 and 告知承诺 by the list's deficiency policy, and the
checks that a clerk does by eye: is it all there, sealed, in force, and about this applicant and this project.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from catalogue import CalendarUnknown, Catalogue, Item, Requirement, add_working_days, applicable
from ingest.comparing import compare
from ingest.defects.code import find_code_defects
from ingest.defects.finding import find_defects
from ingest.defects.naming import find_misnamed, find_unknown
from ingest.defects.reading import find_page_remarks
from ingest.defects.whole import find_pasted_seals, find_repeats, merged
from ingest.defects.withdrawn import find_withdrawn
from ingest.defects.words import defect
from ingest.own_facts import completed
from ingest.report import CaseFacts, Comparison, Defect, Evidence, Presented, Report, RequirementReport, State, Verdict

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
    pile = _Pile.of(catalogue, item.materials, documents, facts, today, known_codes)
    apply = {entry.material for entry in applicable(item, answers)}
    given = set(promised)
    rows = tuple(
        _judge(entry, pile, given) if entry.material in apply else _set_aside(entry, pile) for entry in item.materials
    )
    listed = {entry.material for entry in item.materials}
    left = [(n, d) for kind, found in sorted(pile.by_type.items()) if kind not in listed for n, d in found]
    return Report(
        item.code,
        item.version,
        verdict_of(rows),
        rows,
        tuple(document for _, document in left),
        tuple(tuple(_doubts(document, n, pile, item)) for n, document in left),
        item.region,
        item.overrides,
        dict(answers),
        pile.comparisons,
    )


def promised_day(item: Item, today: dt.date) -> dt.date | None:
    """The promised day of decision for a case accepted on that day; None where no limit in days was promised.

    None also where the calendar of that year is not known yet.
    """
    limit = item.limits.promised
    if limit is None or limit.unit not in {"工作日", "日"}:
        return None
    if limit.unit == "日":
        return today + dt.timedelta(days=limit.n)
    try:
        return add_working_days(today, limit.n)
    except CalendarUnknown:
        return None


_Numbered = tuple[int, Presented]


@dataclasses.dataclass(frozen=True, slots=True)
class _Pile:
    """All that was handed in, in an order of its own, with what its documents say of each other."""

    catalogue: Catalogue
    by_type: Mapping[str, Sequence[_Numbered]]
    facts: CaseFacts
    today: dt.date
    known_codes: Mapping[str, "CodeAnswer"]
    misnamed: Mapping[str, Sequence[Defect]]
    repeated: Mapping[int, Sequence[Defect]]
    asked: Mapping[int, Sequence[Defect]]
    comparisons: tuple[Comparison, ...]

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - the whole case
        cls,
        catalogue: Catalogue,
        entries: Sequence[Requirement],
        documents: Sequence[Presented],
        facts: CaseFacts,
        today: dt.date,
        known_codes: Mapping[str, "CodeAnswer"],
    ) -> Self:
        ordered = sorted(documents, key=_place)
        by_type: dict[str, list[_Numbered]] = {}
        for n, document in enumerate(ordered):
            by_type.setdefault(document.type, []).append((n, document))
        plain = {kind: [document for _, document in found] for kind, found in by_type.items()}
        repeated = find_repeats(ordered)
        comparisons, questions = compare(ordered)
        return cls(
            catalogue,
            by_type,
            completed(facts, plain, catalogue),
            today,
            known_codes,
            find_misnamed(ordered, entries),
            repeated,
            merged(find_pasted_seals(ordered, repeated), questions),
            comparisons,
        )


def _place(document: Presented) -> tuple[object, ...]:
    """A document's place among the others, whatever order they came in."""
    said = sorted((name, value.value) for name, value in document.fields.items())
    return document.file, document.pages, document.type, document.ref, document.sha256, said, repr(document)


def _set_aside(entry: Requirement, pile: _Pile) -> RequirementReport:
    """An entry that does not apply; a code that the register does not stand by is told all the same."""
    found = [document for _, document in pile.by_type.get(entry.material, ())]
    doubts = tuple(doubt for document in found for doubt in find_code_defects(document, pile.known_codes))
    return RequirementReport(
        entry.material, entry.name, "not-applicable", tuple(Evidence.of(document) for document in found), doubts
    )


def _judge(entry: Requirement, pile: _Pile, promised: set[str]) -> RequirementReport:
    """One entry: the best document for it decides, the others are shown beside it."""
    found = pile.by_type.get(entry.material, ())
    if not found:
        wrong = tuple(pile.misnamed.get(entry.material, ()))
        return RequirementReport(entry.material, entry.name, _state_when_absent(entry, promised), (), wrong)
    kind = pile.catalogue.material_type(entry.material)
    judged = [
        (n, document, find_defects(kind, document, pile.facts, pile.today, pile.known_codes, entry))
        for n, document in found
    ]
    # The newest sheet wins among equals: a clerk who hands in a corrected one means that one.
    place, best, defects = min(judged, key=lambda one: (*_faults(one[2]), -one[0]))
    defects = [*defects, *pile.asked.get(place, ()), *(twice for n, _ in found for twice in pile.repeated.get(n, ()))]
    defects.sort(key=lambda one: (not one.serious, not one.asks))
    evidence = tuple(Evidence.of(d) for d in [best, *(d for _, d, _ in judged if d is not best)])
    return RequirementReport(entry.material, entry.name, _state_of(best, defects), evidence, tuple(defects))


def _faults(defects: Sequence[Defect]) -> tuple[int, int, int]:
    return sum(d.serious for d in defects), sum(d.asks for d in defects), len(defects)


def _doubts(document: Presented, n: int, pile: _Pile, item: Item) -> Iterator[Defect]:
    """What is to be said of a document that stands for no entry."""
    yield from find_code_defects(document, pile.known_codes)
    if withdrawn := tuple(find_withdrawn(document, item)):
        yield from withdrawn
    elif document.type:
        page = document.pages[0] if document.pages else None
        yield defect("not-listed", page=page, seen=pile.catalogue.material_type(document.type).name)
    else:
        yield from find_unknown(document)
        yield from find_page_remarks(None, document)
    yield from pile.repeated.get(n, ())


def _state_of(document: Presented, defects: Sequence[Defect]) -> State:
    if any(d.serious for d in defects):
        return "defective"
    if any(d.asks for d in defects):
        return "question"
    return "reused" if document.reused else "satisfied"


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
