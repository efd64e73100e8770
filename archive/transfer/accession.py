"""A package taken in from another archive: a manifest of our own over everything that came, and the bags back from it.

The sender's manifest, list and proofs stay what they are: elements of ours, beside the files themselves. So our
checks, fixity and exports work on it as on any package, and the bags that were handed to us can be given out again
byte for byte.
"""

import contextlib
import dataclasses
import datetime as dt
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from archive.bag import PAYLOAD_FOLDER, digest_file, list_bag
from archive.canonical import canonical_json
from archive.digests import Digests, digest_bytes, object_key
from archive.durable_files import file_errors, sync_directory
from archive.filing import MATERIALS_ROLE
from archive.keys import safe_name
from archive.manifest import Element, EventRef, Manifest, Provenance, build_manifest
from archive.store import AlreadyExists, ObjectStore
from archive.transfer.handover import HandedPackage

ORIGINALS = "元数据/移交原包"
"""Below it, by our number of the package: what of its bags is no element of it (tag files, manifest, proofs)."""
ORIGIN_ROLE = "移交来源"
"""The element that says who handed the package over, and which file of ours lay where in the bags."""
SENDER_MATERIALS_ROLE = "移交方材料目录"
"""What the sender's list for reuse is called here: ours, under its usual name, holds what may be used again here."""
MATERIALS_ELEMENT = 9
PROOF_ELEMENT = 33
TRANSFER_ELEMENT = 34
"""Migrations, replicas, disposals: a hand-over is one of them."""
PURPOSE = "移交进馆"
_TYPES = {".txt": "text/plain", ".json": "application/json"}


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Facts of a reception: who handed over, in which batch, under which number we keep it, and our log's event."""

    sender: str
    batch: str
    list_sha256: str
    number: str
    archive_number: str
    received_at: dt.datetime
    event: EventRef


def accession_manifest(
    origin: Origin,
    handed: HandedPackage,
    sent: Manifest,
    bags: Mapping[str, Mapping[str, Digests]],
    materials: bytes,
) -> tuple[Manifest, bytes]:
    """Our manifest of a package that was handed to us, and the bytes of its element that tells the origin.

    Args:
        origin: who, when, and our numbers.
        handed: what the hand-over list says of it.
        sent: the sender's manifest.
        bags: folder → path in the bag → digests, for each bag of `handed`.
        materials: 材料目录 of what may be used again here.
    """
    since = Provenance(
        origin=f"{origin.sender} {handed.archive_number}",
        package=handed.package,
        case_number=handed.case_number,
        retrieved_at=origin.received_at,
        purpose=PURPOSE,
    )
    told = canonical_json(_told(origin, handed, bags))
    first = handed.bags[0].folder
    held = {f"{PAYLOAD_FOLDER}/{element.path}" for element in sent.elements}
    own = [_taken_over(one, since) for one in sent.elements]
    place = f"{ORIGINALS}/{origin.number}"
    originals = [
        _original(f"{place}/{folder}/{path}", digests, since)
        for folder, files in bags.items()
        for path, digests in files.items()
        if folder != first or path not in held
    ]
    ours = [
        _original(f"{place}/{ORIGIN_ROLE}.json", digest_bytes(told), since, TRANSFER_ELEMENT, ORIGIN_ROLE),
        _original(f"{place}/{MATERIALS_ROLE}.json", digest_bytes(materials), since, MATERIALS_ELEMENT, MATERIALS_ROLE),
    ]
    manifest = build_manifest(
        package=origin.number,
        archive_number=origin.archive_number,
        created_at=max(origin.received_at, sent.created_at),
        case=sent.case,
        list_sha256=sent.list_sha256,
        retention=sent.retention,
        elements=[*own, *originals, *ours],
        events=[origin.event],
    )
    return manifest, told


def digests_of_bag(bag: Path) -> dict[str, Digests]:
    """Digests of every file of a bag, by its path in NFC. Raises OSError."""
    return {path: digest_file(file) for path, file in bag_files(bag).items()}


def bag_files(bag: Path) -> Mapping[str, Path]:
    """Every file of a bag, by its path in NFC."""
    return list_bag(bag).regular


def origin_of(manifest: Manifest, store: ObjectStore) -> dict[str, Any] | None:
    """What is kept of the reception of a package; None for one of our own."""
    path = f"{ORIGINALS}/{manifest.package}/{ORIGIN_ROLE}.json"
    found = next((element for element in manifest.elements if element.path == path), None)
    return json.loads(store.read(object_key(found.sha256))) if found else None


def restore_bags(manifest: Manifest, store: ObjectStore, out_dir: Path) -> list[Path]:
    """Write the bags that were handed to us, each byte as it came, below a folder; returns them, the package's first.

    Raises:
        ValueError: the package is our own, nobody handed it over.
        AlreadyExists: one of the folders is there already.
        NotFound, BadDigest, Unavailable: as the store says.
    """
    told = origin_of(manifest, store)
    if told is None:
        raise ValueError(f"{manifest.archive_number} 不是移交进馆的档案，请用 export (it is our own)")
    return [_write_bag(bag["files"], store, out_dir / safe_name(bag["folder"])) for bag in told["bags"]]


def _told(origin: Origin, handed: HandedPackage, bags: Mapping[str, Mapping[str, Digests]]) -> dict[str, Any]:
    return {
        "sender": origin.sender,
        "batch": origin.batch,
        "list_sha256": origin.list_sha256,
        "received_at": origin.received_at,
        "handed": handed.model_dump(mode="python"),
        "bags": [
            {"folder": folder, "files": {path: digests.sha256 for path, digests in files.items()}}
            for folder, files in bags.items()
        ],
    }


def _taken_over(element: Element, since: Provenance) -> Element:
    """The sender's element with where we have it from, unless it says already where the sender had it from."""
    role = SENDER_MATERIALS_ROLE if element.role == MATERIALS_ROLE else element.role
    return element.model_copy(update={"provenance": element.provenance or since, "role": role})


def _original(
    path: str, digests: Digests, since: Provenance, number: int = PROOF_ELEMENT, role: str = "移交原包"
) -> Element:
    place = PurePosixPath(path)
    return Element(
        element=number,
        group="元数据",
        role=role,
        name=place.name,
        path=path,
        sha256=digests.sha256,
        sm3=digests.sm3,
        size=digests.size,
        media_type=_TYPES.get(place.suffix, "application/octet-stream"),
        source="reused",
        provenance=since,
    )


def _write_bag(files: Mapping[str, str], store: ObjectStore, target: Path) -> Path:
    """Copy each file back to its place; the folder appears only when it is whole."""
    if target.exists():
        raise AlreadyExists(f"{target.name} is there already; remove it or choose another folder")
    with file_errors(target.name, target.parent), _scratch(target.parent) as folder:
        for path, sha256 in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(store.open(object_key(sha256))) as source, place.open("xb") as out:
                shutil.copyfileobj(source, out)
        folder.rename(target)
        sync_directory(target.parent)
    return target


@contextlib.contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / f".restore-{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already where it was renamed
