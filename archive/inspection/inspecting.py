"""An inspection from end to end: of a package in the archive (GD, CQ), and of one that is handed over (YJ)."""

import contextlib
import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from archive import bag
from archive.digests import digest_bytes, object_key
from archive.inspection.checks import judge
from archive.inspection.codes import Phase, codes_of
from archive.inspection.evidence import (
    Evidence,
    HandOver,
    LogFacts,
    Look,
    OperationFacts,
    RegisterFacts,
    Scan,
    VirusFacts,
)
from archive.inspection.gathering import Gathered, from_bag, from_store, gather
from archive.inspection.report import InspectionReport, ManualResult, Outcome, ReportLine, Result
from archive.inspection.seals import judge_seals
from archive.manifest import MANIFEST_PATH, BadManifest, Manifest, parse_manifest
from archive.store import BadDigest, NotFound, ObjectStore
from archive.verifier import PackageCheck, verify_package

_RESULT_OF: Mapping[str, Result] = {"ok": "合格", "failed": "不合格", "unknown": "未检测"}
_OWN = frozenset({"1-10", "2-2"})
"""What is judged here again and in more detail than by the reading of the bag; its other codes are taken over."""
ELSEWHERE = LogFacts("unknown", "")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What an inspection works with: the sandbox, the virus scanner, programs by format, whom to trust, a folder."""

    look: Look
    scan: Scan
    environment: Mapping[str, str]
    roots: Sequence[x509.Certificate]
    crls: Sequence[bytes]
    scratch: Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an inspection is told: its number, its moment (aware), what is known from outside, what persons entered."""

    batch: str
    at: dt.datetime
    register: RegisterFacts
    operation: OperationFacts
    manual: Sequence[ManualResult] = ()
    carrier: str = ""


def inspect_package(  # noqa: PLR0913 - a package, where it lies, and by what it is judged
    raw: bytes,
    store: ObjectStore,
    *,
    phase: Phase,
    told: Inspection,
    tools: Tools,
    log: LogFacts,
    replica: ObjectStore | None = None,
) -> InspectionReport:
    """The report on a package in the archive; `raw` are the bytes of its manifest.

    Raises:
        BadManifest: the bytes are no manifest.
        Unavailable: a store cannot be reached now; that is no result.
    """
    manifest = parse_manifest(raw)
    with gather(manifest, from_store(store), tools.scratch) as got:
        evidence = Evidence(
            phase=phase,
            seals=judge_seals(manifest, got.copies, got.documents, tools.roots, tools.crls, told.at),
            log=log,
            replica=None if replica is None else _lacking(manifest, raw, replica),
            **_common(raw, manifest, got, told, tools),
        )
    return _report(evidence, told, tools)


def inspect_transfer(
    bag_dir: Path, hand_over: HandOver, *, told: Inspection, tools: Tools, trusted_log_key: bytes | None
) -> InspectionReport:
    """The report on a package that is handed over as a bag, by the side that sends it or the one that receives it.

    Args:
        bag_dir: the folder that `export_package` wrote.
        hand_over: its line of the hand-over list.
        told: number and moment of the inspection, what is registered, what persons entered.
        tools: what to work with; `roots` are those that this side trusts, never those in the bag.
        trusted_log_key: the sender's log key as this side knows it; without it the log is 未检测.

    Whatever lies in the folder, the answer is a report.
    """
    lines = verify_package(bag_dir, trusted_log_key=trusted_log_key, roots=tools.roots, at=told.at).checks
    found = _taken_over(lines)
    files = bag.list_bag(bag_dir) if bag_dir.is_dir() else bag.BagFiles({}, ())
    _compare_with_list(found, files, hand_over)
    manifest_file = files.regular.get(f"{bag.PAYLOAD_FOLDER}/{MANIFEST_PATH}")
    raw = b""
    try:
        raw = manifest_file.read_bytes() if manifest_file else b""
        manifest = parse_manifest(raw)
    except (BadManifest, OSError):
        return _unreadable(bag_dir, raw, found, told)
    with gather(manifest, from_bag(bag_dir), tools.scratch) as got:
        evidence = Evidence(
            phase="YJ",
            seals={},
            log=ELSEWHERE,
            hand_over=hand_over,
            told=found,
            **_common(raw, manifest, got, dataclasses.replace(told, carrier=hand_over.carrier), tools),
        )
    return _report(evidence, told, tools)


