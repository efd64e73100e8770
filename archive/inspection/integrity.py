"""完整性, 2-1, 2-2 and 2-5 to 2-11: nothing is missing of what was recorded, done, listed or handed over."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from archive.full_elements import FULL_ELEMENTS
from archive.inspection.authenticity import rows_of
from archive.inspection.evidence import Evidence
from archive.inspection.formats import PAGED
from archive.inspection.metadata_checks import summed
from archive.inspection.report import Outcome
from archive.manifest import MANIFEST_PATH, Manifest
from archive.manifest_checks import missing_elements, required_elements

MADE_BY_US = 900
"""Numbers from here on are not of the files as they were handed in: they need not follow each other."""
NUMBERED_GROUPS = ("申报文件", "共享材料")
"""Groups whose files are numbered in one row from 1."""
UNMET = frozenset({"missing", "defective", "question"})
"""States of an entry of the list (材料核对结果) in which nothing stands for it."""
PROCESS = 15
"""Number of 办理过程 among the elements: the business entities of DA/T 48."""
DECIDED = frozenset({"case-decided", "opinion-given"})
ENDED = frozenset({"certificate-valid", "joint-opinion-valid", "opinion-given"})


def check_count(evidence: Evidence) -> Iterator[Outcome]:
    """2-1: as many files as were recorded, or as the hand-over list says."""
    yield from _compare(evidence, "件", len(evidence.manifest.elements), evidence.register.recorded_files, "2-1")


def check_bytes(evidence: Evidence) -> Iterator[Outcome]:
    """2-2: as many bytes as were recorded, or as the hand-over list says."""
    total = sum(element.size for element in evidence.manifest.elements)
    yield from _compare(evidence, "字节", total, evidence.register.recorded_bytes, "2-2")


def _compare(evidence: Evidence, unit: str, seen: int, recorded: int | None, number: str) -> Iterator[Outcome]:
    if number in evidence.told:
        yield from evidence.told[number]
    elif recorded is None:
        yield Outcome(evidence.manifest.package, "未检测", "没有登记的数可比")
    else:
        remark = f"{seen} {unit}" if seen == recorded else f"登记 {recorded} {unit}，清单 {seen} {unit}"
        yield Outcome(evidence.manifest.package, "合格" if seen == recorded else "不合格", remark)


def check_process(evidence: Evidence) -> Iterator[Outcome]:
    """2-5: each step that the case's own times speak of has its event, and 办理过程 tells of all of them."""
    manifest = evidence.manifest
    kinds = [event.kind for event in manifest.events]
    if manifest.previous_package:
        yield Outcome(manifest.package, "合格" if kinds else "不合格", f"{len(kinds)} 个事件")
        return
    faults = [
        Outcome(manifest.package, "不合格", f"没有{name}的事件")
        for name, wanted in _steps(manifest)
        if not wanted & set(kinds)
    ]
    written = [row.get("kind") for row in rows_of(evidence.documents.get("办理过程"))]
    if "办理过程" in evidence.documents and sorted(map(str, written)) != sorted(kinds):
        faults.append(Outcome("办理过程", "不合格", f"记 {len(written)} 个事件，清单记 {len(kinds)} 个"))
    yield from summed(manifest.package, faults, f"{len(kinds)} 个事件")


def _steps(manifest: Manifest) -> Iterator[tuple[str, frozenset[str]]]:
    """The steps that this case went through, each with the events of which one must be there."""
    case, result = manifest.case, manifest.matter.result if manifest.matter else "granted"
    if result == "parallel":
        yield "并联收件", frozenset({"parallel-opened"})
        return
    yield "收件", frozenset({"case-opened"})
    if result == "not-accepted":
        yield "不予受理", frozenset({"case-refused"})
        return
    if case.accepted_at:
        yield "受理", frozenset({"case-accepted"})
    if case.decided_at:
        yield "决定", DECIDED
    if case.delivered_at:
        yield "办结", ENDED


def check_running(evidence: Evidence) -> Iterator[Outcome]:
    """2-6: 件号 of the series, numbers of files, and pages of each material run without a gap from where they start."""
    about = evidence.manifest.package
    gaps = evidence.register.missing_serials
    faults = [Outcome(about, "不合格", f"件号 {serial:04d} 没有去向") for serial in gaps]
    numbers: dict[str, list[int]] = defaultdict(list)
    for element in evidence.manifest.elements:
        first = element.path.rpartition("/")[2].partition("_")[0]
        if element.group in NUMBERED_GROUPS and first.isdigit() and int(first) < MADE_BY_US:
            numbers[element.group].append(int(first))
    for group, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            faults.append(Outcome(group, "不合格", f"顺序号 {sorted(found)} 不连续或不从 1 起"))
    pages = {e.sha256: evidence.opened(e).pages for e in evidence.manifest.elements}
    faults += [
        Outcome("材料目录", "不合格", f"“{row.get('name')}”{fault}")
        for row in rows_of(evidence.documents.get("材料目录"))
        if (fault := _page_fault(row, pages.get(str(row.get("sha256")))))
    ]
    yield from summed(about, faults, "件号、顺序号、页号")


