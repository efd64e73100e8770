"""May this seal seal now, for this, on the word of these persons: the one place where it is decided."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cryptography import x509
from django.db.models import Q, QuerySet

from signing.errors import SigningError
from signing.seal_models import Seal, SealGrant


class SealNotInForce(SigningError):  # noqa: N818
    """The seal may not be used now. Nothing was sealed; `code` says why, and it goes on when that is put right."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code


_STATES = {
    Seal.State.SUSPENDED: ("seal-suspended", "已停用：由印章管理员恢复后自动继续 (the seal is suspended)"),
    Seal.State.LOST: ("seal-lost", "已挂失，不能再用：请换章后重新签发 (the seal is lost)"),
    Seal.State.DESTROYED: ("seal-destroyed", "已销毁，不能再用：请换章后重新签发 (the seal is destroyed)"),
}


def check_seal(  # noqa: PLR0913 - what it depends on, each by name
    seal: Seal,
    *,
    item: str,
    people: Iterable[Any],
    now: dt.datetime,
    certificate: x509.Certificate | None = None,
    crls: Iterable[bytes] = (),
) -> None:
    """See that a seal may be used now. Asked when it is approved, when it is released, before the key and after it.

    Args:
        seal: its row as it stands; hold it (`select_for_update`) where nothing may change meanwhile.
        item: what it is to stand on: an item code, 通知书, `会签：` with an item, or "" for a file of no item.
        people: who approved and who released it; for what the system does of itself, nobody.
        now: aware.
        certificate: of the key that will sign, else that of the register.
        crls: revocation lists (DER) of those who may have issued it.

    Raises:
        SealNotInForce: suspended, lost or destroyed; its certificate not yet or no longer valid, or revoked; or one of
            the persons has no grant for it.
    """
    name = f"“{seal.label}”"
    if seal.state != Seal.State.ACTIVE:
        code, words = _STATES[Seal.State(seal.state)]
        raise SealNotInForce(code, f"未盖章：{name}{words}")
    used = certificate or registered_certificate(seal)
    starts = used.not_valid_before_utc if used else seal.valid_from
    ends = min(seal.valid_until, used.not_valid_after_utc) if used else seal.valid_until
    if starts and now < starts:
        raise SealNotInForce("seal-not-yet-valid", f"未盖章：{name}的证书自 {starts:%Y-%m-%d} 起有效 (not valid yet)")
    if now > ends:
        raise SealNotInForce(
            "seal-expired",
            f"未盖章：{name}的证书已于 {ends:%Y-%m-%d} 到期，换发证书后自动继续 (its certificate expired)",
        )
    if used and is_revoked(used, crls):
        raise SealNotInForce(
            "seal-revoked", f"未盖章：{name}的证书已被吊销，换发证书后自动继续 (its certificate is revoked)"
        )
    for person in people:
        if not may_use(seal, person, item=item, now=now):
            raise SealNotInForce(
                "seal-not-granted",
                f"未盖章：账号 {person.get_username()} 未获授权将{name}用于{item or '其他文件'}，"
                "请由获授权的人员办理或由印章管理员授权 (no grant)",
            )


def registered_certificate(seal: Seal) -> x509.Certificate | None:
    """The certificate in the register; None where it has not seen it yet."""
    return x509.load_pem_x509_certificate(seal.certificate_pem.encode()) if seal.certificate_pem else None


def is_revoked(certificate: x509.Certificate, crls: Iterable[bytes]) -> bool:
    """Whether its issuer's list names it, for whatever reason: no new use follows even an orderly withdrawal."""
    for der in crls:
        listed = x509.load_der_x509_crl(der)
        if listed.issuer == certificate.issuer and listed.get_revoked_certificate_by_serial_number(
            certificate.serial_number
        ):
            return True
    return False


def grants_in_force(seal: Seal, now: dt.datetime) -> QuerySet[SealGrant]:
    """The grants of a seal that hold now."""
    ends = Q(ends_at=None) | Q(ends_at__gt=now)
    return seal.grants.filter(ends, withdrawn_at=None, starts_at__lte=now)


def may_use(seal: Seal, person: Any, *, item: str, now: dt.datetime) -> bool:
    """Whether a person may use the seal for the item: all may, until the first grant was given, even if it ended."""
    if not seal.grants.exists():
        return True
    named = Q(user=person) | Q(group__in=person.groups.all())
    return grants_in_force(seal, now).filter(named, Q(item="") | Q(item=item)).exists()
