"""A delivery as it comes: its list and who signed it, and every bag in it judged, all faults told at once."""

import dataclasses
import datetime as dt
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from archive.bag import PAYLOAD_FOLDER
from archive.manifest import MANIFEST_PATH, BadManifest, parse_manifest
from archive.transfer.handover import (
    LETTER_NAME,
    LIST_NAME,
    LIST_STATEMENT_NAME,
    MAX_LIST_BYTES,
    BadHandover,
    BagFacts,
    HandedPackage,
    HandoverList,
    Weighed,
    parse_list,
    sha256_of,
    weigh,
)
from archive.transfer.receipts import Fault, FoundBag
from archive.transfer.statements import BadStatement, open_statement
from archive.verifier import verify_package

MAX_STATEMENT_BYTES = 64 << 10
"""As a signed note may have."""


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """What was handed to us: the list as its bytes, read, and the signed statement. `extra`: not on the list."""

    folder: Path
    sent: HandoverList
    raw: bytes
    statement: bytes
    letter: bytes
    extra: tuple[str, ...]

    @property
    def list_sha256(self) -> str:
        """The digest that the receipt names."""
        return sha256_of(self.raw)


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A package of a delivery: its bags as found, why it cannot be taken, and what is told besides."""

    bags: tuple[FoundBag, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


def open_delivery(folder: Path, key: str) -> Delivery:
    """Read the list of a delivery and see that the sender signed it, and the letter beside it.

    Raises:
        BadStatement: the signature is not by this key, or not of these files.
        BadHandover: the list cannot be read.
    """
    raw = _read(folder / LIST_NAME, MAX_LIST_BYTES)
    statement = _read(folder / LIST_STATEMENT_NAME, MAX_STATEMENT_BYTES)
    letter = _read(folder / LETTER_NAME, MAX_LIST_BYTES)
    said = open_statement(statement, key, "移交清单")
    for name, data in ((LIST_NAME, raw), (LETTER_NAME, letter)):
        if said.files.get(name) != sha256_of(data):
            raise BadStatement(f"{name}与签名所记摘要不符：内容被改动 (changed after it was signed)")
    sent = parse_list(raw)
    if said.batch != sent.batch:
        raise BadStatement("签名是另一批次的 (signed for another batch)")
    known = {LIST_NAME, LIST_STATEMENT_NAME, LETTER_NAME} | {bag.folder for one in sent.packages for bag in one.bags}
    names = (entry.name.encode(errors="backslashreplace").decode() for entry in folder.iterdir())  # not all are UTF-8
    extra = tuple(sorted(name for name in names if unicodedata.normalize("NFC", name) not in known))
    return Delivery(folder, sent, raw, statement, letter, extra)


def sender_of(folder: Path) -> str:
    """Who a delivery says it is from, NOT verified: under which name to look for the key. Raises BadHandover."""
    return parse_list(_read(folder / LIST_NAME, MAX_LIST_BYTES)).sender


def judge_package(
    folder: Path,
    listed: HandedPackage,
    *,
    log_key: str,
    roots: Iterable[x509.Certificate],
    at: dt.datetime | None = None,
) -> Judged:
    """Hash every byte of a package's bags again and compare with the list.

    Args:
        folder: of the delivery.
        listed: what the list says of the package.
        log_key: the sender's log, as we know it.
        roots: whom to trust for seals.
        at: the moment to judge seals at; now by default.
    """
    trusted, bags, faults, notes = tuple(roots), [], [], []
    for bag in listed.bags:
        found, wrong, told = _judge_bag(folder / bag.folder, bag, log_key, trusted, at)
        bags.append(found)
        faults += wrong
        notes += told
    if not faults:
        faults += _other_case(folder, listed)
    return Judged(tuple(bags), tuple(faults), tuple(notes))


def _judge_bag(
    path: Path, listed: BagFacts, log_key: str, roots: tuple[x509.Certificate, ...], at: dt.datetime | None
) -> tuple[FoundBag, list[Fault], list[Fault]]:
    if path.is_symlink() or not path.is_dir():
        return FoundBag(folder=listed.folder), [_fault("YJ-2-1", listed.folder, "清单列有此信息包，移交内容中没有")], []
    verdict = verify_package(path, trusted_log_key=log_key.encode(), roots=roots, at=at)
    faults = [_fault(transfer_code(line.code), f"{listed.folder}/{line.object}", line.what) for line in verdict.failed]
    notes = [
        _fault(transfer_code(line.code), f"{listed.folder}/{line.object}", line.what)
        for line in verdict.checks
        if line.state in ("unknown", "note")
    ]
    try:
        found = weigh(path)
    except OSError as error:
        return FoundBag(folder=listed.folder), [*faults, _fault("YJ-3-4", listed.folder, f"不能读出：{error}")], notes
    faults += _differences(found, listed)
    return FoundBag(folder=listed.folder, **found.to_json()), faults, notes


def _differences(found: Weighed, listed: BagFacts) -> list[Fault]:
    """What is otherwise than the list says."""
    faults = []
    if found.files != listed.files:
        faults.append(_fault("YJ-2-1", listed.folder, f"清单记 {listed.files} 个文件，实收 {found.files} 个"))
    if found.size != listed.size:
        faults.append(_fault("YJ-2-2", listed.folder, f"清单记 {listed.size} 字节，实收 {found.size} 字节"))
    if (found.manifest_sha256, found.manifest_sm3) != (listed.manifest_sha256, listed.manifest_sm3):
        faults.append(_fault("YJ-1-14", listed.folder, "档案清单的摘要与移交清单不符：不是移交的那一件"))
    if (found.bag_sha256, found.bag_sm3) != (listed.bag_sha256, listed.bag_sm3):
        faults.append(_fault("YJ-1-14", listed.folder, "信息包的摘要与移交清单不符：移交前后不一致"))
    return faults


def _other_case(folder: Path, listed: HandedPackage) -> list[Fault]:
    """Faults of a sound package that is another one than the list describes."""
    try:
        manifest = parse_manifest(manifest_file(folder / listed.bags[0].folder).read_bytes())
    except (BadManifest, OSError) as error:
        return [_fault("YJ-3-1", listed.bags[0].folder, f"清单不可读：{error}")]
    told = {
        "信息包编号": (listed.package, manifest.package),
        "档号": (listed.archive_number, manifest.archive_number or manifest.package),
        "办件编号": (listed.case_number, manifest.case.number),
        "项目代码": (listed.project_code, manifest.case.project_code),
        "保管期限": (listed.retention, manifest.retention.code),
    }
    return [
        _fault("YJ-1-10", listed.bags[0].folder, f"{name}：移交清单记“{said}”，信息包为“{seen}”")
        for name, (said, seen) in told.items()
        if said != seen
    ]


def manifest_file(bag: Path) -> Path:
    """Where a bag of ours holds its manifest."""
    return bag / PAYLOAD_FOLDER / MANIFEST_PATH


def transfer_code(code: str) -> str:
    """The code of a check at transfer: the numbers are those of filing (DA/T 70-2018)."""
    return code.replace("GD-", "YJ-", 1)


def _fault(code: str, about: str, what: str) -> Fault:
    return Fault(code=code, object=about, what=what)


def _read(path: Path, most: int) -> bytes:
    try:
        if path.is_symlink() or path.stat().st_size > most:
            raise BadHandover(f"{path.name} 不是普通文件或过大")
        return path.read_bytes()
    except OSError as error:
        raise BadHandover(f"{path.name} 不能读出：{error.strerror}；请核对移交的文件夹") from error
