"""真实性, 1-1 and 1-10 to 1-14: what fixes the package is valid, and the files are those that the metadata tells of."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archive.digests import digest_bytes
from archive.inspection.evidence import Evidence
from archive.inspection.formats import ending_fault
from archive.inspection.metadata_checks import summed
from archive.inspection.report import Outcome, Result
from archive.manifest import GROUPS, MANIFEST_PATH, Element
from archive.manifest_checks import looks_like

_NUMBERED = re.compile(r"\d{3,}_.+")
_STANDING: Mapping[str, Result] = {"sound": "合格", "failed": "不合格", "unknown": "未检测"}


def check_fixed(evidence: Evidence) -> Iterator[Outcome]:
    """1-1: both digests of every file; the seals of the results with their timestamps; the entry in the log."""
    for element in evidence.manifest.elements:
        facts = evidence.files[element.path]
        if facts.absent:
            yield Outcome(element.path, "未检测", "文件不在，见 2-11")
        elif facts.digests is None:
            yield Outcome(element.path, "不合格", facts.fault)
        else:
            told = (("SHA-256", element.sha256, facts.digests.sha256), ("SM3", element.sm3, facts.digests.sm3))
            wrong = [name for name, recorded, seen in told if recorded != seen]
            yield Outcome(
                element.path, "不合格" if wrong else "合格", f"{'、'.join(wrong)} 与清单不符" if wrong else ""
            )
    for path, seal in evidence.seals.items():
        yield Outcome(path, _STANDING[seal.standing], f"印章：{seal.remark}")
    if "1-1" in evidence.told:  # seals and log as the reading of the bag found them
        yield from evidence.told["1-1"]
    else:
        yield Outcome(MANIFEST_PATH, _STANDING[evidence.log.standing], f"存证日志：{evidence.log.remark}")


def check_attributes(evidence: Evidence) -> Iterator[Outcome]:
    """1-10: size, format by its signature, ending of the name."""
    for element in evidence.manifest.elements:
        facts = evidence.files[element.path]
        if facts.digests is None:
            yield Outcome(element.path, "未检测", "文件未能读出")
            continue
        faults = [ending_fault(element)]
        if element.size != facts.digests.size:
            faults.append(f"清单记 {element.size} 字节，实为 {facts.digests.size} 字节")
        if not looks_like(element.media_type, facts.head):
            faults.append(f"内容不是 {element.media_type}")
        fault = "；".join(filter(None, faults))
        yield Outcome(element.path, "不合格" if fault else "合格", fault)


def check_linked(evidence: Evidence) -> Iterator[Outcome]:
    """1-11: what the metadata point at is in the package: the list of that day, and each row of 材料目录."""
    manifest = evidence.manifest
    faults = []
    if manifest.list_sha256 not in {e.sha256 for e in manifest.elements if e.group == "元数据"}:
        faults.append(Outcome(manifest.package, "不合格", f"材料清单 {manifest.list_sha256} 不在元数据中"))
    held = {e.sha256 for e in manifest.elements}
    rows = rows_of(evidence.documents.get("材料目录"))
    faults += [
        Outcome("材料目录", "不合格", f"“{row.get('name')}”所指文件 {row.get('sha256')} 不在包中")
        for row in rows
        if row.get("sha256") not in held
    ]
    faults += evidence.told_faults("1-11")
    yield from summed(manifest.package, faults, f"材料清单与材料目录 {len(rows)} 行")


def check_directory(evidence: Evidence) -> Iterator[Outcome]:
    """1-12: manifest and 材料目录 are in their shape; in a bag also the tag files and the note for the reader."""
    faults = evidence.told_faults("1-12")
    listed = evidence.documents.get("材料目录")
    if listed is not None and not isinstance(listed, list):
        faults.append(Outcome("材料目录", "不合格", "不是目录：应为逐行的列表"))
    for number, row in enumerate(rows_of(listed), 1):
        if lacking := [name for name in DIRECTORY_COLUMNS if name not in row]:
            faults.append(Outcome("材料目录", "不合格", f"第 {number} 行缺 {'、'.join(lacking)}"))
    yield from summed(evidence.manifest.package, faults, "清单、材料目录")


DIRECTORY_COLUMNS = ("type", "name", "subject", "sha256", "pages")
"""What each row of 材料目录 must tell."""


def check_layout(evidence: Evidence) -> Iterator[Outcome]:
    """1-13: every file lies in the folder of its group under a numbered name."""
    faults = [Outcome(e.path, "不合格", fault) for e in evidence.manifest.elements if (fault := _layout_fault(e))]
    faults += evidence.told_faults("1-13")
    yield from summed(evidence.manifest.package, faults, "文件夹按分组，文件名带顺序号")


def check_same(evidence: Evidence) -> Iterator[Outcome]:
    """1-14: the package is the one that was built, or handed over."""
    register = evidence.register
    if "1-14" in evidence.told:
        yield from evidence.told["1-14"]
        return
    seen = digest_bytes(evidence.raw)
    told = (("SHA-256", register.manifest_sha256, seen.sha256), ("SM3", register.manifest_sm3, seen.sm3))
    known = [(name, recorded, found) for name, recorded, found in told if recorded]
    if not known:
        yield Outcome(MANIFEST_PATH, "未检测", "没有登记的清单摘要可比")
        return
    wrong = [name for name, recorded, found in known if recorded != found]
    remark = f"清单 {'、'.join(wrong)} 与登记不符" if wrong else f"SHA-256 {seen.sha256}"
    yield Outcome(MANIFEST_PATH, "不合格" if wrong else "合格", remark)


def rows_of(document: Any) -> list[Mapping[str, Any]]:
    """The rows of a document that is a list of them; none where it is something else."""
    return [row for row in document if isinstance(row, Mapping)] if isinstance(document, list) else []


def _layout_fault(element: Element) -> str:
    folder, *_, name = element.path.split("/")
    if folder not in GROUPS:
        return f"文件夹“{folder}”不在规定的分组中"
    return "" if _NUMBERED.fullmatch(name) else "文件名没有三位以上的顺序号"
