"""Signatures in CMS (RFC 5652) with one signer and signed attributes: read, and held against a certificate's key."""

import dataclasses
import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from archive.offline.der import INTEGER, OCTETS, OID, SEQUENCE, SET, Damaged, Node, dotted, integer, whole

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an identifier
DIGEST_NAMES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
"""SHA-1 and MD5 are not among them: they prove nothing any more."""
_SIGNATURES = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
"""RSA and ECDSA with the digest each names; the first, plain RSA, takes the signer's digest."""
_PSS = "1.2.840.113549.1.1.10"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_CONTEXT_0, _CONTEXT_1, _KEY_ID = 0xA0, 0xA1, 0x80


class Unsupported(Exception):  # noqa: N818
    """The signature may be good; this program cannot tell."""


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """One signature: what it is over, by whom, and what stands beside it."""

    content_type: str
    content: bytes | None
    certificates: tuple[x509.Certificate, ...]
    issuer: bytes
    serial: int
    key_id: bytes
    digest: str
    algorithm: str
    attributes: dict[str, list[Node]]
    attribute_bytes: bytes
    value: bytes
    unsigned: dict[str, list[Node]]

    def signer(self) -> x509.Certificate:
        """The certificate that the signature names, out of those it carries."""
        for one in self.certificates:
            if self.key_id:
                found = one.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest == self.key_id
            else:
                found = one.serial_number == self.serial and one.issuer.public_bytes() == self.issuer
            if found:
                return one
        raise Damaged("the signature does not carry its signer's certificate")


def read_signature(data: bytes) -> Signature:
    """The signature in DER bytes. Raises Damaged or Unsupported."""
    info = whole(data).children()
    if [one.tag for one in info] != [OID, _CONTEXT_0] or dotted(info[0]) != SIGNED_DATA:
        raise Damaged("no signed data")
    signed = info[1].child(0, SEQUENCE).children()
    if len(signed) < 4 or signed[2].tag != SEQUENCE:  # noqa: PLR2004
        raise Damaged("signed data lacks its parts")
    inside = signed[2].children()
    content = inside[1].child(0, OCTETS).body if len(inside) > 1 else None
    carried = next((one for one in signed[3:] if one.tag == _CONTEXT_0), None)
    signers = next((one.children() for one in signed[3:] if one.tag == SET), [])
    if len(signers) != 1:
        raise Damaged(f"{len(signers)} signers where there must be one")
    loaded = _certificates(carried.children() if carried else [])
    return _signer(signers[0].children(), dotted(inside[0]), content, loaded)


def _certificates(nodes: list[Node]) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_der_x509_certificate(one.raw) for one in nodes if one.tag == SEQUENCE)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Damaged(f"a certificate beside the signature cannot be read: {error}") from None


def _signer(parts: list[Node], kind: str, content: bytes | None, carried: tuple[x509.Certificate, ...]) -> Signature:
    if len(parts) < 5 or parts[0].tag != INTEGER:  # noqa: PLR2004
        raise Damaged("the signer lacks parts")
    named, key_id, issuer, serial = parts[1], b"", b"", 0
    if named.tag == _KEY_ID:
        key_id = named.body
    else:
        issuer, serial = named.child(0, SEQUENCE).raw, integer(named.child(1, INTEGER))
    if parts[3].tag != _CONTEXT_0:
        raise Unsupported("a signature without signed attributes")
    rest = [one for one in parts[6:] if one.tag == _CONTEXT_1]
    digest = dotted(parts[2].child(0, OID))
    if digest not in DIGEST_NAMES:
        raise Unsupported(f"digest {digest}")
    return Signature(
        kind,
        content,
        carried,
        issuer,
        serial,
        key_id,
        DIGEST_NAMES[digest],
        dotted(parts[4].child(0, OID)),
        _attributes(parts[3].children()),
        bytes([SET]) + parts[3].raw[1:],
        parts[5].body if len(parts) > 5 and parts[5].tag == OCTETS else b"",  # noqa: PLR2004
        _attributes(rest[0].children()) if rest else {},
    )


def _attributes(nodes: list[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        kind, values = dotted(node.child(0, OID)), node.child(1, SET).children()
        if kind in found or not values:
            raise Damaged(f"attribute {kind} stands twice or is empty")
        found[kind] = values
    return found


def check_signature(signature: Signature, signer: x509.Certificate, digest: bytes) -> None:
    """See that the signature is the signer's, over content with this digest. Raises Damaged or Unsupported."""
    told = signature.attributes.get(MESSAGE_DIGEST, [])
    if len(told) != 1 or told[0].body != digest:
        raise Damaged("the digest that was signed is not that of the content")
    kinds = signature.attributes.get(CONTENT_TYPE, [])
    if len(kinds) != 1 or dotted(kinds[0]) != signature.content_type:
        raise Damaged("the kind of content that was signed is not the one that is there")
    _check_named(signature, signer)
    try:
        _check_value(signature, signer)
    except InvalidSignature:
        raise Damaged("the signature's value is not the signer's") from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unsupported(str(error)) from None


def _check_named(signature: Signature, signer: x509.Certificate) -> None:
    """The signed attribute that names the signer's certificate by its digest (RFC 5035), where it is there."""
    values = signature.attributes.get(SIGNING_CERTIFICATE_V2)
    if not values:
        return
    first = values[0].child(0, SEQUENCE).child(0, SEQUENCE).children()
    name = "sha256"
    if first[0].tag == SEQUENCE:
        name = DIGEST_NAMES.get(dotted(first[0].child(0, OID)), "")
        first = first[1:]
    if not name:
        raise Unsupported("the signer's certificate is named by an unknown digest")
    if not first or first[0].body != hashlib.new(name, signer.public_bytes(Encoding.DER)).digest():
        raise Damaged("the signature names another certificate than the one it carries")


def _check_value(signature: Signature, signer: x509.Certificate) -> None:
    key = signer.public_key()
    if signature.algorithm != _PSS and signature.algorithm not in _SIGNATURES:
        raise Unsupported(f"signature algorithm {signature.algorithm}")
    chosen = _HASHES[_SIGNATURES.get(signature.algorithm) or signature.digest]()
    if isinstance(key, rsa.RSAPublicKey):
        way: padding.AsymmetricPadding = padding.PKCS1v15()
        if signature.algorithm == _PSS:
            way = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO)
        key.verify(signature.value, signature.attribute_bytes, way, chosen)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature.value, signature.attribute_bytes, ec.ECDSA(chosen))
    else:
        raise Unsupported(f"keys of kind {type(key).__name__}")
