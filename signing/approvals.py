"""Who has to approve a certificate: the officer of its own seal, and of every seal that stands beside it (会签)."""

import dataclasses
import datetime as dt
from typing import Any

from django.utils import timezone

from signing.errors import NotApproved, SealRefused
from signing.lasting_models import FurtherSeal
from signing.models import Certificate, Seal, SealRelease

BESIDE = "会签："
"""Before an item's code in what a seal is registered for: the seal stands beside that of the result, never alone."""


@dataclasses.dataclass(frozen=True)
class Approval:
    """One seal of a certificate and whether its officer approved: the digest of what he saw, or nothing yet."""

    seal: Seal
    sha256: str
    by: Any
    at: dt.datetime | None
    released_by: Any = None
    released_at: dt.datetime | None = None

    @property
    def given(self) -> bool:
        """Whether its officer has approved."""
        return bool(self.sha256)

    @property
    def complete(self) -> bool:
        """Whether it may be sealed: approved, and where the seal asks for two persons, released by the second."""
        return self.given and (not self.seal.two_person or self.released_by is not None)

    @property
    def waits_for_release(self) -> bool:
        """Whether the second officer is asked for now."""
        return self.given and not self.complete


def seals_beside(item_code: str) -> list[Seal]:
    """The seals that results of this item carry beside their own, one for each department, in the register's order.

    Raises:
        SealRefused: a department is registered for it, and has no seal in force: its part may not be left out.
    """
    asked = [seal for seal in Seal.objects.order_by("pk") if f"{BESIDE}{item_code}" in seal.items]
    found: dict[str, Seal | None] = {}
    for seal in asked:
        in_force = seal.state == Seal.State.ACTIVE and seal.valid_until > timezone.now()
        found[seal.owner] = found.get(seal.owner) or (seal if in_force else None)
    missing = [owner for owner, seal in found.items() if seal is None]
    if missing:
        raise SealRefused(
            f"{'、'.join(missing)}没有可用于会签 {item_code} 的有效印章：请在印章登记中恢复或换发"
            " (a department that must seal as well has no seal in force)"
        )
    return [seal for seal in found.values() if seal is not None]


def ask_approvals(certificate: Certificate, beside: list[Seal]) -> None:
    """Write down which seals stand beside the certificate's own; call it where the certificate is drafted."""
    for order, seal in enumerate(beside, 2):
        FurtherSeal.objects.create(certificate=certificate, order=order, seal=seal)


def approvals(certificate: Certificate) -> list[Approval]:
    """Every seal of the certificate in the order it is applied, with its approval."""
    further = certificate.further_seals.select_related("seal", "approved_by").order_by("order")
    own = (certificate.seal, certificate.approved_sha256, certificate.approved_by, certificate.approved_at)
    given = [own, *((one.seal, one.approved_sha256, one.approved_by, one.approved_at) for one in further)]
    released = {
        (one.seal_id, one.sha256): (one.by, one.at) for one in certificate.releases.select_related("by").order_by("pk")
    }
    return [Approval(*one, *released.get((one[0].pk, one[1]), (None, None))) for one in given]


def note_approval(certificate: Certificate, seal: Seal, sha256: str, *, by: Any, now: dt.datetime) -> None:
    """The officer of this seal approves the bytes of this digest. The caller holds the certificate's row.

    Raises:
        NotApproved: the certificate does not carry this seal, its approval was given, or this officer has approved for
            another seal: each department answers for its own.
    """
    standing = approvals(certificate)
    mine = next((one for one in standing if one.seal.pk == seal.pk), None)
    if mine is None:
        raise NotApproved("该证照不加盖这枚印章：请刷新后重新核对 (the certificate does not carry this seal)")
    if mine.given:
        raise NotApproved(f"“{seal.owner}”已签发，无须重复 (approved already)")
    if any(one.given and one.by == by for one in standing):
        raise NotApproved(
            "您已代表另一部门签发：请由该部门的经办人核对并签发 (each seal is approved by an officer of its own)"
        )
    if seal.pk == certificate.seal_id:
        certificate.approved_sha256, certificate.approved_by, certificate.approved_at = sha256, by, now
        certificate.save(update_fields=["approved_sha256", "approved_by", "approved_at"])
        return
    certificate.further_seals.filter(seal=seal).update(approved_sha256=sha256, approved_by=by, approved_at=now)


def note_release(certificate: Certificate, seal: Seal, sha256: str, *, by: Any, now: dt.datetime) -> None:
    """The second officer releases a two-person seal for these bytes. The caller holds the certificate's row.

    Raises:
        NotApproved: no release is asked for, other bytes were approved, or it is the officer who approved.
    """
    mine = next((one for one in approvals(certificate) if one.seal.pk == seal.pk), None)
    if mine is None or not mine.waits_for_release:
        raise NotApproved("这枚印章现在不需要复核：请刷新后查看 (no release is asked for)")
    if mine.sha256 != sha256:
        raise NotApproved("签发的不是这份文件：请刷新后重新核对 (other bytes were approved)")
    if mine.by == by:
        raise NotApproved("您已签发，复核须由另一人进行 (the second officer must be another)")
    SealRelease.objects.create(certificate=certificate, seal=seal, sha256=sha256, by=by, at=now)
