"""Signing an encapsulation: over the exclusive canonical XML of 被签名对象, with SHA-256 and the archive's own key.

Exclusive canonicalization (xml-exc-c14n) gives the object the same bytes where it later lies inside an amendment, so
its signature stays valid there. MD5 and SHA-1, which others use, are not written and not accepted.
"""

import base64
import datetime as dt
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from archive.manifest import Manifest
from archive.records.case_files import moment
from archive.records.eep_writing import (
    FORMAT_DESCRIPTION,
    NAMESPACE,
    amended_object,
    amendments,
    signed_object,
    tag,
)
from archive.records.facts import CaseRecord
from archive.records.safe_xml import add, canonical_xml, read_record, write_record
from signing import Signer

RULE: Final = "xml-exc-c14n(被签名对象)，SHA-256；RSA 为 PKCS#1 v1.5，ECDSA 为 DER"
ALGORITHMS: Final = {
    "rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "ecdsa": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}
DIGEST: Final = "sha256"


def encapsulate(manifest: Manifest, record: CaseRecord, signer: Signer, *, at: dt.datetime) -> bytes:
    """The encapsulation of a package by digest, signed; `at` is the server's time of signing.

    Keep the first: another time, and an ECDSA signature is another each time, make other bytes.

    Raises:
        BadRecord: a value does not fit DA/T 48.
        KeyUnusable: the key would not sign.
    """
    return _signed(signed_object(manifest, record), signer, 0, at)


def amend(manifest: Manifest, record: CaseRecord, earlier: bytes, signer: Signer, *, at: dt.datetime) -> bytes:
    """The encapsulation of what was added to a package (修改型): the earlier one whole inside, signed over both.

    Raises:
        BadRecord: the earlier bytes are no encapsulation, or cannot be nested any more.
        KeyUnusable: the key would not sign.
    """
    before = read_record(earlier, "eep")
    return _signed(amended_object(manifest, record, before), signer, amendments(before) + 1, at)


def _signed(signed: Any, signer: Signer, order: int, at: dt.datetime) -> bytes:
    package = etree.Element(tag("电子文件封装包"), nsmap={None: NAMESPACE})
    add(package, "封装包格式描述", FORMAT_DESCRIPTION)
    add(package, "版本", "2009")
    package.append(signed)
    value = signer.sign(canonical_xml(signed, exclusive=True), DIGEST)
    one = add(add(package, "电子签名块"), "电子签名")
    add(one, "签名标识符", f"修改{order}-签名1")
    add(one, "签名规则", RULE)
    add(one, "签名时间", moment(at))
    add(one, "签名人", signer.signer)
    add(one, "签名结果", base64.b64encode(value).decode())
    held = add(one, "证书块")
    for certificate in (signer.certificate, *signer.chain):
        add(held, "证书", base64.b64encode(certificate.public_bytes(Encoding.DER)).decode())
    add(one, "签名算法标识", ALGORITHMS[_kind(signer.certificate)])
    return write_record(package, "eep", indent=False)


def _kind(certificate: x509.Certificate) -> str:
    return "ecdsa" if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey) else "rsa"
