"""The seals of a package's results, judged again with the archive's own roots."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from archive.inspection.evidence import SealFacts, Standing
from archive.inspection.formats import OFD, PDF
from archive.manifest import Element, Manifest
from signing import DEFAULT_POLICY, Validation, issued_policy, validate_ofd, validate_pdf

RECORD_OF_SEALS = "用印与验证记录"
_STANDING: Mapping[str, Standing] = {"valid": "sound", "invalid": "failed", "unknown": "unknown"}


def judge_seals(  # noqa: PLR0913, PLR0917 - files, and by what they are judged
    manifest: Manifest,
    copies: Mapping[str, Path],
    documents: Mapping[str, Any],
    roots: Sequence[x509.Certificate],
    crls: Sequence[bytes],
    at: dt.datetime,
) -> dict[str, SealFacts]:
    """What the seals of the results are worth at a moment, by path; other files are not ours to vouch for."""
    fingerprints = _on_record(documents.get(RECORD_OF_SEALS))
    found = {}
    for element in manifest.elements:
        if element.group == "结果文件" and element.media_type in {PDF, OFD} and element.path in copies:
            judged = _judge(element, copies[element.path], fingerprints, (roots, crls, at))
            who = "、".join(f"{seal.signer} {seal.level}" for seal in judged.seals)
            why = "；".join(reason.text for reason in judged.reasons)
            remark = "；".join(filter(None, (who, why))) or "没有印章"
            found[element.path] = SealFacts(_STANDING[judged.verdict], remark)
    return found


def _judge(
    element: Element,
    copy: Path,
    fingerprints: list[str],
    trust: tuple[Sequence[x509.Certificate], Sequence[bytes], dt.datetime],
) -> Validation:
    roots, crls, at = trust
    if element.media_type == OFD:
        return validate_ofd(copy, roots, at=at)
    policy = issued_policy(*fingerprints, sha256=element.sha256) if fingerprints else DEFAULT_POLICY
    return validate_pdf(copy, roots, crls=crls, at=at, policy=policy)


def _on_record(document: Any) -> list[str]:
    """Fingerprints of the seals that the result was issued with, by the record of their use."""
    try:
        return [str(seal["fingerprint"]) for seal in document["validation"]["seals"]]
    except (TypeError, KeyError):  # none, or of another system
        return []
