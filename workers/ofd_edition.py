"""The OFD edition of an issued certificate: made and sealed once for each issued file, then handed out as it is."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive import Event, append_event
from signing import (
    Approval,
    Certificate,
    OfdOrder,
    Seal,
    Sm2Authority,
    approvals,
    check_ofd_edition,
    draw_seal,
    make_ofd_edition,
    read_certificates,
)
from workers import zones
from workers.groundwork import NotPossibleError

EXPORTED = "ofd-exported"
OFD = "application/ofd"


def ofd_edition(certificate: Certificate, *, by: Any) -> str:
    """The digest of the OFD edition, made at the first call; each seal on it is a use of that seal, said in the log.

    Raises:
        NotPossibleError: `not-valid`: the certificate was not issued, or holds no longer; `seal-not-in-force`.
        SigningError: a page cannot be converted, or a key would not sign.
    """
    if kept := kept_ofd_edition(certificate):
        return kept
    standing = approvals(certificate)
    _check(certificate, standing)
    made = zones.keep_derivative(_made(certificate, standing), OFD).sha256
    with transaction.atomic():
        current = Certificate.objects.select_for_update().get(pk=certificate.pk)
        _check(current, standing)
        if kept := kept_ofd_edition(current):  # somebody else was first: one edition is enough
            return kept
        append_event(
            EXPORTED,
            case_number=current.case_number,
            actor=by,
            object_sha256=made,
            details={
                "number": current.number,
                "pdf": current.sealed_sha256,
                "seal": "、".join(one.seal.label for one in standing),
            },
            now=timezone.now(),
        )
    return made


def kept_ofd_edition(certificate: Certificate) -> str:
    """The digest of the edition that was made of the issued file, empty where there is none."""
    rows = Event.objects.filter(kind=EXPORTED, case_number=certificate.case_number)
    made = rows.filter(details__pdf=certificate.sealed_sha256).values_list("object_sha256", flat=True).first()
    return str(made or "") if certificate.sealed_sha256 else ""


def _check(certificate: Certificate, standing: list[Approval]) -> None:
    if certificate.state != Certificate.State.VALID:
        raise NotPossibleError("not-valid", "只有已签发且有效的证照可以导出 OFD 版")
    for one in standing:
        if one.seal.state != Seal.State.ACTIVE or one.seal.valid_until < timezone.now():
            raise NotPossibleError("seal-not-in-force", f"“{one.seal.label}”已停用或到期，不能再用印")


def _made(certificate: Certificate, standing: list[Approval]) -> bytes:
    now, authority = timezone.now(), Sm2Authority(settings.KEYS_DIR)
    orders = [
        OfdOrder(
            number=one.seal.owner_uscc[-13:],
            name=f"{one.seal.owner}{one.seal.label}（测试）",
            picture=draw_seal(one.seal.owner, one.seal.owner_uscc[-13:]),
            user=authority.seal_key(one.seal.owner, one.seal.label, now),
            maker=authority.maker(now),
            near=one.seal.owner if place else "",
        )
        for place, one in enumerate(standing)
    ]
    ofd = make_ofd_edition(
        zones.read_derivative(certificate.sealed_sha256),
        orders,
        title=str(certificate.data.get("证照名称", certificate.number)),
        author=certificate.seal.owner,
        facts={"证照编号": certificate.number, "证照标识": certificate.identifier},
        now=now,
    )
    check_ofd_edition(ofd, read_certificates(authority.roots_folder), seals=len(orders), at=now)
    return ofd
