"""Offline verification of an exported package: no database, no network, each check a line an auditor can read."""

import dataclasses
import datetime as dt
import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from cryptography import x509

from archive import bag
from archive.bag import BadBag, BagFiles
from archive.checkpoint import BadCheckpoint, Checkpoint, LogKey, open_checkpoint, parse_checkpoint, split_note
from archive.digests import Digests, digest_bytes
from archive.export import CHECKPOINT_PATH, CRLS_FOLDER, LOG_PROOF_PATH, PROOF_FOLDER, README_PATH
from archive.log_proof import LogProof
from archive.manifest import (
    MANIFEST_PATH,
    NESTED_FOLDER,
    BadManifest,
    Element,
    Manifest,
    nested_path,
    parse_manifest,
)
from archive.merkle import BadProof
from signing import DEFAULT_POLICY, Policy, has_signature, issued_policy, validate_pdf

State = Literal["ok", "failed", "unknown", "note"]
PackageVerdictName = Literal["valid", "invalid", "unknown"]
MAX_MANIFEST_BYTES = 64 << 20
"""Some hundred thousand elements; a larger manifest is an attack on memory."""
RAW_KEY_BYTES = 32
RECORD_OF_SEALS = 24
"""The element of the list that says which seals the result bears, and how they were judged when it was issued."""


@dataclasses.dataclass(frozen=True, slots=True)
class PackageCheck:
    """One line: code of DA/T 70-2018, what came of it, on which file, and a sentence.

    "unknown": it could not be judged (a key or root is not given). "note": told, without bearing on the verdict.
    """

    code: str
    state: State
    object: str
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class PackageVerdict:
    """valid: every check is ok. invalid: something was changed, lost or added. unknown: neither could be shown."""

    package: str
    checks: tuple[PackageCheck, ...]

    @property
    def verdict(self) -> PackageVerdictName:
        """The worst of the lines decides."""
        states = {check.state for check in self.checks}
        if "failed" in states:
            return "invalid"
        return "unknown" if "unknown" in states or not states else "valid"

    @property
    def failed(self) -> tuple[PackageCheck, ...]:
        """The lines that make it invalid."""
        return tuple(check for check in self.checks if check.state == "failed")


def verify_package(
    bag_dir: Path,
    *,
    trusted_log_key: bytes | None,
    roots: Iterable[x509.Certificate],
    at: dt.datetime | None = None,
) -> PackageVerdict:
    """Judge an exported package. Whatever the folder holds, the answer is a verdict.

    Args:
        bag_dir: the folder that `export_package` wrote.
        trusted_log_key: the log's public key as the verifier knows it, not from the bag: 32 raw bytes of Ed25519,
            or the text `name+id+base64`. Without it the verdict is at best "unknown".
        roots: certificates to trust for seals; those in the bag are never trusted by themselves.
        at: the moment to judge seals at, aware; now by default.
    """
    if not bag_dir.is_dir():
        return PackageVerdict("", (PackageCheck("GD-1-13", "failed", bag_dir.name, "没有这个文件夹"),))
    files = bag.list_bag(bag_dir)
    checks = [PackageCheck("GD-4-3", "failed", path, "不是普通文件 (链接或重名)") for path in files.foreign]
    files, digests, unread = _digest_all(files)
    checks += unread
    checks += _check_tag_files(files, digests)
    checks += _check_payload(files, digests)
    manifest, raw, lines = _read_manifest(files)
    checks += lines
    if manifest is not None:
        checks += _check_elements(manifest, files, digests)
        roots = tuple(roots)
        checks += _check_seals(manifest, files, digests, roots, at)
        checks += _check_log(files, digest_bytes(raw).sha256, trusted_log_key)
        checks += _check_inside(manifest, files, bag_dir, (trusted_log_key, roots, at))
    return PackageVerdict(manifest.package if manifest else "", tuple(checks))


def _digest_all(files: BagFiles) -> tuple[BagFiles, dict[str, Digests], list[PackageCheck]]:
    """Digests of all files that can be read, those files, and a line for each that cannot."""
    digests: dict[str, Digests] = {}
    unread = []
    for path, file in files.regular.items():
        try:
            digests[path] = bag.digest_file(file)
        except OSError as error:
            unread.append(PackageCheck("GD-3-4", "failed", path, f"文件不能读出: {error.strerror}"))
    readable = {path: files.regular[path] for path in digests}
    return dataclasses.replace(files, regular=readable), digests, unread


