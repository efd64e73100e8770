"""授权同意: who must agree before a material serves somebody else's case, who did, and who took it back."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from django.db import transaction
from django.db.models import Q

from archive.holdings.identity import AUTHORITATIVE, Subjects
from archive.holdings.models import Consent
from archive.models import HeldMaterial

if TYPE_CHECKING:
    from django.db.models import QuerySet

OPEN_SOURCES: Final = frozenset({*AUTHORITATIVE, HeldMaterial.Source.AREA, HeldMaterial.Source.JOINT})
"""What an office holds of the case's own project, area or company is shared among offices: nobody need agree
(政务数据共享条例: 依法履职所需)."""
Answer = Literal["not-needed", "given", "to-ask", "withdrawn"]


def giver_of(held: HeldMaterial, subjects: Subjects) -> tuple[str, str]:
    """Who must agree that the material serves this company's case, as kind and key; two empty texts: nobody.

    A person's always needs the person. What another company handed in needs that company; what is another company's
    needs it even if an office issued it. Results of offices about the project or its area need nobody.
    """
    if held.subject_kind == "person":
        return "person", held.subject
    if held.subject_kind == "company" and held.subject != subjects.company:
        return "company", held.subject
    if held.source in OPEN_SOURCES or held.collected_from in {"", subjects.company}:
        return "", ""
    return "company", held.collected_from


def answer_of(held: HeldMaterial, subjects: Subjects, consents: Sequence[Consent], on: dt.date) -> Answer:
    """What the one who must agree has said so far.

    One word in force is enough: to take it back takes back every one of the same scope. Where none is, the last one
    counts, and after one that ran out must be asked again.
    """
    if not any(giver_of(held, subjects)):
        return "not-needed"
    if consent_in_force(held, subjects, consents, on):
        return "given"
    last = max(_said(held, subjects, consents), key=lambda one: one.pk, default=None)
    return "withdrawn" if last and last.withdrawn_at else "to-ask"


def consent_in_force(
    held: HeldMaterial, subjects: Subjects, consents: Sequence[Consent], on: dt.date
) -> Consent | None:
    """The newest of these on which the material may serve the case on this day; None: on none of them."""
    standing = (one for one in _said(held, subjects, consents) if in_force(one, on))
    return max(standing, key=lambda one: one.pk, default=None)


def in_force(consent: Consent, on: dt.date) -> bool:
    """Neither taken back nor run out."""
    return consent.withdrawn_at is None and (consent.until is None or on <= consent.until)


def same_scope(consent: Consent, codes: Collection[str] = ()) -> "QuerySet[Consent]":
    """Every consent of this giver to the very same, this one too. `codes`: all that its project has and had."""
    project = set(codes) if consent.project_code in codes else {consent.project_code}
    return Consent.objects.filter(
        giver_kind=consent.giver_kind,
        giver=consent.giver,
        type=consent.type,
        for_whom=consent.for_whom,
        project_code__in=project,
    )


def consents_of(givers: set[tuple[str, str]]) -> list[Consent]:
    """Every consent that these gave, those taken back too."""
    wanted = Q()
    for kind, giver in givers:
        wanted |= Q(giver_kind=kind, giver=giver)
    return list(Consent.objects.filter(wanted)) if givers else []


def give_consent(  # noqa: PLR0913 - who, what, for whom, until when
    giver_kind: str,
    giver: str,
    *,
    how: str,
    by: Any,
    now: dt.datetime,
    type: str = "",  # noqa: A002 - the field's name
    for_whom: str = "",
    project_code: str = "",
    case_number: str = "",
    until: dt.date | None = None,
) -> Consent:
    """Keep that somebody agreed, and how: a signed paper, a message, a person at the counter."""
    return Consent.objects.create(
        giver_kind=giver_kind,
        giver=giver,
        type=type,
        for_whom=for_whom,
        project_code=project_code,
        case_number=case_number,
        how=how,
        given_at=now,
        until=until,
        recorded_by=by,
    )


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Any, now: dt.datetime, codes: Collection[str] = ()) -> list[Consent]:
    """Take a consent back, and all of the same scope: nothing is offered on it; what was used on it stays on record.

    `codes` as in `same_scope`. Returns those that were not taken back before.
    """
    standing = list(same_scope(consent, codes).filter(withdrawn_at=None).select_for_update())
    for one in standing:
        one.withdrawn_at, one.withdrawn_by = now, by
        one.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return standing


def _said(held: HeldMaterial, subjects: Subjects, consents: Iterable[Consent]) -> Iterator[Consent]:
    """What the one who must agree said of such a material for these subjects."""
    giver = giver_of(held, subjects)
    return (one for one in consents if (one.giver_kind, one.giver) == giver and _covers(one, held, subjects))


def _covers(consent: Consent, held: HeldMaterial, subjects: Subjects) -> bool:
    return (
        consent.type in {"", held.type}
        and consent.for_whom in {"", subjects.company}
        and (not consent.project_code or consent.project_code in subjects.codes)
    )
