"""What a check says: a line with a code, what came of it, about which file; and what the auditor brought along."""

import dataclasses
import datetime as dt
from typing import Any

from cryptography import x509

from archive.offline.bags import DATA
from archive.offline.notes import NoteKey

PROOFS = f"{DATA}校验信息/"
MANIFEST, README = f"{DATA}元数据/manifest.json", f"{DATA}说明文件.txt"
CHECKPOINT, ENTRY, HEAD_TIME = f"{PROOFS}checkpoint.txt", f"{PROOFS}log-proof.json", f"{PROOFS}checkpoint.tsr"
GROWTH, LISTS = f"{PROOFS}log-growth.json", f"{PROOFS}crls/"
CODES = {
    "folder": ("GD-1-13", "文件夹", "the folder"),
    "stray": ("GD-4-3", "多余的文件", "files that do not belong"),
    "readable": ("GD-3-4", "文件可读", "files can be read"),
    "tags": ("GD-1-12", "标签文件的摘要", "digests of the tag files"),
    "payload": ("GD-1-14", "内容文件的摘要", "digests of the payload"),
    "total": ("GD-2-2", "总字节数与文件数", "bytes and files in all"),
    "manifest": ("GD-3-1", "清单", "the manifest"),
    "elements": ("GD-1-11", "要素与清单一致", "elements are those of the manifest"),
    "events": ("GD-2-5", "办理过程与日志摘要", "events and their digests in the log"),
    "seal": ("GD-1-1", "电子印章", "electronic seals"),
    "checkpoint": ("GD-1-1", "日志检查点的签名", "signature of the log's head"),
    "entry": ("GD-1-1", "存证日志的包含证明", "proof of the entry in the log"),
    "growth": ("GD-1-1", "日志只增不改", "the log only grew"),
    "witness": ("GD-1-1", "见证方签名", "signatures of witnesses"),
    "head-time": ("GD-1-1", "检查点的时间戳", "timestamp of the log's head"),
    "chain": ("GD-2-5", "补充归档的衔接", "what follows names what came before"),
    "children": ("GD-2-5", "子档案", "packages inside this one"),
    "stopped": ("", "检查未能完成", "a check did not come to its end"),
}
"""Code of a line: its code in DA/T 70-2018 and what it is about; `docs/verifying.md` explains each."""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One check. `state`: ok, failed, unknown (could not be judged), note (no bearing on the verdict)."""

    code: str
    state: str
    object: str
    what: str


@dataclasses.dataclass(frozen=True)
class Given:
    """What the auditor brought: nothing in the package can take its place."""

    roots: tuple[x509.Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()
    log_key: NoteKey | None = None
    witnesses: tuple[NoteKey, ...] = ()
    needed: int = 0
    earlier: bytes = b""
    at: dt.datetime = dataclasses.field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclasses.dataclass
class Package:
    """A package as it was judged; `inside` are the digests of the manifests of packages that lie in it."""

    folder: str
    lines: list[Line] = dataclasses.field(default_factory=list)
    manifest: dict[str, Any] = dataclasses.field(default_factory=dict)
    sha256: str = ""
    inside: set[str] = dataclasses.field(default_factory=set)
