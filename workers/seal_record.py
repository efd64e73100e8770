"""What the archive keeps of the seals on a certificate: each use with its digests and result, and the validation."""

from typing import Any

from django.db.models import QuerySet

from signing import Certificate, SealUse


def seal_record(certificate: Certificate) -> dict[str, Any]:
    """用印与验证记录 of a certificate, JSON-ready: its own seal, every use of the seals on it, and the verdict."""
    use = certificate.seal_use
    return {
        "seal": certificate.seal.label,
        "owner": certificate.seal.owner,
        "certificate_sha256": certificate.seal.certificate_sha256,
        "used_at": use.used_at.isoformat(),
        "before_sha256": use.before_sha256,
        "after_sha256": use.after_sha256,
        "uses": [_use(one) for one in _on_certificate(certificate).select_related("seal").order_by("pk")],
        "validation": certificate.validation,
        "identifier": certificate.identifier,
        "number": certificate.number,
        "data": certificate.data,
        "origins": certificate.origins,
    }


def _on_certificate(certificate: Certificate) -> QuerySet[SealUse]:
    """The uses on the certificate itself: an OFD edition made of it, before or after, changes nothing here."""
    return certificate.seal_uses.filter(kind=SealUse.Kind.CERTIFICATE)


def _use(use: SealUse) -> dict[str, Any]:
    """One use of a seal; persons by their number."""
    return {
        "seal": use.seal.label,
        "code": use.seal.code,
        "owner": use.seal.owner,
        "certificate_sha256": use.seal.certificate_sha256,
        "item": use.item,
        "by": use.by_id,
        "released_by": use.released_by_id,
        "used_at": use.used_at.isoformat(),
        "before": {"sha256": use.before_sha256, "sm3": use.before_sm3},
        "after": {"sha256": use.after_sha256, "sm3": use.after_sm3},
        "result": use.result,
        "failures": use.failures,
    }
