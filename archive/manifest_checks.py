"""Four-property checks (四性检测, DA/T 70-2018) of a package against the objects in the store."""

import dataclasses
import itertools
import unicodedata
from collections.abc import Iterator
from typing import Literal

from archive.digests import Digests, digest_stream, object_key
from archive.full_elements import FULL_ELEMENTS, held_elements, to_be_filed
from archive.manifest import Element, Manifest
from archive.store import BadDigest, NotFound, ObjectStore

Result = Literal["合格", "不合格"]

CHECK_NAMES = {
    "GD-1-1": "固化信息有效性",
    "GD-1-5": "元数据项数据值合理性",
    "GD-1-6": "元数据项数据包含特殊字符",
    "GD-1-10": "内容数据的电子属性一致性",
    "GD-1-11": "元数据是否关联内容数据",
    "GD-2-2": "总字节数相符性",
    "GD-2-5": "过程信息完整性",
    "GD-2-9": "归档范围",
    "GD-3-4": "内容数据的可读性",
}
"""Codes and names of DA/T 70-2018, as far as a manifest and its objects can be checked."""

FOLLOW_UP_ELEMENTS = (1, 2, 3, 4, 6, 15, 33)
"""Of a manifest that names the one before it: what the case handed in lies in the first and is not kept twice."""
_MAGIC = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF", "application/ofd": b"PK"}
_HEAD_BYTES = 1024
"""Readers look for the header of a PDF in its first 1024 bytes; scanners do write something before it."""


@dataclasses.dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a check report: what was checked on which object, with what result."""

    code: str
    name: str
    object: str
    result: Result
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether the line is 合格."""
        return self.result == "合格"

    def to_json(self) -> dict[str, str]:
        """The line under the names of its fields."""
        return dataclasses.asdict(self)


def check_manifest(manifest: Manifest, store: ObjectStore) -> list[CheckResult]:
    """Check a package before it is filed, or at any time after. One line per check and object.

    Reads every object once. Raises Unavailable when the store cannot be reached: that is no result.
    """
    found = {e.sha256: _examine(e, store) for e in manifest.elements}
    per_element = itertools.chain.from_iterable(_check_element(e, *found[e.sha256]) for e in manifest.elements)
    return [*per_element, *_check_whole(manifest, {sha: size for sha, (size, *_) in found.items()})]


def _line(code: str, about: str, fault: str, remark: str = "") -> CheckResult:
    return CheckResult(code, CHECK_NAMES[code], about, "不合格" if fault else "合格", fault or remark)


def _examine(element: Element, store: ObjectStore) -> tuple[Digests | None, bytes, str]:
    """Digests and first bytes of an object, or why it cannot be read."""
    key = object_key(element.sha256)
    try:
        with store.open(key) as stream:
            head = stream.read(_HEAD_BYTES)
            return digest_stream(stream, head), head, ""
    except NotFound:
        return None, b"", f"库中没有对象 {key}"
    except BadDigest as error:
        return None, b"", f"对象已损坏: {error}"


def looks_like(media_type: str, head: bytes) -> bool:
    """Whether the first bytes of a file are those of its media type; kinds without such bytes pass."""
    if media_type == "application/pdf":
        return b"%PDF-" in head
    if media_type == "image/heic":  # its first four bytes are a length
        return head[4:8] == b"ftyp"
    return head.startswith(_MAGIC.get(media_type, b""))


def _check_element(element: Element, found: Digests | None, head: bytes, unread: str) -> Iterator[CheckResult]:
    yield _line("GD-3-4", element.path, unread)
    if found is None:
        yield _line("GD-1-1", element.path, "不能读出, 无法核对摘要")
        return
    wrong = [
        name
        for name, told, seen in (("SHA-256", element.sha256, found.sha256), ("SM3", element.sm3, found.sm3))
        if told != seen
    ]
    yield _line("GD-1-1", element.path, f"{'、'.join(wrong)} 与清单不符" if wrong else "")
    faults = []
    if element.size != found.size:
        faults.append(f"清单记 {element.size} 字节, 实为 {found.size} 字节")
    if not looks_like(element.media_type, head):
        faults.append(f"内容不是 {element.media_type}")
    yield _line("GD-1-10", element.path, "; ".join(faults))


def _check_whole(manifest: Manifest, found: dict[str, Digests | None]) -> Iterator[CheckResult]:
    about = manifest.package
    yield _line("GD-1-5", about, unreasonable_times(manifest))
    yield _line("GD-1-6", about, "、".join(sorted(special_texts(manifest))))
    in_metadata = {e.sha256 for e in manifest.elements if e.group == "元数据"}
    orphan = "" if manifest.list_sha256 in in_metadata else f"材料清单快照 {manifest.list_sha256} 不在元数据中"
    yield _line("GD-1-11", about, orphan)
    told = sum(e.size for e in manifest.elements)
    seen = sum(digests.size for e in manifest.elements if (digests := found[e.sha256]))
    yield _line("GD-2-2", about, "" if told == seen else f"清单共 {told} 字节, 实为 {seen} 字节", f"{told} 字节")
    yield _line("GD-2-5", about, "" if manifest.events else "没有办理过程事件", f"{len(manifest.events)} 个事件")
    missing = missing_elements(manifest)
    fault = "缺 " + "、".join(f"{n} {FULL_ELEMENTS[n].name}" for n in missing) if missing else ""
    yield _line("GD-2-9", about, fault, f"{len(required_elements(manifest))} 项必备要素齐全")


def missing_elements(manifest: Manifest) -> tuple[int, ...]:
    """Numbers of the elements without which it is not filed and that it lacks."""
    held = held_elements(manifest)
    return tuple(number for number in required_elements(manifest) if number not in held)


def required_elements(manifest: Manifest) -> tuple[int, ...]:
    """Numbers of the elements that this manifest must hold."""
    return FOLLOW_UP_ELEMENTS if manifest.previous_package else to_be_filed(manifest)


def unreasonable_times(manifest: Manifest) -> str:
    """Which times of the case stand in the wrong order; empty where none do."""
    case = manifest.case
    named = [
        ("申请", case.applied_at),
        ("受理", case.accepted_at),
        ("办结", case.decided_at),
        ("送达", case.delivered_at),
        ("组卷", manifest.created_at),
    ]
    known = [(name, at) for name, at in named if at is not None]
    pairs = itertools.pairwise(known)
    return "; ".join(f"{a}时间晚于{b}时间" for (a, first), (b, second) in pairs if first > second)


def special_texts(manifest: Manifest) -> set[str]:
    """Names of metadata that hold control, private-use or replacement characters (damaged or hidden text)."""
    texts = {f"case.{name}": value for name, value in manifest.case.model_dump().items()}
    for element in manifest.elements:
        texts |= {f"{element.path} {name}": value for name, value in element.fields.items()}
        texts |= {f"{element.path} name": element.name, f"{element.path} role": element.role}
    return {where for where, value in texts.items() if isinstance(value, str) and _is_special(value)}


def _is_special(text: str) -> bool:
    """Unassigned characters pass: rare names use characters newer than this Python's tables."""
    return any((unicodedata.category(c) in {"Cc", "Co", "Cs"} and c not in "\n\t") or c == "\ufffd" for c in text)
