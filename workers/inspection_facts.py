"""What an inspection is told from outside the package: the register, the log, the programs of this machine."""

import datetime as dt
import functools
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

import archive
import ingest
from archive import Event, LogKey, LogProof, Manifest, Package, StoreProbe, open_checkpoint, prove_event
from archive.inspection import LogFacts, OperationFacts, RegisterFacts, Tools, VirusFacts, scan_files
from archive.records import BadArchiveNumber, parse_archive_number
from signing import Certificate
from workers import zones
from workers.exporting import log_public_key
from workers.installation import authority
from workers.models import Job

SERIALS_LOOKED_BACK = 100
"""件号 below a package's own that are asked for: those before were looked at when theirs was filed."""


def tools(now: dt.datetime) -> Tools:
    """The sandbox, the scanner and the programs of this machine, and whom this installation trusts."""
    trust = authority()
    return Tools(
        look=ingest.look_into,
        scan=_scan,
        environment=_programs(),
        roots=trust.roots,
        crls=trust.crls(now),
        scratch=zones.scratch(),
    )


def register_facts(package: Package, manifest: Manifest) -> RegisterFacts:
    """What the database says of a package in this archive."""
    return RegisterFacts(
        fonds=settings.FONDS,
        row={
            "archive_number": package.archive_number,
            "case_number": package.case_number,
            "project_code": package.project_code,
            "retention": package.retention,
        },
        manifest_sha256=package.manifest_sha256,
        manifest_sm3=package.manifest_sm3,
        recorded_files=package.element_count,
        recorded_bytes=package.byte_count,
        duplicates=_duplicates(manifest),
        missing_serials=_missing_serials(package.archive_number),
    )


def receiver_facts(manifest_number: str = "", archive_number: str = "") -> RegisterFacts:
    """What a receiver's database says of a package that is not in it yet: only whether its numbers are taken."""
    taken = Package.objects.exclude(number=manifest_number).filter(archive_number=archive_number)
    found = [("档号", archive_number, row.number) for row in taken] if archive_number else []
    return RegisterFacts(awaited=True, duplicates=found)


def log_facts(package: Package) -> LogFacts:
    """Whether the package's entry is under the published signed head, proved from what lies in the store."""
    event = Event.objects.filter(kind="package-stored", object_sha256=package.manifest_sha256).first()
    head = archive.LogHead.objects.filter(pk=archive.HEAD).first()
    if event is None or event.leaf_index is None or head is None or event.leaf_index >= head.published:
        return LogFacts("unknown", "尚未存证发布")
    try:
        proof, note = prove_event(event, zones.zone("archive"))
        checkpoint = open_checkpoint(note.encode(), [LogKey.parse(log_public_key())])
        LogProof.from_bytes(proof.to_bytes()).verify(checkpoint)
    except (archive.BadProof, archive.BadCheckpoint, archive.NotFound, archive.BadDigest) as error:
        return LogFacts("failed", f"第 {event.leaf_index} 条的包含证明不成立：{error}")
    return LogFacts("sound", f"第 {event.leaf_index} 条，检查点共 {checkpoint.size} 条")


def operation_facts(asked_by: str) -> OperationFacts:
    """Who has it inspected, and whether the store's lock held when it was tried last."""
    probe = StoreProbe.objects.last()
    who = asked_by or "系统定时检测"
    if probe is None:
        return OperationFacts(who, ("归档存储的锁定从未试验",))
    faults = () if probe.trusted else (f"归档存储的锁定可被绕过（{probe.at.date().isoformat()} 试验）",)
    return OperationFacts(f"{who}；存储锁定试验 {probe.at.date().isoformat()}", faults)


def _scan(files: Mapping[str, Path]) -> VirusFacts:
    return scan_files(files, program=settings.VIRUS_SCANNER)


def _duplicates(manifest: Manifest) -> list[tuple[str, str, str]]:
    """What must be unique in the fonds and is used by another: field, value, by whom."""
    others = Package.objects.exclude(number=manifest.package)
    found = [("档号", row.archive_number, row.number) for row in others.filter(archive_number=manifest.archive_number)]
    found += [("办件编号", row.case_number, row.number) for row in others.filter(case_number=manifest.case.number)]
    links = archive.FollowUp.objects.filter(number=manifest.package)
    found += [("电子文件号", row.number, row.package.number) for row in links.select_related("package")]
    issued = Certificate.objects.exclude(state=Certificate.State.DISCARDED)
    for own in issued.filter(case_number=manifest.case.number):
        twins = issued.filter(number=own.number, type=own.type).exclude(case_number=own.case_number)
        found += [("证照编号", own.number, f"办件 {row.case_number} 的证照") for row in twins]
    return found


def _missing_serials(archive_number: str) -> list[int]:
    """件号 of the same series below this one that no package has and no job is to give to one."""
    try:
        number = parse_archive_number(archive_number)
    except BadArchiveNumber:
        return []
    series = archive_number.rpartition("-")[0]
    before = {f"{series}-{item:04d}": item for item in range(max(1, number.item - SERIALS_LOOKED_BACK), number.item)}
    known = set(Package.objects.filter(archive_number__in=list(before)).values_list("archive_number", flat=True))
    drawn = Job.objects.filter(kind="package", arguments__archive_number__startswith=f"{series}-")
    known |= set(drawn.values_list("arguments__archive_number", flat=True)) if set(before) - known else set()
    return [item for text, item in before.items() if text not in known]


@functools.cache
def _programs() -> Mapping[str, str]:
    """The program that reads each format here, with its version; empty where there is none."""
    python = f"Python {platform.python_version()}"
    pillow, pdfium = f"Pillow {version('pillow')}", f"pypdfium2 {version('pypdfium2')}"
    images = dict.fromkeys(("image/jpeg", "image/png", "image/tiff", "image/webp"), pillow)
    office = "LibreOffice" if settings.OFFICE_PROGRAM and shutil.which(settings.OFFICE_PROGRAM) else ""
    texts = ("application/json", "text/plain", "text/csv", "application/timestamp-reply", "application/pkix-cert")
    kinds = (
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    return {
        "application/pdf": pdfium,
        "application/ofd": f"一档 OFD 显示（{pdfium}，pikepdf {version('pikepdf')}）",
        **images,
        "image/heic": f"pillow-heif {version('pillow-heif')}",
        **dict.fromkeys(("application/xml", "text/xml"), f"lxml {version('lxml')}"),
        **dict.fromkeys(texts, python),
        **dict.fromkeys(kinds, office),
    }
