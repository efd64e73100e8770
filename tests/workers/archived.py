"""Archived cases with a few small files, as rows and objects of this installation."""

import dataclasses
import datetime as dt
import itertools
from typing import Any

from django.db import transaction
from django.utils import timezone

import archive
import ingest
from archive import Element, Package, Retention, build_manifest, digest_bytes, element_path, keep_locked, manifest_bytes
from catalogue import RetentionCode, period_end
from tests.portal import factories
from workers import zones
from workers.holding import note_manifest
from workers.locking import locked_until

CLOSED = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2037, 1, 5, 2, 0, tzinfo=dt.UTC)
"""A day after a period of ten years."""
_serial = itertools.count(1)


def archived(
    by: Any, *contents: bytes, code: RetentionCode = "D10", noted: bool = True, closed: dt.datetime = CLOSED
) -> Package:
    """A closed and archived case that handed these files in."""
    item = {"D10": "S3-06", "D30": "S1-01", "Y": "S3-05"}[code]  # as their lists say
    case = factories.case(by, state=ingest.Case.State.ARCHIVED, item_code=item)
    listed = b'{"list":"%s"}' % case.number.encode()
    elements = [_element(n, data) for n, data in enumerate([listed, *contents])]
    for data in contents:
        factories.upload(case, f"{digest_bytes(data).sha256[:6]}.txt", sha256=factories.kept(data, "inbox"))
    manifest = build_manifest(
        package=archive.new_id(),
        archive_number=f"J001-XZ·2026-{code}-SP-{next(_serial):04d}",
        created_at=closed,
        case=archive.CaseFacts(
            number=case.number,
            item_code=case.item_code,
            item_name="建筑工程施工许可证核发",
            item_version="1",
            project_code=case.project.code,
            project_name=case.project.name,
            applicant_name=case.applicant_name,
            applicant_uscc=case.applicant_uscc,
            applied_at=closed,
            decided_at=closed,
        ),
        list_sha256=elements[0].sha256,
        retention=Retention(code=code, until=period_end(code, closed.date())),
        elements=elements,
    )
    kept = zones.keep_derivative(manifest_bytes(manifest), "application/json")
    for one in (*[element.sha256 for element in elements], kept.sha256):
        until = locked_until(timezone.now(), manifest.retention.until)
        keep_locked(zones.zone("archive"), one, "text/plain", until, zones.open_anywhere)
    package = Package.objects.create(
        number=manifest.package,
        case_number=case.number,
        archive_number=manifest.archive_number,
        title=f"{case.project.name} 施工许可",
        project_code=case.project.code,
        retention=code,
        state="logged",
        manifest_sha256=kept.sha256,
        element_count=len(elements),
        byte_count=sum(one.size for one in elements),
        built_at=closed,
        stored_at=closed,
    )
    archive.enrol(manifest, kept.sha256, len(manifest_bytes(manifest)), closed)
    told = {"package": package.number, "archive_number": package.archive_number}
    number, sha256 = case.number, kept.sha256
    archive.append_event("package-stored", case_number=number, object_sha256=sha256, details=told, now=closed)
    if noted:
        with transaction.atomic():
            note_manifest(package, manifest, kept.sha256)
    return package


def versions(data: bytes, where: str = "archive") -> list[archive.Version]:
    """What a zone has of these bytes."""
    return zones.zone(where).versions(archive.object_key(digest_bytes(data).sha256))


def _element(number: int, data: bytes) -> Element:
    zones.keep_derivative(data, "text/plain")
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
        **dataclasses.asdict(digest_bytes(data)),
    )
