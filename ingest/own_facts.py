"""Whose case it is where nobody has said: what the documents themselves agree on.

Most papers of a pile name the applicant, the project and the works. What most of them say is taken, so that the one
paper that is wrong stands alone, be it the application form. Among equals an authority's paper outweighs the
applicant's own, and the application form any other.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from catalogue import Catalogue, MaterialType, check_project_code, check_uscc
from ingest.defects.names import same_name, same_works
from ingest.report import CaseFacts, Presented

USCC, PROJECT_CODE = "统一社会信用代码", "项目代码"

Same = Callable[[str, str], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class _Said:
    value: str
    weight: int
    """2: an authority's paper; 1: the application form; 0: any other."""
    place: int
    score: float


def completed(facts: CaseFacts, by_type: Mapping[str, Sequence[Presented]], catalogue: Catalogue) -> CaseFacts:
    """The facts, those not known filled in from the documents; empty where no document says anything."""
    papers = [
        (catalogue.material_type(kind), document)
        for kind, documents in sorted(by_type.items())
        if kind
        for document in documents
    ]
    name = facts.applicant_name or _agreed(papers, lambda kind: kind.applicant_field, same_name)
    theirs = [
        (kind, document)
        for kind, document in papers
        if (own := document.fields.get(kind.applicant_field)) is None or not name or same_name(own.value, name)
    ]  # the code on another company's licence is no word on who applies
    return dataclasses.replace(
        facts,
        applicant_name=name,
        applicant_uscc=facts.applicant_uscc
        or _agreed(theirs, lambda _: USCC, _equal, lambda value: check_uscc(value).ok),
        project_code=facts.project_code
        or _agreed(papers, lambda _: PROJECT_CODE, _equal, lambda value: check_project_code(value).ok),
        project_name=facts.project_name or _agreed(papers, lambda kind: kind.project_field, same_name),
        works_name=facts.works_name or _agreed(papers, lambda kind: kind.works_field, same_works),
    )


def _agreed(
    papers: Sequence[tuple[MaterialType, Presented]],
    field_of: Callable[[MaterialType], str],
    same: Same,
    sound: Callable[[str], bool] = bool,
) -> str:
    """The value that most papers give; those that are `sound` only, where there are any."""
    said = [
        _Said(value.value, _weight(kind), -place, value.score)
        for place, (kind, document) in enumerate(papers)
        if (value := document.fields.get(field_of(kind)))
    ]
    said = [one for one in said if sound(one.value)] or said

    def support(one: _Said) -> tuple[int, int, int, float, int]:
        alike = sum(same(one.value, other.value) for other in said)
        exactly = sum(one.value == other.value for other in said)
        return alike, one.weight, exactly, one.score, one.place

    return max(said, key=support).value if said else ""


def _weight(kind: MaterialType) -> int:
    if kind.code.startswith("OUT-") or kind.code == "M-YYZZ":
        return 2
    return 1 if "申请表" in kind.name else 0


def _equal(one: str, other: str) -> bool:
    return one == other
