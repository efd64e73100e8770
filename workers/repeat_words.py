"""What is said of a document that is like another one: whether that is asked, and the sentence for the window."""

import dataclasses
from typing import Any

from django.utils import timezone

from archive import HeldMaterial, same_subjects
from archive.holdings import AUTHORITATIVE, replaces
from catalogue import load_catalogue
from ingest import Material, resemblance
from workers.repeat_identity import as_archived
from workers.repeat_scope import asking, why_not_valid

DIFFERING_SAID = 3
"""Fields that differ that are named in a sentence; the page shows all."""
WHY_LENGTH = 400
NEWER, OLDER = "新版", "较早的版本"


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a document is like: the row it becomes. `held`, or `earlier` by its number."""

    material: int
    held: int | None
    earlier: int | None
    pair: str
    kind: str
    asks: bool
    why: str
    likeness: dict[str, Any]


def found_to_be(
    material: Material,
    held: HeldMaterial | None,
    earlier: Material | None,
    likeness: resemblance.Likeness,
    pair: str,
) -> Found:
    """The row for what comparing a document with an archived or earlier one gave.

    Of another version it is the archive's own rule that says which is the newer, and only a newer one is called so.
    """
    stands = (_hindrance if likeness.proposed else _version)(material, held, earlier)
    kind = "same" if likeness.verdict == "same-bytes" else likeness.verdict
    if kind == "new-version" and stands != NEWER:
        kind = "different"
    return Found(
        material=material.pk,
        held=held.pk if held else None,
        earlier=None if held or not earlier else earlier.pk,
        pair=pair,
        kind=kind,
        asks=likeness.proposed and not stands,
        why=_why(material, held, _where(held, earlier), likeness, stands)[:WHY_LENGTH],
        likeness=likeness.to_json(),
    )


def _version(material: Material, held: HeldMaterial | None, earlier: Material | None) -> str:
    """Which of two versions the new document is; empty where number, day and source do not say."""
    other = held or (as_archived(earlier) if earlier else None)
    if other is None:
        return ""
    new = as_archived(material)
    subjects = same_subjects(new.subject_kind, new.subject)
    return NEWER if replaces(new, other, subjects) else OLDER if replaces(other, new, subjects) else ""


def _hindrance(material: Material, held: HeldMaterial | None, earlier: Material | None) -> str:
    """Why one that may be the same cannot stand for the new document, in words; empty where it can."""
    case = material.upload.case
    if held:
        end = why_not_valid(held, timezone.localdate())
        return end or ("" if asking(case, held) else "本办件的清单不要求这一项")
    if earlier and not case.beside.filter(pk=earlier.upload.case_id).exists():
        return f"办件 {earlier.upload.case.number} 尚未归档"
    return ""


def _where(held: HeldMaterial | None, earlier: Material | None) -> str:
    if held:
        return f"档案 {held.package.archive_number} 中的“{held.name}”"
    return f"先提交的“{earlier.upload.file_name}”" if earlier else ""


def _why(material: Material, held: HeldMaterial | None, where: str, likeness: resemblance.Likeness, stands: str) -> str:
    """The sentence for the window; `stands`: what hinders one that is the same, or which of two versions it is."""
    name = load_catalogue().material_type(material.type).name
    if likeness.proposed:
        said = "与" if likeness.verdict != "unsure" else "可能与"
        then = f"；但{stands}，本次照常计入" if stands else ""
        return f"“{name}”{said}{where}是同一份：{likeness.why}{then}"
    differs = "；".join(
        f"{field.name}“{field.one or '无'}”≠“{field.other or '无'}”"
        for field in [one for one in likeness.differing if one.name][:DIFFERING_SAID]
    )
    differs = differs or likeness.why
    if likeness.verdict == "different":
        return f"“{name}”与{where}格式相同，是另一份：{differs}"
    if stands:
        then = "，归档后取代旧版" if held and stands == NEWER else ""
        return f"“{name}”是{where}的{stands}{then}：{differs}"
    then = "，以登记机关的为准" if held and held.source in AUTHORITATIVE else ""
    return f"“{name}”与{where}内容不同{then}：{differs}"
