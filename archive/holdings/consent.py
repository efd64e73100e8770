"""授权同意: who must agree before a material serves somebody else's case, who did, and who took it back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, Literal

from django.db.models import Q

from archive.holdings.identity import AUTHORITATIVE, Subjects
from archive.holdings.models import Consent
from archive.models import HeldMaterial

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
    """What the one who must agree has said so far; the last word counts, and one that ran out must be asked again."""
    kind, giver = giver_of(held, subjects)
    if not giver:
        return "not-needed"
    said = [one for one in consents if (one.giver_kind, one.giver) == (kind, giver) and _covers(one, held, subjects)]
    if any(one.withdrawn_at is None and (one.until is None or on <= one.until) for one in said):
        return "given"
    return "withdrawn" if any(one.withdrawn_at for one in said) else "to-ask"


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


def withdraw_consent(consent: Consent, *, by: Any, now: dt.datetime) -> Consent:
    """Take a consent back: nothing is offered on it any more; what was used on it stays on record. Once is enough."""
    if consent.withdrawn_at is None:
        consent.withdrawn_at, consent.withdrawn_by = now, by
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return consent


def _covers(consent: Consent, held: HeldMaterial, subjects: Subjects) -> bool:
    return (
        consent.type in {"", held.type}
        and consent.for_whom in {"", subjects.company}
        and (not consent.project_code or consent.project_code in subjects.codes)
    )
