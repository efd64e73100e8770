"""Small packages of an invented city in two stores, on a clock that the test sets."""

import contextlib
import dataclasses
import datetime as dt
import io
import itertools
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from archive import (
    CaseFacts,
    Element,
    LocalStore,
    Manifest,
    NotFound,
    ObjectStore,
    Package,
    Retention,
    build_manifest,
    digest_bytes,
    element_path,
    keep_locked,
    manifest_bytes,
    object_key,
)
from archive.retention import (
    DisposalLine,
    DisposalList,
    KeptPeriod,
    Ruling,
    appraise,
    approve,
    begin,
    conclude,
    destroy_next,
    draw_list,
    enter_manifest,
    lock_end,
    running_locks,
)
from catalogue import RetentionCode, period_end

LOCK_DAYS = 3650
START = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
COMPANY, PROJECT = "91990101MA0000000A", "2603-990101-04-01-318264"
DESTROY, KEEP, EXTEND = DisposalLine.Decision.DESTROY, DisposalLine.Decision.KEEP, DisposalLine.Decision.EXTEND


@dataclasses.dataclass
class World:
    """Two sites, four people, a clock."""

    folder: Path
    now: dt.datetime = START

    def __post_init__(self) -> None:
        self.sites = [LocalStore(self.folder / name, clock=lambda: self.now) for name in ("archive", "replica")]
        self.people = [User.objects.get_or_create(username=name)[0] for name in ("甲", "乙", "丙", "丁")]
        self._serial = itertools.count(1)

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def stores(self) -> list[ObjectStore]:
        return list(self.sites)

    def file(
        self,
        contents: list[bytes],
        *,
        code: RetentionCode = "D10",
        project: str = PROJECT,
        company: str = COMPANY,
    ) -> KeptPeriod:
        """A closed case with these files, stored in both sites under its lock."""
        serial = next(self._serial)
        listed = b'{"list":%d}' % serial
        manifest = self._manifest(f"case-{serial:04d}", [listed, *contents], code, project, company)
        data = manifest_bytes(manifest)
        sha256 = digest_bytes(data).sha256
        package = Package.objects.create(
            number=f"package-{serial:04d}",
            case_number=manifest.case.number,
            archive_number=f"J001-XZ·{self.now.year}-{code}-SP-{serial:04d}",
            title=f"项目 {serial}",
            project_code=project,
            retention=code,
            state="logged",
            manifest_sha256=sha256,
            element_count=len(manifest.elements),
            byte_count=sum(one.size for one in manifest.elements),
            built_at=self.now,
        )
        period = enter_manifest(package, manifest, sha256, len(data))
        until = lock_end(manifest.retention.until, self.now, LOCK_DAYS)
        for store in self.stores:
            for one in [listed, *contents, data]:
                keep_locked(store, digest_bytes(one).sha256, "text/plain", until, lambda _, one=one: _stream(one))
        return period

    def _manifest(
        self, number: str, contents: list[bytes], code: RetentionCode, project: str, company: str
    ) -> Manifest:
        case = CaseFacts(
            number=number,
            item_code="S3-05",
            item_name="建筑工程施工许可证核发",
            item_version="1",
            project_code=project,
            project_name="晨曦智能装备制造基地项目",
            applicant_name="江澜晨曦智能装备有限公司",
            applicant_uscc=company,
            applied_at=self.now,
            decided_at=self.now,
        )
        elements = [_element(n, data) for n, data in enumerate(contents)]
        return build_manifest(
            package=f"package-{number[5:]}",
            created_at=self.now,
            case=case,
            list_sha256=elements[0].sha256,
            retention=Retention(code=code, until=period_end(code, self.today)),
            elements=elements,
        )

    def has(self, data: bytes) -> bool:
        """Whether any site still has it."""
        return self.has_object(digest_bytes(data).sha256)

    def has_object(self, sha256: str) -> bool:
        for store in self.stores:
            with contextlib.suppress(NotFound):
                store.stat(object_key(sha256))
                return True
        return False

    def pass_years(self, years: int) -> None:
        self.now += dt.timedelta(days=366 * years)

    def approved(self, *rulings: Ruling) -> DisposalList:
        """A list of everything due, appraised (to be destroyed, unless said otherwise) and approved by two."""
        drawn = draw_list(nothing, by=self.people[0], now=self.now, today=self.today)
        lines = list(drawn.lines.all())
        given = rulings or tuple(Ruling(DESTROY, "无保存价值") for _ in lines)
        said = {line.pk: ruling for line, ruling in zip(lines, given, strict=True)}
        appraise(drawn, said, nothing, by=self.people[0], now=self.now, today=self.today)
        approve(drawn, "archivist", by=self.people[0], now=self.now)
        return approve(drawn, "supervisor", by=self.people[1], now=self.now)

    def begun(self, drawn: DisposalList) -> DisposalList:
        return begin(drawn, running_locks(drawn, self.stores, self.now), nothing, now=self.now, today=self.today)

    def carried_out(self, drawn: DisposalList) -> DisposalList:
        """Begin it after its waiting time and go on to the end."""
        self.now += dt.timedelta(days=31)
        drawn = self.begun(drawn)
        while destroy_next(drawn, self.stores, lambda: self.now):
            pass
        return conclude(drawn, now=self.now)


def nothing(_: Package) -> list[Any]:
    """Nothing outside the archive stands against it."""
    return []


def _stream(data: bytes) -> Any:
    return io.BytesIO(data)


def _element(number: int, data: bytes) -> Element:
    digests = digest_bytes(data)
    group = "申报文件" if number else "元数据"
    name = f"文件{number}.txt"
    return Element(
        element=9 if number else 6,
        group=group,
        role="材料" if number else "材料清单",
        name=name,
        path=element_path(group, number + 1, name),
        media_type="text/plain",
        source="uploaded" if number else "generated",
        **dataclasses.asdict(digests),
    )
