"""The share matrix (共享矩阵): which result serves which items, and for a project what of it is there."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from archive import HeldMaterial
from archive.holdings import JOINT_TYPES, Validity, areas_of, still_valid
from catalogue import Item, load_catalogue
from ingest import MaterialUse, Project
from portal.sight import cases_seen, held_seen
from workers import AREA_RESULT, served_items


@dataclasses.dataclass(frozen=True, slots=True)
class SharedType:
    """A kind of result: who issues it (none of the items here: somebody outside), and whom it serves."""

    code: str
    name: str
    kind: str
    made_by: Sequence[Item]
    serves: Sequence[Item]


@dataclasses.dataclass(frozen=True, slots=True)
class SharedResult:
    """A result that is held for a project, whether it holds today, and in which cases it was used."""

    held: HeldMaterial
    validity: Validity
    serves: Sequence[Item]
    used_in: Sequence[str]


def share_matrix() -> list[SharedType]:
    """Every result that some other item's list asks for, joint and area results first."""
    catalogue = load_catalogue()
    made: dict[str, list[Item]] = {}
    for item in catalogue.items():
        for output in item.outputs:
            made.setdefault(output.material, []).append(item)
    rows = []
    for kind in catalogue.material_types():
        serves = [item for item, _ in served_items(kind.code) if item not in made.get(kind.code, [])]
        if serves and (kind.code in made or kind.code in JOINT_TYPES or kind.code == AREA_RESULT):
            rows.append(SharedType(kind.code, kind.name, _kind(kind.code), made.get(kind.code, []), serves))
    return sorted(rows, key=lambda row: (row.kind == "", row.code))


def results_for(project: Project, user: Any) -> list[SharedResult]:
    """What is held for the project that an office, its area or a joint result gave, the newest first.

    Of other departments only what a person may see, and of its uses only those in cases that they may see.
    """
    today = timezone.localdate()
    codes = project.codes
    whose = Q(subject_kind="project", subject__in=codes) | Q(subject_kind="area", subject__in=areas_of(codes, on=today))
    for code in codes:
        whose |= Q(subject_kind="works", subject__startswith=f"{code}/")
    seen = Q(subject_kind="area") | held_seen(user)
    rows = HeldMaterial.objects.filter(whose & seen).exclude(source=HeldMaterial.Source.APPLICANT)
    cases = project.cases.filter(cases_seen(user))
    uses: dict[int, list[str]] = {}
    for held, number in MaterialUse.objects.filter(held__in=rows, withdrawn_at=None, case__in=cases).values_list(
        "held", "case__number"
    ):
        uses.setdefault(held, []).append(number)
    return [
        SharedResult(held, still_valid(held, today), _serves(held), uses.get(held.pk, []))
        for held in rows.select_related("package", "superseded_by").order_by("-held_since", "-pk")
    ]


def _serves(held: HeldMaterial) -> list[Item]:
    """Of an area's result only the items on its topic; one without a topic serves all."""
    found = served_items(held.type)
    named = [item for item, entry in found if entry == held.name]
    return named or [item for item, _ in found]


def _kind(code: str) -> str:
    if code == AREA_RESULT:
        return "区域评估"
    return "联合成果" if code in JOINT_TYPES else ""
