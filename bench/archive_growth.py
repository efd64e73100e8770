"""What the archive's daily questions cost when it has a thousand packages, and when it has a hundred thousand."""

import dataclasses
import datetime as dt
import hashlib
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import archive
from bench.archive_ground import ELEMENTS, NOW, Invented, each

if TYPE_CHECKING:
    from archive.lookup import ArchivedText, PackageEntry

LEVELS = (1_000, 10_000, 100_000)
TIMES = 9
"""Each question is asked so often at each size; the median counts."""
LONG_SECONDS = 20.0
"""A question that takes longer is not asked again."""
EVENTS_A_CASE, PAGES_A_PACKAGE, DUE = 10, 3, 50
AT_ONCE = 500
LINE = "本工程位于江澜市高新区，建筑面积九千八百平方米，地上五层，施工单位与监理单位均已办理备案手续。"


@dataclasses.dataclass(frozen=True, slots=True)
class Growth:
    """How long one question took at one size: milliseconds, the median."""

    packages: int
    what: str
    milliseconds: float


def measure_growth(folder: Path, levels: Sequence[int], step: Callable[[str], None]) -> list[Growth]:
    """Fill the database up to each size in turn and ask every question there. Needs `own_installation` before."""
    store, found, filled = archive.LocalStore(folder / "growth"), [], 0
    for level in levels:
        step(f"{level:,} packages")
        _fill(filled, level)
        filled = level
        for what, question in _questions(store, level).items():
            found.append(Growth(level, what, _median_seconds(question) * 1000))
    return found


def _median_seconds(question: Callable[[int], object]) -> float:
    seconds: list[float] = []
    while len(seconds) < TIMES and sum(seconds) < LONG_SECONDS:
        before = time.perf_counter()
        question(len(seconds))
        seconds.append(time.perf_counter() - before)
    return statistics.median(seconds)


def _fill(first: int, end: int) -> None:
    """Rows as filing writes them, many at a time: packages, objects, words, periods, and events already in the log."""
    from django.db import transaction

    from archive.lookup import ArchivedText, PackageEntry
    from archive.retention import KeptPeriod

    archive.Event.objects.filter(leaf_index__gte=first * EVENTS_A_CASE).delete()  # of the questions asked before
    for some in each(first, end, AT_ONCE):
        with transaction.atomic():
            rows = archive.Package.objects.bulk_create([one.package() for one in some])
            archive.KeptObject.objects.bulk_create([row for one in some for row in _objects(one)])
            archive.Event.objects.bulk_create([row for one in some for row in _events(one)])
            KeptPeriod.objects.bulk_create(
                KeptPeriod(
                    package=row,
                    code="D30",
                    until=NOW.date() - dt.timedelta(days=1) if one.number < DUE else dt.date(2056, 12, 31),
                    closed_on=NOW.date(),
                    item_code="SGXK",
                    item_version="2026.1",
                    applicant_uscc=one.case.applicant_uscc,
                )
                for one, row in zip(some, rows, strict=True)
            )
            PackageEntry.objects.bulk_create(_entry(one, row) for one, row in zip(some, rows, strict=True))
            ArchivedText.objects.bulk_create(
                text for one, row in zip(some, rows, strict=True) for text in _texts(one, row)
            )
    head, _ = archive.LogHead.objects.get_or_create(pk=archive.HEAD)
    size = end * EVENTS_A_CASE
    head.size, head.edge = size, ["0" * 64] * size.bit_count()
    head.save()
    _analyse()


