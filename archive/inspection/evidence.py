"""What an inspection judges: everything that was read, looked up or measured, gathered before the first judgement.

The checks are pure functions of this; all effects (store, database, sandbox, scanner) lie in those who gather it.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from archive.digests import Digests
from archive.inspection.codes import Phase
from archive.inspection.report import ManualResult, Outcome
from archive.manifest import Element, Manifest

Standing = Literal["sound", "failed", "unknown"]


@dataclasses.dataclass(frozen=True, slots=True)
class FileFacts:
    """One file as it was read: digests (None: not there, or not readable to its end), first bytes, what was wrong."""

    digests: Digests | None
    head: bytes = b""
    fault: str = ""
    absent: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ContentFacts:
    """What opening a file in the sandbox showed.

    "opened": it did. "refused": `code` is the stable code of the refusal, `fault` its sentence. "unexamined": nobody
    here can open the kind; `fault` says so. `rendered` are the pages that were drawn; `version` is `1.7`, or `A-2b` for
    PDF/A; `filters` are compressions that the format's standard does not name; `packed` and `unpacked` are bytes of a
    container's files before and after unpacking, 0 where the file is none.
    """

    state: Literal["opened", "refused", "unexamined"]
    code: str = ""
    fault: str = ""
    pages: int | None = None
    rendered: tuple[int, ...] = ()
    encrypted: bool = False
    filters: tuple[str, ...] = ()
    version: str = ""
    packed: int = 0
    unpacked: int = 0


UNEXAMINED = ContentFacts("unexamined", fault="未在沙箱中打开")

Look = Callable[[Mapping[str, Path]], Mapping[str, ContentFacts]]
"""Opens files by key in the sandbox and says what they are; `workers` gives the one of `ingest`."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealFacts:
    """What was found of the seals of a file, with who sealed and at which level."""

    standing: Standing
    remark: str


@dataclasses.dataclass(frozen=True, slots=True)
class LogFacts:
    """Whether the package's entry is proved to be in the log under a signed head."""

    standing: Standing
    remark: str


@dataclasses.dataclass(frozen=True, slots=True)
class VirusFacts:
    """A scan: program with version, date of its signatures, what was found by path; `why` it was not made."""

    program: str = ""
    signatures: str = ""
    infected: Mapping[str, str] = dataclasses.field(default_factory=dict)
    why: str = ""

    @property
    def made(self) -> bool:
        """Whether there was a scan at all."""
        return bool(self.program)


class Scan(Protocol):
    """A virus scanner."""

    def __call__(self, files: Mapping[str, Path]) -> VirusFacts:
        """Scan files by key. Never an exception: what could not be scanned is said in `why`."""
        ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """What is written down outside the package: by the archive's database, or at a receiver's.

    `row` is the archive's own line of the package under the manifest's names, None where there is none;
    `awaited` says that there cannot be one yet (it is being received). `duplicates`: field, value and where it is used
    already. `missing_serials`: 件号 of the same series below this one that nothing is known of.
    `recorded_files` and `recorded_bytes` are what was written down when the package was built or handed over.
    """

    fonds: str = ""
    row: Mapping[str, str] | None = None
    awaited: bool = False
    manifest_sha256: str = ""
    manifest_sm3: str = ""
    recorded_files: int | None = None
    recorded_bytes: int | None = None
    duplicates: Sequence[tuple[str, str, str]] = ()
    missing_serials: Sequence[int] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A line of the hand-over list (交接清单): what was said of the package before it came.

    `files` and `size` count the payload (BagIt's Payload-Oxum); `tag_sha256` is the digest of `tagmanifest-sha256.txt`
    and so of the whole bag, empty where the list does not give it. `carrier` names an offline carrier (光盘, 硬盘),
    empty when it came over the network through `channel`.
    """

    list_number: str
    files: int
    size: int
    sender: str = ""
    receiver: str = ""
    operator: str = ""
    channel: str = ""
    carrier: str = ""
    tag_sha256: str = ""
    archive_number: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class OperationFacts:
    """Who ran it, over which channel, into what; `faults` are what is unsafe about that."""

    what: str
    faults: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything about one package at one moment.

    `files` by the path of the element, `content` by SHA-256, `seals` by path. `documents` are the package's own JSON by
    role, only those that could be parsed; `unreadable` says by path why one could not. `replica` names by path what the
    second site lacks or has otherwise, None where there is no second site. `told` are outcomes by number that another
    judge found (the reading of a bag).
    """

    phase: Phase
    at: dt.datetime
    raw: bytes
    manifest: Manifest
    files: Mapping[str, FileFacts]
    content: Mapping[str, ContentFacts]
    documents: Mapping[str, Any]
    unreadable: Mapping[str, str]
    seals: Mapping[str, SealFacts]
    log: LogFacts
    register: RegisterFacts
    virus: VirusFacts
    operation: OperationFacts
    environment: Mapping[str, str]
    replica: Mapping[str, str] | None = None
    carrier: str = ""
    hand_over: HandOver | None = None
    manual: Sequence[ManualResult] = ()
    told: Mapping[str, Sequence[Outcome]] = dataclasses.field(default_factory=dict)

    def present(self) -> list[Element]:
        """The elements whose file is there and was read to its end."""
        return [e for e in self.manifest.elements if self.files[e.path].digests is not None]

    def told_faults(self, number: str) -> list[Outcome]:
        """What another judge found wrong under a number."""
        return [one for one in self.told.get(number, ()) if one.result == "不合格"]

    def opened(self, element: Element) -> ContentFacts:
        """What opening the element showed."""
        return self.content.get(element.sha256, UNEXAMINED)
