"""移交清单: what is handed over, package by package, each bag by its digests. Canonical JSON, totals checked."""

import dataclasses
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic

from archive.bag import TAG_MANIFESTS, digest_file, list_bag
from archive.canonical import NotCanonical, canonical_json, parse_canonical
from archive.keys import safe_name
from archive.manifest import MANIFEST_PATH, Sha256, Sm3, Text

LIST_NAME = "移交清单.json"
LETTER_NAME = "移交书.pdf"
LIST_STATEMENT_NAME = "移交清单.sig"
MAX_LIST_BYTES = 64 << 20
"""A hundred thousand packages; a larger list is an attack on memory."""
Count = Annotated[int, pydantic.Field(ge=0)]
ProjectCode = Annotated[str, pydantic.StringConstraints(max_length=24)]


class BadHandover(ValueError):  # noqa: N818
    """The list of a hand-over cannot be read, or does not agree with itself; the message names the first fault."""

    code = "transfer-bad-list"


class Frozen(pydantic.BaseModel):
    """A record that is written once: no further names, nothing changed."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class BagFacts(Frozen):
    """One bag: its folder in the delivery, and what it weighs.

    `bag_sha256` and `bag_sm3` are of its tag manifests, which cover every other file; `size` in bytes.
    """

    folder: Text
    package: Text
    files: Count
    size: Count
    manifest_sha256: Sha256
    manifest_sm3: Sm3
    bag_sha256: Sha256
    bag_sm3: Sm3

    @pydantic.field_validator("folder")
    @classmethod
    def _one_safe_name(cls, folder: str) -> str:
        if safe_name(folder) != folder:
            raise ValueError(f"{folder!r} is no safe folder name")
        return folder


class HandedPackage(Frozen):
    """One package: its own bag first, then what was archived of it since (补充归档), in order."""

    order: Annotated[int, pydantic.Field(ge=1)]
    package: Text
    archive_number: Text
    case_number: Annotated[str, pydantic.StringConstraints(min_length=1, max_length=26)]
    project_code: ProjectCode
    title: Text
    retention: Literal["Y", "D30", "D10"]
    bags: Annotated[tuple[BagFacts, ...], pydantic.Field(min_length=1)]

    @pydantic.model_validator(mode="after")
    def _own_bag_first(self) -> "HandedPackage":
        if self.bags[0].package != self.package:
            raise ValueError(f"the first bag of {self.package} is of {self.bags[0].package}")
        return self


class Totals(Frozen):
    """总计."""

    packages: Count
    bags: Count
    files: Count
    size: Count


class HandoverList(Frozen):
    """The list of one batch. `corrects` names the batch before it whose refused packages come again."""

    schema_version: Literal[1] = 1
    kind: Literal["移交清单"] = "移交清单"
    batch: Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
    sender: Text
    receiver: Text
    made_at: pydantic.AwareDatetime
    corrects: str = ""
    packages: Annotated[tuple[HandedPackage, ...], pydantic.Field(min_length=1)]
    totals: Totals

    @pydantic.model_validator(mode="after")
    def _agrees(self) -> "HandoverList":
        if [one.order for one in self.packages] != list(range(1, len(self.packages) + 1)):
            raise ValueError("packages are numbered from 1 without gap")
        folders = [bag.folder.casefold() for one in self.packages for bag in one.bags]
        if len(set(folders)) != len(folders):
            raise ValueError("two bags lie in one folder (letter case aside)")
        for what in ("package", "archive_number", "case_number"):
            values = [getattr(one, what) for one in self.packages]
            if len(set(values)) != len(values):
                raise ValueError(f"two packages have the same {what}")
        if totals_of(self.packages) != self.totals:
            raise ValueError("the totals are not those of the packages")
        return self


def totals_of(packages: Iterable[HandedPackage]) -> Totals:
    """The sums over all bags."""
    listed = tuple(packages)
    bags = [bag for one in listed for bag in one.bags]
    return Totals(
        packages=len(listed), bags=len(bags), files=sum(b.files for b in bags), size=sum(b.size for b in bags)
    )


def record_bytes(record: Frozen) -> bytes:
    """Canonical JSON of a list or receipt."""
    return canonical_json(record.model_dump(mode="python"))


def parse_list(data: bytes) -> HandoverList:
    """The list in canonical bytes. Raises BadHandover."""
    try:
        found = HandoverList.model_validate(parse_canonical(data))
    except NotCanonical as error:
        raise BadHandover(str(error)) from error
    except pydantic.ValidationError as error:
        raise BadHandover(first_fault(error)) from error
    if record_bytes(found) != data:
        raise BadHandover("the list spells a value in another way than this program")
    return found


def first_fault(error: pydantic.ValidationError) -> str:
    """Where a record is wrong first, in one line."""
    fault = error.errors()[0]
    return f"{'.'.join(str(part) for part in fault['loc']) or 'record'}: {fault['msg']}"


@dataclasses.dataclass(frozen=True, slots=True)
class Weighed:
    """What a bag's folder was found to weigh; None for what could not be read."""

    files: int
    size: int
    manifest_sha256: str | None
    manifest_sm3: str | None
    bag_sha256: str | None
    bag_sm3: str | None

    def to_json(self) -> dict[str, Any]:
        """The figures under the names of their fields."""
        return dataclasses.asdict(self)


def weigh(folder: Path) -> Weighed:
    """Count a bag's payload and digest its manifest and tag manifests; says nothing about the payload's content."""
    files = list_bag(folder)
    sizes = [files.regular[path].stat().st_size for path in files.payload()]
    manifest = files.regular.get(f"data/{MANIFEST_PATH}")
    inner = digest_file(manifest) if manifest else None
    tags = {name: files.regular.get(file) for name, file in TAG_MANIFESTS.items()}
    sha256, sm3 = tags["sha256"], tags["sm3"]
    return Weighed(
        files=len(sizes),
        size=sum(sizes),
        manifest_sha256=inner.sha256 if inner else None,
        manifest_sm3=inner.sm3 if inner else None,
        bag_sha256=digest_file(sha256).sha256 if sha256 else None,
        bag_sm3=digest_file(sm3).sm3 if sm3 else None,
    )


def sha256_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