def _page_fault(row: Mapping[str, Any], count: int | None) -> str:
    """Pages of a material are pages of its file, each once, in their order."""
    pages = row.get("pages")
    if not isinstance(pages, list) or not all(isinstance(page, int) for page in pages) or not pages:
        return "没有页号"
    if pages != sorted(set(pages)) or pages[0] < 1:
        return f"页号 {pages} 重复或次序不对"
    return f"页号 {pages[-1]} 超出文件的 {count} 页" if count is not None and pages[-1] > count else ""


def check_pages(evidence: Evidence) -> Iterator[Outcome]:
    """2-7: a file has as many pages as were recorded when it was taken in."""
    recorded = {str(row.get("upload")): row.get("pages") for row in rows_of(evidence.documents.get("识别结果"))}
    for element in evidence.present():
        if element.media_type not in PAGED:
            continue
        content, pages = evidence.opened(element), recorded.get(element.sha256)
        if content.state != "opened":
            yield Outcome(element.path, "未检测", "文件未能打开，见 3-4")
        elif isinstance(pages, list) and len(pages) != content.pages:
            yield Outcome(element.path, "不合格", f"记录 {len(pages)} 页，实为 {content.pages} 页")
        else:
            yield Outcome(element.path, "合格", f"{content.pages} 页")


def check_attachments(evidence: Evidence) -> Iterator[Outcome]:
    """2-8: every file that 识别结果 and 材料核对结果 speak of is in the package."""
    elements = evidence.manifest.elements
    held, names = {e.sha256 for e in elements}, {e.name for e in elements} | {e.role for e in elements}
    faults = [
        Outcome("识别结果", "不合格", f"所列文件 {row.get('upload')} 不在包中")
        for row in rows_of(evidence.documents.get("识别结果"))
        if row.get("upload") not in held
    ]
    faults += [
        Outcome("材料核对结果", "不合格", f"{row.get('name')}：“{file.get('file')}”不在包中")
        for row in _requirements(evidence)
        for file in rows_of(row.get("files"))
        if row.get("state") == "satisfied" and file.get("file") not in names
    ]
    yield from summed(evidence.manifest.package, faults, "识别结果、材料核对结果所列文件")


def check_scope(evidence: Evidence) -> Iterator[Outcome]:
    """2-9: the elements every case must have, and every entry of the list in the version of that day."""
    manifest = evidence.manifest
    faults = [
        Outcome(manifest.package, "不合格", f"缺要素 {number} {FULL_ELEMENTS[number].name}")
        for number in missing_elements(manifest)
    ]
    listed = evidence.documents.get("材料清单")
    wanted = rows_of(listed.get("materials")) if isinstance(listed, Mapping) else []
    states = {row.get("material"): row.get("state") for row in _requirements(evidence)}
    if "材料核对结果" in evidence.documents:
        for entry in wanted:
            state = states.get(entry.get("material"))
            if state in UNMET or (state is None and entry.get("demanded", True) and not entry.get("when")):
                faults.append(Outcome("材料清单", "不合格", f"{entry.get('name')} 未归档（{state or '没有核对'}）"))
    count = len(required_elements(manifest))
    yield from summed(manifest.package, faults, f"{count} 项必备要素，清单 {len(wanted)} 项材料")


def _requirements(evidence: Evidence) -> list[Mapping[str, Any]]:
    report = evidence.documents.get("材料核对结果")
    return rows_of(report.get("requirements")) if isinstance(report, Mapping) else []


def check_package_metadata(evidence: Evidence) -> Iterator[Outcome]:
    """2-10: the package says what it is, what it comes from, and by which digests it is fixed (EEP 封装元数据)."""
    manifest = evidence.manifest
    faults = evidence.told_faults("2-10")
    if not manifest.previous_package and not any(e.element == PROCESS for e in manifest.elements):
        faults.append(Outcome(manifest.package, "不合格", "没有业务实体（办理过程）"))
    if not manifest.elements:
        faults.append(Outcome(manifest.package, "不合格", "没有文件实体"))
    faults += [
        Outcome(e.path, "不合格", "共享材料没有来源、时间与用途")
        for e in manifest.elements
        if e.source == "reused"
        and not (e.provenance and e.provenance.origin and e.provenance.retrieved_at and e.provenance.purpose)
    ]
    yield from summed(MANIFEST_PATH, faults, "文件、业务、机构人员实体，来源，双摘要")


def check_found(evidence: Evidence) -> Iterator[Outcome]:
    """2-11: every file of the manifest is there."""
    absent = [e.path for e in evidence.manifest.elements if evidence.files[e.path].absent]
    faults = [Outcome(path, "不合格", evidence.files[path].fault) for path in absent]
    faults += evidence.told_faults("2-11")
    yield from summed(evidence.manifest.package, faults, f"{len(evidence.manifest.elements)} 个文件")
