"""Seal keys in a token (PKCS#11): made in it, used in it, never leaving it.

One session a process and token, used by one thread at a time: a session shared without a lock answers a quarter of the
requests with CKR_OPERATION_ACTIVE (measured). A session opened before a fork belongs to the parent; the child opens
its own. PyKCS11 is asked for when a token is first used, so that nobody else needs it.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from typing import Any

from asn1crypto import csr, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.certificates import name
from signing.errors import KeyUnusable
from signing.keys import CertificateFacts, digest_named
from signing.token_session import TokenPlace, close_sessions, pkcs11, with_session

__all__ = ["TokenKey", "TokenPlace", "certificate_request", "close_sessions", "install_certificates", "make_key"]

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
KINDS = {"rsa-3072": 3072, "p-256": "secp256r1", "p-384": "secp384r1"}
"""What a key may be: bits of an RSA modulus, or the name of a curve. About 128 and 192 bits of strength."""
_MECHANISMS = {"sha256": "CKM_SHA256_RSA_PKCS", "sha384": "CKM_SHA384_RSA_PKCS", "sha512": "CKM_SHA512_RSA_PKCS"}
_CURVES: dict[str, type[ec.EllipticCurve]] = {"secp256r1": ec.SECP256R1, "secp384r1": ec.SECP384R1}


@dataclasses.dataclass(frozen=True)
class TokenKey(CertificateFacts):
    """A key in a token, with the certificate and chain that lie beside it there."""

    place: TokenPlace
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @classmethod
    def open(cls, place: TokenPlace) -> "TokenKey":
        """Find the key and its certificates.

        Raises:
            KeyUnavailable: the token is not there now.
            PinRefused: the PIN is wrong, or the token is locked.
            KeyUnusable: no such key in it, or no certificate for it.
        """
        public, certificates = with_session(place, lambda session: (_public(session, place), _certificates(session)))
        mine = [one for one in certificates if _spki(one.public_key()) == _spki(public)]
        if not mine:
            raise KeyUnusable(f"令牌 {place.token} 中没有 {place.name} 的证书：请先装入 (no certificate for this key)")
        latest = max(mine, key=lambda one: one.not_valid_before_utc)
        return cls(place, latest, _chain(latest, certificates))

    def sign(self, data: bytes, digest: str) -> bytes:
        """See `Signer.sign`."""
        elliptic = isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey)
        return _sign(self.place, data, digest, elliptic=elliptic)


def make_key(place: TokenPlace, kind: str) -> PublicKey:
    """Make a key pair in the token, by the token, that cannot be read out of it; returns the public key.

    Raises:
        KeyUnusable: there is one by this name already, or `kind` is none of `KINDS`.
        KeyUnavailable, PinRefused: see `TokenKey.open`.
    """
    if kind not in KINDS:
        raise KeyUnusable(f"不支持密钥类型 {kind}：请选 {'、'.join(KINDS)} (no such kind of key)")

    def generate(session: Any) -> PublicKey | None:
        p11 = pkcs11()
        if session.findObjects([(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), (p11.CKA_LABEL, place.name)]):
            return None
        size = KINDS[kind]
        named = [(p11.CKA_TOKEN, p11.CK_TRUE), (p11.CKA_LABEL, place.name), (p11.CKA_ID, _identity(place))]
        if isinstance(size, int):
            mechanism = p11.CKM_RSA_PKCS_KEY_PAIR_GEN
            shape = [(p11.CKA_MODULUS_BITS, size), (p11.CKA_PUBLIC_EXPONENT, b"\x01\x00\x01")]
        else:
            mechanism = p11.CKM_EC_KEY_PAIR_GEN
            shape = [(p11.CKA_EC_PARAMS, keys.ECDomainParameters(("named", size)).dump())]
        public = [(p11.CKA_CLASS, p11.CKO_PUBLIC_KEY), (p11.CKA_VERIFY, p11.CK_TRUE), *shape, *named]
        private = [
            (p11.CKA_CLASS, p11.CKO_PRIVATE_KEY),
            (p11.CKA_PRIVATE, p11.CK_TRUE),
            (p11.CKA_SENSITIVE, p11.CK_TRUE),
            (p11.CKA_EXTRACTABLE, p11.CK_FALSE),
            (p11.CKA_SIGN, p11.CK_TRUE),
            (p11.CKA_DECRYPT, p11.CK_FALSE),
            (p11.CKA_UNWRAP, p11.CK_FALSE),
            *named,
        ]
        session.generateKeyPair(public, private, p11.Mechanism(mechanism, None))
        return _public(session, place)

    made = with_session(place, generate)
    if made is None:
        raise KeyUnusable(f"令牌 {place.token} 中已有密钥 {place.name}：请换名称 (there is such a key already)")
    return made


def certificate_request(place: TokenPlace, owner: str, label: str) -> bytes:
    """A certificate request (PKCS#10, DER) for a key in a token, signed by it, for the seal `label` of `owner`.

    Raises: see `TokenKey.open`.
    """
    public = with_session(place, lambda session: _public(session, place))
    elliptic = isinstance(public, ec.EllipticCurvePublicKey)
    digest = "sha384" if isinstance(public, ec.EllipticCurvePublicKey) and public.key_size > 256 else "sha256"  # noqa: PLR2004
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": asn1_x509.Name.load(name(owner, f"{owner}{label}").public_bytes()),
            "subject_pk_info": keys.PublicKeyInfo.load(_spki(public)),
            "attributes": csr.CRIAttributes([]),
        }
    )
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": f"{digest}_{'ecdsa' if elliptic else 'rsa'}"},
            "signature": _sign(place, info.dump(), digest, elliptic=elliptic),
        }
    )
    der: bytes = request.dump()
    return der


def install_certificates(place: TokenPlace, certificates: Iterable[x509.Certificate]) -> TokenKey:
    """Put a certificate (the first) and its chain beside the key; returns the key as it can be used now.

    Raises: see `TokenKey.open`; KeyUnusable also where the certificate is another key's.
    """
    wanted = tuple(certificates)

    def store(session: Any) -> bool:
        if not wanted or _spki(_public(session, place)) != _spki(wanted[0].public_key()):
            return False
        p11, there = pkcs11(), {one.fingerprint(_SHA256) for one in _certificates(session)}
        for position, one in enumerate(wanted):
            if one.fingerprint(_SHA256) in there:
                continue
            identity = _identity(place) if position == 0 else one.fingerprint(_SHA256)[:8]
            session.createObject(
                [
                    (p11.CKA_CLASS, p11.CKO_CERTIFICATE),
                    (p11.CKA_CERTIFICATE_TYPE, p11.CKC_X_509),
                    (p11.CKA_TOKEN, p11.CK_TRUE),
                    (p11.CKA_LABEL, place.name if position == 0 else f"{place.name} chain {position}"),
                    (p11.CKA_ID, identity),
                    (p11.CKA_SUBJECT, one.subject.public_bytes()),
                    (p11.CKA_VALUE, one.public_bytes(Encoding.DER)),
                ]
            )
        return True

    if not with_session(place, store):
        raise KeyUnusable(f"证书与令牌中的密钥 {place.name} 不配：请核对 (the certificate is another key's)")
    return TokenKey.open(place)


_SHA256 = digest_named("sha256")


def _sign(place: TokenPlace, data: bytes, digest: str, *, elliptic: bool) -> bytes:
    digest_named(digest)

    def sign(session: Any) -> bytes | None:
        p11 = pkcs11()
        found = session.findObjects([(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), (p11.CKA_LABEL, place.name)])
        if len(found) != 1:
            return None
        if not elliptic:
            mechanism = p11.Mechanism(getattr(p11, _MECHANISMS[digest]), None)
            return bytes(session.sign(found[0], data, mechanism))
        pair = bytes(session.sign(found[0], hashlib.new(digest, data).digest(), p11.Mechanism(p11.CKM_ECDSA, None)))
        half = len(pair) // 2
        return encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))

    signature = with_session(place, sign)
    if signature is None:
        raise _no_key(place)
    return signature


def _no_key(place: TokenPlace) -> KeyUnusable:
    return KeyUnusable(f"令牌 {place.token} 中没有唯一的密钥 {place.name}：请核对名称 (no such key in the token)")


def _public(session: Any, place: TokenPlace) -> PublicKey:
    p11 = pkcs11()
    found = session.findObjects([(p11.CKA_CLASS, p11.CKO_PUBLIC_KEY), (p11.CKA_LABEL, place.name)])
    if len(found) != 1:
        raise _no_key(place)
    if session.getAttributeValue(found[0], [p11.CKA_KEY_TYPE])[0] == p11.CKK_EC:
        asked = [p11.CKA_EC_PARAMS, p11.CKA_EC_POINT]
        parameters, point = (bytes(value) for value in session.getAttributeValue(found[0], asked))
        curve = _CURVES.get(keys.ECDomainParameters.load(parameters).native)
        if curve is None:
            raise KeyUnusable(f"密钥 {place.name} 所用曲线不支持：请用 P-256 或 P-384 (curve not used for seals)")
        raw = keys.OctetString.load(point).native  # PKCS#11 wraps the point (2.40, section 2.3.3)
        return ec.EllipticCurvePublicKey.from_encoded_point(curve(), raw)
    asked = [p11.CKA_MODULUS, p11.CKA_PUBLIC_EXPONENT]
    modulus, exponent = (int.from_bytes(bytes(v), "big") for v in session.getAttributeValue(found[0], asked))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _certificates(session: Any) -> tuple[x509.Certificate, ...]:
    p11 = pkcs11()
    found = session.findObjects([(p11.CKA_CLASS, p11.CKO_CERTIFICATE)])
    values = (bytes(session.getAttributeValue(one, [p11.CKA_VALUE])[0]) for one in found)
    return tuple(x509.load_der_x509_certificate(value) for value in values)


def _chain(leaf: x509.Certificate, known: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificates above a leaf, nearest first, the root left out."""
    by_subject = {one.subject: one for one in known if one.subject != one.issuer}
    chain: list[x509.Certificate] = []
    while (above := by_subject.pop((chain[-1] if chain else leaf).issuer, None)) is not None:
        chain.append(above)
    return tuple(chain)


def _identity(place: TokenPlace) -> bytes:
    """CKA_ID, the same for the two keys and the certificate: it ties them together for other programs."""
    return hashlib.sha256(place.name.encode()).digest()[:8]


def _spki(key: Any) -> bytes:
    der: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der
