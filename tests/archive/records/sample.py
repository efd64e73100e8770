"""A closed case as the records see it: a manifest of four files and the facts beside it. No file is needed."""

import datetime as dt
import hashlib
import tempfile
from functools import cache
from pathlib import Path

from archive import Element, EventRef, Manifest, Provenance, Retention, build_manifest, digest_bytes, element_path
from archive.records import Agent, CaseEvent, CaseRecord, ResultFacts, SpecialProcedure
from signing import SealKey, TestAuthority
from tests.archive.sample_package import NOW, case_facts

NUMBER = "J001-XZ·2026-Y-SP-0007"
CLERK = Agent("岗位-窗口人员-7", "个人", "窗口人员")
SYSTEM = Agent("系统-一档", "系统", "一档", "0.1.0")
AGENCY = Agent("单位-119901010000000001", "单位", "江澜市行政审批局", "119901010000000001")
FILES = (
    (8, "申报文件", "施工许可证申请表", "申请表.pdf", b"%PDF form", "application/pdf"),
    (10, "共享材料", "营业执照", "营业执照.pdf", b"%PDF licence", "application/pdf"),
    (15, "过程文件", "办理过程", "办理过程.json", b"[]", "application/json"),
    (23, "结果文件", "建筑工程施工许可证", "施工许可证.pdf", b"%PDF permit", "application/pdf"),
)


@cache
def authority() -> TestAuthority:
    return TestAuthority.ensure(Path(tempfile.mkdtemp()), NOW - dt.timedelta(days=1))


@cache
def key() -> SealKey:
    return authority().seal_key("江澜市行政审批局", "电子档案签名章")


def elements() -> list[Element]:
    made = []
    for place, (number, group, role, name, data, media_type) in enumerate(FILES, 1):
        digests = digest_bytes(data)
        came = Provenance(origin="本档案库", case_number="C0", retrieved_at=NOW, purpose="只提交一次材料")
        made.append(
            Element.model_validate(
                {
                    "element": number, "group": group, "role": role, "name": name, "media_type": media_type,
                    "path": element_path(group, place, name),  # type: ignore[arg-type]
                    "sha256": digests.sha256, "sm3": digests.sm3, "size": digests.size,
                    "source": "reused" if number == 10 else "generated",
                    "provenance": came if number == 10 else None,
                }
            )
        )  # fmt: skip
    return made


def events() -> tuple[CaseEvent, ...]:
    told = (
        ("case-opened", CLERK, ""),
        ("upload-received", CLERK, digest_bytes(FILES[0][4]).sha256),
        ("case-accepted", CLERK, ""),
        ("case-decided", SYSTEM, ""),
        ("seal-applied", SYSTEM, digest_bytes(FILES[3][4]).sha256),
        ("certificate-valid", SYSTEM, digest_bytes(FILES[3][4]).sha256),
    )
    return tuple(
        CaseEvent(
            number=f"E{place}",
            kind=kind,
            at=NOW + dt.timedelta(minutes=place),
            actor=agent.number,
            leaf_sha256=hashlib.sha256(kind.encode()).hexdigest(),
            object_sha256=sha256,
            details={"why": "<&>"} if place == 1 else {},
        )
        for place, (kind, agent, sha256) in enumerate(told, 1)
    )


def record(**changed: object) -> CaseRecord:
    facts: dict[str, object] = {
        "agency": AGENCY,
        "agents": (CLERK, SYSTEM, AGENCY),
        "events": events(),
        "stage": "施工许可",
        "item_kind": "行政许可",
        "department": "建设项目审批科",
        "situation": (("工程类型", "工业建筑"),),
        "statutory_limit": "7工作日",
        "promised_limit": "1工作日",
        "due_on": dt.date(2026, 11, 25),
        "procedures": (SpecialProcedure("特别程序", "现场踏勘", NOW, NOW + dt.timedelta(hours=2)),),
        "outcome": "准予许可",
        "result": ResultFacts("建筑工程施工许可证", "990101202611220101", "1.2.156", dt.date(2026, 11, 22)),
        "confidentiality": "非涉密",
        "opening": "未开放",
        "pages": {digest_bytes(FILES[0][4]).sha256: 3},
        "software": "一档 0.1.0",
    }
    return CaseRecord(**facts | changed)  # type: ignore[arg-type]


def manifest(more: tuple[Element, ...] = (), previous: tuple[str, str] | None = None) -> Manifest:
    return build_manifest(
        package="01JPACKAGE",
        archive_number=NUMBER,
        created_at=NOW + dt.timedelta(hours=1),
        case=case_facts(),
        list_sha256="ab" * 32,
        retention=Retention(code="Y"),
        elements=(*elements(), *more),
        events=[EventRef(kind=one.kind, at=one.at, sha256=one.leaf_sha256) for one in events()],
        previous=previous,
    )
