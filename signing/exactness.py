"""Whether every byte of a signature means something: no room in it for what nobody signed.

A CMS signature leaves parts of itself unsigned: its version, its list of digests, parameters of algorithms,
certificates and attributes beside. A changed byte there changes nothing that was sealed, and most validators pass it;
of a file that we issued we ask that there be none. Other people's files may carry what they like.
"""

from collections.abc import Iterable

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_NO_PARAMETERS = frozenset({b"", b"\x05\x00"})
"""Absent, or NULL (RFC 5754, 2)."""
_TIMESTAMP = "signature_time_stamp_token"


def is_exact(signature: EmbeddedPdfSignature, roots: Iterable[asn1_x509.Certificate]) -> bool:
    """Whether a signature and the timestamp inside it are written in the one way they can be."""
    trusted = [x509.load_der_x509_certificate(root.dump()) for root in roots]
    try:
        return _is_exact(cms.ContentInfo.load(bytes(signature.pkcs7_content)), trusted)
    except Exception:  # noqa: BLE001  the bytes may be hostile: what cannot be read is not exact
        return False


def _is_exact(info: cms.ContentInfo, roots: list[x509.Certificate]) -> bool:
    signed = info["content"]
    if len(signed["signer_infos"]) != 1 or len(signed["crls"] or ()):
        return False
    signer = signed["signer_infos"][0]
    plain = signed["encap_content_info"]["content_type"].native == "data"
    versions = (signed["version"].native, signer["version"].native)
    if versions != ("v1" if plain else "v3", "v1"):
        return False
    if [one.dump() for one in signed["digest_algorithms"]] != [signer["digest_algorithm"].dump()]:
        return False
    algorithms = [signer["digest_algorithm"]]
    if signer["signature_algorithm"].signature_algo != "rsassa_pss":
        algorithms.append(signer["signature_algorithm"])
    if any(one["parameters"].dump() not in _NO_PARAMETERS for one in algorithms):
        return False
    beside = list(signer["unsigned_attrs"] or ())
    if len(beside) > 1 or any(one["type"].native != _TIMESTAMP or len(one["values"]) != 1 for one in beside):
        return False
    return _all_issued(signed, roots) and all(_is_exact(one["values"][0], roots) for one in beside)


def _all_issued(signed: cms.SignedData, roots: list[x509.Certificate]) -> bool:
    """Whether each certificate beside the signature is as some other one there, or a root, issued it."""
    carried = [choice.chosen for choice in signed["certificates"] or ()]
    if any(one["signature_algorithm"].dump() != one["tbs_certificate"]["signature"].dump() for one in carried):
        return False
    loaded = [x509.load_der_x509_certificate(one.dump()) for one in carried]
    return all(any(issued_by(one, above) for above in (*roots, *loaded)) for one in loaded)


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a certificate bears the name and the signature of an issuer."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
