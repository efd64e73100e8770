"""An archive of many packages, made by the archive's own functions: objects under lock, rows, log and journal."""

import datetime as dt
import random

from django.db import transaction
from django.utils import timezone

import archive
from archive import Element, FollowUp, Manifest, Package, append_event
from tests.archive.rebuilding import archived_cases as cases
from workers import add_supplement, zone
from workers.findable import request_words
from workers.made_elements import kept_json
from workers.tasks import journal

PACKAGES = 400
ELEMENTS = 25
EVENTS = 4
"""Of a case, beside those of keeping."""
PUBLISHED = 10
"""Times that the log was published meanwhile; each leaves a head and partial tiles."""
FOLLOWED_UP = 10
"""Packages with something that came later."""
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)


def fill(seed: int) -> None:
    """Packages of small files, each its own; all logged, published and journalled."""
    by = cases.office()
    dice = random.Random(seed)  # noqa: S311 - a drill that can be repeated
    for number in range(PACKAGES):
        package = keep(number, dice)
        if number < FOLLOWED_UP:
            with transaction.atomic():
                request_words(package, package.manifest_sha256)
                report = kept_json(32, "过程文件", "检测报告", 1, {"package": number})
                kind = FollowUp.Kind.INSPECTION
                add_supplement(package, kind=kind, title="检测报告", elements=[report], key="GD:1", now=timezone.now())
        cases.looked_at(package.case_number, by, timezone.now())
        if number % (PACKAGES // PUBLISHED) == 0:
            settle()
    settle()


def settle() -> None:
    """Journal and log are written and published, as they are every few minutes."""
    for _ in range(2):  # the first journal's own event is in the second log
        journal()
        cases.drain()


def keep(number: int, dice: random.Random) -> Package:
    """One package, stored as the pipeline stores it."""
    vault, until = zone("archive"), timezone.now() + dt.timedelta(days=3650)
    listed = put(vault, until, 6, "元数据", "材料清单", b'[{"entry":"%d"}]' % number, 1)
    elements = [listed]
    for place in range(ELEMENTS - 1):
        data = b"%d of %d " % (place, number) + dice.randbytes(dice.randint(20, 4000))
        elements.append(put(vault, until, 9, "申报文件", f"材料{place}", data, place + 1))
    manifest = described(number, elements, listed.sha256)
    data = archive.manifest_bytes(manifest)
    kept = archive.digest_bytes(data)
    vault.put(archive.object_key(kept.sha256), data, sha256=kept.sha256, lock=archive.Lock(until))
    with transaction.atomic():
        package = Package.objects.create(
            number=manifest.package,
            case_number=manifest.case.number,
            archive_number=manifest.archive_number,
            title=f"{manifest.case.project_name} {manifest.case.item_name}",
            project_code=manifest.case.project_code,
            retention="Y",
            state=Package.State.LOGGED,
            manifest_sha256=kept.sha256,
            manifest_sm3=kept.sm3,
            element_count=len(elements),
            byte_count=sum(element.size for element in elements),
            built_at=NOW,
            stored_at=NOW,
        )
        for step in range(EVENTS):
            append_event("case-accepted", case_number=package.case_number, details={"step": step}, now=NOW)
        archive.enrol(manifest, kept.sha256, kept.size, NOW)
        held = elements[1]
        archive.HeldMaterial.objects.create(
            package=package,
            type="M-YYZZ",
            name="营业执照",
            subject_kind="company",
            subject="91990101MA00000000",
            sha256=held.sha256,
            sm3=held.sm3,
            size=held.size,
            media_type=held.media_type,
            held_since=NOW,
        )
        append_event(
            "package-stored",
            case_number=package.case_number,
            object_sha256=kept.sha256,
            details={"package": package.number},
            now=NOW,
        )
    return package


def put(  # noqa: PLR0913, PLR0917 - one element is these things
    vault: archive.ObjectStore, until: dt.datetime, element: int, group: str, role: str, data: bytes, place: int
) -> Element:
    """An element whose bytes lie in the archive."""
    digests = archive.digest_bytes(data)
    vault.put(archive.object_key(digests.sha256), data, sha256=digests.sha256, lock=archive.Lock(until))
    return Element.model_validate(
        {
            "element": element,
            "group": group,
            "role": role,
            "name": f"{role}.bin",
            "path": archive.element_path(group, place, f"{role}.bin"),  # type: ignore[arg-type]
            "sha256": digests.sha256,
            "sm3": digests.sm3,
            "size": digests.size,
            "media_type": "application/octet-stream",
            "source": "uploaded",
        }
    )


def described(number: int, elements: list[Element], list_sha256: str) -> Manifest:
    """The manifest of a package."""
    case = archive.CaseFacts(
        number=f"DRILL{number:06d}",
        item_code="S3-05",
        item_name="建筑工程施工许可证核发",
        item_version="1",
        project_code="2603-990101-04-01-318264",
        project_name="晨曦智能装备制造基地项目",
        applicant_name="江澜晨曦智能装备有限公司",
        applicant_uscc="91990101MA00000000",
        applied_at=NOW - dt.timedelta(days=2),
        decided_at=NOW,
    )
    return archive.build_manifest(
        package=archive.new_id(),
        created_at=NOW,
        case=case,
        list_sha256=list_sha256,
        retention=archive.Retention(code="Y"),
        elements=elements,
        archive_number=f"J001-XZ·2026-Y-SP-{number + 1:04d}",
    )
