"""Handing a package out: a folder that an auditor can verify with no database and no network."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone

import archive
from archive.offline import offline_verifier
from archive.records import PREMIS_XML_NAME
from archive.transfer import ORIGINALS
from workers import zones
from workers.installation import authority
from workers.national_records import preservation_record


def log_public_key() -> str:
    """The public key of the log, as a verifier is given it."""
    path: Path = settings.KEYS_DIR / "log.pub"
    return path.read_text().strip()


def export(case_number: str, folder: Path, since: bytes = b"") -> Path:
    """Write the package of a case below a folder and return where it lies; those of its cases in that of a 并联实例.

    `since` is a checkpoint that the receiver kept: the proof that the log grew from it is put into the package.

    Raises:
        archive.Package.DoesNotExist: the case is not archived.
        archive.AlreadyExists: it was exported there before.
        archive.BadCheckpoint: `since` is none of our log.
    """
    sha256 = archive.Package.objects.get(case_number=case_number).manifest_sha256
    with tempfile.TemporaryDirectory(dir=zones.scratch()) as scratch:
        return _export(sha256, "package-stored", folder, _cases_of(sha256, Path(scratch)), since)


def export_follow_ups(case_number: str, folder: Path, since: bytes = b"") -> list[Path]:
    """Write what became of its certificate since, each follow-up beside the package, in their order. See `export`."""
    rows = archive.FollowUp.objects.filter(package__case_number=case_number).order_by("order")
    return [_export(row.manifest_sha256, "follow-up-stored", folder, since=since) for row in rows]


def export_bag(manifest_sha256: str, folder: Path) -> Path:
    """Write the package or follow-up of this manifest.

    Raises:
        archive.AlreadyExists: it was exported there before.
    """
    if not archive.Package.objects.filter(manifest_sha256=manifest_sha256).exists():
        return _export(manifest_sha256, "follow-up-stored", folder)
    with tempfile.TemporaryDirectory(dir=zones.scratch()) as scratch:
        return _export(manifest_sha256, "package-stored", folder, _cases_of(manifest_sha256, Path(scratch)))


def _cases_of(manifest_sha256: str, folder: Path) -> list[Path]:
    """Export the packages of the cases of a parallel case, in their order; none for any other package."""
    manifest = archive.parse_manifest(zones.zone("archive").read(archive.object_key(manifest_sha256)))
    return [_export(child.manifest_sha256, "package-stored", folder) for child in manifest.children]


def _export(manifest_sha256: str, kind: str, folder: Path, inside: Sequence[Path] = (), since: bytes = b"") -> Path:
    event = archive.Event.objects.filter(kind=kind, object_sha256=manifest_sha256).first()
    proof, checkpoint, timestamp = None, None, None
    size = archive.attested_size(event.leaf_index) if event and event.leaf_index is not None else 0
    if event and event.leaf_index is not None and event.leaf_index < size:
        proof, _ = archive.prove_event(event, zones.zone("archive"), size)
        checkpoint, timestamp = archive.attested_checkpoint(zones.zone("archive"), size)
    trust = authority()
    manifest = zones.zone("archive").read(archive.object_key(manifest_sha256))
    their_roots, their_lists = _trust_of_sender(manifest)
    return archive.export_package(
        manifest,
        zones.zone("archive"),
        log_proof=proof,
        checkpoint=checkpoint,
        timestamp=timestamp,
        trust=archive.TrustMaterial(
            roots=(*(root.public_bytes(Encoding.PEM) for root in trust.roots), *their_roots),
            crls=(*trust.crls(timezone.now()), *their_lists),
            log_key=log_public_key(),
            verifier=offline_verifier(),
            growth=_growth(since, size) if since and checkpoint else b"",
        ),
        out_dir=folder,
        now=timezone.now(),
        records=_records(manifest_sha256),
        inside=inside,
    )


def _records(manifest_sha256: str) -> dict[str, bytes]:
    """PREMIS of a package as of now; a follow-up is told of in that of its package."""
    row = archive.Package.objects.filter(manifest_sha256=manifest_sha256).first()
    return {PREMIS_XML_NAME: preservation_record(row)} if row else {}


def _growth(since: bytes, size: int) -> bytes:
    """The proof that the log of the exported head and the log of a kept one are one; none where they are equal."""
    kept = archive.open_checkpoint(since, [archive.LogKey.parse(log_public_key())])
    old, new = sorted((kept.size, size))
    return archive.growth_proof(archive.tile_tree(zones.zone("archive"), new), old, new) if 0 < old < new else b""


def _trust_of_sender(manifest: bytes) -> tuple[list[bytes], list[bytes]]:
    """Roots and revocation lists that came with a package which another archive handed to us; nothing for our own."""
    vault = zones.zone("archive")
    came = [one for one in archive.parse_manifest(manifest).elements if one.path.startswith(f"{ORIGINALS}/")]

    def those(ending: str) -> list[bytes]:
        return [vault.read(archive.object_key(one.sha256)) for one in came if one.path.endswith(ending)]

    return those(".pem"), those(".crl")
