"""What the check of a drawn decision found (事后核查结果): true, corrected, or to be revoked, and what follows."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from signing import IN_FORCE, Act, Certificate, Decision
from workers import promises
from workers.certificate_life import decide_on, new_version
from workers.groundwork import NotPossibleError
from workers.instant_models import AfterCheck

Finding = AfterCheck.Finding
FINDINGS = (Finding.CONFIRMED, Finding.CORRECTED, Finding.REVOKED)


@transaction.atomic
def record_finding(  # noqa: PLR0913 - a finding with its grounds
    row: AfterCheck, finding: str, *, words: str, evidence: str, by: Any, changes: Mapping[str, str] | None = None
) -> AfterCheck:
    """Write down what the check found, and hand over to the certificate's life what is not as it should be.

    Confirmed: the pledge was kept. Corrected: `changes` (line of the certificate to what should stand there) make a
    corrected version, which its officer approves; none, where the face is right. Revoked: the pledge is broken and on
    the credit record, and the certificate is revoked on this evidence, in the same transaction.

    Raises:
        NotPossibleError: `not-drawn`, `found`, `own-case`, `no-finding`, `no-evidence`, or of the act that follows.
    """
    row = AfterCheck.objects.select_for_update().get(pk=row.pk)
    case = ingest.Case.objects.get(pk=row.decision.case_id)
    _require_open(row, case, by)
    _require_said(finding, words, evidence)
    row.finding, row.words, row.evidence = finding, words.strip(), evidence.strip()
    row.found_by, row.found_at = by, timezone.now()
    row.save()
    told = {"check": row.pk, "finding": finding}
    append_event("after-check-found", case_number=case.number, actor=by, details=told, now=timezone.now())
    pledge = case.promises.filter(entry=ingest.PLEDGE, state=ingest.Promise.State.OPEN).first()
    if pledge and finding != Finding.CORRECTED:
        promises.recheck(pledge, kept=finding == Finding.CONFIRMED, evidence=row.evidence, by=by)
    _hand_over(row, changes or {}, by)
    return row


def _hand_over(row: AfterCheck, changes: Mapping[str, str], by: Any) -> None:
    """What becomes of the certificate; one that lost its force meanwhile needs nothing more."""
    certificate = Certificate.objects.filter(number=row.decision.certificate, state__in=IN_FORCE).first()
    if certificate is None:
        return
    decision = Decision(f"事后核查：{row.words}", row.evidence)
    if row.finding == Finding.REVOKED:
        decide_on(certificate, Act.REVOKE, decision, by=by)
    elif row.finding == Finding.CORRECTED and changes:
        new_version(certificate, Act.CORRECT, decision, by=by, changes=changes)


def _require_open(row: AfterCheck, case: ingest.Case, by: Any) -> None:
    if not row.drawn:
        raise NotPossibleError("not-drawn", "该办件未被抽中，没有事后核查任务")
    if row.finding:
        raise NotPossibleError("found", f"该核查已有结果：{row.get_finding_display()}")
    if by.pk in _answer_for(row, case):
        raise NotPossibleError("own-case", "核查须由收件、发布规则以外的人员进行")


def _require_said(finding: str, words: str, evidence: str) -> None:
    if finding not in FINDINGS:
        raise NotPossibleError("no-finding", f"请选择核查结果：{'、'.join(one.label for one in FINDINGS)}")
    if not words.strip() or not evidence.strip():
        raise NotPossibleError("no-evidence", "请写明核查情况和依据：现场核查记录、查询结果或文书编号")


def _answer_for(row: AfterCheck, case: ingest.Case) -> set[int]:
    """Who took the case in or let its rules out: nobody checks what he answers for."""
    release = row.decision.release
    return {case.opened_by_id, *((release.proposed_by_id, release.confirmed_by_id) if release else ())}
