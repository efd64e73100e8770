"""The gate before every use of a seal: may it be used now, and the use written down before the key is touched.

Asked four times over: when an officer approves, when a second releases, in the sealing stage right before the key is
used, and when the result is written down. The last two hold the rows of the seals, so that a seal that was suspended
meanwhile has sealed nothing: what its key made is dropped, and the paper waits.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography import x509
from django.db import transaction
from django.utils import timezone

import ingest
from archive import Digests
from signing import (
    BESIDE,
    Certificate,
    IntendedUse,
    Seal,
    SealNotInForce,
    SealUse,
    SigningError,
    approvals,
    begin_use,
    check_seal,
    finish_use,
    note_failed_use,
)
from workers import installation
from workers.groundwork import NotPossibleError
from workers.trust import published_trust


def check_person(seal: Seal, certificate: Certificate, by: Any) -> None:
    """See that somebody may approve or release a seal for a certificate now; call it in the transaction of that.

    Here stands no key: revocations are known as the workers published them last.

    Raises:
        NotPossibleError: the seal may not be used, or not by this person.
    """
    row = Seal.objects.select_for_update().get(pk=seal.pk)
    try:
        check_seal(row, item=_item(certificate, row), people=[by], now=timezone.now(), crls=published_trust().lists)
    except SealNotInForce as reason:
        raise NotPossibleError(reason.code, str(reason)) from None


def certificate_uses(certificate: Certificate, before: Digests) -> list[IntendedUse]:
    """The uses that a certificate asks for, one for each seal, in the order they are put on.

    Raises:
        SealNotInForce: one of them asks for two persons, and nobody has released it.
    """
    standing = approvals(certificate)
    for one in standing:
        if one.waits_for_release:
            raise SealNotInForce(
                "seal-not-released", f"未盖章：“{one.seal.label}”须由另一人复核 (a second officer has to release it)"
            )
    return [
        IntendedUse(
            one.seal,
            SealUse.Kind.CERTIFICATE,
            certificate.number,
            _item(certificate, one.seal),
            before,
            case_number=certificate.case_number,
            certificate=certificate,
            by=one.by,
            released_by=one.released_by if one.seal.two_person else None,
        )
        for one in standing
    ]


@contextlib.contextmanager
def using(uses: Sequence[IntendedUse], certificates: Sequence[x509.Certificate | None]) -> Iterator[None]:
    """Write the uses down and let the keys be used in the body; whatever stops it is written down as well.

    `certificates` are those of the keys that will sign, in the order of the uses; where there is None, that of the
    register is looked at.

    Raises:
        SealNotInForce: one of the seals may not be used now; no key was touched.
    """
    _begin(uses, certificates)
    try:
        yield
    except Exception as failure:
        _note(uses, getattr(failure, "code", type(failure).__name__), _words(failure))
        raise


def finish(uses: Sequence[IntendedUse], after: Digests) -> list[SealUse]:
    """Write down that the seals stand on the file; call it in the transaction that issues it.

    Raises:
        SealNotInForce: one of them may not be used any more; the caller's transaction has to be given up.
    """
    rows, now = _locked(uses), timezone.now()  # the time is taken under the lock, so uses and changes are in one order
    for use, row in zip(uses, rows, strict=True):
        check_seal(row, item=use.item, people=use.people, now=now, crls=_lists(row))
    return [finish_use(use, after, now) for use in uses]


def _begin(uses: Sequence[IntendedUse], certificates: Sequence[x509.Certificate | None]) -> None:
    lists = installation.lists(timezone.now())
    with transaction.atomic():
        rows, now, refused = _locked(uses), timezone.now(), None
        for use, row, certificate in zip(uses, rows, certificates, strict=True):
            try:
                check_seal(
                    row,
                    item=use.item,
                    people=use.people,
                    now=now,
                    certificate=certificate,
                    crls=lists,
                )
            except SealNotInForce as reason:
                note_failed_use(use, reason.code, str(reason), now)
                refused = refused or reason
        if refused is None:
            for use in uses:
                begin_use(use, now)
    if refused is not None:
        raise refused


def _note(uses: Sequence[IntendedUse], code: str, text: str) -> None:
    with transaction.atomic():
        for use in uses:
            note_failed_use(use, code, text, timezone.now())


def _words(failure: Exception) -> str:
    """What a failure of sealing says is for people; of any other only the kind is told, since it may show anything."""
    return str(failure) if isinstance(failure, SigningError) else type(failure).__name__


def _locked(uses: Sequence[IntendedUse]) -> list[Seal]:
    """The seals as they stand, held until the transaction ends, always in one order: no two wait for each other."""
    wanted = [use.seal.pk for use in uses]
    rows = {row.pk: row for row in Seal.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    return [rows[pk] for pk in wanted]


def _item(certificate: Certificate, seal: Seal) -> str:
    """What the seal is to stand on, as the register writes it; "" where there is no case."""
    code = ingest.Case.objects.filter(number=certificate.case_number).values_list("item_code", flat=True).first()
    if not code:
        return ""
    return code if seal.pk == certificate.seal_id else f"{BESIDE}{code}"


def _lists(seal: Seal) -> tuple[bytes, ...]:
    """Revocation lists, where the register has a certificate to look up in them."""
    return installation.lists(timezone.now()) if seal.certificate_pem else ()