def _common(raw: bytes, manifest: Manifest, got: Gathered, told: Inspection, tools: Tools) -> dict[str, Any]:
    return {
        "raw": raw,
        "at": told.at,
        "manifest": manifest,
        "files": got.files,
        "content": tools.look(got.to_open(manifest)),
        "documents": got.documents,
        "unreadable": got.unreadable,
        "register": told.register,
        "virus": tools.scan(got.copies),
        "operation": told.operation,
        "environment": tools.environment,
        "carrier": told.carrier,
        "manual": told.manual,
    }


def _lacking(manifest: Manifest, raw: bytes, replica: ObjectStore) -> dict[str, str]:
    """What the second site lacks or has otherwise, by path."""
    wanted = {e.path: e.sha256 for e in manifest.elements} | {MANIFEST_PATH: digest_bytes(raw).sha256}
    faults = {}
    for path, sha256 in wanted.items():
        try:
            with contextlib.closing(replica.open(object_key(sha256))) as stream:
                while stream.read(1 << 20):
                    pass  # a wrong byte is told at the end
        except NotFound:
            faults[path] = "第二存储中没有"
        except BadDigest:
            faults[path] = "第二存储中已损坏"
    return faults


def _taken_over(checks: Sequence[PackageCheck]) -> dict[str, list[Outcome]]:
    """What the reading of the bag found, by number; what it only notes has no bearing."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for check in checks:
        number = check.code.removeprefix("GD-")
        if check.state in _RESULT_OF and number not in _OWN:
            found[number].append(Outcome(check.object, _RESULT_OF[check.state], check.what))
    return dict(found)


def _compare_with_list(found: dict[str, list[Outcome]], files: bag.BagFiles, listed: HandOver) -> None:
    """Files, bytes and digest of the bag against its line of the hand-over list."""
    payload = [files.regular[path] for path in files.payload()]
    size = sum(path.stat().st_size for path in payload)
    about = f"交接清单 {listed.list_number}"
    for number, unit, told, seen in (("2-1", "件", listed.files, len(payload)), ("2-2", "字节", listed.size, size)):
        remark = f"{seen} {unit}" if told == seen else f"清单 {told} {unit}，实为 {seen} {unit}"
        found[number] = [Outcome(about, "合格" if told == seen else "不合格", remark)]
    tags = files.regular.get(bag.TAG_MANIFESTS["sha256"])
    if listed.tag_sha256:
        same = tags is not None and bag.digest_file(tags).sha256 == listed.tag_sha256
        remark = f"标签清单摘要{'与交接清单一致' if same else '与交接清单不符：移交前后不一致'}"
        found.setdefault("1-14", []).append(Outcome(about, "合格" if same else "不合格", remark))


def _unreadable(
    bag_dir: Path, raw: bytes, found: Mapping[str, Sequence[Outcome]], told: Inspection
) -> InspectionReport:
    """The report where not even the manifest can be read: what was found, and that nothing else could be looked at."""

    def outcomes() -> Iterator[ReportLine]:
        for code in codes_of("YJ"):
            unseen = [Outcome(bag_dir.name, "未检测", "信息包的清单不可读")]
            yield from (ReportLine.of("YJ", code, one) for one in found.get(code.number) or unseen)

    return InspectionReport(
        batch=told.batch,
        phase="YJ",
        package=bag_dir.name,
        archive_number="",
        title="",
        case_number="",
        manifest_sha256=digest_bytes(raw).sha256,
        at=told.at,
        lines=tuple(outcomes()),
    )


def _report(evidence: Evidence, told: Inspection, tools: Tools) -> InspectionReport:
    manifest = evidence.manifest
    return InspectionReport(
        batch=told.batch,
        phase=evidence.phase,
        package=manifest.package,
        archive_number=manifest.archive_number,
        title=f"{manifest.case.project_name} {manifest.case.item_name}",
        case_number=manifest.case.number,
        manifest_sha256=digest_bytes(evidence.raw).sha256,
        at=told.at,
        lines=judge(evidence),
        facts={
            "environment": dict(tools.environment),
            "scanner": _scanner(evidence.virus),
            "operation": told.operation.what,
            "manual": [{"code": f"{evidence.phase}-{one.number}", **one.to_json()} for one in told.manual],
            "hand_over": dataclasses.asdict(evidence.hand_over) if evidence.hand_over else None,
        },
    )


def _scanner(virus: VirusFacts) -> dict[str, str]:
    return {"program": virus.program, "signatures": virus.signatures, "why": virus.why}
