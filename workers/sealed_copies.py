"""盖章副本: a copy that a department is given, under the archive's seal, which says that it is one and agrees.

A rule of sharing says which copies are sealed, so the seal is used by the system and on nobody's approval; who asked,
for which case and why stands on the pages, in the retrieval and in the log. The archived bytes are not touched.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.utils import timezone

import archive
from archive.lookup import Retrieval, seal_place
from signing import (
    IntendedUse,
    Seal,
    SealRefused,
    SealUse,
    anchor_at,
    issued_policy,
    note_verdict,
    preserve_file,
    seal_file,
    seal_for,
    validate_pdf,
)
from workers import installation, retrieving, seal_gate, seal_pictures, zones
from workers.copying import PDF, CopyMade, copy_key, sealed_copy_key
from workers.seal_register import COPIES
from workers.stage import Arguments, NotYetError

REASON = "复制件与原件一致，非原件"
"""Stands in the signature, where every reader shows it."""


class CopyFaultyError(Exception):
    """The copy that was just sealed does not validate; it is not handed out."""

    code = "copy-faulty"


def make(arguments: Arguments) -> dict[str, Any]:
    """Seal and validate the copy that waits, lay it where it is fetched, and keep the account of it.

    Without a seal for copies, its key or a timestamp it waits, and the copy with it.
    """
    asked, seal = retrieving.awaited(arguments), _seal()
    key = installation.seal_key(seal)  # before the copy is fetched: a key that is away is asked for again and again
    working = zones.zone("working")
    with tempfile.TemporaryDirectory(dir=zones.scratch()) as folder:
        copy = Path(folder) / "copy.pdf"
        with working.open(copy_key(asked.number)) as stream, copy.open("wb") as target:
            shutil.copyfileobj(stream, target)
        before = _digests(copy)
        with seal_gate.using([_use(asked, seal, before)], [key.certificate]):
            validation = _sealed(copy, seal, key, before)
        after = _digests(copy)
        with copy.open("rb") as stream:
            working.put(sealed_copy_key(asked.number, after.sha256), stream, sha256=after.sha256, content_type=PDF)
    made = CopyMade(asked.pages, asked.hidden, after)
    kept = retrieving.keep_account(asked, made)
    return {"made": made, "kept": kept, "before": before, "seal": seal.pk, "validation": validation}


def record(arguments: Arguments, result: dict[str, Any]) -> None:
    """The use of the seal is brought to its end, and the copy can be fetched."""
    asked = retrieving.awaited(arguments)
    use = _use(asked, Seal.objects.get(pk=result["seal"]), result["before"])
    note_verdict(seal_gate.finish([use], result["made"].digests), result["validation"])
    retrieving.hand_over(asked, result["made"], result["kept"])


def sealed_copy_of(sha256: str) -> Retrieval | None:
    """The retrieval that a file was given for, if it is a copy under seal as it was handed out."""
    number = SealUse.objects.filter(kind=SealUse.Kind.COPY, after_sha256=sha256, result=SealUse.Result.VALID)
    given = Retrieval.objects.filter(number__in=number.values("number"), given_sha256=sha256)
    return given.select_related("access__package").first()


def _sealed(copy: Path, seal: Seal, key: Any, before: archive.Digests) -> dict[str, Any]:
    """Seal the file in its place, lastingly (B-LTA, ADR 0027); what its validation says."""
    tsa, trust, now = installation.timestamps(), installation.authority(), timezone.now()
    seal_file(
        copy,
        copy,
        key,
        tsa=tsa,
        image=seal_pictures.picture_of(seal),
        approved_sha256=before.sha256,
        reason=REASON,
        location=seal.owner,
        now=now,
        anchor=anchor_at(copy, seal_place),
    )
    preserve_file(copy, copy, trust.roots, trust.crls(now), tsa=tsa, now=now)
    policy = issued_policy(key.fingerprint, sha256=_digests(copy).sha256)
    found = validate_pdf(copy, trust.roots, crls=trust.crls(timezone.now()), policy=policy)
    if found.verdict != "valid":
        raise CopyFaultyError("；".join(reason.text for reason in found.reasons))
    return found.to_json()


def _seal() -> Seal:
    try:
        return seal_for(COPIES)
    except SealRefused as reason:
        raise NotYetError(f"副本待盖章：{reason}") from None


def _use(asked: Retrieval, seal: Seal, before: archive.Digests) -> IntendedUse:
    return IntendedUse(seal, SealUse.Kind.COPY, asked.number, COPIES, before, case_number=asked.access.case_number)


def _digests(path: Path) -> archive.Digests:
    with path.open("rb") as stream:
        return archive.digest_stream(stream)
