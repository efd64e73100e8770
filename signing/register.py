"""The register: which seal may be used for what, certificates with their numbers, and what they answer when asked."""

import dataclasses
import datetime as dt
from typing import Any, Literal

from django.utils import timezone

from catalogue import Output
from signing.errors import SealRefused
from signing.models import Certificate, Seal
from signing.numbers import certificate_identifier, certificate_number, supervision_number
from signing.qr import new_token, token_of
from signing.seal_uses import note_verdict, uses_of_file
from signing.terms import printed_terms, valid_until

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
    for seal in Seal.objects.filter(state=Seal.State.ACTIVE, valid_until__gt=timezone.now()).order_by("pk"):
        if item_code in seal.items:
            return seal
    raise SealRefused(
        f"没有可用于事项 {item_code} 的有效印章：请在印章登记中授权或恢复 (no seal in force for this item)"
    )


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
    origins: dict[str, Any] | None = None,
) -> Certificate:
    """Write a certificate down with its number, identifier and validity; rendering, approval and seal follow.

    `origins` says for each line of `data` where its value comes from.

    Raises:
        NumbersUsedUp: no number is left for it; nothing is written.
    """
    number = certificate_number(output, region, issued_on)
    identifier = certificate_identifier(output, seal.owner_uscc, number)
    supervised = {"电子监管号": code} if (code := supervision_number(number)) else {}
    return Certificate.objects.create(
        identifier=identifier,
        number=number,
        type=output.material,
        template=output.template,
        case_number=case_number,
        holder_name=holder_name,
        holder_uscc=holder_uscc,
        seal=seal,
        data={**data, **printed_terms(output, issued_on), **supervised, "编号": number, "证照标识": identifier},
        origins=origins or {},
        verify_token=new_token(),
        issued_on=issued_on,
        valid_until=valid_until(output, issued_on),
    )


def record_validation(certificate: Certificate, validation: dict[str, Any]) -> None:
    """A seal counts from here, and only if its file was found valid."""
    certificate.validation = validation
    note_verdict(uses_of_file(certificate.sealed_sha256), validation)
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


def was_used_in_time(issued_sha256: str) -> bool:
    """Whether it was kept of the certificate whose file this is that it was used within its term."""
    return Certificate.objects.filter(sealed_sha256=issued_sha256, used_in_time=True).exists()


def note_use_in_time(issued_sha256: str) -> None:
    """Keep that the certificate whose file this is was used within its term, so that it holds on; there may be none."""
    for row in Certificate.objects.filter(sealed_sha256=issued_sha256, used_in_time=False).exclude(sealed_sha256=""):
        row.used_in_time = True
        row.save(update_fields=["used_in_time"])
