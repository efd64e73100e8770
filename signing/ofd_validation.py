"""Judging the seals of an OFD (GB/T 33190-2016, 18; GM/T 0031, GB/T 38540, GB/T 35275), with our roots and no network.

What is checked: the digest of each file that a seal says it covers; that it covers all of them; the digest of its own
description; its signature; the seal's own signature by its maker, who may use it and until when; and whether the
signer's certificate leads to a root we trust. What is not checked is said: revocation and timestamps of OFD seals
are not, so no OFD seal is ever "valid" here, at best unknown with nothing against it.
"""

import base64
import binascii
import dataclasses
import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from cryptography import x509

from signing.gm_signed_data import SignedData
from signing.ofd_container import OfdContainer, OfdError
from signing.ofd_signatures import OfdSignature, read_signatures, signature_lists
from signing.ses import ElectronicSeal, SealSignature, SesError, read_signature
from signing.signature_check import (
    Answer,
    check_signature,
    common_name,
    digest,
    in_force,
    leads_to,
    signature_digest,
    sm3,
)
from signing.verdicts import Reason, SealVerdict, Validation

_log = logging.getLogger(__name__)

_NOT_SIGNED: dict[str, str] = {"broken": "unreadable", "encrypted": "encrypted", "bomb": "unreadable"}
_CHINA = dt.timezone(dt.timedelta(hours=8))
"""OFD writes times without a zone; its offices are in one."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    """What a signature's value turned out to be: who signed, when by his own word, and what stands against it."""

    name: str
    certificate: bytes
    time: dt.datetime | None
    codes: tuple[str, ...]


def validate_ofd(
    path: Path | IO[bytes], roots: Iterable[x509.Certificate], *, at: dt.datetime | None = None
) -> Validation:
    """Judge every seal and signature of an OFD. Whatever the file holds, the answer is a `Validation`.

    Args:
        path: the file, or its bytes as a stream.
        roots: the authorities whose seals are trusted, with those below them where seals do not carry them.
        at: the moment to judge at, aware; now by default. It counts where a seal gives no time of its own.
    """
    moment, trusted = at or dt.datetime.now(dt.UTC), tuple(roots)
    try:
        with OfdContainer(path) as container:
            signatures = read_signatures(container)
            if not signatures:
                return Validation.of([Reason.of("unsigned")])
            free = frozenset(signature_lists(container)).union(*(one.own_files for one in signatures))
            seals, reasons = [], []
            for signature in signatures:
                seal, codes = _judge(container, signature, free, trusted, moment)
                seals.append(seal)
                reasons += [Reason.of(code, seal.field) for code in codes]
            return Validation.of(reasons, seals)
    except OfdError as error:
        _log.info("OFD cannot be judged: %s", error)
        return Validation.of([Reason.of(_NOT_SIGNED[error.fault])])


def _judge(
    container: OfdContainer,
    signature: OfdSignature,
    free: frozenset[str],
    roots: tuple[x509.Certificate, ...],
    at: dt.datetime,
) -> tuple[SealVerdict, list[str]]:
    codes = _coverage(container, signature, free)
    try:
        word = _word(container, signature)
    except (SesError, OfdError) as error:
        _log.info("signature %s cannot be read: %s", signature.id, error)
        return SealVerdict(signature.id), [*codes, "signature-unsupported"]
    codes += word.codes
    time = word.time or _written_time(signature.time)
    trusted = leads_to(word.certificate, roots, time or at)
    if not trusted:
        codes.append("untrusted" if in_force(word.certificate, time or at) else "expired")
    codes += ["revocation-unknown"] if trusted else []
    codes.append("no-timestamp")
    against = {"changed", "signature-broken", "seal-forged", "signer-not-listed", "signature-unsupported"}
    verdict = SealVerdict(
        field=signature.id,
        signer=common_name(word.certificate),
        time=time,
        intact=not against & set(codes),
        trusted=trusted,
        changed_after="changed" in codes,
        fingerprint=hashlib.sha256(word.certificate).hexdigest(),
        name=word.name,
    )
    return verdict, list(dict.fromkeys(codes))


