"""Export of a package as a bag that an auditor can check with no database, no network and no word of ours."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from archive.bag import PAYLOAD_FOLDER, seal_bag
from archive.digests import CHUNK_BYTES, Digests, digest_bytes, digest_stream, object_key
from archive.durable_files import file_errors, sync_directory, write_all
from archive.keys import safe_name
from archive.log_proof import LogProof
from archive.manifest import MANIFEST_PATH, Manifest, nested_path, parse_manifest
from archive.store import AlreadyExists, BadDigest, ObjectStore
from archive.verifying_reader import Readable

PROOF_FOLDER = "校验信息"
CHECKPOINT_PATH = f"{PROOF_FOLDER}/checkpoint.txt"
TIMESTAMP_PATH = f"{PROOF_FOLDER}/checkpoint.tsr"
"""An RFC 3161 token over the checkpoint as the log signed it, without the lines of witnesses."""
LOG_PROOF_PATH = f"{PROOF_FOLDER}/log-proof.json"
LOG_KEY_PATH = f"{PROOF_FOLDER}/log-key.txt"
GROWTH_PATH = f"{PROOF_FOLDER}/log-growth.json"
VERIFIER_PATH = f"{PROOF_FOLDER}/offline_verifier.py"
ROOTS_FOLDER = f"{PROOF_FOLDER}/roots"
CRLS_FOLDER = f"{PROOF_FOLDER}/crls"
README_PATH = "说明文件.txt"
NO_RECORDS: Mapping[str, bytes] = MappingProxyType({})

_README = """本信息包是一件行政审批办件的全要素电子档案。

包结构
  BagIt 1.0 (RFC 8493)。{manifest} 列出每个文件的来源、材料类型、SHA-256 与 SM3 摘要。
  申报文件、过程文件、结果文件、共享材料、元数据: 按 GB/T 42727-2023 分组。
  {proof}: 存证日志的检查点与包含证明, 以及验证印章所需的根证书和吊销列表。

如何验证 (不需要网络和数据库)
  python offline_verifier.py 本文件夹 --log-key 日志公钥文件 --root 根证书文件
  或 yidang verify 本文件夹; 也可只核对摘要: sha256sum -c manifest-sha256.txt
  根证书和日志公钥随包附上只为方便; 请以另行取得的为准。{verifier}

