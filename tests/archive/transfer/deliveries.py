"""A delivery of the sample package, as a sender of the tests writes and signs it."""

import hashlib
import shutil
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import log_key, new_id
from archive.transfer import (
    BagFacts,
    HandedPackage,
    HandoverList,
    Judged,
    Receipt,
    ReceivedPackage,
    Statement,
    judge_package,
    record_bytes,
    totals_of,
    weigh,
)
from tests.archive import sample_package as sample

SENDER, RECEIVER = "江澜市行政审批局", "江澜市城建档案馆"


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public(name: str) -> str:
    return str(log_key(f"{name}.test/transfer", private(name)))


def listed(bag: Path, order: int = 1) -> HandedPackage:
    case = sample.case_facts()
    return HandedPackage(
        order=order,
        package=bag.name,
        archive_number=bag.name,
        case_number=case.number,
        project_code=case.project_code,
        title=f"{case.project_name} {case.item_name}",
        retention="Y",
        bags=(BagFacts(folder=bag.name, package=bag.name, **weigh(bag).to_json()),),
    )


def handover_list(*packages: HandedPackage) -> HandoverList:
    return HandoverList(
        batch=new_id(),
        sender=SENDER,
        receiver=RECEIVER,
        made_at=sample.NOW,
        packages=packages,
        totals=totals_of(packages),
    )


def sign(folder: Path, sent: HandoverList, key: str = "sender") -> Path:
    """Lay list, letter and signed note beside the bags."""
    letter = "%PDF-1.7 移交书".encode()
    raw = record_bytes(sent)
    (folder / "移交清单.json").write_bytes(raw)
    (folder / "移交书.pdf").write_bytes(letter)
    files = {"移交清单.json": hashlib.sha256(raw).hexdigest(), "移交书.pdf": hashlib.sha256(letter).hexdigest()}
    note = Statement("移交清单", sent.batch, files).sign(private(key), f"{key}.test/transfer")
    (folder / "移交清单.sig").write_text(note)
    return folder


def delivered(exported: Path, folder: Path) -> Path:
    bag = Path(shutil.copytree(exported, folder / exported.name))
    return sign(folder, handover_list(listed(bag)))


def judged(folder: Path, package: HandedPackage) -> Judged:
    return judge_package(
        folder, package, log_key=str(sample.public_log_key()), roots=sample.roots(), at=sample.NOW.replace(hour=4)
    )


def receipt(sent: HandoverList, found: Judged, **changes: object) -> Receipt:
    package = ReceivedPackage(
        order=1,
        package=sent.packages[0].package,
        state="refused" if found.faults else "accepted",
        archive_number="" if found.faults else "C001-GC·2026-Y-YJ-0001",
        bags=found.bags,
        faults=found.faults,
    )
    facts = {
        "number": new_id(),
        "batch": sent.batch,
        "list_sha256": hashlib.sha256(record_bytes(sent)).hexdigest(),
        "sender": SENDER,
        "receiver": RECEIVER,
        "received_at": sample.NOW,
        "made_at": sample.NOW,
        "packages": (package,),
        "accepted": int(not found.faults),
        "refused": int(bool(found.faults)),
    }
    return Receipt.model_validate(facts | changes)
