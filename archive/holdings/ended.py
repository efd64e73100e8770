"""Why nothing is offered: what was held for an entry and holds no more, and what to do about it. Never an offer."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable
from typing import Literal

from django.db.models import Q

from archive.holdings.consent import giver_of
from archive.holdings.identity import AUTHORITATIVE, Subjects
from archive.holdings.matching import asked_for, former_name, held_of, newest_of_each, newness, with_areas
from archive.holdings.standing import still_valid
from archive.models import HeldMaterial
from catalogue import Item, Requirement

Code = Literal["suspended", "superseded", "revoked", "cancelled", "lapsed", "not-yet", "renamed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """A material that would fit an entry if it held: why it does not (`code`, `message`) and what to do (`remedy`)."""

    held: HeldMaterial
    entry: str
    code: Code
    message: str
    remedy: str

    @property
    def said(self) -> str:
        """One sentence for the counter."""
        return f"{self.message}，{self.remedy}"


def ended_for(item: Item, subjects: Subjects, on: dt.date, entries: Collection[str]) -> list[Ended]:
    """For each of these entries of the item's list the newest material of the subjects that does not hold on this day.

    Only what is the case's own to know: nothing that needs somebody else's consent, and no person's. Nothing is said of
    what has a successor that holds: it is offered, or its owner has taken the consent back.
    """
    whole, wanted = with_areas(subjects, on), [entry for entry in item.materials if entry.material in entries]
    mine = held_of(whole)
    if not mine or not wanted:
        return []
    named = Q(subject_kind="company") if subjects.company_name else Q()
    over = ~Q(standing="holds") | Q(valid_until__lte=on) | Q(valid_from__gt=on) | named
    rows = HeldMaterial.objects.filter(mine & over, type__in=[entry.material for entry in wanted])
    known = newest_of_each(rows).select_related("package", "superseded_by__package")
    own = [row for row in known if _own(row, whole)]
    return [told for entry in wanted if (told := _newest_ended(own, entry, whole, on))]


def _own(row: HeldMaterial, subjects: Subjects) -> bool:
    return not any(giver_of(row, subjects)) and row.subject_kind != "person"


def _newest_ended(rows: Iterable[HeldMaterial], entry: Requirement, subjects: Subjects, on: dt.date) -> Ended | None:
    fitting = sorted((row for row in rows if asked_for(row, entry)), key=newness, reverse=True)
    return next((told for row in fitting if (told := _told(row, entry, subjects, on))), None)


def _told(row: HeldMaterial, entry: Requirement, subjects: Subjects, on: dt.date) -> Ended | None:
    """What is said of a material; None where it holds, or what replaced it does."""
    after, found = row.superseded_by, still_valid(row, on)
    if row.standing == HeldMaterial.Standing.SUPERSEDED and after and still_valid(after, on).holds:
        return None
    name = f"{row.name}{f' {row.number}' if row.number else ''}"
    day = f"已于 {row.standing_since:%Y-%m-%d} " if row.standing_since else "已"
    anew = "须重新取得" if row.source in AUTHORITATIVE else "请提交现行有效的一份"
    if found.code in {"revoked", "cancelled", "suspended", "superseded"}:
        code, what = found.code, _ENDS[row.standing]
        remedy = {"suspended": "恢复效力后即可采用", "superseded": "请提交替代它的一份"}.get(code, anew)
        return Ended(row, entry.material, code, f"{name} {day}{what}", remedy)
    if row.valid_until and row.valid_until <= on:
        return Ended(row, entry.material, "lapsed", f"{name} 有效期于 {row.valid_until} 届满", anew)
    if row.valid_from and on < row.valid_from:
        remedy = "届时即可采用；急需的，请提交现行有效的一份"
        return Ended(row, entry.material, "not-yet", f"{name} 自 {row.valid_from} 起生效", remedy)
    if former := former_name(row, subjects):
        message = f"{name} 载明的名称是“{former}”，不是现名“{subjects.company_name}”"
        return Ended(row, entry.material, "renamed", message, "请提交变更后的一份")
    return None


_ENDS = {"revoked": "撤销", "cancelled": "注销", "suspended": "暂停效力", "superseded": "被替代"}
