"""From the decision to a certificate that counts: decide, render, approve exactly those bytes, seal, validate."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import ingest
from archive import Digests, append_event, digest_bytes
from catalogue import load_catalogue, spoken
from signing import (
    Approval,
    Certificate,
    NotApproved,
    NumbersUsedUp,
    Seal,
    SealOrder,
    approvals,
    ask_approvals,
    draft_certificate,
    find_anchor,
    issued_policy,
    note_approval,
    note_release,
    preserve_pdf,
    record_validation,
    render,
    seal_all,
    seal_for,
    seals_beside,
    validate_pdf,
    verification_url,
)
from workers import (
    clocks,
    dates,
    drawing_reviews,
    drawing_sets,
    installation,
    seal_gate,
    seal_pictures,
    used_holdings,
    zones,
)
from workers.certificate_data import lines_of, output_of, require_lines
from workers.certificate_life import take_over
from workers.closing import is_lead
from workers.groundwork import NotPossibleError, item_of
from workers.jobs import enqueue
from workers.keeping import request_package
from workers.models import Job
from workers.opinions import close_parts, joint_data
from workers.order import check_order
from workers.stage import Arguments, NotExpectedError

NOT_BY_RULE: Mapping[str, Any] = MappingProxyType({})


@transaction.atomic
def decide(
    case: ingest.Case, *, by: Any, by_rule: Mapping[str, Any] = NOT_BY_RULE, drawings: str | None = None
) -> Certificate:
    """Grant the application (准予许可): the certificate gets its number and is rendered for approval.

    `by_rule` names the rule set where nobody looked (`workers.instant`); `by` is then the officer who answers for it.
    `drawings` says which drawings the officer saw (`drawing_reviews.require_seen`).
    """
    case = ingest.Case.objects.select_for_update().get(pk=case.pk)
    if case.state != ingest.Case.State.ACCEPTED:
        raise NotPossibleError("not-accepted", "只有已受理的办件才能作出决定")
    output = output_of(case)
    if output is None:
        raise NotPossibleError("no-certificate", "该事项的结果不在本系统制证，请录入部门意见")
    check_order(case)
    drawing_reviews.require_seen(case, drawings)
    drawing_sets.require_reviewed(case)
    used_holdings.require_holding(case, "decision")
    item = item_of(case)
    quick = clocks.check_decision(case, item)
    seal, beside = seal_for(item.code), seals_beside(item.code)
    today = timezone.localdate()
    lines = lines_of(case, output.material)
    data = {line.name: line.value for line in lines} | (joint_data(case) if is_lead(case) else {})
    data |= {"发证机关": seal.owner, "发证日期": spoken(today)}
    data |= {"会签单位": [one.owner for one in beside]} if beside else {}
    try:
        certificate = draft_certificate(
            output,
            seal,
            case_number=case.number,
            region=case.project.region,
            holder_name=case.applicant_name,
            holder_uscc=case.applicant_uscc,
            data=data,
            issued_on=today,
            origins={line.name: dict(line.origin) for line in lines if line.origin},
        )
    except NumbersUsedUp as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    ask_approvals(certificate, beside)
    case.state, case.decided_at = ingest.Case.State.DECIDED, timezone.now()
    case.decision = {"result": "granted", "certificate": certificate.number, "officer": by.get_username()} | quick
    case.decision |= {"by_rule": dict(by_rule)} if by_rule else {}
    case.save()
    dates.set_rechecks(case)
    drawn = drawing_sets.note_use(case, drawing_sets.Moment.DECIDED)
    details = {"result": "granted", **quick, **by_rule, **drawn}
    append_event("case-decided", case_number=case.number, actor=by, details=details, now=timezone.now())
    enqueue("render", case=case.number, certificate=certificate.pk)
    return certificate


def render_certificate(arguments: Arguments) -> str:
    """Set the certificate; returns the digest of what the officer will be shown."""
    certificate = _certificate(arguments, Certificate.State.DRAFT)
    data = certificate.data | {"查验地址": verification_url(settings.PUBLIC_URL, certificate.verify_token)}
    created = dt.datetime.combine(certificate.issued_on, dt.time(), tzinfo=dt.UTC)
    pdf = render(certificate.template, data, created=created)
    for one in approvals(certificate)[1:]:  # a template without its place is found before anybody approves
        find_anchor(pdf, near=one.seal.owner)
    return zones.keep_derivative(pdf, "application/pdf").sha256


def record_rendering(arguments: Arguments, sha256: str) -> None:
    """Ready to be looked at and approved."""
    certificate = _certificate(arguments, Certificate.State.DRAFT)
    certificate.rendered_sha256, certificate.state = sha256, Certificate.State.RENDERED
    certificate.save()


@transaction.atomic
def approve(
    certificate: Certificate,
    sha256: str,
    *,
    by: Any,
    seal: Seal | None = None,
    by_rule: Mapping[str, Any] = NOT_BY_RULE,
) -> None:
    """The officer approves exactly these bytes for a seal, by default the first still open; only they will be sealed.

    With several seals, nothing is sealed before the last has been approved, each by an officer of its own. `by_rule`
    as in `decide`.
    """
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.state != Certificate.State.RENDERED:
        raise NotPossibleError("not-rendered", "证照尚未生成，或已签发")
    if sha256 != certificate.rendered_sha256:
        raise NotPossibleError("other-bytes", "所看到的证照不是当前版本，请刷新后重新核对")
    if certificate.supersedes_id is None:
        used_holdings.require_holding(ingest.Case.objects.get(number=certificate.case_number), "use")
    require_lines(certificate)
    asked = seal or next((one.seal for one in approvals(certificate) if not one.given), None)
    if asked is None:
        raise NotPossibleError("not-rendered", "各枚印章均已签发，等待复核或盖章")
    seal_gate.check_person(asked, certificate, by)
    try:
        note_approval(certificate, asked, sha256, by=by, now=timezone.now())
    except NotApproved as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    _tell_officer("certificate-approved", certificate, asked, by, by_rule)
    _seal_when_complete(certificate)


@transaction.atomic
def release(
    certificate: Certificate,
    sha256: str,
    *,
    by: Any,
    seal: Seal | None = None,
    by_rule: Mapping[str, Any] = NOT_BY_RULE,
) -> None:
    """The second officer of a two-person seal releases exactly the bytes that the first approved.

    By default the first seal that waits for it. Also after all was approved, where two persons were asked for since.
    `by_rule` as in `decide`.
    """
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.state not in (Certificate.State.RENDERED, Certificate.State.APPROVED):
        raise NotPossibleError("not-rendered", "证照尚未生成，或已盖章")
    if sha256 != certificate.rendered_sha256:
        raise NotPossibleError("other-bytes", "所看到的证照不是当前版本，请刷新后重新核对")
    asked = seal or next((one.seal for one in approvals(certificate) if one.waits_for_release), certificate.seal)
    seal_gate.check_person(asked, certificate, by)
    try:
        note_release(certificate, asked, sha256, by=by, now=timezone.now())
    except NotApproved as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    _tell_officer("certificate-released", certificate, asked, by, by_rule)
    _seal_when_complete(certificate)


def _tell_officer(
    kind: str, certificate: Certificate, asked: Seal, by: Any, by_rule: Mapping[str, Any] = NOT_BY_RULE
) -> None:
    append_event(
        kind,
        case_number=certificate.case_number,
        actor=by,
        object_sha256=certificate.rendered_sha256,
        details={"number": certificate.number, "seal": asked.label, **by_rule},
        now=timezone.now(),
    )


def _seal_when_complete(certificate: Certificate) -> None:
    """Ask for the seals once the last approval, and the last release where two persons are asked for, is there."""
    if certificate.state != Certificate.State.RENDERED or not all(one.complete for one in approvals(certificate)):
        return
    certificate.state = Certificate.State.APPROVED
    certificate.save(update_fields=["state"])
    enqueue("seal", case=certificate.case_number, certificate=certificate.pk)


@dataclasses.dataclass(frozen=True)
class SealedFile:
    """What sealing made of the approved bytes: both digests of them, and of the new file."""

    before: Digests
    after: Digests


def seal(arguments: Arguments) -> SealedFile:
    """Put every seal on the approved bytes, then make them last, in one go: killed in between, nothing is issued.

    With no timestamp to be had, or a seal that may not be used now, nothing is sealed and it is tried again.
    """
    certificate = _certificate(arguments, Certificate.State.APPROVED)
    if certificate.supersedes_id is None:
        used_holdings.require_for_seal(ingest.Case.objects.get(number=certificate.case_number))
    approved = zones.read_derivative(certificate.approved_sha256)
    before = digest_bytes(approved)
    tsa, trust, now = installation.timestamps(), installation.authority(), timezone.now()
    standing = approvals(certificate)
    orders = [_order(certificate, one, beside=number > 0) for number, one in enumerate(standing)]
    uses = seal_gate.certificate_uses(certificate, before)
    with seal_gate.using(uses, [order.key.certificate for order in orders]):
        sealed = seal_all(approved, orders, tsa=tsa, now=now)
        preserved = preserve_pdf(sealed, trust.roots, trust.crls(now), tsa=tsa, now=now)
    return SealedFile(before, zones.keep_derivative(preserved, "application/pdf"))


def _order(certificate: Certificate, approval: Approval, *, beside: bool) -> SealOrder:
    seal = approval.seal
    return SealOrder(
        key=installation.seal_key(seal),
        image=seal_pictures.picture_of(seal),
        approved_sha256=approval.sha256,
        reason=f"{'会签' if beside else '签发'}{certificate.data.get('证照名称', '证照')}",
        location=seal.owner,
        near=seal.owner if beside else "",
    )


def record_seal(arguments: Arguments, sealed: SealedFile) -> None:
    """Note the use of each seal, if it may still be used; whether it counts is for the validation to say."""
    certificate = _certificate(arguments, Certificate.State.APPROVED, locked=True)
    seal_gate.finish(seal_gate.certificate_uses(certificate, sealed.before), sealed.after)
    now = timezone.now()
    certificate.sealed_sha256, certificate.sealed_sm3 = sealed.after.sha256, sealed.after.sm3
    certificate.state = Certificate.State.SEALED
    certificate.save(update_fields=["sealed_sha256", "sealed_sm3", "state"])
    certificate.further_seals.update(used_at=now)
    append_event(
        "seal-applied",
        case_number=certificate.case_number,
        object_sha256=sealed.after.sha256,
        details={"number": certificate.number, "seal": "、".join(one.seal.label for one in approvals(certificate))},
        now=now,
    )
    enqueue("validate", case=certificate.case_number, certificate=certificate.pk)


def validate(arguments: Arguments) -> dict[str, Any]:
    """Read the sealed file back and judge it by our roots alone, revocation checked."""
    certificate = _certificate(arguments, Certificate.State.SEALED)
    trust = installation.authority()
    # every seal must be there, not any valid one
    keys = [installation.seal_key(one.seal).fingerprint for one in approvals(certificate)]
    found = validate_pdf(
        zones.read_derivative(certificate.sealed_sha256),
        trust.roots,
        crls=trust.crls(timezone.now()),
        policy=issued_policy(*keys, sha256=certificate.sealed_sha256),
    )
    result: dict[str, Any] = found.to_json()
    return result


def record_verdict(arguments: Arguments, validation: dict[str, Any]) -> None:
    """A valid certificate is issued and its case goes to the archive; any other stops here, said on the board.

    A new version takes the place of the one before; its case is closed already.
    """
    certificate = _certificate(arguments, Certificate.State.SEALED)
    if validation["verdict"] == "valid" and not take_over(certificate):
        return
    record_validation(certificate, validation)
    append_event(
        f"certificate-{validation['verdict']}",
        case_number=certificate.case_number,
        object_sha256=certificate.sealed_sha256,
        details={"number": certificate.number, "identifier": certificate.identifier},
        now=timezone.now(),
    )
    if certificate.state != Certificate.State.VALID:
        return
    enqueue("faces", case=certificate.case_number, certificate=certificate.pk)
    if certificate.supersedes_id:
        return
    case = ingest.Case.objects.select_for_update().get(number=certificate.case_number)
    case.state, case.issued_at = ingest.Case.State.ISSUED, timezone.now()
    case.save()
    used_holdings.note_checks(case, "use")
    request_package(case)
    close_parts(case)


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The job's row on the board says why; the certificate stays in the state before, nothing half-issued."""


def progress(case: ingest.Case) -> list[Job]:
    """What is still waiting or running for a case, oldest first."""
    return list(
        Job.objects.filter(
            case_number__in=case.beside.values("number"), state__in=[Job.State.QUEUED, Job.State.RUNNING]
        )
    )


def _certificate(arguments: Arguments, expected: Certificate.State, *, locked: bool = False) -> Certificate:
    rows = Certificate.objects.select_for_update() if locked else Certificate.objects.select_related("seal")
    certificate = rows.get(pk=arguments["certificate"])
    if certificate.state != expected:
        raise NotExpectedError(f"certificate is {certificate.state}, not {expected}")
    return certificate


def known_item_names() -> dict[str, str]:
    """Code → name of every item that can be applied for."""
    return {item.code: item.name for item in load_catalogue().items()}
