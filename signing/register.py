"""The register: which seal may be used for what, certificates with their numbers, and what they answer when asked."""

import dataclasses
import datetime as dt
import hashlib
from typing import Any, Literal

from catalogue import Output, make_construction_permit, make_licence_identifier
from signing.errors import NotApproved, SealRefused
from signing.models import Certificate, NumberCounter, Seal, SealUse
from signing.qr import new_token, token_of

# 专业分类 01 一般工业与民用建筑, of the construction permit's number.
GENERAL_BUILDING = "01"

JOINT_OPINION = "joint-opinion"
"""Number rule of 联合验收意见书: 联验〔year〕, region and a number of four digits."""

CodeState = Literal["valid", "suspended", "superseded", "revoked", "cancelled", "unknown"]

# Certificates in these states have been issued; before that nobody can hold one.
_ISSUED: dict[str, CodeState] = {
    Certificate.State.VALID: "valid",
    Certificate.State.SUSPENDED: "suspended",
    Certificate.State.SUPERSEDED: "superseded",
    Certificate.State.REVOKED: "revoked",
    Certificate.State.CANCELLED: "cancelled",
}


def seal_for(item_code: str) -> Seal:
    """The seal that results of this item carry.

    Raises:
        SealRefused: no seal in force may be used for it.
    """
    for seal in Seal.objects.filter(state=Seal.State.ACTIVE):
        if item_code in seal.items:
            return seal
    raise SealRefused(
        f"没有可用于事项 {item_code} 的有效印章：请在印章登记中授权或恢复 (no seal in force for this item)"
    )


def draw_number(series: str) -> int:
    """The next number of a series, from 1, without gap or repeat.

    Call it in the transaction that writes what the number is for: the row is locked until that commits, and a
    rollback gives the number back.
    """
    NumberCounter.objects.get_or_create(series=series)
    counter = NumberCounter.objects.select_for_update().get(series=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def draft_certificate(  # noqa: PLR0913 - what a certificate is made of
    output: Output,
    seal: Seal,
    *,
    case_number: str,
    region: str,
    holder_name: str,
    holder_uscc: str,
    data: dict[str, Any],
    issued_on: dt.date,
) -> Certificate:
    """Write a certificate down with its number and identifier; rendering, approval and seal follow."""
    number = _number(output, region, issued_on)
    # What is no e-certificate (an opinion) has no identifier of GB/T 36904; its number names it.
    licensed = output.licence_type and make_licence_identifier(output.licence_type, seal.owner_uscc, number, 1)
    identifier = licensed or number
    return Certificate.objects.create(
        identifier=identifier,
        number=number,
        type=output.material,
        template=output.template,
        case_number=case_number,
        holder_name=holder_name,
        holder_uscc=holder_uscc,
        seal=seal,
        data={**data, "编号": number, "证照标识": identifier},
        verify_token=new_token(),
        issued_on=issued_on,
    )


def _number(output: Output, region: str, issued_on: dt.date) -> str:
    """The next number by the output's rule: of permits one series a day, of opinions (文号) one a year."""
    if output.number_rule == JOINT_OPINION:
        sequence = draw_number(f"{region}:{output.material}:{issued_on:%Y}")
        return f"联验〔{issued_on.year}〕{region}{sequence:04d}号"
    sequence = draw_number(f"{region}:{output.material}:{issued_on:%Y%m%d}")
    return make_construction_permit(region, issued_on, sequence, GENERAL_BUILDING)


def record_seal_use(certificate: Certificate, sealed: bytes, *, now: dt.datetime) -> SealUse:
    """Note one use of the seal, with the digests before and after."""
    certificate.sealed_sha256 = hashlib.sha256(sealed).hexdigest()
    if certificate.approved_by is None:
        raise NotApproved("没有签发人：先由经办人核对并签发 (nobody approved it)")
    certificate.state = Certificate.State.SEALED
    certificate.save()
    return SealUse.objects.create(
        seal=certificate.seal,
        certificate=certificate,
        used_at=now,
        used_for=certificate.approved_by,
        before_sha256=certificate.approved_sha256,
        after_sha256=certificate.sealed_sha256,
    )


def record_validation(certificate: Certificate, validation: dict[str, Any]) -> None:
    """A seal counts from here, and only if its file was found valid."""
    certificate.validation = validation
    certificate.seal_use.verdict = validation["verdict"]
    certificate.seal_use.save(update_fields=["verdict"])
    if validation["verdict"] == "valid":
        certificate.state = Certificate.State.VALID
    certificate.save()


def certificate_of_code(text: str) -> Certificate | None:
    """The issued certificate whose verification address a code gives; None where it is no such address or unknown.

    The host of the address is not looked at and nothing is fetched: only our own register answers.
    """
    token = token_of(text)
    if token is None:
        return None
    return Certificate.objects.filter(verify_token=token, state__in=list(_ISSUED)).first()


@dataclasses.dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What the register says of a code: state, and the material type and number of the certificate it belongs to."""

    state: CodeState
    type: str = ""
    number: str = ""


def code_answer(text: str) -> CodeAnswer | None:
    """What the register says of a code; None where it does not look like a verification address of ours."""
    if token_of(text) is None:
        return None
    found = certificate_of_code(text)
    return CodeAnswer(_ISSUED[found.state], found.type, found.number) if found else CodeAnswer("unknown")
