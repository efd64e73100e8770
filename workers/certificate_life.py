"""What is done to issued certificates: new versions, and decisions that hold at once; with events and a history.

A new version goes the way of the first: rendered, approved by its officers, sealed, validated (`workers.issuing`). Only
then does the one before lose its force, in the transaction of the verdict; a worker killed on the way changes nothing.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from signing import (
    Act,
    ActRefused,
    Certificate,
    CertificateAct,
    Decision,
    SealRefused,
    ask_approvals,
    check_act,
    draft_version,
    seal_for,
    seals_beside,
    standing_of,
    version_under_way,
)
from workers.follow_ups import ARCHIVED_ACTS, note_standing, request_follow_ups
from workers.groundwork import NotPossibleError, item_of
from workers.jobs import enqueue

EVENTS = {
    Act.SUSPEND: "certificate-suspended",
    Act.RESTORE: "certificate-restored",
    Act.REVOKE: "certificate-revoked",
    Act.CANCEL: "certificate-cancelled",
    Act.SUPERSEDE: "certificate-superseded",
    Act.DISCARD: "version-discarded",
}


@transaction.atomic
def new_version(  # noqa: PLR0913 - an act with its decision and content
    certificate: Certificate,
    act: Act,
    decision: Decision,
    *,
    by: Any,
    changes: Mapping[str, str] | None = None,
    valid_until: dt.date | None = None,
) -> Certificate:
    """变更, 延续, 更正 or 换发: draft the next version and have it rendered for approval. The one in force stays so.

    Raises:
        NotPossibleError: with the code of `check_act` or `draft_version`, or `seal-refused`.
    """
    now, today = timezone.now(), timezone.localdate()
    before = _held(certificate)
    try:
        check_act(act, standing_of(before), decision, today=today)
        item = item_of(ingest.Case.objects.get(number=before.case_number))
        beside = seals_beside(item.code)
        made, differing = draft_version(
            before,
            act,
            seal_for(item.code),
            changes=changes or {},
            valid_until=valid_until,
            decided_on=decision.decided_on or today,
            beside=beside,
        )
    except (ActRefused, SealRefused) as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    ask_approvals(made, beside)
    _record(before, act, decision, after=before.state, by=by, now=now, successor=made, changes=differing)
    append_event(
        "version-drafted",
        case_number=made.case_number,
        actor=by,
        details={"act": act.value, "before": before.identifier, "identifier": made.identifier},
        now=now,
    )
    enqueue("render", case=made.case_number, certificate=made.pk)
    return made


@transaction.atomic
def decide_on(certificate: Certificate, act: Act, decision: Decision, *, by: Any) -> Certificate:
    """暂停, 恢复, 撤销（吊销） or 注销: holds at once. A new version that is being made is given up.

    Raises:
        NotPossibleError: with the code of `check_act`.
    """
    held, now = _held(certificate), timezone.now()
    try:
        rule = check_act(act, standing_of(held), decision, today=timezone.localdate())
    except ActRefused as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    if act not in EVENTS or not rule.by_hand or act is Act.DISCARD:
        raise NotPossibleError("wrong-act", f"{rule.name}不由此办理")
    if draft := version_under_way(held):
        _give_up(draft, Decision(f"原证照已{rule.name}"), by=None, now=now)
    before, held.state = held.state, rule.ends
    held.save(update_fields=["state"])
    _record(held, act, decision, before=before, by=by, now=now)
    return held


@transaction.atomic
def discard(draft: Certificate, decision: Decision, *, by: Any) -> None:
    """放弃新版: a new version that was not issued is given up; the one in force stays.

    Raises:
        NotPossibleError: `first-version`, or with the code of `check_act`.
    """
    if draft.supersedes is None:
        raise NotPossibleError("first-version", "首次签发的证照不能放弃：请先签发，再按规定注销")
    _held(draft.supersedes)  # the verdict on the draft takes the same row first: one of the two comes after the other
    held = _held(draft)
    try:
        check_act(Act.DISCARD, standing_of(held), decision, today=timezone.localdate())
    except ActRefused as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    _give_up(held, decision, by=by, now=timezone.now())


def take_over(certificate: Certificate) -> bool:
    """A new version was found valid: the one before loses its force; call it before the new one gets it.

    False where there is none to take over from any more, since it was suspended, revoked or cancelled meanwhile: then
    the new version is given up, and must not come into force.
    """
    if certificate.supersedes is None:
        return True
    before, now = _held(certificate.supersedes), timezone.now()
    draft = _held(certificate)
    if before.state != Certificate.State.VALID or draft.state == Certificate.State.DISCARDED:
        if draft.state != Certificate.State.DISCARDED:
            _give_up(draft, Decision(f"原证照{before.get_state_display()}"), by=None, now=now)
        return False
    before.state = Certificate.State.SUPERSEDED
    before.save(update_fields=["state"])
    said = Decision(f"第{certificate.version}版经验证有效")
    _record(before, Act.SUPERSEDE, said, before="valid", by=None, now=now, successor=certificate)
    return True


def _held(certificate: Certificate) -> Certificate:
    found: Certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    return found


def _give_up(draft: Certificate, decision: Decision, *, by: Any, now: dt.datetime) -> None:
    before, draft.state = draft.state, Certificate.State.DISCARDED
    draft.save(update_fields=["state"])
    _record(draft, Act.DISCARD, decision, before=before, by=by, now=now)


def _record(  # noqa: PLR0913 - one row of the history
    certificate: Certificate,
    act: Act,
    decision: Decision,
    *,
    by: Any,
    now: dt.datetime,
    before: str = "",
    after: str = "",
    successor: Certificate | None = None,
    changes: Mapping[str, list[str]] | None = None,
) -> CertificateAct:
    """Add to the history, and to the log what no longer stands as it stood."""
    row = CertificateAct.objects.create(
        certificate=certificate,
        act=act.value,
        before=before or certificate.state,
        after=after or certificate.state,
        reason=decision.reason.strip(),
        basis=decision.basis.strip(),
        decided_on=decision.decided_on or timezone.localdate(now),
        by=by,
        recorded_at=now,
        successor=successor,
        changes=dict(changes or {}),
    )
    if act in EVENTS:
        append_event(
            EVENTS[act],
            case_number=certificate.case_number,
            actor=by,
            object_sha256=certificate.sealed_sha256,
            details={
                "identifier": certificate.identifier,
                "before": row.before,
                "after": row.after,
                "successor": successor.identifier if successor else "",
                "record": row.pk,
            },
            now=now,
        )
    if act in ARCHIVED_ACTS:
        note_standing(certificate, now)
        request_follow_ups(certificate.case_number)
    return row
