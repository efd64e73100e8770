"""What a new case waits for: the look-up of what is held for it, among ten thousand materials and among a million."""

import dataclasses
import datetime as dt
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archive
from bench.archive_ground import NOW, Invented, each, own_installation
from catalogue import Item, load_catalogue

if TYPE_CHECKING:
    from archive.holdings import Subjects

HOLDING_LEVELS = (10_000, 100_000, 1_000_000)
A_PACKAGE = 10
"""Materials of an invented package; the lists of the catalogue have five to twenty entries."""
ASKED = 400
"""Cases that are opened at each size, drawn anew; the first fifty warm the database up and do not count."""
WARM = 50
LARGE, LARGE_SHARE = 20, 0.05
"""So many developers hold one package in twenty together: at a million materials each has some 2,500."""
AREAS, AREA_SHARE = 40, 0.3
"""Evaluated areas, and the share of projects that lie in one."""
TOPICS = (
    "环境影响",
    "节能",
    "林地",
    "水土保持",
    "洪水影响",
    "地质灾害",
    "压覆矿产",
    "地震安全",
    "气候",
    "交通",
    "文物",
)
"""What is evaluated of an area; every applicant leaves a copy of the result."""
PACKAGES_A_PROJECT = 4
AT_ONCE = 1000
"""Packages whose rows are written together."""
ON = NOW.date()


@dataclasses.dataclass(frozen=True, slots=True)
class LookUp:
    """Milliseconds until everything that is held for a new case is known, with why it fits.

    `median` and `slowest_twentieth` are of the first asking, `again` is the p95 of the quickest of three: what is left
    when other work on the machine did not come between.
    """

    materials: int
    median: float
    slowest_twentieth: float
    again: float
    offers: float


