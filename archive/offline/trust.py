"""Certificates: a chain to a root that the auditor gave, in force at a moment, and known not to be revoked."""

import contextlib
import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

MOST_ABOVE = 6
"""Root, up to four authorities below it, the signer: chains in use have three."""
ORDERLY = frozenset(
    {x509.ReasonFlags.affiliation_changed, x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation}
)
"""Reasons for which a key was never in wrong hands: what a timestamp proves to be older keeps its force."""
SECOND = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Revoked:
    """When a certificate was withdrawn, and whether its key was never in wrong hands."""

    at: dt.datetime
    orderly: bool


@dataclasses.dataclass(frozen=True)
class Trust:
    """What everything is judged by: the auditor's roots, certificates found on the way, revocation lists."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()
    lists: tuple[x509.CertificateRevocationList, ...] = ()

    def plus(self, others: Sequence[x509.Certificate], lists: Sequence[x509.CertificateRevocationList] = ()) -> "Trust":
        """The same with what a file brings along: never a root."""
        return Trust(self.roots, (*self.others, *others), (*self.lists, *lists))

    def trouble(self, certificate: x509.Certificate, moment: dt.datetime, *, looking_back: bool) -> str:
        """Why a certificate is not to be trusted at a moment; "" where it is.

        `looking_back` accepts a list issued after the moment: it tells of the past as well.
        """
        found = "untrusted"
        for chain in self._chains(certificate, MOST_ABOVE):
            found = self._chain_trouble(chain, moment, looking_back=looking_back)
            if not found:
                return ""
        return found

    def revoked(self, certificate: x509.Certificate) -> Revoked | None:
        """The gravest withdrawal in the chains of a certificate, whatever the moment."""
        found: list[Revoked] = []
        for chain in self._chains(certificate, MOST_ABOVE):
            for one, above in itertools.pairwise(chain):
                found.extend(entry for revoked in self._lists_of(above) if (entry := _listed(revoked, one)) is not None)
        return min(found, key=lambda one: (one.orderly, one.at), default=None)

    def _chains(self, certificate: x509.Certificate, left: int) -> Iterator[tuple[x509.Certificate, ...]]:
        if certificate in self.roots:
            yield (certificate,)
            return
        if left:
            for above in (*self.roots, *self.others):
                if above.subject == certificate.issuer and above != certificate and _issued_by(certificate, above):
                    for chain in self._chains(above, left - 1):
                        yield (certificate, *chain)

    def _chain_trouble(self, chain: tuple[x509.Certificate, ...], moment: dt.datetime, *, looking_back: bool) -> str:
        for depth, (one, above) in enumerate(itertools.pairwise(chain)):
            if not one.not_valid_before_utc <= moment + SECOND or not moment <= one.not_valid_after_utc:
                return "expired"
            if not _may_issue(above, depth):
                return "untrusted"
            usable = [
                revoked
                for revoked in self._lists_of(above)
                if (looking_back or revoked.last_update_utc <= moment + SECOND)
                and (revoked.next_update_utc is None or moment <= revoked.next_update_utc)
            ]
            if not usable:
                return "revocation-unknown"
            if any((entry := _listed(revoked, one)) and entry.at <= moment + SECOND for revoked in usable):
                return "revoked"
        return ""

    def _lists_of(self, issuer: x509.Certificate) -> list[x509.CertificateRevocationList]:
        """Revocation lists that this issuer signed, and that are about all it issued."""
        key = issuer.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            return []
        found = []
        for one in self.lists:
            with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
                partial = any(extension.critical for extension in one.extensions)
                if one.issuer == issuer.subject and not partial and one.is_signature_valid(key):
                    found.append(one)
        return found


def load_lists(encoded: Sequence[bytes]) -> tuple[x509.CertificateRevocationList, ...]:
    """The revocation lists that can be read out of DER or PEM bytes."""
    found = []
    for data in encoded:
        with contextlib.suppress(ValueError, TypeError):
            pem = data.lstrip().startswith(b"-----")
            found.append(x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data))
    return tuple(found)


def common_name(certificate: x509.Certificate) -> str:
    """Whose certificate it is."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    """Whether it is an authority's, with so many authorities below it (RFC 5280, 4.2.1.9)."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    try:
        signs = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        signs = True
    return bool(constraints.ca and signs and (constraints.path_length is None or below <= constraints.path_length))


def _listed(revoked: x509.CertificateRevocationList, certificate: x509.Certificate) -> Revoked | None:
    entry = revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return None
    reason = x509.ReasonFlags.unspecified
    with contextlib.suppress(x509.ExtensionNotFound):
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    if reason is x509.ReasonFlags.remove_from_crl:
        return None
    return Revoked(entry.revocation_date_utc, reason in ORDERLY)
