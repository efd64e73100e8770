"""The manifest of a package (档案): what one closed case consists of, each element named by its digest.

GB/T 42727-2023 gives the groups, DA/T 46-2009 the kind of metadata, the list of 35 elements (全要素) is ours. The
manifest is canonical JSON and itself an object: its SHA-256 names the package in the log. It is never changed; an
amendment is a new manifest that names the one before it.

Version 2 adds the parts of 档号, 密级, what is known of the item, which elements apply, and the packages inside. What
was written as version 1 is read, and written again, without them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, get_args

import pydantic

from archive.canonical import NotCanonical, canonical_json, parse_canonical
from archive.keys import BadName, check_path, safe_name

SCHEMA_VERSION: Final = 2
GROUPS = ("申报文件", "过程文件", "结果文件", "共享材料", "元数据")
ELEMENT_COUNT = 35
SINCE_VERSION_2: Final = ("filing", "matter", "applies", "children")
"""What a manifest of version 1 cannot hold; its bytes do not name these."""
MANIFEST_PATH = "元数据/manifest.json"
"""Where an exported package holds its manifest; no element may take this place."""

NESTED_FOLDER = "并联办件"
"""Where the exported package of a parallel case holds the packages of its cases, each a whole bag."""

Group = Literal["申报文件", "过程文件", "结果文件", "共享材料", "元数据"]
Source = Literal["uploaded", "reused", "generated"]
Sha256 = Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Sm3 = Sha256
Text = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=500)]


class BadManifest(ValueError):  # noqa: N818
    """The bytes or values make no manifest; the message names the first fault."""

    code = "archive-bad-manifest"


class _Frozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class CaseFacts(_Frozen):
    """Who asked what, when (elements 1 to 4). Times are aware."""

    number: Text
    item_code: Text
    item_name: Text
    item_version: Text
    project_code: Text
    project_name: Text
    works_name: str = ""
    applicant_name: Text
    applicant_uscc: str
    parallel_case: str = ""
    applied_at: pydantic.AwareDatetime
    accepted_at: pydantic.AwareDatetime | None = None
    decided_at: pydantic.AwareDatetime | None = None
    delivered_at: pydantic.AwareDatetime | None = None


class Provenance(_Frozen):
    """Where an element came from, if not from this case's own window: the package or register and the purpose."""

    origin: Text
    package: str = ""
    case_number: str = ""
    retrieved_at: pydantic.AwareDatetime | None = None
    purpose: str = ""
    valid_until: dt.date | None = None


class Element(_Frozen):
    """One file of the package. `element` is its number among the 35; `path` its place in an exported package."""

    element: Annotated[int, pydantic.Field(ge=1, le=ELEMENT_COUNT)]
    group: Group
    role: Text
    name: Text
    path: Text
    sha256: Sha256
    sm3: Sm3
    size: Annotated[int, pydantic.Field(ge=0)]
    media_type: Text
    source: Source
    provenance: Provenance | None = None
    material_type: str = ""
    fields: dict[str, str] = {}

    @pydantic.field_validator("path")
    @classmethod
    def _safe_path(cls, path: str) -> str:
        try:
            check_path(path)
        except BadName as error:
            raise ValueError(str(error)) from error
        return path

    @pydantic.model_validator(mode="after")
    def _in_its_group(self) -> "Element":
        if not self.path.startswith(f"{self.group}/"):
            raise ValueError(f"path {self.path!r} must begin with {self.group}/")
        if self.source == "reused" and self.provenance is None:
            raise ValueError(f"{self.path}: a reused element must say where it came from")
        return self


class EventRef(_Frozen):
    """An event of the case, and where its leaf stands in the log (filled when the log took it)."""

    kind: Text
    at: pydantic.AwareDatetime
    sha256: Sha256
    log_index: int | None = None


class Retention(_Frozen):
    """保管期限: code Y (永久), D30 or D10, and the day it ends."""

    code: Literal["Y", "D30", "D10"]
    until: dt.date | None = None

    @pydantic.model_validator(mode="after")
    def _ends(self) -> "Retention":
        if (self.code == "Y") is not (self.until is None):
            raise ValueError("Y (永久) has no end; D30 and D10 need the day they end")
        return self


class Filing(_Frozen):
    """Where the archive keeps it (element 31): the parts of 档号 (DA/T 13-2022), 密级 (GB/T 7156-2003) and openness.

    保管期限, the one part of 档号 that is not here, stands in `Manifest.retention`. `department` handled the case.
    """

    fonds: Text
    category: Text
    year: Annotated[int, pydantic.Field(ge=1949, le=9999)]
    organ: Text
    item: Annotated[int, pydantic.Field(ge=1)]
    secrecy: Literal["公开级", "限制级"]
    openness: Literal["开放", "控制"]
    department: Text

    def number(self, retention: str) -> str:
        """档号, written of its parts."""
        return f"{self.fonds}-{self.category}·{self.year}-{retention}-{self.organ}-{self.item:04d}"


CaseResult = Literal["granted", "passed", "not-accepted", "parallel"]
"""What a case came to: a certificate, a favourable opinion, 不予受理; or it is a 并联实例 with cases of its own."""


class Matter(_Frozen):
    """The rest of elements 2 and 3: codes of the item, its stage, the answers (情形), the result, and the siblings.

    A code that the city has not told is empty.
    """

    result: CaseResult
    kind: Text
    stage: Text
    base_code: str = ""
    impl_code: str = ""
    answers: dict[str, str] = {}
    siblings: tuple[Text, ...] = ()