def _check_tag_files(files: BagFiles, digests: dict[str, Digests]) -> Iterator[PackageCheck]:
    """bagit.txt, bag-info.txt and the manifests are as the tag manifest says, and nothing else lies beside them."""
    line = functools.partial(PackageCheck, "GD-1-12")
    beside = set(files.regular) - files.payload()
    for path in sorted(beside - {*bag.TAG_FILES, *bag.TAG_MANIFESTS.values()}):
        yield PackageCheck("GD-4-3", "failed", path, "包中多余的文件")
    for algorithm, name in bag.TAG_MANIFESTS.items():
        yield from _check_tag_manifest(files, digests, algorithm, name)
    if "bagit.txt" in digests and digests["bagit.txt"] != digest_bytes(bag.DECLARATION):
        yield line("failed", "bagit.txt", "不是 BagIt 1.0 的声明")


def _check_tag_manifest(
    files: BagFiles, digests: dict[str, Digests], algorithm: str, name: str
) -> Iterator[PackageCheck]:
    """One of the two tag manifests lists exactly the tag files, with their digests by its algorithm."""
    line = functools.partial(PackageCheck, "GD-1-12")
    try:
        listed = bag.parse_digest_lines(_read_tag(files, name), name)
    except BadBag as error:
        yield line("failed", name, str(error))
        return
    if set(listed) != set(bag.TAG_FILES):
        yield line("failed", name, "应列出且只列出 " + "、".join(bag.TAG_FILES))
    wrong = [tag for tag in bag.TAG_FILES if tag not in digests or listed.get(tag) != getattr(digests[tag], algorithm)]
    for tag in wrong:
        yield line("failed", tag, f"与 {name} 所记摘要不符, 或缺失")
    if not wrong:
        yield line("ok", name, f"{len(listed)} 个标签文件的 {algorithm.upper()} 摘要一致")


def _check_payload(files: BagFiles, digests: dict[str, Digests]) -> Iterator[PackageCheck]:
    """Every file below data/ is listed with its digests, every listed file is there, and the totals agree."""
    payload = files.payload()
    for algorithm, name in bag.PAYLOAD_MANIFESTS.items():
        try:
            listed = bag.parse_digest_lines(_read_tag(files, name), name)
        except BadBag as error:
            yield PackageCheck("GD-1-14", "failed", name, str(error))
            continue
        faults = [(path, "GD-2-11", f"{name} 列有此文件, 包中没有") for path in set(listed) - payload]
        faults += [(path, "GD-4-3", f"{name} 未列此文件") for path in payload - set(listed)]
        for path in payload & set(listed):
            if getattr(digests[path], algorithm) != listed[path]:
                faults.append((path, "GD-1-14", f"{algorithm.upper()} 摘要与 {name} 所记不符: 内容被改动"))
        yield from (PackageCheck(code, "failed", path, what) for path, code, what in sorted(faults))
        if not faults:
            yield PackageCheck("GD-1-14", "ok", name, f"{len(listed)} 个文件的 {algorithm.upper()} 摘要一致")
    total = f"{sum(digests[path].size for path in payload)}.{len(payload)}"
    told = f"\nPayload-Oxum: {total}\n".encode() in b"\n" + _read_tag_or_empty(files, "bag-info.txt")
    what = f"总字节数.文件数 {total}"
    yield PackageCheck(
        "GD-2-2", "ok" if told else "failed", "bag-info.txt", what if told else f"实为{what}, 与所记不符"
    )


def _read_manifest(files: BagFiles) -> tuple[Manifest | None, bytes, list[PackageCheck]]:
    path = f"{bag.PAYLOAD_FOLDER}/{MANIFEST_PATH}"
    line = functools.partial(PackageCheck, "GD-3-1")
    file = files.regular.get(path)
    if file is None or file.stat().st_size > MAX_MANIFEST_BYTES:
        return None, b"", [line("failed", path, "缺少清单, 或清单过大")]
    raw = file.read_bytes()
    try:
        return parse_manifest(raw), raw, [line("ok", path, "清单可读")]
    except BadManifest as error:
        return None, raw, [line("failed", path, f"清单不可读: {error}")]


