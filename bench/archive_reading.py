"""Filing, fixity and verification beside `sha256sum`: the same bytes, in one run, by processor time of one core."""

import dataclasses
import datetime as dt
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import archive
from archive.offline import VERIFIER_NAME, offline_verifier
from bench.archive_ground import NOW, Invented

MEBI = 1 << 20
SIZES = (4 * MEBI, 1 * MEBI, 256 << 10, 64 << 10)
"""Of objects, in turn: a scanned document, a photograph, a sealed certificate, a record."""
ROUNDS = 3
"""The quickest counts: what disturbs only makes it slower."""
PEER = "sha256sum"


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One way to go through the bytes: mebibytes a second of processor time, and beside `sha256sum`."""

    what: str
    mebi_a_second: float
    ratio: float


def measure_reading(folder: Path, size: int) -> list[Reading]:
    """Go through `size` mebibytes in each way, turn by turn. Needs `own_installation` before."""
    store = archive.LocalStore(folder / "reading")
    package = _package(store, size * MEBI)
    bag = _bag(folder, store, package)
    program = folder / VERIFIER_NAME
    program.write_bytes(offline_verifier())
    files = sorted((folder / "reading").rglob("*.bin"))
    ways: dict[str, Callable[[int], object]] = {
        PEER: lambda _: subprocess.run([PEER, *map(str, files)], check=True, stdout=subprocess.DEVNULL),
        "hashlib alone": lambda _: [_hashed(path) for path in files],
        "filing (both digests, stored, read back)": lambda turn: _file(folder / f"filed-{turn}", package, store),
        "fixity": lambda _: archive.check_fixity(
            store, lambda: dt.datetime.now(dt.UTC), seconds=1e9, most_bytes=1 << 60
        ),
        "verify_package (SHA-256 and SM3)": lambda _: archive.verify_package(bag, trusted_log_key=None, roots=()),
        "offline verifier (SHA-256 and SM3)": lambda _: subprocess.run(
            [sys.executable, "-I", str(program), str(bag)], check=False, stdout=subprocess.DEVNULL
        ),
    }
    seconds = {what: float("inf") for what in ways}
    for turn in range(ROUNDS):
        for what, way in ways.items():
            seconds[what] = min(seconds[what], _processor_seconds(way, turn))
    total = sum(path.stat().st_size for path in files) / MEBI
    return [Reading(what, total / taken, seconds[PEER] / taken) for what, taken in seconds.items()]


def _processor_seconds(way: Callable[[int], object], turn: int) -> float:
    before = _used()
    way(turn)
    return _used() - before


def _used() -> float:
    """Of this process and of those it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _contents(size: int) -> Iterator[bytes]:
    left, number = size, 0
    while left > 0:
        yield os.urandom(min(SIZES[number % len(SIZES)], left))
        left -= SIZES[number % len(SIZES)]
        number += 1


def _package(store: archive.LocalStore, size: int) -> archive.Manifest:
    """A manifest over real objects, noted as objects that must be there."""
    invented = Invented(1).manifest()
    elements = []
    for place, data in enumerate(_contents(size), start=1):
        digests = archive.digest_bytes(data)
        store.put(archive.object_key(digests.sha256), data)
        path = archive.element_path("申报文件", place, "材料.bin")
        update = {"path": path, **dataclasses.asdict(digests), "media_type": "application/octet-stream"}
        elements.append(invented.elements[0].model_copy(update=update))
    manifest = invented.model_copy(update={"elements": tuple(elements)})
    for element in elements:
        archive.KeptObject.objects.create(sha256=element.sha256, size=element.size, kept_since=NOW)
    return manifest


def _bag(folder: Path, store: archive.LocalStore, manifest: archive.Manifest) -> Path:
    return archive.export_package(
        archive.manifest_bytes(manifest),
        store,
        log_proof=None,
        checkpoint=None,
        trust=archive.TrustMaterial(),
        out_dir=folder / "bags",
        now=NOW,
    )


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file(folder: Path, manifest: archive.Manifest, source: archive.LocalStore) -> None:
    """What filing does to each element: digest, put under lock, check what lies there."""
    vault = archive.LocalStore(folder)
    for element in manifest.elements:
        with source.open(archive.object_key(element.sha256)) as stream:
            archive.digest_stream(stream)
        until = NOW + dt.timedelta(days=3650)
        archive.keep_locked(
            vault, element.sha256, element.media_type, until, lambda sha256: source.open(archive.object_key(sha256))
        )
    archive.check_manifest(manifest, vault)


def own_folder() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes when the measuring is over."""
    return tempfile.TemporaryDirectory(prefix="yidang-bench-")
