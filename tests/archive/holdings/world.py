"""A small archive for the holdings: packages with a list of materials, filed, logged and readable."""

import datetime as dt
import itertools
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import archive
from archive.holdings import index_materials
from catalogue import Item, Requirement, load_catalogue

TODAY = dt.date(2026, 3, 9)
NOW = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)
OURS, THEIRS = "91990101MA7C2XG62E", "91990101MA7C2XG62F"
PROJECT, FORMER = "2603-990101-04-01-000001", "2403-990101-04-01-000009"
WORKS = "1号厂房"
AREA = "QY001"
LICENCE, PERMIT, FILING, CARD, EVALUATION = "M-YYZZ", "OUT-SGXK", "OUT-LX", "M-SFZ", "OUT-QYPG"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def item_asking(*types: str, **names: str) -> Item:
    """An item whose list asks for these; `names` by type, with _ for -."""
    catalogue = load_catalogue()
    entries = (
        Requirement(material=one, name=names.get(one.replace("-", "_"), catalogue.material_type(one).name))
        for one in types
    )
    return catalogue.item("S1-08").model_copy(update={"materials": tuple(entries)})


class Shelf:
    """Packages on a shelf: bytes by their digest, and the rows and events that filing leaves."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.serial = itertools.count(1)

    def read(self, sha256: str) -> bytes:
        return self.objects[sha256]

    def keep(self, data: bytes) -> archive.Digests:
        digests = archive.digest_bytes(data)
        self.objects[digests.sha256] = data
        return digests

    def row(self, kind: str, data: bytes = b"", **facts: Any) -> dict[str, Any]:
        """A line of 材料目录 for new bytes, the project's or the company's as its type says."""
        made = load_catalogue().material_type(kind)
        subject = {"company": OURS, "works": f"{PROJECT}/{WORKS}"}.get(made.subject, PROJECT)
        line = {
            "type": kind,
            "name": made.name,
            "subject_kind": made.subject,
            "subject": subject,
            "number": facts.get("fields", {}).get(made.number_field, {}).get("value", ""),
            "valid_until": None,
            "sha256": self.keep(data or f"{kind} {next(self.serial)}".encode()).sha256,
            "pages": [1],
            "fields": {},
        }
        return line | facts

    def file(
        self,
        *rows: dict[str, Any],
        group: str = "申报文件",
        applicant: str = OURS,
        name: str = "晨曦公司",
        now: Any = NOW,
    ) -> list[archive.HeldMaterial]:
        """File a package with these materials, log it, and enter them."""
        serial = next(self.serial)
        listed = self.keep(archive.canonical_json(list(rows)))
        elements = [self._element(n, group, line["name"], line["sha256"]) for n, line in enumerate(rows, 1)]
        elements.append(self._element(1, "元数据", archive.MATERIALS_ROLE, listed.sha256))
        case = archive.CaseFacts(
            number=f"C{serial:025d}",
            item_code="S3-05",
            item_name="施工许可",
            item_version="1",
            project_code=PROJECT,
            project_name="晨曦智能装备制造基地",
            applicant_name=name,
            applicant_uscc=applicant,
            applied_at=now,
        )
        manifest = archive.build_manifest(
            package=f"P{serial:025d}",
            archive_number=f"J001-XZ·2026-Y-SP-{serial:04d}",
            created_at=now,
            case=case,
            list_sha256=listed.sha256,
            retention=archive.Retention(code="Y"),
            elements=elements,
        )
        sha256 = self.keep(archive.manifest_bytes(manifest)).sha256
        package = archive.Package.objects.create(
            number=manifest.package,
            case_number=case.number,
            archive_number=manifest.archive_number,
            title="施工许可",
            project_code=PROJECT,
            retention="Y",
            state="stored",
            manifest_sha256=sha256,
            element_count=len(elements),
            byte_count=1,
            built_at=now,
            stored_at=now,
        )
        archive.append_event("package-stored", case_number=case.number, object_sha256=sha256, now=now)
        archive.integrate("test.example/log", KEY)
        return index_materials(package, manifest, self.read, now=now)

    def _element(self, number: int, group: Any, role: str, sha256: str) -> archive.Element:
        return archive.Element(
            element=9,
            group=group,
            role=role,
            name=f"{role}.pdf",
            path=archive.element_path(group, number, f"{role}.pdf"),
            sha256=sha256,
            sm3=archive.digest_bytes(self.objects[sha256]).sm3,
            size=len(self.objects[sha256]),
            media_type="application/pdf",
            source="uploaded",
        )


def field(value: str) -> dict[str, Any]:
    """A field as a list has it: scores and corners as text."""
    return {"value": value, "score": "0.98", "page": 1, "box": [["1", "2"], ["3", "2"], ["3", "4"], ["1", "4"]]}