def _check_elements(manifest: Manifest, files: BagFiles, digests: dict[str, Digests]) -> Iterator[PackageCheck]:
    """The files are those of the manifest, no more and no fewer, with its digests."""
    data = f"{bag.PAYLOAD_FOLDER}/"
    expected = {data + element.path: element for element in manifest.elements}
    ours = {data + MANIFEST_PATH, data + README_PATH}
    fine = True
    for path in sorted(files.payload() - set(expected) - ours):
        nested = manifest.children and path.startswith(f"{data}{NESTED_FOLDER}/")  # see `_check_inside`
        if not nested and not path.startswith(f"{data}{PROOF_FOLDER}/"):
            fine = False
            yield PackageCheck("GD-4-3", "failed", path, "清单中没有此文件")
    for path, element in expected.items():
        if path not in digests:
            fine = False
            yield PackageCheck("GD-1-11", "failed", path, "清单列有此文件, 包中没有")
        elif digests[path] != Digests(element.sha256, element.sm3, element.size):
            fine = False
            yield PackageCheck("GD-1-10", "failed", path, "摘要或大小与清单不符: 内容被改动")
    if fine:
        yield PackageCheck("GD-1-11", "ok", data + MANIFEST_PATH, f"{len(expected)} 个要素与清单一致")


def _check_inside(
    manifest: Manifest,
    files: BagFiles,
    bag_dir: Path,
    trusted: tuple[bytes | None, Sequence[x509.Certificate], dt.datetime | None],
) -> Iterator[PackageCheck]:
    """The packages of the cases that lie in that of their parallel case: those of the manifest, each judged by itself.

    All of them or none: an export for transfer leaves them to their own bags.
    """
    data = f"{bag.PAYLOAD_FOLDER}/"
    inside = {path for path in files.payload() if manifest.children and path.startswith(f"{data}{NESTED_FOLDER}/")}
    if not inside:
        return
    log_key, roots, at = trusted
    for number, child in enumerate(manifest.children, start=1):
        place = f"{data}{nested_path(number, child)}"
        own = f"{place}/{data}{MANIFEST_PATH}"
        there = files.regular[own].read_bytes() if own in inside else b""
        found = {path for path in inside if path.startswith(f"{place}/")}
        inside -= found
        if digest_bytes(there).sha256 != child.manifest_sha256:
            yield PackageCheck("GD-1-11", "failed", place, "缺少该办件的档案，或其清单不是所记的那一份")
            continue
        verdict = verify_package(bag_dir / place, trusted_log_key=log_key, roots=roots, at=at)
        yield from (
            dataclasses.replace(one, object=f"{place}/{one.object}") for one in verdict.checks if one.state != "ok"
        )
        yield PackageCheck("GD-1-11", "ok", place, f"办件档案 {child.archive_number} 清单摘要一致")
    for path in sorted(inside):
        yield PackageCheck("GD-4-3", "failed", path, "清单中没有此文件")


def _check_seals(
    manifest: Manifest,
    files: BagFiles,
    digests: dict[str, Digests],
    roots: Sequence[x509.Certificate],
    at: dt.datetime | None,
) -> Iterator[PackageCheck]:
    """Results must carry valid seals; what applicants handed in is told as it came."""
    seals = _seals_on_record(manifest, files, digests)
    folder = f"{bag.PAYLOAD_FOLDER}/{CRLS_FOLDER}/"
    crls = [file.read_bytes() for path, file in files.regular.items() if path.startswith(folder)]
    for element in manifest.elements:
        path = f"{bag.PAYLOAD_FOLDER}/{element.path}"
        intact = path in digests and digests[path].sha256 == element.sha256
        if element.media_type == "application/pdf" and intact:
            policy = issued_policy(*seals, sha256=element.sha256) if seals else DEFAULT_POLICY
            yield from _check_seal(element, files.regular[path], path, (roots, crls, at, policy))


