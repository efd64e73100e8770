"""Finding what is like a new document: the look-up by its fingerprint among ten thousand prints and among a million."""

import dataclasses
import functools
import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archive
from bench.archive_ground import NOW, Invented, own_installation
from catalogue import load_catalogue

if TYPE_CHECKING:
    from ingest.resemblance import Fingerprint

PRINT_LEVELS = (10_000, 100_000, 1_000_000)
ASKED, WARM = 400, 50
"""New documents that are looked up at each size, and those before them that warm the database up and do not count."""
A_PACKAGE = 10
"""Documents of one project that share its code and its parties."""
LARGE, LARGE_PERCENT = 20, 5
"""So many developers hold one document in twenty together: their codes and names stand on tens of thousands."""
DAYS, PEOPLE = 2500, 5000
"""Days on which documents are dated (at a million, four hundred of a day), and people they name."""
BANDS, BAND_PERCENT = 6, 6
"""Bands of a page, and the share of other instances of its form that have one in common with it (`marks.BANDS`)."""
KEPT = 0.8
"""Share of its keys that a rescan has in common with the document, as measured (docs/measurements.md)."""
AT_ONCE = 5_000


@dataclasses.dataclass(frozen=True, slots=True)
class PrintLookUp:
    """Milliseconds until what is like a document is known, and the share of rescans whose document came first.

    `worked` is the 95th percentile of the time that this process and the database's ran for a look-up: what they waited
    for a core while others had it is left out. On a machine that does nothing else the two are the same.
    """

    prints: int
    median: float
    slowest_twentieth: float
    worked: float
    found: float


def measure_prints(
    folder: Path, levels: Sequence[int], database: str, step: Callable[[str], None]
) -> tuple[str, list[PrintLookUp]]:
    """Fill a database of its own up to each size in turn and look documents up; what it is, and the times."""
    own_installation(folder, database)
    from django.db import connection

    found, filled = [], 0
    for level in levels:
        step(f"{level:,} prints")
        _fill(filled, level)
        filled = level
        found.append(_ask(level))
    return connection.vendor, found


