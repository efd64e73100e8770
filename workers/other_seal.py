"""A certificate whose seal was lost before it was put on: another seal of the same office takes its place."""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from signing import Certificate, Seal, SealRefused, approvals, seal_for, seals_beside
from workers.groundwork import NotPossibleError

GONE = (Seal.State.LOST, Seal.State.DESTROYED)


def has_lost_seal(certificate: Certificate) -> bool:
    """Whether a seal that it waits for will never come back."""
    waits = certificate.state in (Certificate.State.RENDERED, Certificate.State.APPROVED)
    return waits and any(one.seal.state in GONE for one in approvals(certificate))


@transaction.atomic
def take_other_seal(certificate: Certificate, *, by: Any) -> Certificate:
    """Put seals in force of the same offices in the place of those that are gone; all of it is approved anew.

    The bytes stay: they name the office, not the seal.

    Raises:
        NotPossibleError: no seal of it is gone, or its office has no other for the item.
    """
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if not has_lost_seal(row):
        raise NotPossibleError("seal-not-lost", "该证照的印章没有挂失或销毁，无须换章")
    item = ingest.Case.objects.values_list("item_code", flat=True).get(number=row.case_number)
    try:
        offered = [seal_for(item), *seals_beside(item)]
    except SealRefused as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    before = "、".join(one.seal.label for one in approvals(row))
    if row.seal.state in GONE:
        row.seal = _of_same_office(row.seal, offered)
    row.state, row.approved_sha256, row.approved_by, row.approved_at = Certificate.State.RENDERED, "", None, None
    row.save(update_fields=["seal", "state", "approved_sha256", "approved_by", "approved_at"])
    for further in row.further_seals.select_related("seal"):
        seal = _of_same_office(further.seal, offered) if further.seal.state in GONE else further.seal
        further.seal, further.approved_sha256, further.approved_by, further.approved_at = seal, "", None, None
        further.save()
    append_event(
        "certificate-seal-replaced",
        case_number=row.case_number,
        actor=by,
        object_sha256=row.rendered_sha256,
        details={"number": row.number, "before": before, "after": "、".join(one.seal.label for one in approvals(row))},
        now=timezone.now(),
    )
    return row


def _of_same_office(gone: Seal, offered: list[Seal]) -> Seal:
    for seal in offered:
        if (seal.owner, seal.owner_uscc) == (gone.owner, gone.owner_uscc):
            return seal
    raise NotPossibleError("seal-refused", f"“{gone.owner}”没有可用的其他印章：请先登记新印章")