def _coverage(container: OfdContainer, signature: OfdSignature, free: frozenset[str]) -> list[str]:
    """Whether every file covered is what it was, and every file of the package is covered.

    Not covered need be the files of the signatures themselves and their list: a later seal adds to it.
    """
    codes = []
    for name, claimed in signature.references:
        if name not in container.names:
            codes.append("changed")
            continue
        found = digest(signature.check_method, container.read(name))
        if found is None:
            return ["signature-unsupported"]
        if found != _decoded(claimed):
            codes.append("changed")
    covered = {name for name, _ in signature.references}
    if not container.names <= covered | free:
        codes.append("uncovered")
    return list(dict.fromkeys(codes))


def _word(container: OfdContainer, signature: OfdSignature) -> _Word:
    if signature.value is None:
        raise SesError("no value")
    value, description = container.read(signature.value), container.read(signature.file)
    try:
        signed = read_signature(value)
    except SesError:
        return _plain_word(SignedData.read(value), description)
    word = _seal_word(signed, description)
    if signature.seal and container.read(signature.seal) != signed.seal.whole:
        # Readers may show the seal that lies beside; `ofdrw` refuses such a document, too.
        return dataclasses.replace(word, codes=(*word.codes, "seal-forged"))
    return word


def _seal_word(signed: SealSignature, description: bytes) -> _Word:
    codes = []
    if digest(signature_digest(signed.algorithm), description) != signed.data_hash:
        codes.append("changed")
    codes += _against(check_signature(signed.certificate, signed.algorithm, signed.signed, signed.signature))
    codes += _seal_codes(signed.seal, signed)
    return _Word(signed.seal.name, signed.certificate, signed.time, tuple(codes))


def _seal_codes(seal: ElectronicSeal, signed: SealSignature) -> list[str]:
    made = check_signature(seal.maker, seal.algorithm, seal.signed, seal.signature)
    codes = {"good": [], "bad": ["seal-forged"], "unsupported": ["seal-unproven"]}[made]
    digests = {signed.certificate, sm3(signed.certificate)}
    listed = set(seal.certificates) & (digests if seal.listed_by_digest else {signed.certificate})
    if not listed:
        codes.append("signer-not-listed")
    if signed.time and seal.valid_from and seal.valid_until:
        codes += [] if seal.valid_from <= signed.time <= seal.valid_until else ["seal-expired"]
    return codes


def _plain_word(signed: SignedData, description: bytes) -> _Word:
    """GB/T 35275 as OFD uses it: the content is the digest of the description, or the description itself, or absent."""
    actual = digest(signature_digest(signed.algorithm), description)
    codes = []
    if signed.signed is not None and signed.claimed not in {actual, _digest_of(signed.content) or actual}:
        codes.append("changed")
    if signed.content is not None and signed.content not in {actual, description}:
        codes.append("changed")
    data = signed.signed or signed.content or description
    codes += _against(check_signature(signed.certificate, signed.algorithm, data, signed.signature))
    return _Word("", signed.certificate, None, tuple(codes))


def _digest_of(content: bytes | None) -> bytes | None:
    return None if content is None else digest("SM3", content)


def _against(answer: Answer) -> list[str]:
    return {"good": [], "bad": ["signature-broken"], "unsupported": ["signature-unsupported"]}[answer]


def _decoded(claimed: str) -> bytes:
    try:
        return base64.b64decode(claimed, validate=False)
    except (binascii.Error, ValueError):
        return b""


def _written_time(words: str) -> dt.datetime | None:
    """The time as the description gives it: `2026-01-01 08:00:00`, or digits with Z."""
    for form, zone in (("%Y-%m-%d %H:%M:%S", _CHINA), ("%Y%m%d%H%M%SZ", dt.UTC), ("%Y-%m-%dT%H:%M:%S", _CHINA)):
        try:
            return dt.datetime.strptime(words, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None