def _ask(level: int) -> PrintLookUp:
    """One half rescans of what is there, the other half documents of a known project that are not."""
    from ingest.resemblance import candidates

    draw = random.Random(level)  # noqa: S311 - the same draw every time
    times, worked, right = [], [], []
    server = _server()
    for turn in range(WARM + ASKED):
        number, again = draw.randrange(level), turn % 2 == 0
        asked = _rescanned(number, draw) if again else _print(number, fresh=True)
        before, ran = time.perf_counter(), _ran(server)
        likely = candidates(asked)
        if turn >= WARM:
            times.append((time.perf_counter() - before) * 1000)
            worked.append((_ran(server) - ran) * 1000)
            if again:
                right.append(bool(likely) and likely[0].held is not None and likely[0].held.number == str(number))
    times.sort()
    worked.sort()
    tail = ASKED * 95 // 100
    return PrintLookUp(level, times[ASKED // 2], times[tail], worked[tail], sum(right) / len(right))


def _server() -> Path | None:
    """Where the system says how long the database's process ran; None where the database is within this one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((number,),) = cursor.fetchall()
    path = Path(f"/proc/{number}/schedstat")
    return path if path.exists() else None


def _ran(server: Path | None) -> float:
    """Seconds that this process ran, and that of the database where it is another one on this machine."""
    there = int(server.read_text("ascii").split()[0]) / 1e9 if server else 0.0
    return time.process_time() + there


def _print(number: int, *, fresh: bool = False) -> "Fingerprint":
    """The fingerprint of the document of a number; `fresh`: of another one of that form, company and project."""
    from ingest.resemblance import Fingerprint

    marks = tuple(dict.fromkeys(_key(mark) for mark in _marks(number, "fresh" if fresh else "")))
    digest = hashlib.sha256(f"{number}{fresh}".encode()).hexdigest()
    return Fingerprint(digest, _type(number), 1, marks)


def _rescanned(number: int, draw: random.Random) -> "Fingerprint":
    """As a second scan of it has it: another file, and some marks misread."""
    whole = _print(number)
    kept = [key if draw.random() < KEPT else key ^ 1 for key in whole.keys[2:]]
    return dataclasses.replace(whole, keys=(whole.keys[0] ^ 1, whole.keys[1] ^ 1, *kept))


def _marks(number: int, other: str) -> Iterator[str]:
    """What `marks_of` gives for a form with a code, a project, a number, two dates, an amount and an area."""
    kind, project, own = _type(number), number // A_PACKAGE, f"{number}{other}"
    large = _drawn(f"large {project}", 100) < LARGE_PERCENT
    company = f"large {project % LARGE}" if large else f"company {project // 2}"
    yield f"file {own}"
    yield f"picture {own}"
    yield f"number {kind} own {own}"
    yield f"number {kind} {company}"
    yield f"number {kind} project {project}"
    for place in range(2):
        yield f"number {kind} day {_drawn(f'day {place} {own}', DAYS)}"
    yield f"number {kind} amount {_drawn(f'amount {own}', 1 << 30)}"
    yield f"number {kind} area {_drawn(f'area {own}', 1 << 24)}"
    yield f"name {kind} {company}"
    yield f"name {kind} person {_drawn(f'person {own}', PEOPLE)}"
    yield f"name {kind} project {project}"
    for band in range(BANDS):
        of_form = _drawn(f"band {band} {own}", 100) < BAND_PERCENT
        yield f"band {kind} {band}" if of_form else f"band {own} {band}"


def _drawn(what: str, below: int) -> int:
    """A whole number below that, the same for the same words."""
    return int(hashlib.md5(what.encode(), usedforsecurity=False).hexdigest()[:8], 16) % below


def _key(mark: str) -> int:
    digest = hashlib.md5(mark.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], signed=True)


def _type(number: int) -> str:
    """A few types are most documents."""
    kinds, drawn = _types(), _drawn(f"type {number}", 1000)
    return kinds[drawn * drawn * len(kinds) // 1_000_000]


@functools.cache
def _types() -> list[str]:
    return sorted(kind.code for kind in load_catalogue().material_types())


def _fill(first: int, end: int) -> None:
    """Archived materials and their prints, as filing leaves them, thousands at a time."""
    from django.db import connection, transaction

    package = archive.Package.objects.first() or _package()
    for start in range(first, end, AT_ONCE):
        numbers = range(start, min(end, start + AT_ONCE))
        with transaction.atomic():
            _write("archive_heldmaterial", [_held(number, package.pk) for number in numbers])
            _write("resemblance_printrow", [_row(number) for number in numbers])
            keys = ({"key": key, "print_id": n + 1} for n in numbers for key in _print(n).keys)
            _write("resemblance_printkey", list(keys))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _package() -> "archive.Package":
    package = Invented(0).package()
    package.save()
    return package


def _held(number: int, package: int) -> dict[str, Any]:
    from archive import HeldMaterial

    digest = hashlib.sha256(f"{number}".encode()).hexdigest()
    row = HeldMaterial(
        pk=number + 1,
        package_id=package,
        type=_type(number),
        name="材料",
        subject_kind="project",
        subject=f"2603-990101-04-01-{number // A_PACKAGE:06d}",
        number=str(number),
        sha256=digest,
        sm3=digest,
        size=100_000,
        media_type="application/pdf",
        held_since=NOW,
    )
    from django.db import connection

    fields = [field for field in HeldMaterial._meta.concrete_fields if field.column]  # noqa: SLF001 - Django's own name
    return {str(f.column): f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields}


def _row(number: int) -> dict[str, Any]:
    digest = hashlib.sha256(f"{number}".encode()).hexdigest()
    return {"id": number + 1, "held_id": number + 1, "sha256": digest, "type": _type(number), "page_count": 1}


def _write(table: str, rows: Sequence[dict[str, Any]]) -> None:
    """COPY where the database has it, one statement for many rows where not."""
    from django.db import connection

    columns = ", ".join(rows[0])
    filled = [tuple(row.values()) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in filled:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(filled[0]))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", filled)  # noqa: S608 - our own names


def prints_lines(vendor: str, found: Sequence[PrintLookUp]) -> Iterator[str]:
    """The figures as a table in Markdown."""
    yield f"| {vendor}: prints | median, ms | p95, ms | p95 of the time worked, ms | rescans found first |"
    yield "| --- | --- | --- | --- | --- |"
    for one in found:
        times = f"{one.median:.1f} | {one.slowest_twentieth:.1f} | {one.worked:.1f}"
        yield f"| {one.prints:,} | {times} | {one.found:.3f} |"