def _seals_on_record(manifest: Manifest, files: BagFiles, digests: dict[str, Digests]) -> list[str]:
    """Fingerprints of the seals that the result was issued with, by the record of their use; none in other packages."""
    for element in manifest.elements:
        path = f"{bag.PAYLOAD_FOLDER}/{element.path}"
        issued = element.element == RECORD_OF_SEALS and element.group == "结果文件"  # notices have a record too
        if issued and path in digests and digests[path].sha256 == element.sha256:
            try:
                record = json.loads(files.regular[path].read_bytes())
                return [str(seal["fingerprint"]) for seal in record["validation"]["seals"]]
            except (ValueError, TypeError, KeyError):  # a record of another system
                return []
    return []


def _check_seal(
    element: Element,
    file: Path,
    path: str,
    trust: tuple[Sequence[x509.Certificate], Sequence[bytes], dt.datetime | None, Policy],
) -> Iterator[PackageCheck]:
    is_result = element.group == "结果文件"
    if not is_result and not has_signature(file.read_bytes()):
        return
    roots, crls, at, issued = trust
    found = validate_pdf(file, roots, crls=crls, at=at, policy=issued if is_result else DEFAULT_POLICY)
    states: dict[str, State] = {"valid": "ok", "invalid": "failed", "unknown": "unknown"}
    signers = "、".join(f"{seal.signer} {seal.level}" for seal in found.seals)
    reasons = "; ".join(reason.text for reason in found.reasons)
    what = "; ".join(part for part in (signers, reasons) if part) or "没有印章"
    state = states[found.verdict] if is_result else "note"
    yield PackageCheck("GD-1-1", state, path, f"印章{'有效' if found.verdict == 'valid' else '未证实'}: {what}")


def _check_log(files: BagFiles, manifest_sha256: str, trusted: bytes | None) -> Iterator[PackageCheck]:
    """The checkpoint is signed by the log we trust, and the package's entry is under its root."""
    line = functools.partial(PackageCheck, "GD-1-1")
    checkpoint_path = f"{bag.PAYLOAD_FOLDER}/{CHECKPOINT_PATH}"
    proof_path = f"{bag.PAYLOAD_FOLDER}/{LOG_PROOF_PATH}"
    note, proof = files.regular.get(checkpoint_path), files.regular.get(proof_path)
    if note is None or proof is None:
        yield line("unknown", checkpoint_path, "包中没有检查点或包含证明: 导出时尚未存证")
        return
    try:
        checkpoint, signed = _open_checkpoint(_read_bounded(note), trusted)
    except BadCheckpoint as error:
        yield line("failed", checkpoint_path, f"检查点不可信: {error}")
        return
    if signed:
        yield line("ok", checkpoint_path, f"检查点由 {checkpoint.origin} 的可信密钥签名, 日志共 {checkpoint.size} 条")
    else:
        yield line("unknown", checkpoint_path, "没有给出可信的日志公钥, 检查点的签名未验证")
    try:
        found = LogProof.from_bytes(_read_bounded(proof))
        found.verify(checkpoint)
        if found.object_sha256() != manifest_sha256:
            raise BadProof("日志中的条目不是这份清单的")  # noqa: TRY301 - the same answer as for a proof that breaks
    except BadProof as error:
        yield line("failed", proof_path, f"包含证明不成立: {error}")
        return
    yield line("ok", proof_path, f"清单是日志第 {found.index} 条, 包含证明成立")


def _open_checkpoint(note: bytes, trusted: bytes | None) -> tuple[Checkpoint, bool]:
    """The checkpoint, and whether a trusted key signed it."""
    text, signatures = split_note(note)
    if trusted is None:
        return parse_checkpoint(text), False
    if len(trusted) == RAW_KEY_BYTES:
        keys = [LogKey(name, trusted) for name in {name for name, _ in signatures}]
    else:
        keys = [LogKey.parse(trusted.decode(errors="replace"))]
    return open_checkpoint(note, keys), True


def _read_bounded(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(bag.MAX_TAG_BYTES)


def _read_tag(files: BagFiles, name: str) -> bytes:
    file = files.regular.get(name)
    if file is None:
        raise BadBag(f"{name} is missing")
    with file.open("rb") as stream:
        return stream.read(bag.MAX_TAG_BYTES + 1)


def _read_tag_or_empty(files: BagFiles, name: str) -> bytes:
    return _read_tag(files, name) if name in files.regular else b""
