"""Rows for the pages, made straight into the tables: users by role, a case with a report, a certificate, a package."""

import dataclasses
import datetime as dt
import io
import itertools
from typing import Any

from django.contrib.auth.models import Group, User
from PIL import Image

import archive
import ingest
import signing
from archive.lookup import index_package
from archive.sharing import join_department
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS
from workers import zone

NOW = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
ENTRIES = ("M-SQB", "M-YYZZ", "M-SQWT", "OUT-YDGH", "OUT-GCGH", "OUT-ST", "OUT-ZB", "M-SGHT", "M-CNS")
SHORT = ("申请表", "营业执照", "授权委托书", "用地许可", "工程许可", "合格书", "中标书", "合同", "承诺书")
NAMES = dict(zip(ENTRIES, SHORT, strict=True))
BOX = [[100, 200], [400, 200], [400, 240], [100, 240]]
_serial = itertools.count(1)


BUILDING = "住房和城乡建设局"
"""The department of the demonstration's item."""


def user(*roles: Role, name: str = "", department: str = "") -> User:
    """Somebody with these roles, in a department or in none."""
    made = User.objects.create_user(name or f"user{next(_serial)}", password="correct horse battery")  # noqa: S106
    for role in roles:
        made.groups.add(Group.objects.get_or_create(name=role.value)[0])
    if department:
        join_department(made, department)
    return made


def digest(text: str) -> str:
    """Some digest."""
    return archive.digest_bytes(text.encode()).sha256


def kept(data: bytes, where: str = "working") -> str:
    """Put bytes into a zone; their SHA-256."""
    sha256 = archive.digest_bytes(data).sha256
    zone(where).put(archive.object_key(sha256), data, sha256=sha256)
    return sha256


def picture() -> bytes:
    """A small white page as JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (60, 84), "white").save(out, "JPEG")
    return out.getvalue()


def case(by: User, **changes: Any) -> ingest.Case:
    """An open case of the demonstration's project."""
    project, _ = ingest.Project.objects.get_or_create(
        code=PROJECT_CODE,
        defaults={
            "name": PROJECT,
            "region": "990101",
            "owner_name": BUILDER_OWNER.name,
            "owner_uscc": BUILDER_OWNER.code,
        },
    )
    works, _ = ingest.Works.objects.get_or_create(project=project, name=WORKS["1号厂房"].name)
    facts = {
        "item_code": "S3-05",
        "item_version": 1,
        "project": project,
        "works": works,
        "applicant_name": BUILDER_OWNER.name,
        "applicant_uscc": BUILDER_OWNER.code,
        "opened_by": by,
        "opened_at": NOW,
    }
    return ingest.Case.objects.create(**(facts | changes))


def upload(of: ingest.Case, name: str = "授权委托书.jpg", **changes: Any) -> ingest.Upload:
    """A file of the case that went all the way."""
    facts = {
        "case": of,
        "file_name": name,
        "size": 2048,
        "sha256": kept(f"original {name} {next(_serial)}".encode(), "inbox"),
        "sm3": "0" * 64,
        "page_count": 1,
        "state": "filed",
        "uploaded_by": of.opened_by,
        "uploaded_at": NOW,
    }
    return ingest.Upload.objects.create(**(facts | changes))


def page(of: ingest.Upload, *, rotation: int = 0, read: bool = True) -> ingest.Page:
    """Its first page, read as upright or not."""
    quality = {"dpi": 200, "sharpness": 1.0, "contrast": 1.0, "skew": 0.0, "ink": 0.1, "remarks": []}
    reading = {
        "number": 1,
        "width": 1654,
        "height": 2339,
        "rotation": rotation,
        "source": "ocr",
        "lines": [],
        "seals": [],
        "quality": quality,
        "engine": "test",
    }
    return ingest.Page.objects.create(
        upload=of,
        number=1,
        picture_sha256=kept(picture()),
        width=1654,
        height=2339,
        dpi=200,
        reading=reading if read else None,
    )


def material(of: ingest.Upload, kind: str = "M-SQWT") -> ingest.Material:
    """The document in it."""
    return ingest.Material.objects.create(
        upload=of, pages=[1], type=kind, type_score=0.9, why="title “授权委托书”; cues 受托人"
    )


def report(verdict: str = "incomplete", **rows: dict[str, Any]) -> dict[str, Any]:
    """A report; rows by entry (dashes as underscores) over a list on which everything else is satisfied."""
    given = {name.replace("_", "-"): row for name, row in rows.items()}
    blank: dict[str, Any] = {"state": "satisfied", "files": [], "defects": []}
    found = [{"material": code, "name": NAMES[code], **blank, **given.get(code, {})} for code in ENTRIES]
    return {"item": "S3-05", "version": 1, "verdict": verdict, "requirements": found, "unplaced": []}