def measure_holdings(
    folder: Path, levels: Sequence[int], database: str, step: Callable[[str], None]
) -> tuple[str, list[LookUp]]:
    """Fill a database of its own up to each size in turn and open cases there; what the database is, and the times."""
    own_installation(folder, database)
    from django.db import connection

    found, filled = [], 0
    for level in levels:
        step(f"{level:,} materials")
        _fill(filled, level // A_PACKAGE)
        filled = level // A_PACKAGE
        found.append(_ask(level, filled))
    return connection.vendor, found


def _ask(level: int, packages: int) -> LookUp:
    from archive.holdings import offers_for

    draw, items = random.Random(level), _items()  # noqa: S311 - the same draw every time
    first, quickest, offered = [], [], 0
    for turn in range(WARM + ASKED):
        item, subjects = draw.choice(items), _subjects(draw.randrange(packages))
        times = []
        for _ in range(3):
            before = time.perf_counter()
            offers = offers_for(item, subjects, ON)
            times.append((time.perf_counter() - before) * 1000)
        if turn >= WARM:
            first.append(times[0])
            quickest.append(min(times))
            offered += len(offers)
    first.sort()
    quickest.sort()
    late = ASKED * 95 // 100
    return LookUp(level, first[ASKED // 2], first[late], quickest[late], offered / ASKED)


def _fill(first: int, end: int) -> None:
    """Rows as filing leaves them, a thousand packages at a time."""
    from django.db import connection, transaction

    for some in each(first, end, AT_ONCE):
        with transaction.atomic():
            packages = archive.Package.objects.bulk_create([one.package() for one in some])
            rows = (row for one, made in zip(some, packages, strict=True) for row in _materials(one.number, made.pk))
            _write(rows)
            _place(some)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _write(rows: Iterator[dict[str, Any]]) -> None:
    """COPY where the database has it, one statement for many rows where not."""
    from django.db import connection

    filled = [tuple(row.values()) for row in rows]
    columns = ", ".join(next(_materials(0, 0)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY archive_heldmaterial ({columns}) FROM STDIN") as copy:
                for row in filled:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(filled[0]))
        cursor.executemany(f"INSERT INTO archive_heldmaterial ({columns}) VALUES ({places})", filled)  # noqa: S608 - our own column names


def _place(some: list[Invented]) -> None:
    """Areas, and the projects inside them."""
    from archive.holdings import Area, AreaProject

    areas = [Area.objects.get_or_create(code=f"QY{n:03d}", defaults={"name": f"第{n}产业区"})[0] for n in range(AREAS)]
    inside = {code: area for one in some if (area := _area(code := _project(one.number))) is not None}
    known = set(AreaProject.objects.filter(project_code__in=inside).values_list("project_code", flat=True))
    AreaProject.objects.bulk_create(
        AreaProject(area=areas[area], project_code=code, since=dt.date(2026, 1, 1))
        for code, area in inside.items()
        if code not in known
    )


def _materials(number: int, package: int) -> Iterator[dict[str, Any]]:
    """What an invented case leaves behind: the first materials of an item's list, and what the item issued."""
    item, subjects = _items()[number % len(_items())], _subjects(number)
    catalogue = load_catalogue()
    wanted = [entry.material for entry in item.materials] + [output.material for output in item.outputs]
    for place in range(A_PACKAGE):
        kind = catalogue.material_type(wanted[-1 - place % len(wanted)])
        digest = hashlib.sha256(f"{number}/{place}".encode()).hexdigest()
        whose = {
            "company": subjects.company,
            "works": f"{subjects.project}/{subjects.works}",
            "area": f"QY{number % AREAS:03d}",
            "person": digest,
        }
        dated = ON - dt.timedelta(days=number * 7 % 2500)
        value = {
            "value": f"江澜第{number}号",
            "score": 0.98,
            "page": 1,
            "box": [[10, 20], [300, 20], [300, 60], [10, 60]],
        }
        yield {
            "package_id": package,
            "type": kind.code,
            "name": kind.name,
            "subject_kind": kind.subject,
            "subject": whose.get(kind.subject, subjects.project),
            "number": f"{number:012d}{place}" if kind.subject != "area" else TOPICS[number // AREAS % len(TOPICS)],
            "version": "",
            "dated": dated.isoformat(),
            "valid_from": None,
            "valid_until": (dated + dt.timedelta(days=1095)).isoformat() if place % 2 else None,
            "source": _source(kind.subject, place),
            "owner": item.lead_dept,
            "collected_from": subjects.company,
            "standing": "holds" if (number + place) % 12 else "superseded",
            "standing_since": None,
            "superseded_by_id": None,
            "sha256": digest,
            "sm3": digest,
            "size": 100_000,
            "media_type": "application/pdf",
            "pages": "[1]",
            "fields": json.dumps({spec.name: value for spec in kind.fields[:4]}, ensure_ascii=False),
            "held_since": (NOW - dt.timedelta(minutes=number)).strftime("%Y-%m-%d %H:%M:%S+00:00"),
        }


def _source(kind: str, place: int) -> str:
    if kind == "area":
        return "area"
    return "applicant" if place else "certificate"


def _subjects(number: int) -> "Subjects":
    """Whose the case of a number is; a project and its company come again in the next cases."""
    from archive.holdings import subjects_of

    project = number // PACKAGES_A_PROJECT
    large = random.Random(project).random() < LARGE_SHARE  # noqa: S311 - as above
    company = f"91990101MAL{project % LARGE:07d}" if large else f"9199{project // 2:014d}"
    return subjects_of(company=company, project=_project(number), works=f"{number % 2 + 1}号厂房")


def _project(number: int) -> str:
    project = number // PACKAGES_A_PROJECT
    return f"{2600 + project // 1_000_000:04d}-990101-04-01-{project % 1_000_000:06d}"


def _area(project_code: str) -> int | None:
    """The area that a project lies in, if any; the same every time."""
    draw = random.Random(project_code)  # noqa: S311 - as above
    return draw.randrange(AREAS) if draw.random() < AREA_SHARE else None


def _items() -> list[Item]:
    return sorted(load_catalogue().items(), key=lambda item: item.code)


def holdings_lines(vendor: str, found: Sequence[LookUp]) -> Iterator[str]:
    """The figures as a table in Markdown."""
    yield f"| {vendor}: materials held | median, ms | p95, ms | p95, quickest of three | offers a case |"
    yield "| --- | --- | --- | --- | --- |"
    for one in found:
        times = f"{one.median:.1f} | {one.slowest_twentieth:.1f} | {one.again:.1f}"
        yield f"| {one.materials:,} | {times} | {one.offers:.1f} |"
