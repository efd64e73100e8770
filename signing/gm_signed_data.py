"""Plain digital signatures of OFD: SignedData of GB/T 35275 (PKCS #7 with Chinese identifiers), and of PKCS #7 itself.

Read by place, like the electronic seals (`ses`), for the same reason: what was signed stays the bytes it is.
"""

import dataclasses
from typing import Self

from asn1crypto import x509

from signing.ses import Node, SesError

_SIGNED_DATA = frozenset({"1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"})
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SET = b"\x31"
_CONTEXT = 2
_OID, _OCTET_STRING = 6, 4


@dataclasses.dataclass(frozen=True, slots=True)
class SignedData:
    """One signer's word: the bytes signed where they stand in the structure, else None; what it says it signed.

    `content` is the data inside it, None where it is detached; `claimed` is the digest in the signed attributes.
    """

    certificate: bytes
    algorithm: str
    signature: bytes
    signed: bytes | None
    content: bytes | None
    claimed: bytes | None

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The first signer of a SignedData. Raises SesError."""
        try:
            kind, wrapped = Node.read(data).children[:2]
            if kind.tag != _OID or kind.oid not in _SIGNED_DATA:
                raise SesError("no SignedData")
            _, _, inner, *rest = wrapped.children[0].children
            certificates = next((one.children for one in rest if (one.kind, one.tag) == (_CONTEXT, 0)), [])
            signer = rest[-1].children[0].children
            attributes = next((one for one in signer if (one.kind, one.tag) == (_CONTEXT, 0)), None)
            signature = next(one for one in reversed(signer) if (one.kind, one.tag) == (0, _OCTET_STRING))
            algorithm = signer[signer.index(signature) - 1].children[0].oid
            serial = signer[1].children[1].contents
            certificate = _by_serial([one.whole for one in certificates], serial)
            content = inner.children[1].children[0].octets if len(inner.children) > 1 else None
        except (IndexError, ValueError, StopIteration) as error:
            raise SesError("no SignedData") from error
        return cls(
            certificate=certificate,
            algorithm=algorithm,
            signature=signature.octets,
            signed=_SET + attributes.whole[1:] if attributes else None,
            content=content,
            claimed=_claimed(attributes) if attributes else None,
        )


def _by_serial(certificates: list[bytes], serial: bytes) -> bytes:
    for certificate in certificates:
        try:
            found = x509.Certificate.load(certificate)["tbs_certificate"]["serial_number"].contents
        except (ValueError, TypeError):
            continue
        if found == serial:
            return certificate
    raise SesError("no certificate")


def _claimed(attributes: Node) -> bytes | None:
    for attribute in attributes.children:
        name, values = attribute.children[:2]
        if name.oid == _MESSAGE_DIGEST:
            return values.children[0].octets
    return None
