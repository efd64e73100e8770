"""Whether a signature over some bytes was made with a certificate's key: SM2 with SM3, and RSA or ECDSA with SHA-2.

Nothing is said here of whether the certificate is to be trusted beyond the chain that `leads_to` walks.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Literal

import gmssl_pyx
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

Answer = Literal["good", "bad", "unsupported"]

SM2_CURVE = "1.2.156.10197.1.301"
_SM2_NAMES = frozenset({"1.2.156.10197.1.501", "1.2.156.10197.1.301.1", SM2_CURVE, "1.2.840.10045.2.1"})
"""SM2 with SM3, and what programs write in its place: SM2 signing, the curve, the kind of key."""

_POINT_BYTES = 64
_HALF = 32
_MAX_CHAIN = 6
"""Root, up to four authorities below it, the signer: Chinese chains have three."""

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
}
"""Signature algorithms beside SM2. SHA-1 and MD5 are not among them: they prove nothing any more."""

DIGESTS = {
    "1.2.156.10197.1.401": "sm3",
    "SM3": "sm3",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "SHA256": "sha256",
    "SHA-256": "sha256",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "SHA512": "sha512",
    "SHA-512": "sha512",
}
"""Digest methods as OFD names them, by identifier or by name, and as Python does."""


def digest(method: str, data: bytes) -> bytes | None:
    """The digest of some bytes by a method of `DIGESTS`; None for any other. An empty name means SM3."""
    name = DIGESTS.get(method.strip().upper() or "SM3")
    if name == "sm3":
        return sm3(data)
    return hashlib.new(name, data).digest() if name else None


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905). By cryptography, which brings its own OpenSSL: a system's may leave SM3 out."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def signature_digest(algorithm: str) -> str:
    """The digest method that belongs to a signature algorithm: SM3 unless it is one of SHA-2."""
    found = _HASHES.get(algorithm)
    return found().name.upper() if found else "SM3"


def check_signature(certificate: bytes, algorithm: str, data: bytes, signature: bytes) -> Answer:
    """Judge a signature over `data` by the public key of a certificate (DER); `algorithm` is an identifier.

    An identifier that does not fit the key is not supported.
    """
    try:
        parsed = asn1_x509.Certificate.load(certificate)
        info = parsed["tbs_certificate"]["subject_public_key_info"]
        curve = info["algorithm"]["parameters"].dump()
        if _curve_name(curve) == SM2_CURVE:
            if algorithm not in _SM2_NAMES:
                return "unsupported"
            point = bytes(info["public_key"].contents)[-_POINT_BYTES:]
            return "good" if _sm2(point, data, signature) else "bad"
        return _other(certificate, algorithm, data, signature)
    except (ValueError, TypeError, KeyError, IndexError, UnsupportedAlgorithm):
        return "unsupported"


def leads_to(certificate: bytes, roots: Iterable[x509.Certificate], at: dt.datetime) -> bool:
    """Whether a chain of good signatures leads from a certificate (DER) to one of the roots, all in force at a moment.

    The roots may be given with the authorities below them: each that stands in the list is trusted as it is.
    """
    trusted = {root.public_bytes(Encoding.DER): root for root in roots}
    return _leads_to(certificate, trusted, at, _MAX_CHAIN)


def in_force(certificate: bytes, at: dt.datetime) -> bool:
    """Whether a moment lies in the validity of a certificate (DER); False where it cannot be read."""
    try:
        validity = asn1_x509.Certificate.load(certificate)["tbs_certificate"]["validity"].native
        return bool(validity["not_before"] <= at <= validity["not_after"])
    except (ValueError, TypeError, KeyError):
        return False


def common_name(certificate: bytes) -> str:
    """Whose certificate it is; "" where that cannot be read."""
    try:
        subject = asn1_x509.Certificate.load(certificate).subject
        name = subject.native.get("common_name")
        return str(name[-1] if isinstance(name, list) else name) if name else str(subject.human_friendly)
    except (ValueError, TypeError, KeyError):
        return ""


def _leads_to(certificate: bytes, trusted: dict[bytes, x509.Certificate], at: dt.datetime, depth: int) -> bool:
    if depth == 0 or not in_force(certificate, at):
        return False
    if certificate in trusted:
        return True
    try:
        parsed = asn1_x509.Certificate.load(certificate)
        issuer = parsed.issuer.dump()
        algorithm = parsed["signature_algorithm"]["algorithm"].dotted
        data, signature = parsed["tbs_certificate"].dump(), parsed["signature_value"].native
    except (ValueError, TypeError, KeyError):
        return False
    return any(
        above.subject.public_bytes() == issuer
        and check_signature(candidate, algorithm, data, signature) == "good"
        and _leads_to(candidate, trusted, at, depth - 1)
        for candidate, above in trusted.items()
    )


def _curve_name(parameters: bytes) -> str:
    try:
        return str(core.ObjectIdentifier.load(parameters).dotted)
    except (ValueError, TypeError):
        return ""


def _sm2(point: bytes, data: bytes, signature: bytes) -> bool:
    if len(signature) == 2 * _HALF:  # in DER it has six bytes more, or one or two fewer of them
        signature = _as_der(signature)
    try:
        return bool(gmssl_pyx.sm2_verify(point, data, signature))
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError, TypeError):
        return False


class _Pair(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


def _as_der(signature: bytes) -> bytes:
    """A signature as two numbers side by side, put into the form of GM/T 0009."""
    first, second = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    return bytes(_Pair({"r": first, "s": second}).dump())


def _other(certificate: bytes, algorithm: str, data: bytes, signature: bytes) -> Answer:
    if algorithm not in _HASHES:
        return "unsupported"
    key, chosen = x509.load_der_x509_certificate(certificate).public_key(), _HASHES[algorithm]()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(chosen))
        else:
            return "unsupported"
    except InvalidSignature:
        return "bad"
    return "good"