def unsealed(of: ingest.Material) -> dict[str, Any]:
    """A row for a letter of attorney without its seal, with one field and one defect that have a place."""
    field = {"value": "江澜晨曦智能装备有限公司", "page": 1, "box": BOX, "score": 0.94, "rule": "label"}
    evidence = {
        "file": of.upload.file_name,
        "pages": [1],
        "why": of.why,
        "score": 0.9,
        "ref": f"material:{of.pk}",
        "fields": {"委托单位": field},
        "seals": [],
    }
    defect = {
        "code": "seal-missing",
        "message": "缺少江澜晨曦智能装备有限公司印章",
        "remedy": "请退回加盖公章后重新提交",
        "page": 1,
        "box": BOX,
        "serious": True,
    }
    return {"state": "defective", "files": [evidence], "defects": [defect]}


@dataclasses.dataclass
class Checked:
    """A case whose letter of attorney lacks its seal and whose notice of award is missing."""

    case: ingest.Case
    upload: ingest.Upload
    page: ingest.Page
    material: ingest.Material


def checked_case(by: User, *, rotation: int = 0, **changes: Any) -> Checked:
    """The case as it stands after the check."""
    opened = case(by, **changes)
    file = upload(opened)
    sheet, document = page(file, rotation=rotation), material(file)
    opened.report = report(
        M_SQWT=unsealed(document),
        OUT_ZB={"state": "missing"},
        M_CNS={"state": "gap"},
        M_YYZZ={"state": "not-applicable"},
    )
    opened.revision = opened.report_revision = 1
    opened.save()
    return Checked(opened, file, sheet, document)


def certificate(of: ingest.Case, **changes: Any) -> signing.Certificate:
    """A certificate of the case, issued and valid unless said otherwise."""
    seal, _ = signing.Seal.objects.get_or_create(
        label="行政审批专用章",
        defaults={
            "owner": "江澜市行政审批局",
            "owner_uscc": "119901010000000016",
            "certificate_sha256": digest("seal"),
            "valid_until": NOW + dt.timedelta(days=365),
        },
    )
    number = f"99010120261122{next(_serial):04d}"
    facts = {
        "identifier": f"1.2.156.3005.2.{number}",
        "number": number,
        "type": "OUT-SGXK",
        "template": "construction_permit",
        "case_number": of.number,
        "holder_name": of.applicant_name,
        "holder_uscc": of.applicant_uscc,
        "seal": seal,
        "data": {"工程名称": "1号厂房"},
        "verify_token": f"token-{number}",
        "state": "valid",
        "issued_on": NOW.date(),
        "rendered_sha256": kept(b"%PDF-1.7 rendered " + number.encode()),
        "sealed_sha256": kept(b"%PDF-1.7 sealed " + number.encode()),
    }
    return signing.Certificate.objects.create(**(facts | changes))


def package(of: ingest.Case, *, checks: list[dict[str, str]] | None = None) -> archive.Package:
    """An archived package with one element, its manifest in the archive store."""
    manifest = _manifest(of)
    passed = [{"code": "GD-1-1", "name": "固化信息有效性", "object": "manifest", "result": "合格", "remark": ""}]
    package = archive.Package.objects.create(
        case_number=of.number,
        archive_number=f"J001-XZ·2026-Y-SP-{next(_serial):04d}",
        title=f"{of.project.name} 建筑工程施工许可证核发",
        project_code=of.project.code,
        retention="Y",
        state="logged",
        manifest_sha256=kept(archive.manifest_bytes(manifest), "archive"),
        element_count=1,
        byte_count=4096,
        checks=passed if checks is None else checks,
        built_at=NOW,
    )
    index_package(package, manifest, lambda sha256: zone("working").read(archive.object_key(sha256)))
    return package


def _manifest(of: ingest.Case) -> archive.Manifest:
    """Of a form, and of a list of materials that is empty."""
    form = archive.Element(
        element=8,
        group="申报文件",
        role="申请表",
        name="申请表.jpg",
        path="申报文件/001_申请表.jpg",
        sha256=digest("form"),
        sm3="0" * 64,
        size=4096,
        media_type="image/jpeg",
        source="uploaded",
    )
    listed = _material_list()
    return archive.build_manifest(
        package=of.number,
        created_at=NOW,
        case=archive.CaseFacts(
            number=of.number,
            item_code=of.item_code,
            item_name="建筑工程施工许可证核发",
            item_version="1",
            project_code=of.project.code,
            project_name=of.project.name,
            applicant_name=of.applicant_name,
            applicant_uscc=of.applicant_uscc,
            applied_at=NOW,
        ),
        list_sha256=listed.sha256,
        retention=archive.Retention(code="Y"),
        elements=[form, listed],
    )


def _material_list() -> archive.Element:
    data = b"[]"
    listed = archive.digest_bytes(data)
    return archive.Element(
        element=6,
        group="元数据",
        role="材料清单",
        name="材料清单.json",
        path="元数据/001_材料清单.json",
        sha256=kept(data),
        sm3=listed.sm3,
        size=listed.size,
        media_type="application/json",
        source="generated",
    )
