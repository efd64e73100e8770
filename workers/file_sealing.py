"""A registered seal on a file of no case (`yidang seal`): through the same gate, with the same record."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from archive import append_event, digest_bytes
from signing import IntendedUse, Seal, SealNotInForce, SealUse, Validation, note_verdict, seal_pdf, validate_pdf
from workers import installation, seal_gate, seal_pictures


def seal_document(  # noqa: PLR0913 - a use of a seal, each part by name
    pdf: bytes, seal: Seal, *, name: str, reason: str, item: str = "", by: Any = None
) -> tuple[bytes, Validation]:
    """Put a seal on a PDF at its （盖章）; returns the sealed file and what its validation found.

    Args:
        pdf: the file.
        seal: who seals.
        name: of the file, for the record.
        reason: why; shown by readers.
        item: what for, where the seal is granted by item; "" for nothing of the register.
        by: the officer who answers for it; nobody where the operator seals and the seal has no grants.

    Raises:
        SealNotInForce: the seal may not be used now or not by this person, or it asks for two: nothing was sealed.
        SigningError: it could not be sealed; the use is kept as one that failed.
    """
    if seal.two_person:
        raise SealNotInForce(
            "seal-not-released", f"未盖章：“{seal.label}”须双人用印，只能在办件中使用 (two persons are asked for)"
        )
    if by is None and seal.grants.exists():
        raise SealNotInForce(
            "seal-not-granted", f"未盖章：“{seal.label}”已限定使用人：请指明经办账号 (say on whose word: --as)"
        )
    before, key, now = digest_bytes(pdf), installation.seal_key(seal), timezone.now()
    use = IntendedUse(seal, SealUse.Kind.FILE, name, item, before, by=by)
    with seal_gate.using([use], [key.certificate]):
        sealed = seal_pdf(
            pdf,
            key,
            tsa=installation.timestamps(),
            image=seal_pictures.picture_of(seal),
            approved_sha256=before.sha256,
            reason=reason,
            location=seal.owner,
            now=now,
        )
        trust = installation.authority()
        found = validate_pdf(sealed, trust.roots, crls=trust.crls(now))
    after = digest_bytes(sealed)
    with transaction.atomic():
        rows = seal_gate.finish([use], after)
        note_verdict(rows, found.to_json())
        details = {"seal": seal.label, "before": before.sha256, "verdict": found.verdict}
        append_event("file-sealed", actor=by, object_sha256=after.sha256, details=details, now=timezone.now())
    return sealed, found
