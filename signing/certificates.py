"""The X.509 profile of the test authority: names, extensions, lifetimes, and its revocation lists (RFC 5280)."""

import datetime as dt
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.keys import PrivateKey, SealKey

RSA_BITS = 3072
"""About 128 bits of strength, since seals outlive decades; 0.25 s to make, and every PDF reader takes it."""
YEAR = dt.timedelta(days=365)
ROOT_LIFE = 30 * YEAR
OPERATING_LIFE = 20 * YEAR
TIMESTAMP_LIFE = 15 * YEAR
SEAL_LIFE = 5 * YEAR
BACKDATE = dt.timedelta(hours=1)
"""Clocks of readers run late; a certificate made this minute must hold there too."""


def name(organization: str, common: str, unit: str = "") -> x509.Name:
    """A subject in China: organization, unit (left out when empty), common name."""
    parts = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, organization)]
    if unit:
        parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append((NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _key_usage(*, signs_certificates: bool, seals: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=seals,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


_SEAL_USE: tuple[tuple[x509.ExtensionType, bool], ...] = (
    (x509.BasicConstraints(ca=False, path_length=None), True),
    (_key_usage(signs_certificates=False, seals=True), True),
)


def _issue(
    subject: x509.Name,
    life: dt.timedelta,
    now: dt.datetime,
    issuer: SealKey | None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
) -> SealKey:
    key = rsa.generate_private_key(65537, RSA_BITS)
    signer, issuer_name = (issuer.key, issuer.certificate.subject) if issuer else (key, subject)
    certificate = _certified(key.public_key(), subject, life, now, signer, issuer_name, extensions)
    return SealKey(key, certificate, _above(issuer))


def _certified(  # noqa: PLR0913, PLR0917  what a certificate says, and who says it
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    subject: x509.Name,
    life: dt.timedelta,
    now: dt.datetime,
    signer: PrivateKey,
    issuer_name: x509.Name,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())


def _above(issuer: SealKey | None) -> tuple[x509.Certificate, ...]:
    """The issuer's certificate, where it is not the root's."""
    return () if issuer is None or issuer.certificate.subject == issuer.certificate.issuer else (issuer.certificate,)


def issue_authority(subject: x509.Name, now: dt.datetime, issuer: SealKey | None = None) -> SealKey:
    """A certificate authority: the root when no issuer is given, else one below it that may issue end certificates."""
    life, depth = (ROOT_LIFE, 1) if issuer is None else (OPERATING_LIFE, 0)
    constraints = x509.BasicConstraints(ca=True, path_length=depth)
    return _issue(subject, life, now, issuer, [(constraints, True), (_key_usage(signs_certificates=True), True)])


def issue_timestamper(subject: x509.Name, now: dt.datetime, issuer: SealKey) -> SealKey:
    """A timestamp authority: extended key usage time stamping only, and critical (RFC 3161, section 2.3)."""
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    plain = x509.BasicConstraints(ca=False, path_length=None)
    usage = _key_usage(signs_certificates=False)
    return _issue(subject, TIMESTAMP_LIFE, now, issuer, [(plain, True), (usage, True), (purpose, True)])


def issue_seal(subject: x509.Name, now: dt.datetime, issuer: SealKey) -> SealKey:
    """A seal certificate: digital signature and non-repudiation, no other use."""
    return _issue(subject, SEAL_LIFE, now, issuer, _SEAL_USE)


def certify_seal(
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, subject: x509.Name, now: dt.datetime, issuer: SealKey
) -> tuple[x509.Certificate, ...]:
    """The same for a key that is elsewhere, such as in a token: its certificate, then those above it, root left out."""
    made = _certified(public, subject, SEAL_LIFE, now, issuer.key, issuer.certificate.subject, _SEAL_USE)
    return (made, *_above(issuer))


def issue_crl(
    issuer: SealKey,
    revoked: Iterable[tuple[int, dt.datetime, x509.ReasonFlags]],
    *,
    number: int,
    now: dt.datetime,
    life: dt.timedelta,
) -> x509.CertificateRevocationList:
    """A full revocation list. Entries stay for ever, past the certificate's end: old seals are still asked about."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + life)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
    )
    for serial, when, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256())
