"""A closed case of the invented city, with a really sealed permit, as objects in a store."""

import dataclasses
import datetime as dt
import functools
import hashlib
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from archive import (
    CaseFacts,
    Checkpoint,
    Element,
    EventRef,
    LocalStore,
    LogKey,
    LogProof,
    Manifest,
    ObjectStore,
    Provenance,
    Retention,
    TrustMaterial,
    build_manifest,
    canonical_json,
    digest_bytes,
    element_path,
    export_package,
    leaf_hash,
    log_key,
    make_checkpoint,
    manifest_bytes,
    object_key,
    prove_entry,
)
from signing import LocalTimestampAuthority, TestAuthority, draw_seal, render, seal_pdf
from tests.archive.whole_tree import WholeTree

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
ORIGIN = "yidang.test/log"
AUTHORITY = "江澜市行政审批局"
LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"log key of the tests").digest())


@functools.cache
def authority() -> TestAuthority:
    return TestAuthority.ensure(Path(tempfile.mkdtemp()), NOW)


@functools.cache
def sealed_permit() -> bytes:
    permit = render("construction_permit", {"编号": "990101202611220101", "建设地址": "江澜市"}, created=NOW)
    return seal_pdf(
        permit,
        authority().seal_key(AUTHORITY, "行政审批专用章"),
        tsa=LocalTimestampAuthority(authority().timestamp_key, lambda: NOW),
        image=draw_seal(AUTHORITY, "9901010000018"),
        approved_sha256=hashlib.sha256(permit).hexdigest(),
        reason="签发建筑工程施工许可证",
        location="江澜市",
        now=NOW,
    )


def roots() -> tuple[x509.Certificate, ...]:
    return authority().roots


def public_log_key() -> LogKey:
    return log_key(ORIGIN, LOG_PRIVATE)


def case_facts() -> CaseFacts:
    return CaseFacts(
        number="20261122-0007",
        item_code="SGXK",
        item_name="建筑工程施工许可证核发",
        item_version="2026.1",
        project_code="2603-990101-04-01-318264",
        project_name="晨曦智能装备制造基地项目",
        works_name="晨曦智能装备制造基地项目1号厂房",
        applicant_name="江澜晨曦智能装备有限公司",
        applicant_uscc="91990101MA00000000",
        applied_at=NOW - dt.timedelta(days=2),
        accepted_at=NOW - dt.timedelta(days=1),
        decided_at=NOW,
    )


CONTENTS: list[tuple[int, str, str, str, bytes]] = [
    (8, "申报文件", "form", "建筑工程施工许可证申请表.pdf", b"%PDF-1.7 form"),
    (9, "申报文件", "material", "建设工程施工合同.pdf", b"%PDF-1.7 contract"),
    (14, "过程文件", "notice", "受理通知书.txt", "受理通知书".encode()),
    (21, "过程文件", "decision", "准予许可决定书.txt", "决定书".encode()),
    (6, "元数据", "list", "材料清单.json", b'{"item":"SGXK"}'),
    (13, "元数据", "completeness", "齐全性结果.json", b'{"verdict":"complete"}'),
    (15, "元数据", "events", "办理过程.json", b"[]"),
    (18, "元数据", "clock", "时限.json", b"{}"),
    (24, "元数据", "seal-use", "用印记录.json", b"{}"),
]


def put_element(store: ObjectStore, number: int, content: tuple[int, str, str, str, bytes]) -> Element:
    element, group, role, name, data = content
    digests = digest_bytes(data)
    store.put(object_key(digests.sha256), data, sha256=digests.sha256)
    types = {"pdf": "application/pdf", "json": "application/json", "txt": "text/plain"}
    return Element.model_validate(
        {
            "element": element,
            "group": group,
            "role": role,
            "name": name,
            "path": element_path(group, number, name),  # type: ignore[arg-type]
            **dataclasses.asdict(digests),
            "media_type": types[name.rpartition(".")[2]],
            "source": "uploaded" if group == "申报文件" else "generated",
        }
    )


def make_manifest(store: ObjectStore) -> Manifest:
    contents = [*CONTENTS, (23, "结果文件", "certificate", "建筑工程施工许可证.pdf", sealed_permit())]
    elements = [put_element(store, n, content) for n, content in enumerate(contents, start=1)]
    shared = put_element(store, 20, (9, "共享材料", "material", "营业执照.pdf", b"%PDF-1.7 licence"))
    provenance = Provenance(
        origin="江澜市市场监督管理局", case_number="20260901-0001", retrieved_at=NOW, purpose="施工许可"
    )
    elements.append(shared.model_copy(update={"source": "reused", "provenance": provenance}))
    return build_manifest(
        package="Z990-XK·2026-Y-0007",
        created_at=NOW + dt.timedelta(hours=1),
        case=case_facts(),
        list_sha256=next(e.sha256 for e in elements if e.element == 6),
        retention=Retention(code="Y"),
        elements=elements,
        events=[EventRef(kind="case.decided", at=NOW, sha256="ab" * 32)],
    )


def prove(manifest: bytes) -> tuple[LogProof, bytes]:
    """The manifest as entry 3 of a log of 7, and the signed checkpoint."""
    leaf = canonical_json({"kind": "package.filed", "object": hashlib.sha256(manifest).hexdigest(), "time": NOW})
    leaves = [leaf if n == 3 else b"entry %d" % n for n in range(7)]
    tree = WholeTree(leaf_hash(entry) for entry in leaves)
    return prove_entry(tree, leaf, 3), make_checkpoint(Checkpoint(ORIGIN, 7, tree.root()), LOG_PRIVATE)


def export_sample(folder: Path) -> Path:
    store = LocalStore(folder / "objects")
    manifest = manifest_bytes(make_manifest(store))
    proof, checkpoint = prove(manifest)
    pem = tuple(root.public_bytes(Encoding.PEM) for root in roots())
    trust = TrustMaterial(pem, authority().crls(), str(public_log_key()))
    return export_package(
        manifest, store, log_proof=proof, checkpoint=checkpoint, trust=trust, out_dir=folder / "out", now=NOW
    )