def _analyse() -> None:
    """What a database does by itself sooner or later: count its rows, to choose its ways."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _objects(one: Invented) -> list["archive.KeptObject"]:
    places = range(1, ELEMENTS + 1)
    return [archive.KeptObject(sha256=one.digest(n), size=100_000, kept_since=NOW, checked_at=NOW) for n in places]


def _events(one: Invented) -> list["archive.Event"]:
    return [
        archive.Event(
            number=f"E{one.number:015d}{place:010d}",
            kind="case-accepted",
            case_number=one.case.number,
            happened_at=NOW,
            leaf_index=one.number * EVENTS_A_CASE + place,
            leaf_hash="0" * 64,
        )
        for place in range(EVENTS_A_CASE)
    ]


def _entry(one: Invented, row: "archive.Package") -> "PackageEntry":
    from archive.lookup import PackageEntry, bigram_text

    case = one.case
    return PackageEntry(
        package=row,
        item_code=case.item_code,
        item_name=case.item_name,
        project_name=case.project_name,
        works_name=case.works_name,
        applicant_name=case.applicant_name,
        applicant_uscc=case.applicant_uscc,
        year=2026,
        filed_at=NOW + dt.timedelta(seconds=one.number),
        projects=bigram_text(f"{case.project_code} · {case.project_name} · {case.works_name}"),
        companies=bigram_text(f"{case.applicant_uscc} · {case.applicant_name}"),
        archive_numbers=bigram_text(row.archive_number),
    )


def _texts(one: Invented, row: "archive.Package") -> list["ArchivedText"]:
    from archive.lookup import ArchivedText, bigram_text

    found: list[ArchivedText] = []
    for page in range(PAGES_A_PACKAGE):
        text = f"{one.case.project_name}{one.case.works_name} {LINE * 4} 第{one.number}号"
        facts = {"name": "材料", "role": "material", "text": text, "bigrams": bigram_text(text)}
        found.append(ArchivedText(package=row, source=one.name, path=f"申报文件/{page}.pdf", page=page + 1, **facts))
    return found


def _questions(store: archive.LocalStore, level: int) -> dict[str, Callable[[int], object]]:
    from archive.lookup import PackageQuery, search_packages
    from archive.retention import due_periods

    for turn in range(TIMES):
        data = f"object {level}/{turn}".encode()
        digest = hashlib.sha256(data).hexdigest()
        store.put(archive.object_key(digest), data)
        archive.KeptObject.objects.create(sha256=digest, size=len(data), kept_since=NOW)
    packages = archive.Package.objects
    return {
        "file one more": lambda turn: _file(10_000_000 + level * 10 + turn),
        "search, a rare phrase": lambda turn: search_packages(PackageQuery(words=f"第{level - 7 - turn}号")),
        "search, a phrase in all": lambda _: search_packages(PackageQuery(words="建筑面积")),
        "search, a company": lambda turn: search_packages(PackageQuery(company=f"江澜第{level // 5 - 1 - turn}建设")),
        "newest fifty": lambda _: search_packages(PackageQuery()),
        "due for disposal": lambda _: list(due_periods(NOW.date())),
        "fixity, pick and read one": lambda _: archive.check_fixity(store, _clock, seconds=0, most_bytes=0),
        "fixity, figures": lambda _: archive.fixity_figures(),
        "packages by state": lambda _: [packages.filter(state=state).count() for state in archive.Package.State],
        "events of a case": lambda turn: list(
            archive.Event.objects.filter(case_number=Invented(level // 2 + turn).case.number).order_by("pk")
        ),
    }


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _file(number: int) -> None:
    """What filing writes into the database, in one transaction; the objects are measured elsewhere."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.db import transaction

    from archive.lookup import read_words, record_words
    from archive.retention import enter_manifest

    one = Invented(number)
    manifest = one.manifest()
    words = read_words(manifest, lambda _: b"")
    with transaction.atomic():
        row = one.package()
        row.save()
        archive.enrol(manifest, row.manifest_sha256, 1, NOW)
        enter_manifest(row, manifest, row.manifest_sha256, 1)
        record_words(row, words)
        archive.append_event("package-stored", case_number=row.case_number, object_sha256=row.manifest_sha256, now=NOW)
        archive.integrate("bench.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
