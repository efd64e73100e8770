"""Packages that lie in the archive and in the log, without the cases they came of; and the papers of the other side."""

import shutil
from pathlib import Path

from django.conf import settings
from django.utils import timezone

import archive
from archive import Element, Manifest, Package, append_event, new_id
from archive.transfer import Handover, Partner, Receipt, Statement, record_bytes
from tests.archive import sample_package as sample
from tests.archive.transfer import deliveries
from workers import zones
from workers.draws import sign_head
from workers.jobs import enqueue
from workers.tasks import run_job

ODD_NAMES = (
    "é" * 59 + "图.txt",  # the longest name that a package keeps, in composed characters
    "e\u0301te\u0301.txt",  # decomposed: kept as NFC
    "Плaн ①〇㐂𠮷.txt",
    "空文件.txt",
    "con.txt",
)


def keys() -> None:
    """The log's key of this installation."""
    archive.ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)


def manifest(*more: tuple[int, str, str, str, bytes], project: str = "") -> Manifest:
    """A sound package of a new case in the archive zone."""
    store = zones.zone("archive")
    contents = [*sample.CONTENTS[2:], (8, "申报文件", "form", "申请表.txt", "申请表".encode()), *more]
    contents += [(23, "结果文件", "certificate", "建筑工程施工许可证.txt", "许可证".encode())]
    elements: list[Element] = [sample.put_element(store, n, content) for n, content in enumerate(contents, 1)]
    number = new_id()
    case = sample.case_facts().model_copy(update={"number": new_id()} | ({"project_code": project} if project else {}))
    return archive.build_manifest(
        package=number,
        archive_number=f"J001-XZ·2026-Y-SP-{number[-6:]}",
        created_at=sample.NOW.replace(hour=5),
        case=case,
        list_sha256=next(e.sha256 for e in elements if e.element == 6),
        retention=archive.Retention(code="Y"),
        elements=elements,
        events=[archive.EventRef(kind="case-decided", at=sample.NOW, sha256="ab" * 32)],
    )


def odd_files() -> list[tuple[int, str, str, str, bytes]]:
    """Names at the limits of file systems, and a file without a byte."""
    return [(9, "申报文件", "material", name, b"" if "空" in name else name.encode()) for name in ODD_NAMES]


def archived(made: Manifest) -> Package:
    """The package in the tables, in the log, and its head published."""
    kept = archive.digest_bytes(archive.manifest_bytes(made))
    zones.zone("archive").put(archive.object_key(kept.sha256), archive.manifest_bytes(made), sha256=kept.sha256)
    row = Package.objects.create(
        number=made.package,
        case_number=made.case.number,
        archive_number=made.archive_number,
        title=f"{made.case.project_name} {made.case.item_name}",
        project_code=made.case.project_code,
        retention="Y",
        state=Package.State.STORED,
        manifest_sha256=kept.sha256,
        manifest_sm3=kept.sm3,
        element_count=len(made.elements),
        byte_count=sum(e.size for e in made.elements),
        built_at=timezone.now(),
    )
    case, details = row.case_number, {"package": row.number}
    append_event("package-stored", case_number=case, object_sha256=kept.sha256, details=details, now=timezone.now())
    head = sign_head()
    row.state = Package.State.LOGGED
    row.save()
    run_job(enqueue("publish", case=case, size=head.size).pk)
    return row


def partner(name: str = deliveries.RECEIVER, key: str = "receiver", log_key: str = "", roots: str = "") -> Partner:
    return Partner.objects.create(
        name=name,
        key=deliveries.public(key),
        log_key=log_key or deliveries.public("other-log"),
        roots=roots,
        registered_at=timezone.now(),
    )


def answered(batch: Handover, folder: Path, receipt: Receipt, key: str = "receiver", **changed: bytes) -> Path:
    """The receiver's three files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"接收回执.json": record_bytes(receipt), "接收回执.pdf": "%PDF-1.7 回执".encode()}
    said = {name: archive.digest_bytes(data).sha256 for name, data in files.items()}
    note = Statement("接收回执", receipt.batch, said).sign(deliveries.private(key), f"{key}.test/transfer")
    files["接收回执.sig"] = note.encode()
    for name, data in (files | changed).items():
        (folder / name).write_bytes(data)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def moved(batch: Handover, to: Path) -> Path:
    """The delivery as it arrives elsewhere."""
    return Path(shutil.copytree(settings.TRANSFERS_DIR / batch.number, to))
