"""Of what comes again, who may be shown the document that was here before, and what everybody else is told.

That it was held before may be known; where, with what fields and how it looks is for those who may see it anyway: the
department it belongs to, whoever sharing lets have it, the window for whose case it is offered, archivists.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from archive import HeldMaterial
from ingest import Case, Page
from portal.offers import is_of
from portal.sight import cases_seen, held_seen, uses_seen
from workers import Repeat, every_offer

HIDDEN = "这份材料此前已收到或归档过；已有的一份不在您的查阅范围内，内容不予显示。可保留新文件，或请档案岗位核对。"
NOT_SEEN = "已有的一份不在您的查阅范围内，不能据此认定；请按“另一份”保留新文件，或请档案岗位核对"
TOLD_KINDS = (Repeat.Kind.VERSION, Repeat.Kind.DIFFERENT)
"""What only tells of another document: to who may not see that there is nothing to tell."""


def comparable(rows: Sequence[Repeat], user: Any) -> frozenset[int]:
    """Of these repeats, those whose earlier document may be shown to the user beside the new one."""
    cases = {row.case_id: row.case for row in rows}
    return frozenset(
        pk for case in cases.values() for pk in _of_case(case, [row for row in rows if row.case_id == case.pk], user)
    )


def told_to(rows: Iterable[Repeat], user: Any) -> list[tuple[Repeat, bool]]:
    """Those repeats of which the user is told, each with whether its earlier document may be shown."""
    listed = list(rows)
    known = comparable(listed, user)
    return [
        (row, row.pk in known)
        for row in listed
        if row.pk in known or row.kind not in TOLD_KINDS or row.state != Repeat.State.TOLD
    ]


def known_for(case: Case, helds: Iterable[int], user: Any) -> frozenset[int]:
    """Of these held materials, those that the user may see for the case: by their own right, or as the case has them.

    A case has what it uses, and what is offered for it and needs nobody's consent (the applicant's own, ADR 53).
    """
    wanted = set(helds)
    rows = HeldMaterial.objects.filter(pk__in=wanted)
    known = set(rows.filter(held_seen(user, case_number=case.number)).values_list("pk", flat=True)) if wanted else set()
    if missing := wanted - known:
        known |= set(uses_seen(case).filter(held__in=missing).values_list("held", flat=True))
    if (missing := wanted - known) and case.state == Case.State.OPEN:
        choices = (choice for offer in every_offer(case) for choice in (offer, *offer.others))
        known |= {choice.held.pk for choice in choices if not choice.consent} & missing
    return frozenset(known)


def may_be_compared(page: Page, case: Case, user: Any) -> bool:
    """Whether the page is of a document that something of the case is held against, and that the user may see."""
    rows = Repeat.objects.filter(case__in=case.beside).select_related("case", "held", "earlier", "twin")
    against = [
        row
        for row in rows.filter(held__sha256=page.upload.sha256) | rows.filter(earlier__upload=page.upload_id)
        if is_of(page, row.held.pages if row.held else row.earlier.pages if row.earlier else ())
    ]
    return bool(comparable(against, user))


def _of_case(case: Case, rows: Sequence[Repeat], user: Any) -> list[int]:
    helds = known_for(case, [row.held_id for row in rows if row.held_id], user)
    others = {row.pk: _came_with(row) for row in rows if not row.held_id}
    asked = [pk for pk in others.values() if pk]
    open_to = Case.objects.filter(cases_seen(user), pk__in=asked) if asked else Case.objects.none()
    seen = set(open_to.values_list("pk", flat=True)) | set(case.beside.values_list("pk", flat=True))
    return [row.pk for row in rows if (row.held_id in helds if row.held_id else others[row.pk] in seen)]


def _came_with(row: Repeat) -> int | None:
    """The case that the earlier file was handed in for."""
    upload = row.earlier.upload if row.earlier else row.twin
    return upload.case_id if upload else None
