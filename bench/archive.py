"""The archive's figures in one run: reading beside a peer, growth of the database, proofs in a long log."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.archive_ground import own_installation
from bench.archive_growth import LEVELS, Growth, measure_growth
from bench.archive_log import LogTimes, measure_log
from bench.archive_reading import Reading, measure_reading, own_folder


@dataclasses.dataclass(frozen=True, slots=True)
class ArchiveFigures:
    """What one run found; empty parts were left out."""

    reading: Sequence[Reading]
    growth: Sequence[Growth]
    log: LogTimes | None


def run_archive(
    *, size: int, levels: Sequence[int] | None, leaves: int, database: str, step: Callable[[str], None]
) -> ArchiveFigures:
    """Measure what is asked for, on a database and in a folder of its own. `size` in mebibytes."""
    with own_folder() as name:
        folder = Path(name)
        own_installation(folder, database)
        if size:
            step(f"{size} MiB")
        reading = measure_reading(folder, size) if size else []
        growth = measure_growth(folder, LEVELS if levels is None else levels, step)
        log = measure_log(folder, leaves, lambda done: step(f"{done:,} entries")) if leaves else None
    return ArchiveFigures(reading, growth, log)


def archive_lines(found: ArchiveFigures) -> Iterator[str]:
    """The figures as tables in Markdown."""
    if found.reading:
        yield "| way through the same bytes | MiB a second of a core | beside sha256sum |"
        yield "| --- | --- | --- |"
        yield from (f"| {one.what} | {one.mebi_a_second:,.0f} | {one.ratio:.2f} |" for one in found.reading)
    if found.growth:
        levels = list(dict.fromkeys(one.packages for one in found.growth))
        took = {(one.what, one.packages): one.milliseconds for one in found.growth}
        yield ""
        yield "| ms | " + " | ".join(f"{level:,}" for level in levels) + " |"
        yield "| --- |" + " --- |" * len(levels)
        for what in dict.fromkeys(one.what for one in found.growth):
            yield f"| {what} | " + " | ".join(f"{took[what, level]:,.1f}" for level in levels) + " |"
    if log := found.log:
        yield ""
        yield f"Proof in a log of {log.entries:,}: {log.median:.1f} ms (p95 {log.slowest_twentieth:.1f}),"
        yield f"checked in {log.checking:.2f} ms; {log.tiles:.1f} tiles, {log.bytes_read:,.0f} bytes read;"
        yield f"tiles written in {log.writing_seconds:,.0f} s"