档案: {package}
办件: {case}
事项: {item}
项目: {project}
"""


_ABOUT_VERIFIER = """
  {path} 是验证程序, 只需 Python 3.11 和 cryptography; 各行的含义见 docs/verifying.zh.md。其 SHA-256:
  {digest}
  能伪造本包的人也能换掉它和这一行: 请从别处取得, 或与另行公布的摘要核对后再用。"""


@dataclasses.dataclass(frozen=True, slots=True)
class TrustMaterial:
    """What a verifier may compare with what it already trusts: root certificates (PEM), CRLs (DER), the log's key.

    `verifier` is the offline verifier in one file (`archive.offline`), put beside them for convenience; `growth` the
    proof (`growth_proof`) that the log grew from a head that the receiver kept.
    """

    roots: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    log_key: str = ""
    verifier: bytes = b""
    growth: bytes = b""


def export_package(  # noqa: PLR0913
    manifest: bytes,
    store: ObjectStore,
    *,
    log_proof: LogProof | None,
    checkpoint: bytes | None,
    timestamp: bytes | None = None,
    trust: TrustMaterial,
    out_dir: Path,
    now: dt.datetime,
    records: Mapping[str, bytes] = NO_RECORDS,
    inside: Sequence[Path] = (),
) -> Path:
    """Write the package as a folder below `out_dir` and return it; the folder appears only when it is whole.

    Without `log_proof` and `checkpoint` (not logged yet) the bag's verdict can only be "unknown". `records` are further
    files for the reader, such as PREMIS as of now: name → bytes, beside the proofs. `inside` are the exported packages
    of its cases in their order, where it is that of a parallel case.

    Raises:
        BadManifest: the bytes are no manifest.
        AlreadyExists: the folder is there already.
        NotFound, BadDigest: an object is missing from the store or damaged there.
        Unavailable: store or disk cannot now.
    """
    package = parse_manifest(manifest)
    target = out_dir / safe_name(package.package)
    if target.exists():
        raise AlreadyExists(f"{target.name} has been exported there already; remove it or choose another folder")
    with file_errors(target.name, out_dir.absolute()):
        out_dir.mkdir(parents=True, exist_ok=True)
        with _scratch(out_dir) as folder:
            payload = _write_elements(folder, package, store)
            for number, (child, bag) in enumerate(zip(package.children, inside, strict=bool(inside)), start=1):
                payload |= _write_inside(folder, f"{PAYLOAD_FOLDER}/{nested_path(number, child)}", bag)
            others = _other_files(package, manifest, log_proof, checkpoint, trust)
            if timestamp is not None:
                others[TIMESTAMP_PATH] = timestamp
            others |= {f"{PROOF_FOLDER}/{name}": data for name, data in records.items()}
            for path, data in others.items():
                payload[f"{PAYLOAD_FOLDER}/{path}"] = _write(folder / PAYLOAD_FOLDER / path, data)
            seal_bag(folder, payload, _facts(package, manifest, now))
            folder.rename(target)
            sync_directory(out_dir)
    return target


@contextlib.contextmanager
def _scratch(out_dir: Path) -> Iterator[Path]:
    folder = out_dir / f".export-{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already where it was renamed


def _write_elements(folder: Path, package: Manifest, store: ObjectStore) -> dict[str, Digests]:
    payload = {}
    for element in package.elements:
        path = f"{PAYLOAD_FOLDER}/{element.path}"
        with store.open(object_key(element.sha256)) as stream:
            found = _copy(stream, folder / path)
        if (found.sha256, found.sm3, found.size) != (element.sha256, element.sm3, element.size):
            raise BadDigest(f"{element.path}: the stored bytes are not those of the manifest; check the package first")
        payload[path] = found
    return payload


def _write_inside(folder: Path, place: str, bag: Path) -> dict[str, Digests]:
    """Copy a whole bag into the payload of another (GB/T 42727-2023 appendix C)."""
    payload = {}
    for file in sorted(path for path in bag.rglob("*") if path.is_file()):
        path = f"{place}/{file.relative_to(bag).as_posix()}"
        with file.open("rb") as stream:
            payload[path] = _copy(stream, folder / path)
    return payload


def _other_files(
    package: Manifest, manifest: bytes, log_proof: LogProof | None, checkpoint: bytes | None, trust: TrustMaterial
) -> dict[str, bytes]:
    """Manifest, proof, trust material and the note for the reader, by path below `data/`."""
    files = {MANIFEST_PATH: manifest, README_PATH: _readme(package, trust)}
    if log_proof is not None:
        files[LOG_PROOF_PATH] = log_proof.to_bytes()
    if checkpoint is not None:
        files[CHECKPOINT_PATH] = checkpoint
    if trust.log_key:
        files[LOG_KEY_PATH] = f"{trust.log_key}\n".encode()
    if trust.verifier:
        files[VERIFIER_PATH] = trust.verifier
    if trust.growth:
        files[GROWTH_PATH] = trust.growth
    files |= {f"{ROOTS_FOLDER}/{number}.pem": root for number, root in enumerate(trust.roots, start=1)}
    files |= {f"{CRLS_FOLDER}/{number}.crl": crl for number, crl in enumerate(trust.crls, start=1)}
    return files


def _readme(package: Manifest, trust: TrustMaterial) -> bytes:
    case = package.case
    digest = hashlib.sha256(trust.verifier).hexdigest()
    return _README.format(
        manifest=MANIFEST_PATH,
        proof=PROOF_FOLDER,
        verifier=_ABOUT_VERIFIER.format(path=VERIFIER_PATH, digest=digest) if trust.verifier else "",
        package=package.package,
        case=case.number,
        item=f"{case.item_name} {case.item_code} ({case.item_version})",
        project=f"{case.project_name} {case.project_code}",
    ).encode()


def _facts(package: Manifest, manifest: bytes, now: dt.datetime) -> dict[str, str]:
    return {
        "Bag-Software-Agent": "yidang",
        "Bagging-Date": now.astimezone(dt.UTC).date().isoformat(),
        "External-Identifier": package.package,
        "Internal-Sender-Identifier": package.case.number,
        "Manifest-SHA256": hashlib.sha256(manifest).hexdigest(),
    }


def _write(path: Path, data: bytes) -> Digests:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return digest_bytes(data)


class _Tee:
    """Hands on what it reads and writes it to a file on the way."""

    def __init__(self, source: Readable, target: int) -> None:
        self._source, self._target = source, target

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(min(size, CHUNK_BYTES) if size > 0 else CHUNK_BYTES)
        write_all(self._target, chunk)
        return chunk


def _copy(source: Readable, path: Path) -> Digests:
    """Copy a stream to a new file and give the digests of what was written, in one pass."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        found = digest_stream(_Tee(source, handle))
        os.fsync(handle)
    finally:
        os.close(handle)
    return found
