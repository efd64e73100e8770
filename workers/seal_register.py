"""The register of seals, as its keeper works on it: each change in one transaction, with its event in the log."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.utils import timezone

from archive import append_event
from archive.rebuilding import mark
from signing import (
    Seal,
    SealChangeRefused,
    SealGrant,
    Signer,
    change_state,
    check_picture,
    draw_number,
    note_registration,
)
from workers import seal_pictures, zones

PNG = "image/png"
REGION = slice(2, 8)
"""Where a credit code names the region that registered its owner (GB 32100)."""
SERIAL_DIGITS = 7
"""印章编码: the region's six digits, then seven of the sequence within it, thirteen together as on public seals."""
NOTICES = "通知书"
"""What the seal of notices is registered for, in the place of an item: the seal of the window is no permit's seal."""
COPIES = "盖章副本"
"""What the seal of copies is registered for: it says that a copy is one, and agrees with what is archived."""
OF_THEMSELVES = {NOTICES, COPIES}
"""Made by the system, on nobody's approval: no second person is there to be asked."""


@transaction.atomic
def register_seal(  # noqa: PLR0913 - what an entry is made of
    label: str,
    key: Signer,
    place: str,
    *,
    owner: str,
    owner_uscc: str,
    items: Sequence[str],
    two_person: bool = False,
    by: Any = None,
) -> Seal:
    """Enter a seal, in force at once, drawn to the usual form; its code is the next of its region.

    Raises:
        SealChangeRefused: there is a seal of that label, or notices could not be made with it.
    """
    if Seal.objects.filter(label=label).exists():
        raise SealChangeRefused(f"已有名为“{label}”的印章 (there is a seal of that label)")
    _check_two_person(list(items), two_person=two_person)
    seal = Seal(label=label, owner=owner, owner_uscc=owner_uscc, items=list(items), two_person=two_person)
    take_certificate(seal, key)
    seal.save()
    note_registration(seal, by=by, now=timezone.now())
    seal = complete_seal(seal, key, place)
    _tell("seal-registered", seal, by, code=seal.code)
    return seal


@transaction.atomic
def complete_seal(seal: Seal, key: Signer, place: str) -> Seal:
    """Give a seal what one entered by an earlier version lacks: its code, picture, certificate and place."""
    seal = Seal.objects.select_for_update().get(pk=seal.pk)
    if not seal.code:
        region = seal.owner_uscc[REGION]
        seal.code = f"{region}{draw_number(f'seal:{region}'):0{SERIAL_DIGITS}d}"
    if not seal.picture_sha256:
        seal.picture_sha256 = zones.keep_derivative(seal_pictures.drawn_seal(seal), PNG).sha256
    if not seal.certificate_pem and key.fingerprint == seal.certificate_sha256:
        take_certificate(seal, key)
    seal.key_place = place
    seal.save()
    return seal


def take_certificate(seal: Seal, key: Signer) -> None:
    """Let the register say of the certificate what the certificate says; the caller saves the row."""
    certificate = key.certificate
    seal.certificate_pem = certificate.public_bytes(Encoding.PEM).decode()
    seal.certificate_sha256 = key.fingerprint
    seal.valid_from, seal.valid_until = certificate.not_valid_before_utc, certificate.not_valid_after_utc


@transaction.atomic
def put_seal(seal: Seal, state: str, *, reason: str, by: Any) -> Seal:
    """Suspend, restore, report lost or destroy a seal; it holds from the moment this returns.

    Raises:
        SealChangeRefused: no reason, or the state may not follow.
    """
    row = _locked(seal)
    change = change_state(row, state, reason=reason, by=by, now=timezone.now())  # under the lock: see `seal_gate`
    _tell("seal-restored" if state == Seal.State.ACTIVE else f"seal-{state}", row, by, change=change.pk)
    return row