class Applies(_Frozen):
    """An element that is required only where it applies, and the fact of this case for which it does."""

    element: Annotated[int, pydantic.Field(ge=1, le=ELEMENT_COUNT)]
    why: Text


class Child(_Frozen):
    """A package inside this one (GB/T 42727-2023 appendix C): a case of a parallel case, by its manifest's digests."""

    package: Text
    archive_number: Text
    case_number: Text
    item_code: Text
    item_name: Text
    manifest_sha256: Sha256
    manifest_sm3: Sm3


class Manifest(_Frozen):
    """Everything of one package. `list_sha256`: the list as shown that day, itself an element in 元数据."""

    schema_version: Literal[1, 2] = SCHEMA_VERSION
    package: Text
    archive_number: str = ""
    created_at: pydantic.AwareDatetime
    case: CaseFacts
    list_sha256: Sha256
    retention: Retention
    elements: tuple[Element, ...]
    events: tuple[EventRef, ...] = ()
    previous_package: str = ""
    previous_manifest_sha256: Sha256 | None = None
    filing: Filing | None = None
    matter: Matter | None = None
    applies: tuple[Applies, ...] = ()
    children: tuple[Child, ...] = ()

    @pydantic.model_validator(mode="after")
    def _of_its_version(self) -> "Manifest":
        if self.schema_version == 1 and any(getattr(self, name) for name in SINCE_VERSION_2):
            raise ValueError(f"version 1 knows no {', '.join(SINCE_VERSION_2)}")
        if self.filing and self.archive_number != self.filing.number(self.retention.code):
            raise ValueError(f"档号 {self.archive_number} is not {self.filing.number(self.retention.code)}, its parts")
        if bool(self.children) is not (self.matter is not None and self.matter.result == "parallel"):
            raise ValueError("a 并联实例 names the packages inside it, and nothing else does")
        return self

    @pydantic.model_validator(mode="after")
    def _consistent(self) -> "Manifest":
        paths = [element.path.casefold() for element in self.elements]
        seen = {MANIFEST_PATH.casefold()}
        for path in paths:
            if path in seen:
                raise ValueError(f"two files under one path (letter case aside): {path}")
            seen.add(path)
        if bool(self.previous_package) is not bool(self.previous_manifest_sha256):
            raise ValueError("an amendment names the package before it and that manifest's digest, or neither")
        return self


def element_path(group: Group, number: int, name: str) -> str:
    """Where an element lies in a package: `申报文件/001_申请表.pdf`; the number keeps the order and makes it unique."""
    return f"{group}/{number:03d}_{safe_name(name)}"


def nested_path(number: int, child: Child) -> str:
    """Where the package of a case lies inside the exported package of its parallel case; `number` counts from 1."""
    return f"{NESTED_FOLDER}/{number:03d}_{safe_name(child.package)}"


def build_manifest(  # noqa: PLR0913
    *,
    package: str,
    created_at: dt.datetime,
    case: CaseFacts,
    list_sha256: str,
    retention: Retention,
    elements: Iterable[Element],
    events: Iterable[EventRef] = (),
    archive_number: str = "",
    previous: tuple[str, str] | None = None,
    filing: Filing | None = None,
    matter: Matter | None = None,
    applies: Iterable[Applies] = (),
    children: Iterable[Child] = (),
) -> Manifest:
    """A manifest with its elements in one order (group, path), whatever order they came in; `children` keep theirs.

    `previous` is (package, manifest SHA-256) of the package this one amends. Raises BadManifest.
    """
    groups = get_args(Group)
    ordered = sorted(elements, key=lambda e: (groups.index(e.group), e.path))
    try:
        return Manifest(
            package=package,
            archive_number=archive_number,
            created_at=created_at,
            case=case,
            list_sha256=list_sha256,
            retention=retention,
            elements=tuple(ordered),
            events=tuple(sorted(events, key=lambda e: (e.at, e.sha256))),
            previous_package=previous[0] if previous else "",
            previous_manifest_sha256=previous[1] if previous else None,
            filing=filing,
            matter=matter,
            applies=tuple(sorted(applies, key=lambda one: one.element)),
            children=tuple(children),
        )
    except pydantic.ValidationError as error:
        raise BadManifest(_first_fault(error)) from error


def manifest_bytes(manifest: Manifest) -> bytes:
    """Canonical JSON: the same manifest gives the same bytes on every machine, and in every version of this program."""
    unknown = set(SINCE_VERSION_2) if manifest.schema_version == 1 else set()
    return canonical_json(manifest.model_dump(mode="python", exclude=unknown))


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in canonical bytes. Raises BadManifest."""
    try:
        value = parse_canonical(data)
    except NotCanonical as error:
        raise BadManifest(str(error)) from error
    if not isinstance(value, Mapping):
        raise BadManifest("a manifest is one JSON object")
    try:
        found = Manifest.model_validate(value)
    except pydantic.ValidationError as error:
        raise BadManifest(_first_fault(error)) from error
    if manifest_bytes(found) != data:
        raise BadManifest("the manifest spells a value in another way than this program; it was not written by it")
    return found


def _first_fault(error: pydantic.ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"]) or "manifest"
    return f"{place}: {fault['msg']}"
