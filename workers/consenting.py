"""授权: who must agree before a material serves the case says so, and the counter writes it down; or takes it back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import HeldMaterial
from archive.holdings import Consent, answer_of, consents_of, give_consent, giver_of, withdraw_consent
from workers.groundwork import NotPossibleError, lock_beside, request_checks, require_state, tell
from workers.offering import case_subjects, withdraw_use

PURPOSE = "用途：仅供本申请人办理本项目的审批事项"
"""What a person agrees to: what the consent covers, by material type, applicant and project, and no more."""
LONGEST_NAME = 60
"""Of who agreed at the counter: a name and an office, not an essay."""


@transaction.atomic
def record_consent(
    case: ingest.Case, held: HeldMaterial, *, by: Any, signed: ingest.Upload | None = None, spoken_by: str = ""
) -> Consent:
    """Keep that the owner of a material agreed that it serves this case's applicant and project.

    `signed` is the signed form among what was handed in; else `spoken_by` is who agreed at the counter, whom the
    applicant confirms.

    Raises:
        NotPossibleError: `not-open`, `no-consent-needed`, `no-proof`, or `form-withdrawn`.
    """
    lock_beside(case)
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再登记授权")
    kind, giver = giver_of(held, case_subjects(case))
    if not giver:
        raise NotPossibleError("no-consent-needed", "采用该材料无需授权")
    consent = give_consent(
        kind,
        giver,
        how=_how(case, kind, signed, spoken_by.strip()),
        by=by,
        now=timezone.now(),
        type=held.type,
        for_whom=case.applicant_uscc,
        project_code=case.project.code,
        case_number=case.number,
    )
    tell("consent-given", case, by, consent=consent.number, entry=held.type, signed=signed is not None)
    return consent


def _how(case: ingest.Case, kind: str, signed: ingest.Upload | None, spoken_by: str) -> str:
    """How the giver agreed; of a person the purpose too, which is what the consent covers (个人信息保护法第十四条)."""
    purpose = f"；{PURPOSE}" if kind == Consent.Giver.PERSON else ""
    if signed is not None:
        if signed.withdrawn_at or not case.pile.filter(pk=signed.pk).exists():
            raise NotPossibleError("form-withdrawn", "该授权书已撤回，或不属于本办件；请先上传授权书")
        return f"书面授权书：{signed.file_name[:120]}（收件 {signed.number}）{purpose}"
    if not spoken_by:
        raise NotPossibleError("no-proof", "请选择已上传的授权书，或写明当面同意的人并由申请人确认")
    confirmed = "本人单独同意" if purpose else "申请人确认"
    return f"当面同意：{spoken_by[:LONGEST_NAME]}，{confirmed}{purpose}"


@transaction.atomic
def take_back_consent(case: ingest.Case, consent: Consent, *, by: Any) -> list[ingest.MaterialUse]:
    """The owner withdraws: nothing is offered on it any more, and what open cases had not used yet goes with it.

    What a case was accepted or decided on stays in its history. Returns the uses that went.
    """
    withdraw_consent(consent, by=by, now=timezone.now())
    tell("consent-withdrawn", case, by, consent=consent.number)
    resting = ingest.MaterialUse.objects.filter(
        withdrawn_at=None, held__isnull=False, case__state=ingest.Case.State.OPEN
    ).select_related("case__project", "case__works", "held__package")
    if consent.type:
        resting = resting.filter(held__type=consent.type)
    if consent.for_whom:
        resting = resting.filter(case__applicant_uscc=consent.for_whom)
    gone = [use for use in resting if use.held and _unsupported(use.case, use.held, consent)]
    for use in gone:
        withdraw_use(use, by=by)
    for open_case in {use.case for use in gone}:
        request_checks(open_case)
    return gone


def _unsupported(case: ingest.Case, held: HeldMaterial, consent: Consent) -> bool:
    """The material serves the case on this giver's word alone, and the word is taken back."""
    subjects = case_subjects(case)
    if giver_of(held, subjects) != (consent.giver_kind, consent.giver):
        return False
    said = consents_of({(consent.giver_kind, consent.giver)})
    return answer_of(held, subjects, said, timezone.localdate()) != "given"


def consents_for(case: ingest.Case) -> list[Consent]:
    """What was agreed for the case, the newest first, taken back or not."""
    return list(Consent.objects.filter(case_number=case.number).select_related("recorded_by").order_by("-pk"))


@transaction.atomic
def renew_consent(case: ingest.Case, consent: Consent, *, by: Any, spoken_by: str) -> Consent:
    """The owner agrees again after having taken it back.

    Raises:
        NotPossibleError: `still-given`, or as `record_consent`.
    """
    if consent.withdrawn_at is None:
        raise NotPossibleError("still-given", "该授权仍然有效")
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再登记授权")
    made = give_consent(
        consent.giver_kind,
        consent.giver,
        how=_how(case, consent.giver_kind, None, spoken_by.strip()),
        by=by,
        now=timezone.now(),
        type=consent.type,
        for_whom=consent.for_whom,
        project_code=consent.project_code,
        case_number=case.number,
    )
    tell("consent-given", case, by, consent=made.number, entry=consent.type, signed=False)
    return made
