"""Timestamps (RFC 3161): that a token is over this content, signed by an authority for timestamps that is trusted."""

import dataclasses
import datetime as dt
import hashlib

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from archive.offline.cms import (
    DIGEST_NAMES,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    Signature,
    check_signature,
    read_signature,
)
from archive.offline.der import INTEGER, OCTETS, OID, SEQUENCE, Damaged, dotted, integer, moment_of, whole
from archive.offline.trust import Trust, common_name

_MOST_PARTS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Stamp:
    """What a sound token says, and why it is not to be trusted ("" where it is)."""

    time: dt.datetime
    authority: str
    trouble: str


def check_token(token: bytes, content: bytes, trust: Trust, moment: dt.datetime, *, looking_back: bool) -> Stamp:
    """The time that a token proves for some content. Raises Damaged or Unsupported where it proves nothing."""
    signature = read_signature(token)
    if signature.content_type != TST_INFO or signature.content is None:
        raise Damaged("the token holds no time")
    parts = whole(signature.content).children()
    if len(parts) < _MOST_PARTS or integer(parts[0]) != 1 or parts[3].tag != INTEGER:
        raise Damaged("the token's content lacks parts")
    name = DIGEST_NAMES.get(dotted(parts[2].child(0, SEQUENCE).child(0, OID)), "")
    if not name or parts[2].child(1, OCTETS).body != hashlib.new(name, content).digest():
        raise Damaged("the token is over something else")
    signer = signature.signer()
    if not signature.attributes.keys() & {SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2}:
        raise Damaged("the token does not name its signer's certificate")
    check_signature(signature, signer, hashlib.new(signature.digest, signature.content).digest())
    return Stamp(
        moment_of(parts[4]),
        common_name(signer),
        _trouble(signature, signer, trust, moment, looking_back=looking_back),
    )


def _trouble(
    signature: Signature, signer: x509.Certificate, trust: Trust, moment: dt.datetime, *, looking_back: bool
) -> str:
    try:
        purpose = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return "wrong-purpose"
    if not purpose.critical or list(purpose.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        return "wrong-purpose"
    found = trust.plus(signature.certificates).trouble(signer, moment, looking_back=looking_back)
    return {"": "", "untrusted": "timestamp-untrusted", "revoked": "timestamp-untrusted"}.get(found, found)
