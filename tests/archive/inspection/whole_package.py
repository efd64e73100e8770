"""A package in which everything is as it should be, with real files, and what an inspection of it is told.

A test changes one thing of it (`Parts`) and builds it again; looking and judging of seals are done once for each file.
"""

import dataclasses
import datetime as dt
import functools
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from archive import (
    Element,
    EventRef,
    Filing,
    LocalStore,
    Manifest,
    Matter,
    Provenance,
    Retention,
    build_manifest,
    digest_bytes,
    element_path,
    manifest_bytes,
    object_key,
)
from archive.inspection import (
    FORMATS,
    ContentFacts,
    HandOver,
    Inspection,
    InspectionReport,
    LogFacts,
    ManualResult,
    OperationFacts,
    Phase,
    RegisterFacts,
    Tools,
    VirusFacts,
    inspect_package,
)
from ingest import look_into
from signing import render
from tests.archive import sample_package as sample

AT = sample.NOW + dt.timedelta(days=1)
ARCHIVE_NUMBER = "J001-XZ·2026-Y-SP-0007"
NUMBER = "01K9ZZZZZZZZZZZZZZZZZZZZZ7"
KINDS = ("case-opened", "case-accepted", "case-decided", "certificate-valid")


FILING = Filing(
    fonds="J001", category="XZ", year=2026, organ="SP", item=7, secrecy="限制级", openness="控制", department="住建局"
)
IN_LOG = LogFacts("sound", "第 3 条")
BY_SCHEDULE = OperationFacts("系统定时检测")
SCANNED = VirusFacts("ClamAV 1.4.3", "27832（2026-11-22）")


@functools.cache
def notice(title: str = "受理通知书") -> bytes:
    return render("notice", {"标题": title, "致": "江澜晨曦智能装备有限公司", "正文": ["收悉。"]}, created=sample.NOW)


@functools.cache
def scan() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG", dpi=(100, 100))
    return out.getvalue()


@dataclasses.dataclass
class Parts:
    """Everything that a package and its inspection are made of; a test changes what it wants to be wrong."""

    files: dict[str, tuple[int, str, str, bytes]] = dataclasses.field(default_factory=dict)
    records: dict[str, Any] = dataclasses.field(default_factory=dict)
    manifest: Callable[[Manifest], Manifest] = lambda manifest: manifest
    stored: Callable[[LocalStore, Manifest], None] = lambda *_: None
    raw: Callable[[bytes], bytes] = lambda raw: raw
    register: dict[str, Any] = dataclasses.field(default_factory=dict)
    log: LogFacts = IN_LOG
    operation: OperationFacts = BY_SCHEDULE
    virus: VirusFacts = SCANNED
    environment: dict[str, str] = dataclasses.field(default_factory=lambda: dict.fromkeys(FORMATS, "试验环境"))
    replica: Callable[[Path], None] = lambda _: None
    manual: list[ManualResult] = dataclasses.field(default_factory=list)
    carrier: str = ""
    roots: Any = None


def parts(*, sealed: bool = False) -> Parts:
    """A whole package: form, scan, shared licence, notice, permit, and the records about them.

    The permit is a picture, unless it is asked for with its seal: judging that costs more than all the rest.
    """
    made = Parts()
    permit = ("建筑工程施工许可证.pdf", sample.sealed_permit()) if sealed else ("建筑工程施工许可证.jpg", scan())
    made.files = {
        "form": (8, "申报文件", "建筑工程施工许可证申请表.pdf", notice("申请表")),
        "contract": (9, "申报文件", "建设工程施工合同.jpg", scan()),
        "licence": (10, "共享材料", "营业执照.pdf", notice("营业执照")),
        "notice": (14, "过程文件", "受理通知书.pdf", notice()),
        "permit": (23, "结果文件", *permit),
    }
    form, contract = (digest_bytes(made.files[key][3]).sha256 for key in ("form", "contract"))
    made.records = {
        "材料清单": {"code": "S3-05", "materials": [{"material": "M-SQB", "name": "申请表", "demanded": True}]},
        "材料目录": [row("申请表", form), row("施工合同", contract)],
        "识别结果": [{"upload": form, "pages": [{}]}, {"upload": contract, "pages": [{}]}],
        "材料核对结果": {
            "requirements": [
                {
                    "material": "M-SQB",
                    "name": "申请表",
                    "state": "satisfied",
                    "files": [{"file": made.files["form"][2]}],
                }
            ]
        },
        "办理过程": [{"kind": kind, "actor": 1, "details": {}} for kind in KINDS],
        "时限记录": {},
        "审批决定": {"result": "准予"},
        "用印与验证记录": {},
        "利用记录": [],
        "转换与副本": [],
        "软件与规则版本": {},
    }
    return made


def row(name: str, sha256: str) -> dict[str, Any]:
    return {"type": "M-SQB", "name": name, "subject": "91990101MA00000000", "sha256": sha256, "pages": [1]}


def met(material: str, file: str) -> dict[str, Any]:
    return {"material": material, "name": "申请表", "state": "satisfied", "files": [{"file": file}]}


RECORD_PLACES = {
    "材料清单": (6, "元数据"),
    "材料目录": (9, "元数据"),
    "识别结果": (12, "元数据"),
    "材料核对结果": (13, "过程文件"),
    "办理过程": (15, "过程文件"),
    "时限记录": (18, "过程文件"),
    "审批决定": (21, "过程文件"),
    "用印与验证记录": (24, "结果文件"),
    "利用记录": (30, "过程文件"),
    "转换与副本": (34, "元数据"),
    "软件与规则版本": (35, "元数据"),
}


