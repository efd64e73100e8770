"""Finding shared materials: by project, company, number and words, over no more than the person may see."""

import dataclasses
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from archive.lookup import of_project, phrases, texts_with
from archive.models import HeldMaterial
from archive.sharing.rules import of_category
from archive.sharing.sight import viewer_of, visible_held

REQUESTABLE_SHOWN = 100
"""Nobody asks for more of one case; a project's materials of one owner are some dozens."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; everything that is given must fit. All but `type` are phrases of two characters or more."""

    project: str = ""
    company: str = ""
    number: str = ""
    words: str = ""
    type: str = ""


def find_shared(
    user: Any, wanted: Wanted, *, case_number: str = "", limit: int = 50, offset: int = 0
) -> list[HeldMaterial]:
    """The materials that fit, of those whose content the person may have for this case; the newest first.

    Words are looked for in these files only, so that no answer, no count and no order tells of another.

    Raises:
        QueryTooShortError, QueryTooLongError: of a phrase; its message says how to write it.
    """
    fits = visible_held(user, case_number=case_number)
    if wanted.project.strip():
        fits &= of_project(wanted.project, "package__entry__projects")
    for phrase in phrases(wanted.company) if wanted.company.strip() else ():
        fits &= Q(package__entry__companies__contains=phrase.needle)
    if number := wanted.number.strip():
        fits &= Q(number__icontains=number)
    if wanted.type:
        fits &= Q(type=wanted.type)
    for phrase in phrases(wanted.words) if wanted.words.strip() else ():
        of_file = texts_with(phrase).filter(package=OuterRef("package"), sha256=OuterRef("sha256"))
        fits &= Q(Exists(of_file))
    return list(_rows().filter(fits)[offset : offset + limit])


def requestable(user: Any, subjects: Collection[str], *, case_number: str) -> QuerySet[HeldMaterial]:
    """What others hold on request of the project, works or company that a case is about: that much may be known.

    Nothing of it may be told but its type and its owner.
    """
    viewer = viewer_of(user)
    if not viewer.department or viewer.sees_all:
        return HeldMaterial.objects.none()
    about = Q(subject__in=[one for one in subjects if one]) & ~Q(subject_kind="person")
    others = about & of_category("on-request") & ~visible_held(user, case_number=case_number)
    return _rows().filter(others, package__entry__isnull=False)


def _rows() -> QuerySet[HeldMaterial]:
    return HeldMaterial.objects.select_related("package__entry").order_by("-held_since", "-pk")
