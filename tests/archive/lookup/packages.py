"""Packages for the tests of finding and using: rows of the database, and the objects that their manifests name."""

import datetime as dt
import itertools
import json
from collections.abc import Sequence
from typing import Any

import archive

NOW = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
_serial = itertools.count(1)


class Objects(dict[str, bytes]):
    """Objects by their SHA-256, as a reader of packages is given them."""

    def keep(self, data: bytes) -> archive.Digests:
        digests = archive.digest_bytes(data)
        self[digests.sha256] = data
        return digests

    def element(  # noqa: PLR0913 - what an element is
        self,
        number: int,
        group: archive.Group,
        name: str,
        data: bytes,
        media_type: str = "application/json",
        *,
        role: str = "",
        source: str = "generated",
    ) -> archive.Element:
        digests = self.keep(data)
        return archive.Element(
            element=number,
            group=group,
            role=role or name.rpartition(".")[0],
            name=name,
            path=archive.element_path(group, number, name),
            sha256=digests.sha256,
            sm3=digests.sm3,
            size=digests.size,
            media_type=media_type,
            source=source,  # type: ignore[arg-type]
        )


def box(row: int) -> list[list[str]]:
    """The corners of a line as packages hold them: fractions as text."""
    return [["100.0000", f"{row}.0000"], ["900.0000", f"{row}.0000"], ["900.0000", f"{row + 40}.0000"],
            ["100.0000", f"{row + 40}.0000"]]  # fmt: skip


def reading(number: int, *lines: str, seal: str = "", height: int = 1400) -> dict[str, Any]:
    """A page as element 12 holds it."""
    return {
        "number": number,
        "width": 1000,
        "height": height,
        "rotation": 0,
        "lines": [{"text": text, "box": box(100 * n), "score": "0.9800"} for n, text in enumerate(lines, 1)],
        "seals": [{"shape": "round", "box": box(1200), "text": seal, "confidence": "0.9000"}] if seal else [],
    }


def manifest(objects: Objects, elements: Sequence[archive.Element] = (), **changes: Any) -> archive.Manifest:
    """A package with a material list, a certificate on offer and these elements; `changes` of the case's facts."""
    n = next(_serial)
    facts: dict[str, Any] = {
        "number": f"CASE{n:04d}",
        "item_code": "S3-05",
        "item_name": "建筑工程施工许可证核发",
        "item_version": "1",
        "project_code": "2603-990101-04-01-318264",
        "project_name": "晨曦智能装备制造基地项目",
        "works_name": "1号厂房",
        "applicant_name": "江澜晨曦智能装备有限公司",
        "applicant_uscc": "91990101MA00000000",
        "applied_at": NOW,
        "delivered_at": NOW + dt.timedelta(days=n),
    }
    previous = changes.pop("previous", None)
    certificate = changes.pop("certificate", f"990101202611220{n:03d}")
    facts |= changes
    materials = [{"type": "OUT-SGXK", "sha256": "0" * 64, "number": certificate, "subject": "x"}] if certificate else []
    listed = objects.element(6, "元数据", "材料清单.json", b"{}")
    offered = objects.element(9, "元数据", f"{archive.MATERIALS_ROLE}.json", json.dumps(materials).encode())
    return archive.build_manifest(
        package=f"PACKAGE{n:04d}",
        archive_number=f"J001-XZ·2026-Y-SP-{n:04d}",
        created_at=facts["delivered_at"],
        case=archive.CaseFacts(**facts),
        list_sha256=listed.sha256,
        retention=archive.Retention(code="Y"),
        elements=[listed, offered, *elements],
        previous=previous,
    )


def row(of: archive.Manifest, **changes: Any) -> archive.Package:
    """The row of a package that is in the archive."""
    data = archive.manifest_bytes(of)
    facts = {
        "number": of.package,
        "case_number": of.case.number,
        "archive_number": of.archive_number,
        "title": f"{of.case.project_name} {of.case.item_name}",
        "project_code": of.case.project_code,
        "retention": of.retention.code,
        "state": archive.Package.State.LOGGED,
        "manifest_sha256": archive.digest_bytes(data).sha256,
        "element_count": len(of.elements),
        "byte_count": sum(element.size for element in of.elements),
        "built_at": of.created_at,
    }
    return archive.Package.objects.create(**(facts | changes))


def readings(objects: Objects, file: archive.Element, *pages: dict[str, Any] | None) -> archive.Element:
    """Element 12: what was read of a file."""
    value = [{"upload": file.sha256, "validation": None, "pages": list(pages)}]
    return objects.element(12, "元数据", "识别结果.json", json.dumps(value).encode())
