"""The OFD edition of an issued certificate: asked for on a page, made once by the workers, who have the keys.

Its seals are uses of the seals like any other: the gate is asked before the key, and each use is in the register. Those
who answer for it are those who approved the certificate; who asked for the edition stands in the log.
"""

import dataclasses
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive import Digests, Event, append_event, digest_bytes
from signing import (
    Approval,
    Certificate,
    IntendedUse,
    OfdOrder,
    SealUse,
    Sm2Authority,
    Validation,
    approvals,
    check_ofd_edition,
    make_ofd_edition,
    note_verdict,
    read_certificates,
)
from workers import seal_gate, seal_pictures, zones
from workers.groundwork import NotPossibleError
from workers.jobs import enqueue
from workers.models import Job
from workers.stage import Arguments, NotExpectedError

KIND = "edition"
EXPORTED = "ofd-exported"
OFD = "application/ofd"


@dataclasses.dataclass(frozen=True)
class Edition:
    """What the stage made: both digests of the PDF, of the OFD, and what our validation says of it."""

    before: Digests
    after: Digests
    validation: Validation


@transaction.atomic
def request_ofd_edition(certificate: Certificate, *, by: Any) -> Job:
    """Ask for the edition; asked again, it is the same job.

    Raises:
        NotPossibleError: `not-valid`: the certificate was not issued, or holds no longer; or the seal may not be used.
    """
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if row.state != Certificate.State.VALID:
        raise NotPossibleError("not-valid", "只有已签发且有效的证照可以导出 OFD 版")
    seal_gate.check_person(row.seal, row, by)
    if waiting := ofd_job(row):
        return waiting
    append_event(
        "ofd-requested",
        case_number=row.case_number,
        actor=by,
        object_sha256=row.sealed_sha256,
        details={"number": row.number},
        now=timezone.now(),
    )
    return enqueue(KIND, case=row.case_number, certificate=row.pk)


def ofd_job(certificate: Certificate) -> Job | None:
    """The job that makes, or made, the edition; None while nobody has asked for one."""
    rows = Job.objects.filter(kind=KIND, case_number=certificate.case_number, arguments__certificate=certificate.pk)
    return rows.exclude(state=Job.State.SKIPPED).first()


def ofd_digest(certificate: Certificate) -> str:
    """The digest of the edition, empty while there is none."""
    if not certificate.sealed_sha256:
        return ""
    rows = Event.objects.filter(kind=EXPORTED, case_number=certificate.case_number)
    made = rows.filter(details__pdf=certificate.sealed_sha256).values_list("object_sha256", flat=True)
    return made.first() or ""


def make(arguments: Arguments) -> Edition:
    """Take over the pages of the issued file, seal them with SM2, and judge the result before it counts."""
    certificate = _certificate(arguments)
    pdf, standing, now = zones.read_derivative(certificate.sealed_sha256), approvals(certificate), timezone.now()
    before, authority = digest_bytes(pdf), Sm2Authority(settings.KEYS_DIR)
    with seal_gate.using(_uses(certificate, before), [None] * len(standing)):
        orders = [_order(authority, one, beside=place > 0) for place, one in enumerate(standing)]
        ofd = make_ofd_edition(
            pdf,
            orders,
            title=str(certificate.data.get("证照名称", certificate.number)),
            author=certificate.seal.owner,
            facts={"证照编号": certificate.number, "证照标识": certificate.identifier},
            now=now,
        )
        found = check_ofd_edition(ofd, read_certificates(authority.roots_folder), seals=len(orders), at=now)
    return Edition(before, zones.keep_derivative(ofd, OFD), found)


def record(arguments: Arguments, edition: Edition) -> None:
    """The edition may be handed out: each use of a seal is brought to its end, and the log says so."""
    certificate = _certificate(arguments)
    uses = _uses(certificate, edition.before)
    note_verdict(seal_gate.finish(uses, edition.after), edition.validation.to_json())
    append_event(
        EXPORTED,
        case_number=certificate.case_number,
        object_sha256=edition.after.sha256,
        details={
            "number": certificate.number,
            "pdf": edition.before.sha256,
            "sm3": edition.after.sm3,
            "seal": "、".join(use.seal.label for use in uses),
        },
        now=timezone.now(),
    )


def _certificate(arguments: Arguments) -> Certificate:
    certificate = Certificate.objects.select_related("seal").get(pk=arguments["certificate"])
    if certificate.state != Certificate.State.VALID or ofd_digest(certificate):
        raise NotExpectedError(f"certificate is {certificate.state}, or has its edition")
    return certificate


def _uses(certificate: Certificate, before: Digests) -> list[IntendedUse]:
    uses = seal_gate.certificate_uses(certificate, before)
    return [dataclasses.replace(use, kind=SealUse.Kind.EDITION) for use in uses]


def _order(authority: Sm2Authority, approval: Approval, *, beside: bool) -> OfdOrder:
    seal, now = approval.seal, timezone.now()
    return OfdOrder(
        number=seal.code or seal.owner_uscc[seal_pictures.UNREGISTERED],
        name=f"{seal.owner}{seal.label}（测试）",
        picture=seal_pictures.picture_of(seal),
        user=authority.seal_key(seal.owner, seal.label, now),
        maker=authority.maker(now),
        near=seal.owner if beside else "",
    )
