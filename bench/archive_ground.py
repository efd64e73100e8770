"""An archive of its own for measuring: a database that nobody else uses, and packages that nobody ever handed in."""

import dataclasses
import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import archive

NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
ELEMENTS = 12
"""Of an invented package: form, ten materials and results, the list. Packages of real cases have 20 to 60."""


def own_installation(folder: Path, database: str = "") -> None:
    """Set Django up on a data folder and a database of its own; call it once, before anything asks for tables.

    `database` is a URL, such as of an empty PostgreSQL database; SQLite in the folder where it is empty.
    """
    os.environ["YIDANG_DATA"] = str(folder)
    os.environ["YIDANG_DATABASE"] = database or f"sqlite:///{folder / 'bench.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


@dataclasses.dataclass(frozen=True, slots=True)
class Invented:
    """A package of a number: every fact follows from it, so that the same rows come again."""

    number: int

    @property
    def name(self) -> str:
        """Number of the package, as long as a real one."""
        return f"B{self.number:025d}"

    @property
    def case(self) -> archive.CaseFacts:
        """Who asked what."""
        return archive.CaseFacts(
            number=f"202611-{self.number:08d}",
            item_code="SGXK",
            item_name="建筑工程施工许可证核发",
            item_version="2026.1",
            project_code=f"2603-990101-04-01-{self.number % 1_000_000:06d}",
            project_name=f"晨曦智能装备制造基地{self.number // 10}期",
            works_name=f"{self.number % 10 + 1}号厂房",
            applicant_name=f"江澜第{self.number // 5}建设有限公司",
            applicant_uscc=f"9199{self.number // 5:014d}",
            applied_at=NOW,
            decided_at=NOW,
        )

    def manifest(self) -> archive.Manifest:
        """Its manifest; the objects it names are nowhere."""
        elements = [self._element(place) for place in range(1, ELEMENTS + 1)]
        return archive.build_manifest(
            package=self.name,
            archive_number=f"J001-XK·2026-D30-GC-{self.number:08d}",
            created_at=NOW,
            case=self.case,
            list_sha256=elements[-1].sha256,
            retention=archive.Retention(code="D30", until=dt.date(2056, 12, 31)),
            elements=elements,
        )

    def digest(self, place: int) -> str:
        """Of one of its objects."""
        return hashlib.sha256(f"{self.number}/{place}".encode()).hexdigest()

    def _element(self, place: int) -> archive.Element:
        digest = self.digest(place)
        group: archive.Group = "元数据" if place == ELEMENTS else "申报文件"
        return archive.Element(
            element=6 if place == ELEMENTS else 9,
            group=group,
            role="material",
            name=f"材料{place}",
            path=archive.element_path(group, place, f"材料{place}.pdf"),
            sha256=digest,
            sm3=digest,
            size=100_000 + place,
            media_type="application/pdf",
            source="generated",
        )

    def package(self) -> "archive.Package":
        """Its row."""
        case = self.case
        return archive.Package(
            number=self.name,
            case_number=case.number,
            archive_number=f"J001-XK·2026-D30-GC-{self.number:08d}",
            title=f"{case.project_name}{case.works_name} {case.item_name}",
            project_code=case.project_code,
            retention="D30",
            state=archive.Package.State.LOGGED,
            manifest_sha256=hashlib.sha256(self.name.encode()).hexdigest(),
            element_count=ELEMENTS,
            byte_count=ELEMENTS * 100_000,
            built_at=NOW,
            stored_at=NOW,
        )


def each(first: int, end: int, at_once: int) -> Iterator[list[Invented]]:
    """Packages of these numbers, some at a time."""
    for start in range(first, end, at_once):
        yield [Invented(number) for number in range(start, min(end, start + at_once))]
