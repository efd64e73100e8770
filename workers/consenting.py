"""授权: who must agree before a material serves the case says so, and the counter writes it down; or takes it back."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import ingest
from archive import HeldMaterial
from archive.holdings import (
    Consent,
    answer_of,
    consent_in_force,
    consents_of,
    give_consent,
    giver_of,
    in_force,
    same_scope,
    withdraw_consent,
)
from workers.groundwork import NotPossibleError, lock_beside, request_checks, require_state, tell
from workers.offering import case_subjects, leave_to_others, withdraw_use
from workers.used_holdings import UNDER_WAY

if TYPE_CHECKING:
    from django.db.models import QuerySet

PURPOSE = "用途：仅供本申请人办理本项目的审批事项"
"""What a person agrees to: what the consent covers, by material type, applicant and project, and no more."""
LONGEST_NAME = 60
"""Of who agreed at the counter: a name and an office, not an essay."""
REMEDY = {
    "withdrawn": "的授权已撤回，请在“授权”一栏重新登记，或请申请人提交这一项",
    "to-ask": "须先取得授权而没有，请申请人提交这一项",
}
"""Why a used material cannot carry the acceptance, and what to do."""


@transaction.atomic
def record_consent(
    case: ingest.Case, held: HeldMaterial, *, by: Any, signed: ingest.Upload | None = None, spoken_by: str = ""
) -> Consent:
    """Keep that the owner of a material agreed that it serves this case's applicant and project.

    `signed` is the signed form among what was handed in; else `spoken_by` is who agreed at the counter, whom the
    applicant confirms. Where it agreed already, that is returned and nothing is written.

    Raises:
        NotPossibleError: `not-open`, `no-consent-needed`, `no-applicant-code`, `no-proof`, or `form-withdrawn`.
    """
    lock_beside(case)
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再登记授权")
    subjects = case_subjects(case)
    kind, giver = giver_of(held, subjects)
    if not giver:
        raise NotPossibleError("no-consent-needed", "采用该材料无需授权")
    if not case.applicant_uscc:  # it would be a word for every applicant
        raise NotPossibleError("no-applicant-code", "申请人没有统一社会信用代码，授权无从限定对象；请申请人提交这一项")
    if standing := consent_in_force(held, subjects, consents_of({(kind, giver)}), timezone.localdate()):
        return standing
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


def consents_for(case: ingest.Case) -> "QuerySet[Consent]":
    """What was agreed that covers the case, the newest first, taken back or not, whichever window wrote it down.

    Of a case that is over only what was recorded with it: nothing can be done from there for the others. A word for
    every applicant and every project is no window's to write down and is not looked for.
    """
    here = Q(case_number=case.number)
    if case.state in UNDER_WAY:
        covering = Q(for_whom__in=("", case.applicant_uscc), project_code__in=("", *case.project.codes))
        here |= covering & ~Q(for_whom="", project_code="")
    return Consent.objects.filter(here).select_related("recorded_by").order_by("-pk")


@transaction.atomic
def renew_consent(case: ingest.Case, consent: Consent, *, by: Any, spoken_by: str) -> Consent:
    """The owner agrees again after having taken it back; where it did so already, that one is returned.

    `consent` is one of `consents_for`, from wherever.

    Raises:
        NotPossibleError: as `record_consent`.
    """
    lock_beside(case)
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再登记授权")
    today = timezone.localdate()
    if standing := next((one for one in same_scope(consent, case.project.codes) if in_force(one, today)), None):
        return standing
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


@transaction.atomic
def take_back_consent(case: ingest.Case, consent: Consent, *, by: Any) -> list[ingest.MaterialUse]:
    """The owner withdraws: nothing is offered on it any more, and what open cases had not used yet goes with it.

    All that says the same goes, written down with whatever case. What a case was accepted or decided on stays in its
    history. Returns the uses that went.
    """
    covered = _lock_covered(case, consent)
    for one in withdraw_consent(consent, by=by, now=timezone.now(), codes=case.project.codes):
        tell("consent-withdrawn", case, by, consent=one.number)
    resting = _on_others_word(ingest.MaterialUse.objects.filter(case__in=covered))
    if consent.type:
        resting = resting.filter(held__type=consent.type)
    gone = [use for use in resting if use.held and _unsupported(use.case, use.held, consent)]
    for use in gone:
        withdraw_use(use, by=by)
    for open_case in {use.case for use in gone}:
        request_checks(open_case)
    return gone


def _lock_covered(case: ingest.Case, consent: Consent) -> "QuerySet[ingest.Case]":
    """Lock the open cases that the consent covers, with those beside them and this one, in the one order of all locks.

    A consent for one project is one for the project of the case, under whichever of its codes.

    Whoever takes a material, or accepts, holds the lock of its case: it was seen here, or sees what is written here.
    """
    rows = ingest.Case.objects.filter(state=ingest.Case.State.OPEN)
    if consent.for_whom:
        rows = rows.filter(applicant_uscc=consent.for_whom)
    if consent.project_code:
        rows = rows.filter(project=case.project_id)
    covered = list(rows.values_list("pk", flat=True))
    shared = ingest.Case.objects.filter(pk__in=covered, parallel__isnull=False).values("parallel")
    locked = ingest.Case.objects.filter(Q(pk__in=[*covered, case.pk]) | Q(parallel__in=shared))
    list(locked.order_by("pk").select_for_update())
    return ingest.Case.objects.filter(pk__in=covered, state=ingest.Case.State.OPEN)


def _on_others_word(uses: "QuerySet[ingest.MaterialUse]") -> "QuerySet[ingest.MaterialUse]":
    """Uses of what is held that may need somebody's word; what the applicant brought again needs none."""
    standing = uses.filter(withdrawn_at=None, held__isnull=False).exclude(how=ingest.MaterialUse.How.REPEAT)
    return standing.select_related("case__project", "case__works", "held__package")


def _unsupported(case: ingest.Case, held: HeldMaterial, consent: Consent) -> bool:
    """The material serves the case on this giver's word alone, and the word is taken back."""
    mine = giver_of(held, case_subjects(case)) == (consent.giver_kind, consent.giver)
    return mine and _answer(case, held) != "given"


def _answer(case: ingest.Case, held: HeldMaterial) -> str:
    subjects = case_subjects(case)
    giver = giver_of(held, subjects)
    said = consents_of({giver}) if all(giver) else []
    return answer_of(held, subjects, said, timezone.localdate())


def require_consents(case: ingest.Case) -> None:
    """Ask once more for the word on which materials serve the case; call it in the transaction of the acceptance.

    What nobody agrees to goes where something else stands for its entry.

    Raises:
        NotPossibleError: `no-consent`, with material, reason and remedy.
    """
    unagreed = {
        use: REMEDY[said]
        for use in _on_others_word(case.uses.all())
        if use.held and (said := _answer(case, use.held)) not in {"given", "not-needed"}
    }
    leave_to_others(case, unagreed, "no-consent")
