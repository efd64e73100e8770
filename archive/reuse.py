"""The reuse index: what is archived and holds, so that the next case need not ask for it again (只提交一次材料)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from archive.models import Access, HeldMaterial
from catalogue import Item


def offers(item: Item, subjects: Mapping[str, str], *, on: dt.date) -> list[HeldMaterial]:
    """For each entry of the item's list, the newest archived material of its type that is this subject's and holds.

    `subjects` maps a subject kind (company, project, works) to whose it is. A material that lapses on or before `on`
    is never offered.
    """
    entries = [entry.material for entry in item.materials]
    mine = Q()
    for kind, subject in subjects.items():
        if subject:
            mine |= Q(subject_kind=kind, subject=subject)
    if not mine:
        return []
    holds = Q(valid_until=None) | Q(valid_until__gt=on)
    found: dict[str, HeldMaterial] = {}
    for held in HeldMaterial.objects.filter(mine & holds, type__in=entries).order_by("held_since", "pk"):
        found[held.type] = held
    return [found[entry] for entry in entries if entry in found]


def end_offer(sha256: str, until: dt.date | None) -> None:
    """A file is offered only before this day, as its register says now; None: for ever."""
    for held in HeldMaterial.objects.filter(sha256=sha256):
        held.valid_until = until
        held.save(update_fields=["valid_until"])


def record_access(held: HeldMaterial, *, by: Any, case_number: str, purpose: str, now: dt.datetime) -> Access:
    """Every look and every reuse leaves a line: who, for which case, for what purpose."""
    return Access.objects.create(
        package=held.package, held=held, user=by, case_number=case_number, purpose=purpose, accessed_at=now
    )
