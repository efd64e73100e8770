"""Putting a seal's key in its place, and trying it: what the register says of the certificate follows the key."""

import dataclasses
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive import append_event
from catalogue import check_uscc
from signing import (
    Seal,
    SealChangeRefused,
    Signer,
    SigningError,
    certificate_request,
    check_signature_of,
    install_certificates,
    make_key,
    open_key,
    token_place,
    write_place,
)
from workers import installation
from workers.seal_register import register_seal, take_certificate

TRIAL_BYTES = 32


@dataclasses.dataclass(frozen=True)
class KeyCheck:
    """A key that was tried: empty `code` where it signed, else why it did not, and what to do."""

    seal: str
    signer: str = ""
    code: str = ""
    message: str = ""


def place_key(seal: Seal, place: str) -> Signer:
    """Note that a seal's key lies at `place`; the register takes over its certificate. It must sign first.

    Raises:
        KeyUnusable: there is no key, or it does not sign.
    """
    key = open_key(place, settings.KEYS_DIR, settings.PKCS11_MODULE)
    _try(key)
    with transaction.atomic():
        seal = Seal.objects.select_for_update().get(pk=seal.pk)
        take_certificate(seal, key)
        seal.key_place = place
        seal.save(update_fields=["key_place", "certificate_pem", "certificate_sha256", "valid_from", "valid_until"])
        details = {"seal": seal.label, "kind": place.partition(":")[0], "certificate": key.fingerprint}
        append_event("seal-key-placed", case_number="", details=details, now=timezone.now())
        write_place(settings.KEYS_DIR, seal.label, place)
    return key


def enter_seal(  # noqa: PLR0913 - what an entry of the register is made of
    label: str, *, owner: str, owner_uscc: str, items: Sequence[str], place: str = "", two_person: bool = False, by: Any
) -> Seal:
    """Register a new seal with the key at `place`, or without one with a key of this installation's test authority.

    Raises:
        SealChangeRefused: there is such a seal, or its owner's code is no credit code.
        KeyUnusable: there is no key at the place, or it does not sign.
    """
    code = check_uscc(owner_uscc)
    if code.state == "malformed":
        raise SealChangeRefused("统一社会信用代码的形式不对：请核对 (no credit code)")
    with transaction.atomic():
        if place:
            key = open_key(place, settings.KEYS_DIR, settings.PKCS11_MODULE)
            _try(key)
        else:
            key = installation.authority().seal_key(owner, label)
        made = register_seal(
            label,
            key,
            place or installation.HERE,
            owner=owner,
            owner_uscc=code.value,
            items=items,
            two_person=two_person,
            by=by,
        )
        if place:
            write_place(settings.KEYS_DIR, label, place)
    return made


def key_request(seal: Seal, place: str, kind: str) -> bytes:
    """Make a key in a token, and a certificate request (DER) for it.

    Raises:
        KeyUnusable: no place in a token, or there is such a key already.
        KeyUnavailable, PinRefused: the token is not there, or refuses the PIN.
    """
    where = token_place(place, settings.KEYS_DIR, settings.PKCS11_MODULE)
    make_key(where, kind)
    return certificate_request(where, owner=seal.owner, label=seal.label)


def certify_here(seal: Seal, place: str, request: bytes) -> Signer:
    """Let the test authority of this installation certify a key in a token, and put it in its place."""
    where = token_place(place, settings.KEYS_DIR, settings.PKCS11_MODULE)
    made = installation.authority().certify(request, seal.owner, seal.label, timezone.now())
    install_certificates(where, made)
    return place_key(seal, place)


def check_keys() -> list[KeyCheck]:
    """Try the key of every seal in force."""
    found = []
    for seal in Seal.objects.filter(state=Seal.State.ACTIVE).order_by("label"):
        try:
            key = installation.seal_key(seal)
            _try(key)
        except SigningError as error:
            found.append(KeyCheck(seal.label, code=error.code, message=str(error)))
        else:
            found.append(KeyCheck(seal.label, key.signer))
    return found


def _try(key: Signer) -> None:
    trial = secrets.token_bytes(TRIAL_BYTES)
    check_signature_of(key.certificate, key.sign(trial, "sha256"), trial, "sha256")