def build(made: Parts, store: LocalStore) -> Manifest:
    """The manifest, its elements in the store."""
    elements = [_file(store, n, one) for n, one in enumerate(made.files.values(), 1)]
    numbers: dict[str, int] = {}
    for place, element in enumerate(elements):
        numbers[element.group] = numbers.get(element.group, 0) + 1
        path = element_path(element.group, numbers[element.group], element.name)
        elements[place] = element.model_copy(update={"path": path})
    for role, value in made.records.items():
        number, group = RECORD_PLACES[role]
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        elements.append(_element(store, number, group, 100 + number, f"{role}.json", data, "application/json", role))
    lists = [element.sha256 for element in elements if element.role == "材料清单"]
    manifest = build_manifest(
        package=NUMBER,
        archive_number=ARCHIVE_NUMBER,
        created_at=sample.NOW + dt.timedelta(hours=1),
        case=sample.case_facts(),
        list_sha256=lists[0] if lists else "ab" * 32,
        retention=Retention(code="Y"),
        elements=elements,
        filing=FILING,
        matter=Matter(result="granted", kind="行政许可", stage="施工许可"),
        events=[EventRef(kind=kind, at=sample.NOW, sha256=f"{n}" * 64) for n, kind in enumerate(KINDS)],
    )
    return made.manifest(manifest)


def _file(store: LocalStore, number: int, of: tuple[int, str, str, bytes]) -> Element:
    element, group, name, data = of
    endings = {ending: kind for kind, one in FORMATS.items() for ending in one.endings}
    media_type = endings.get(f".{name.rpartition('.')[2]}", "application/x-unknown")
    return _element(store, element, group, number, name, data, media_type, name.partition(".")[0])


def _element(  # noqa: PLR0913, PLR0917 - one element is these things
    store: LocalStore, element: int, group: str, number: int, name: str, data: bytes, media_type: str, role: str
) -> Element:
    digests = digest_bytes(data)
    store.put(object_key(digests.sha256), data, sha256=digests.sha256)
    shared = Provenance(
        origin="本档案库", package="01K", case_number="1", retrieved_at=sample.NOW, purpose="只提交一次"
    )
    source = {"申报文件": "uploaded", "共享材料": "reused"}.get(group, "generated")
    return Element.model_validate(
        {
            "element": element,
            "group": group,
            "role": role,
            "name": name,
            "path": element_path(group, number, name),  # type: ignore[arg-type]
            "media_type": media_type,
            "source": source,
            "provenance": shared if source == "reused" else None,
            **dataclasses.asdict(digests),
        }
    )


_SEEN: dict[str, ContentFacts] = {}


def look(files: Mapping[str, Path]) -> dict[str, ContentFacts]:
    """The sandbox, asked once for each file of a test run."""
    _SEEN.update(look_into({key: path for key, path in files.items() if key not in _SEEN}))
    return {key: _SEEN[key] for key in files}


def tools(made: Parts, scratch: Path) -> Tools:
    return Tools(
        look=look,
        scan=lambda _: made.virus,
        environment=made.environment,
        roots=sample.roots() if made.roots is None else made.roots,
        crls=sample.authority().crls(),
        scratch=scratch,
    )


def told(made: Parts, manifest: Manifest, raw: bytes) -> Inspection:
    digests = digest_bytes(raw)
    facts: dict[str, Any] = {
        "fonds": "J001",
        "row": {
            "archive_number": manifest.archive_number,
            "case_number": manifest.case.number,
            "project_code": manifest.case.project_code,
            "retention": manifest.retention.code,
        },
        "manifest_sha256": digests.sha256,
        "manifest_sm3": digests.sm3,
        "recorded_files": len(manifest.elements),
        "recorded_bytes": sum(element.size for element in manifest.elements),
    }
    return Inspection(
        batch="GD〔2026〕000001号",
        at=AT,
        register=RegisterFacts(**(facts | made.register)),
        operation=made.operation,
        manual=made.manual,
        carrier=made.carrier,
    )


def inspect(made: Parts, phase: Phase = "GD") -> InspectionReport:
    """Build the package with its parts and inspect it in a store of its own, with a second site."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        store = LocalStore(here / "store")
        manifest = build(made, store)
        raw = manifest_bytes(manifest)
        store.put(object_key(digest_bytes(raw).sha256), raw, sha256=digest_bytes(raw).sha256)
        shutil.copytree(here / "store", here / "second")
        made.stored(store, manifest)
        made.replica(here / "second")
        replica = LocalStore(here / "second")
        said, used = told(made, manifest, raw), tools(made, here)
        return inspect_package(raw, store, phase=phase, told=said, tools=used, log=made.log, replica=replica)


def hand_over(folder: Path) -> HandOver:
    """A hand-over list that says what lies in a bag's folder."""
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    return HandOver(
        list_number="YJ-2026-001",
        files=len(files),
        size=sum(path.stat().st_size for path in files),
        sender="江澜市行政审批局",
        receiver="江澜市城建档案馆",
        operator="档案员",
        channel="政务外网专线",
        tag_sha256=digest_bytes((folder / "tagmanifest-sha256.txt").read_bytes()).sha256,
    )