@transaction.atomic
def grant_seal(  # noqa: PLR0913 - who, what, from when to when
    seal: Seal,
    *,
    by: Any,
    user: Any = None,
    group: Any = None,
    item: str = "",
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
) -> SealGrant:
    """Let an officer or a group use the seal for an item, or for all it is for; from now on nobody else may.

    Raises:
        SealChangeRefused: not to one of both, no item of the seal, or an end before its beginning.
    """
    row, now = _locked(seal), timezone.now()
    if (user is None) == (group is None):
        raise SealChangeRefused("请选择一个账号或一个岗位 (one account or one group)")
    if item and item not in row.items:
        raise SealChangeRefused(f"“{row.label}”没有登记用于 {item} (the seal is not registered for it)")
    if ends_at is not None and ends_at <= (starts_at or now):
        raise SealChangeRefused("授权的截止时间须晚于开始时间 (it ends before it begins)")
    if row.state == Seal.State.DESTROYED:
        raise SealChangeRefused(f"“{row.label}”已销毁 (the seal is destroyed)")
    given = SealGrant.objects.create(
        seal=row, user=user, group=group, item=item, starts_at=starts_at or now, ends_at=ends_at, by=by, at=now
    )
    whom = {"user": user.pk} if user is not None else {"group": group.name}
    _tell("seal-granted", row, by, grant=given.pk, item=item, **whom)
    return given


@transaction.atomic
def withdraw_grant(given: SealGrant, *, by: Any) -> None:
    """Take a grant back.

    Raises:
        SealChangeRefused: it was taken back before.
    """
    row = _locked(given.seal)
    taken = SealGrant.objects.filter(pk=given.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    )
    if not taken:
        raise SealChangeRefused("该授权已撤回 (it was withdrawn before)")
    mark(given)
    _tell("seal-grant-withdrawn", row, by, grant=given.pk)


@transaction.atomic
def set_picture(seal: Seal, picture: bytes | None, *, by: Any) -> Seal:
    """Take a picture that was uploaded, or with None draw it to the usual form; seals from now on look so.

    Raises:
        SealChangeRefused: no picture a seal can have (see `signing.check_picture`), or the seal is destroyed.
    """
    row = _locked(seal)
    if row.state == Seal.State.DESTROYED:
        raise SealChangeRefused(f"“{row.label}”已销毁 (the seal is destroyed)")
    data = seal_pictures.drawn_seal(row) if picture is None else check_picture(picture)
    row.picture_kind = Seal.Picture.DRAWN if picture is None else Seal.Picture.UPLOADED
    row.picture_sha256 = zones.keep_derivative(data, PNG).sha256
    row.save(update_fields=["picture_kind", "picture_sha256"])
    _tell("seal-picture-set", row, by, object_sha256=row.picture_sha256, picture=row.picture_kind)
    return row


@transaction.atomic
def set_two_person(seal: Seal, *, two_person: bool, by: Any) -> Seal:
    """Ask for a second officer before this seal is used, or no more.

    Raises:
        SealChangeRefused: it seals notices or copies, which are made by themselves.
    """
    row = _locked(seal)
    _check_two_person(row.items, two_person=two_person)
    if row.two_person != two_person:
        row.two_person = two_person
        row.save(update_fields=["two_person"])
        _tell("seal-two-person", row, by, two_person=two_person)
    return row


def _check_two_person(items: list[str], *, two_person: bool) -> None:
    if two_person and not OF_THEMSELVES.isdisjoint(items):
        raise SealChangeRefused(
            "通知书和盖章副本自动出具，其印章不能设为双人用印 (notices and copies are made by themselves)"
        )


def _locked(seal: Seal) -> Seal:
    return Seal.objects.select_for_update().get(pk=seal.pk)


def _tell(kind: str, seal: Seal, by: Any, *, object_sha256: str = "", **details: Any) -> None:
    """What happened to a seal, in the transaction of the fact; persons by their number alone."""
    append_event(
        kind, actor=by, object_sha256=object_sha256, details={"seal": seal.label, **details}, now=timezone.now()
    )
