"""Notices (通知书) that the window hands out: numbered without gaps, sealed PDF/A, stored once and printed for ever.

The number is drawn and the words are fixed in the transaction that asks for the notice; the file is made from these
words alone, sealed on the same path as certificates (B-LTA) and kept by its digest.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import Digests, append_event, digest_bytes
from signing import (
    IntendedUse,
    Seal,
    SealRefused,
    SealUse,
    draw_number,
    issued_policy,
    note_verdict,
    preserve_pdf,
    render,
    seal_for,
    seal_pdf,
    validate_pdf,
)
from workers import installation, seal_gate, seal_pictures, zones
from workers.groundwork import item_of, tell
from workers.jobs import enqueue
from workers.notice_words import words_of
from workers.seal_register import NOTICES
from workers.stage import Arguments, NotExpectedError, NotYetError

Kind = ingest.Notice.Kind
SERIES = {
    Kind.RECEIPT: "收件",
    Kind.ONE_TIME: "补正",
    Kind.ACCEPTANCE: "受理",
    Kind.GAP: "容缺",
    Kind.REFUSAL: "不受",
    Kind.COMMITMENT: "承诺",
    Kind.REMINDER: "催补",
}
"""The word in the number of a notice (机关代字); each kind is counted by itself, in each region and year."""


class NoticeFaultyError(Exception):
    """The file that was just sealed does not validate; it is not handed out."""

    code = "notice-faulty"


@transaction.atomic
def request_notice(case: ingest.Case, kind: str, *, by: Any, promise: ingest.Promise | None = None) -> ingest.Notice:
    """Draw the number, fix the words, and have the file made."""
    made = timezone.now()
    year = timezone.localtime(made).year
    series = f"{case.project.region}{SERIES[Kind(kind)]}〔{year}〕"
    number = f"{series}{draw_number(f'notice:{series}')}号"
    seen, repeated = _known(case) if kind == Kind.ONE_TIME else ({}, [])
    notice = ingest.Notice.objects.create(
        case=case,
        kind=kind,
        number=number,
        promise=promise,
        content={
            **words_of(case, item_of(case), kind, promise, today=timezone.localtime(made).date()),
            "编号": number,
            "落款": _issuer(case),
        },
        seen=seen,
        repeats=[problem.to_json() for problem in repeated],
        made_at=made,
        made_by=by,
    )
    if repeated:
        tell("notice-repeats", case, by, number=number, problems=[list(problem.key) for problem in repeated])
    enqueue("notice", case=case.number, notice=notice.pk)
    return notice


def _known(case: ingest.Case) -> tuple[dict[str, Any], list[ingest.Problem]]:
    """What this one-time notice knows, and what of it an earlier one should have told."""
    report = case.report or {"requirements": []}
    digests = {
        f"material:{material.pk}": material.upload.sha256
        for material in ingest.Material.objects.filter(upload__in=case.pile, upload__withdrawn_at=None).select_related(
            "upload"
        )
    }
    answers = case.answers
    seen = ingest.seen_in(report, digests, answers) | {"revision": case.revision}
    earlier = [notice.seen for notice in case.notices.filter(kind=Kind.ONE_TIME) if notice.seen]
    return seen, ingest.repeats(ingest.problems_of(report, digests), seen, earlier)


def _issuer(case: ingest.Case) -> str:
    try:
        return str(seal_for(NOTICES).owner)
    except SealRefused:
        return item_of(case).lead_dept


def make(arguments: Arguments) -> dict[str, Any]:
    """Set, seal and validate the file. With no seal or no timestamp to be had it waits."""
    notice = _waiting(arguments)
    seal = _seal()
    template = "commitment" if notice.kind == Kind.COMMITMENT else "notice"
    rendered = render(template, notice.content, created=notice.made_at)
    before = digest_bytes(rendered)
    key, tsa = installation.seal_key(seal), installation.timestamps()
    trust, now = installation.authority(), timezone.now()
    with seal_gate.using([_use(notice, seal, before)], [key.certificate]):
        sealed = seal_pdf(
            rendered,
            key,
            tsa=tsa,
            image=seal_pictures.picture_of(seal),
            approved_sha256=before.sha256,
            reason=f"出具{notice.get_kind_display()}",
            location=seal.owner,
            now=now,
        )
        kept = preserve_pdf(sealed, trust.roots, trust.crls(now), tsa=tsa, now=now)
        found = validate_pdf(
            kept,
            trust.roots,
            crls=trust.crls(timezone.now()),
            policy=issued_policy(key.fingerprint, sha256=digest_bytes(kept).sha256),
        )
        if found.verdict != "valid":
            raise NoticeFaultyError("；".join(reason.text for reason in found.reasons))
    after = zones.keep_derivative(kept, "application/pdf")
    return {"before": before, "after": after, "seal": seal.pk, "validation": found.to_json()}


def _use(notice: ingest.Notice, seal: Seal, before: Digests) -> IntendedUse:
    return IntendedUse(
        seal,
        SealUse.Kind.NOTICE,
        notice.number,
        NOTICES,
        before,
        case_number=notice.case.number,
        by=notice.made_by,
    )


def _seal() -> Seal:
    try:
        return seal_for(NOTICES)
    except SealRefused as reason:
        raise NotYetError(f"通知书待盖章：{reason}") from None


def record(arguments: Arguments, result: dict[str, Any]) -> None:
    """The file may be handed out: note its digest, the use of the seal and its validation."""
    notice = _waiting(arguments)
    use = _use(notice, Seal.objects.get(pk=result["seal"]), result["before"])
    note_verdict(seal_gate.finish([use], result["after"]), result["validation"])
    notice.rendered_sha256 = result["before"].sha256
    notice.sha256, notice.sm3 = result["after"].sha256, result["after"].sm3
    notice.seal_id, notice.validation, notice.sealed_at = result["seal"], result["validation"], timezone.now()
    notice.save()
    append_event(
        f"notice-{notice.kind}",
        case_number=notice.case.number,
        object_sha256=notice.sha256,
        details={"number": notice.number, "before": notice.rendered_sha256, "seal": notice.seal_id},
        now=timezone.now(),
    )


def _waiting(arguments: Arguments) -> ingest.Notice:
    notice = ingest.Notice.objects.select_related("case").get(pk=arguments["notice"])
    if notice.sha256:
        raise NotExpectedError("the notice is made")
    return notice
