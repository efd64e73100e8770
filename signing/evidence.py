"""What a seal is judged by: our roots, and the revocation lists given or embedded. Nothing is fetched."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext

from signing.exactness import issued_by

ORDERLY = frozenset(
    {x509.ReasonFlags.affiliation_changed, x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation}
)
"""Reasons for which a key was never in wrong hands: seals that a timestamp proves to be older keep their force."""
SECOND = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True)
class Revocation:
    """When and why a certificate was withdrawn."""

    at: dt.datetime
    orderly: bool


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Roots, further certificates, revocation lists (DER) and OCSP answers (DER)."""

    roots: tuple[asn1_x509.Certificate, ...]
    certificates: tuple[asn1_x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, roots: Iterable[x509.Certificate], crls: Iterable[bytes]) -> "Evidence":
        """What the caller gives."""
        loaded = tuple(asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots)
        return cls(loaded, (), tuple(crls))

    def with_embedded(self, document: PdfFileReader | HistoricalResolver, *, only: bool = False) -> "Evidence":
        """Add what the file's security store holds (ETSI EN 319 142-1, 5.4.2.2); `only` leaves out what was given."""
        certificates, crls, ocsps = _embedded(document)
        given: tuple[bytes, ...] = () if only else self.crls
        return dataclasses.replace(self, certificates=certificates, crls=(*given, *crls), ocsps=ocsps)

    def context(self, moment: dt.datetime, *, looking_back: bool = False) -> ValidationContext:
        """Judge at a moment: every certificate below the root needs revocation information, or it does not pass.

        `looking_back` accepts a list issued after the moment: it tells of the past as well, for entries are never
        taken off it.
        """
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(self.certificates),
            moment=moment + SECOND,  # a revocation holds from its very second on
            allow_fetching=False,
            crls=list(self.crls),
            ocsps=list(self.ocsps),
            revocation_mode="require",
            retroactive_revinfo=looking_back,
        )

    def revocation(self, chain: Sequence[asn1_x509.Certificate]) -> Revocation | None:
        """The gravest revocation in a chain, whatever the moment. Only lists signed by its issuers count.

        pyHanko does not look for a revocation where the certificate has expired as well; this does.
        """
        found: list[Revocation] = []
        links = [x509.load_der_x509_certificate(c.dump()) for c in chain]
        roots = [x509.load_der_x509_certificate(c.dump()) for c in self.roots]
        issuers = _below(roots, [*links, *(x509.load_der_x509_certificate(c.dump()) for c in self.certificates)])
        for der in self.crls:
            with contextlib.suppress(ValueError, TypeError):
                found.extend(_entries(x509.load_der_x509_crl(der), issuers, links))
        return min(found, key=lambda one: (one.orderly, one.at), default=None)


def _below(roots: Sequence[x509.Certificate], others: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The roots and every authority that leads to them: a file may bring its own of the same name, with own lists."""
    found, left = list(roots), list(others)
    while below := [one for one in left if any(issued_by(one, above) for above in found)]:
        found.extend(below)
        left = [one for one in left if one not in below]
    return found


def _entries(
    crl: x509.CertificateRevocationList, issuers: Sequence[x509.Certificate], chain: Sequence[x509.Certificate]
) -> Iterable[Revocation]:
    keys = [issuer.public_key() for issuer in issuers if issuer.subject == crl.issuer]
    usable = [key for key in keys if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)]
    if not any(crl.is_signature_valid(key) for key in usable):
        return
    for certificate in chain:
        if certificate.issuer != crl.issuer:
            continue
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            reason = x509.ReasonFlags.unspecified
            with contextlib.suppress(x509.ExtensionNotFound):
                reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
            if reason is not x509.ReasonFlags.remove_from_crl:
                yield Revocation(entry.revocation_date_utc, reason in ORDERLY)


def _embedded(
    document: PdfFileReader | HistoricalResolver,
) -> tuple[tuple[asn1_x509.Certificate, ...], tuple[bytes, ...], tuple[bytes, ...]]:
    try:
        store = DocumentSecurityStore.read_dss(document)
    except NoDSSFoundError:
        return (), (), ()
    certificates = tuple(store.load_certs())
    return certificates, _streams(store.crls), _streams(store.ocsps)


def _streams(references: Iterable[Any]) -> tuple[bytes, ...]:
    return tuple(bytes(reference.get_object().data) for reference in references)
