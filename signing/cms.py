"""The signature itself: a CMS built by endesive over a digest, with a timestamp token as unsigned attribute.

Two defects of endesive 3.0.1 are met here: it labels every signature RSA, also ECDSA, and a timestamp service that is
down makes it sign without one. So the label is set right, and the token is fetched here, where its absence is an error.
"""

import hashlib

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec
from endesive import signer

from signing.errors import KeyUnusable
from signing.keys import SealKey
from signing.timestamps import TimestampAuthority, check_token

DIGEST = "sha256"


def build_cms(digest: bytes, key: SealKey, tsa: TimestampAuthority) -> bytes:
    """A detached CAdES-B-T signature (DER) over a SHA-256 digest.

    Raises:
        TimestampUnavailable: no token, or one over something else.
        KeyUnusable: the key would not sign.
    """
    try:
        signed = signer.sign(
            b"", key.key, key.certificate, list(key.chain), DIGEST, attrs=True, signed_value=digest, tspurl=None
        )
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"印章密钥无法签名：{error} (the seal key would not sign)") from error
    content = cms.ContentInfo.load(signed)
    info = content["content"]["signer_infos"][0]
    if isinstance(key.key, ec.EllipticCurvePrivateKey):
        info["signature_algorithm"] = {"algorithm": f"{DIGEST}_ecdsa"}
    imprint = hashlib.sha256(info["signature"].native).digest()
    token = tsa.token(imprint, DIGEST)
    check_token(token, imprint, DIGEST)
    attribute = {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}
    info["unsigned_attrs"] = [cms.CMSAttribute(attribute)]
    der: bytes = content.dump()
    return der
