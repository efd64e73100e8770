"""The signature itself: a CMS built by endesive over a digest, with a timestamp token as unsigned attribute.

Two defects of endesive 3.0.1 are met here: it labels every signature RSA, also ECDSA, and a timestamp service that is
down makes it sign without one. So the label is set right, and the token is fetched here, where its absence is an error.
"""

import functools
import hashlib

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from endesive import signer

from signing.errors import KeyUnusable
from signing.keys import Signer, check_signature_of, signature_label
from signing.timestamps import TimestampAuthority, check_token


def build_cms(digest: bytes, key: Signer, tsa: TimestampAuthority | None, algorithm: str = "sha256") -> bytes:
    """A detached CAdES-B-T signature (DER) over a digest made by `algorithm`; without `tsa` it is B-B.

    Raises:
        TimestampUnavailable: no token, or one over something else.
        KeyUnusable: the key would not sign.
    """
    label = signature_label(key.certificate, algorithm)
    try:
        signed = signer.sign(
            b"",
            None,
            None,
            [_asn1(one) for one in key.chain],
            algorithm,
            attrs=True,
            signed_value=digest,
            hsm=_Handle(key),
        )
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"印章密钥无法签名：{error} (the seal key would not sign)") from error
    content = cms.ContentInfo.load(signed)
    info = content["content"]["signer_infos"][0]
    info["signature_algorithm"] = {"algorithm": label}
    if tsa is not None:
        imprint = hashlib.new(algorithm, info["signature"].native).digest()
        token = tsa.token(imprint, algorithm)
        check_token(token, imprint, algorithm)
        attribute = {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}
        info["unsigned_attrs"] = [cms.CMSAttribute(attribute)]
    der: bytes = content.dump()
    return der


class _Handle:
    """A signer in the shape that endesive asks of a security module."""

    def __init__(self, key: Signer) -> None:
        self._key = key

    def certificate(self) -> tuple[None, asn1_x509.Certificate]:
        return None, _asn1(self._key.certificate)

    def sign(self, _: None, data: bytes, digest: str) -> bytes:
        signature = self._key.sign(data, digest)
        check_signature_of(self._key.certificate, signature, data, digest)
        return signature


@functools.lru_cache(maxsize=256)
def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Parsed once for all seals that bear it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
