"""A certificate that should not have been made is given up before it is sealed: its number stays taken (作废号).

A number belongs to its certificate from the transaction that drew it. It is never given back or handed to another: the
register keeps the certificate as not issued, with who gave it up, when and why. The case waits for a decision again.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from signing import REASON_MAX, Act, Certificate, CertificateAct, approvals
from workers.groundwork import NotPossibleError
from workers.models import Job

AT_WORK = (Job.State.QUEUED, Job.State.RUNNING)
VOIDABLE = (Certificate.State.RENDERED, Certificate.State.APPROVED, Certificate.State.SEALED)


@transaction.atomic
def void_number(certificate: Certificate, reason: str, *, by: Any) -> CertificateAct:
    """Give up the first version of a certificate that is not in force yet; its case may be decided anew.

    Raises:
        NotPossibleError: `reason-missing`, `reason-too-long`, `issued-already`, `not-first`, or `still-at-work` while
            a worker seals it.
    """
    why = reason.strip()
    if not why:
        raise NotPossibleError("reason-missing", "请写明作废理由")
    if len(why) > REASON_MAX:
        raise NotPossibleError("reason-too-long", f"作废理由超过 {REASON_MAX} 字")
    held = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if held.supersedes_id is not None:
        raise NotPossibleError("not-first", "这是已签发证照的新版：请在证照页面办理放弃新版")
    if held.state not in VOIDABLE:
        raise NotPossibleError("issued-already", f"证照{held.get_state_display()}，不能作废；已签发的按规定撤销或注销")
    if Job.objects.filter(case_number=held.case_number, kind__in=("render", "seal", "validate"), state__in=AT_WORK):
        raise NotPossibleError("still-at-work", "正在制证或用印，请稍候再试")
    now, before = timezone.now(), held.state
    held.state = Certificate.State.DISCARDED
    held.save(update_fields=["state"])
    row = CertificateAct.objects.create(
        certificate=held,
        act=Act.DISCARD.value,
        before=before,
        after=held.state,
        reason=why,
        decided_on=timezone.localdate(now),
        by=by,
        recorded_at=now,
    )
    case = ingest.Case.objects.select_for_update().get(number=held.case_number)
    case.state, case.decided_at, case.decision = ingest.Case.State.ACCEPTED, None, None
    case.save(update_fields=["state", "decided_at", "decision"])
    append_event(
        "number-voided",
        case_number=held.case_number,
        actor=by,
        details={"number": held.number, "record": row.pk, "approvals": sum(one.given for one in approvals(held))},
        now=now,
    )
    return row


def voided_numbers() -> Iterator[tuple[str, str, str, str]]:
    """The list of numbers that name no certificate (作废号): number, day, who gave it up, why; newest first."""
    rows = CertificateAct.objects.filter(
        act=Act.DISCARD.value, certificate__supersedes=None, certificate__state=Certificate.State.DISCARDED
    ).select_related("certificate", "by")
    for row in rows.order_by("-pk"):
        yield row.certificate.number, f"{row.decided_on}", row.by.get_username() if row.by else "", row.reason
