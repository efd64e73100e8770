"""授权: what a case shows of the consents that cover it; of another window's no more than that there is one."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from archive.holdings import Consent, in_force
from catalogue import load_catalogue
from ingest import Case
from portal.sight import cases_seen
from workers import consents_for


@dataclasses.dataclass(frozen=True, slots=True)
class ConsentShown:
    """A consent in words: whose, to what, how it was given, and where it was written down.

    `where` is the number of another case that the reader may open. Of one that is not the reader's it is empty, `seen`
    is False, and of how it was given only the kind is told: names and files are that case's own.
    """

    consent: Consent
    whose: str
    material: str
    how: str
    where: str
    seen: bool
    may_renew: bool


def consents_shown(case: Case, user: Any) -> list[ConsentShown]:
    """What was agreed that covers the case, the newest first."""
    rows = list(consents_for(case))
    elsewhere = {row.case_number for row in rows} - {case.number}
    open_to = Case.objects.filter(cases_seen(user), number__in=elsewhere) if elsewhere else Case.objects.none()
    known = {case.number, *open_to.values_list("number", flat=True)}
    renewable = _renewable(rows)
    return [
        ConsentShown(
            row,
            _whose(row),
            load_catalogue().material_type(row.type).name if row.type else "",
            row.how if row.case_number in known else row.how.partition("：")[0],
            "" if row.case_number == case.number or row.case_number not in known else row.case_number,
            row.case_number in known,
            row.pk in renewable,
        )
        for row in rows
    ]


def _renewable(rows: Sequence[Consent]) -> set[int]:
    """The last word of each scope, where it was taken back: there the owner may agree again."""
    today, last = timezone.localdate(), {_scope(row): row for row in reversed(rows)}
    standing = {_scope(row) for row in rows if in_force(row, today)}
    return {row.pk for scope, row in last.items() if scope not in standing and row.withdrawn_at}


def _scope(consent: Consent) -> tuple[str, ...]:
    return consent.giver_kind, consent.giver, consent.type, consent.for_whom


def _whose(consent: Consent) -> str:
    """Whose consent it is, said so that a person's key is not shown."""
    return "本人" if consent.giver_kind == Consent.Giver.PERSON else f"单位 {consent.giver}"
