"""Whether sealing a large file takes more memory than sealing a small one: the peak of a fresh process for each."""

import dataclasses
import datetime as dt
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf

from bench.memory import peak_mb
from bench.sealing import in_own_process
from bench.sealing_ground import Ground, prepare_ground

MEGA = 1024 * 1024
PAGE_MB = 5
"""A scanned A4 page in colour, little compressed."""
ALLOWED_GROWTH_MB = 30.0
"""More than a page of such a file would be held; less is what buffers sway by."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealedSize:
    """A file of `size_mb` megabytes: peak memory of the process and seconds, for one act."""

    act: str
    size_mb: float
    peak_mb: float
    seconds: float


def measure_sizes(size_mb: int) -> tuple[SealedSize, ...]:
    """Seal, preserve and judge the permit, and the same permit behind scans of `size_mb` megabytes in all."""
    with tempfile.TemporaryDirectory(prefix="yidang-bench-seal-") as name:
        folder = Path(name)
        ground = prepare_ground(folder)
        large = folder / "large.pdf"
        in_own_process(_make_large, ground.permit, large, size_mb)
        rows = []
        for source in (ground.permit, large):
            for act in (_seal, _preserve, _judge):
                rows.append(in_own_process(_act, act, ground, source))  # noqa: PERF401  one after another
        return tuple(rows)


def growth_mb(rows: tuple[SealedSize, ...], act: str) -> float:
    """How much more memory the large file took for an act."""
    small, large = (row.peak_mb for row in rows if row.act == act)
    return large - small


def _act(act: Callable[[Ground, Path], None], ground: Ground, source: Path) -> SealedSize:
    began = time.perf_counter()
    act(ground, source)
    return SealedSize(act.__name__.strip("_"), source.stat().st_size / MEGA, peak_mb(), time.perf_counter() - began)


def _seal(ground: Ground, source: Path) -> None:
    from signing import seal_file

    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    order = ground.order() | {"approved_sha256": digest}
    key, now = ground.key("PKCS#12", "rsa-3072"), dt.datetime.now(dt.UTC)
    seal_file(source, source.with_suffix(".sealed"), key, tsa=ground.tsa(), now=now, **order)


def _preserve(ground: Ground, source: Path) -> None:
    from signing import preserve_file

    sealed = source.with_suffix(".sealed")
    now = dt.datetime.now(dt.UTC)
    preserve_file(sealed, sealed, ground.roots(), ground.crls(), tsa=ground.tsa(), now=now)


def _judge(ground: Ground, source: Path) -> None:
    from signing import validate_pdf

    found = validate_pdf(source.with_suffix(".sealed"), ground.roots(), crls=ground.crls())
    if found.verdict != "valid" or found.seals[0].level != "B-LTA":
        raise RuntimeError(f"not the seal it should be: {found}")


def _make_large(permit: Path, target: Path, size_mb: int) -> None:
    """The permit as last page behind pages with one large picture each, of noise, that no filter packs."""
    with pikepdf.open(permit) as document:
        for _ in range(size_mb // PAGE_MB):
            side = 1024
            picture = document.make_stream(
                os.urandom(side * side * PAGE_MB),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=side,
                Height=side * PAGE_MB,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            page = pikepdf.Page(
                document.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Page,
                        MediaBox=[0, 0, 595, 842],
                        Contents=document.make_stream(b"q 595 0 0 842 0 0 cm /Scan Do Q"),
                        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture)),
                    )
                )
            )
            document.pages.insert(0, page)
        document.save(target, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
