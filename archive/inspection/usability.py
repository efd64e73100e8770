"""可用性, 3-1 to 3-8: the package can be read now and later, with what is here."""

from collections.abc import Iterator

from archive.inspection.evidence import ContentFacts, Evidence
from archive.inspection.formats import CONTAINERS, FORMATS, PAGED, PDF, RECORDS, TEXTS, puid_of
from archive.inspection.metadata_checks import summed
from archive.inspection.report import Outcome
from archive.manifest import Element

BOMB_SHARE = 0.9
"""Fuzhou's bound: a container that shrinks its files by more is suspected."""
BOMB_BYTES = 64 << 20
"""Page descriptions in XML shrink by more than 90 % in every honest OFD; below this no program is harmed by them."""
ENCRYPTED = frozenset({"pdf-encrypted", "ofd-encrypted", "office-encrypted"})
BOMB, TORN = "decompression-bomb", "unpack-failed"
ELSEWHERE = {BOMB: "见 3-4-1", TORN: "见 3-4-2", **dict.fromkeys(ENCRYPTED, "见 3-8")}
"""Refusals that a code of their own tells of: a fault is told once."""


def check_records(evidence: Evidence) -> Iterator[Outcome]:
    """3-1: JSON and XML can be parsed."""
    records = [e for e in evidence.present() if e.media_type in RECORDS]
    unreadable = evidence.unreadable
    faults = [Outcome(e.path, "不合格", unreadable[e.path]) for e in records if e.path in unreadable]
    faults += evidence.told_faults("3-1")
    yield from summed(evidence.manifest.package, faults, f"清单与 {len(records)} 个元数据文件")


def check_register(evidence: Evidence) -> Iterator[Outcome]:
    """3-2: the database finds the package and says the same of it."""
    about, row = evidence.manifest.package, evidence.register.row
    if row is None:
        unknown = Outcome(about, "不适用", "接收后才登记") if evidence.register.awaited else None
        yield unknown or Outcome(about, "不合格", "目标数据库中查不到这件档案")
        return
    case = evidence.manifest.case
    told = {
        "archive_number": evidence.manifest.archive_number,
        "case_number": case.number,
        "project_code": case.project_code,
        "retention": evidence.manifest.retention.code,
    }
    wrong = [f"{name} 为“{row.get(name)}”，信息包为“{value}”" for name, value in told.items() if row.get(name) != value]
    yield from summed(about, [Outcome(about, "不合格", fault) for fault in wrong], "登记与信息包一致")


def check_formats(evidence: Evidence) -> Iterator[Outcome]:
    """3-3: every file is of a format that is taken, with the reason."""
    for element in evidence.manifest.elements:
        kind = FORMATS.get(element.media_type)
        if kind is None:
            yield Outcome(element.path, "不合格", f"{element.media_type} 不在接受的格式中")
        else:
            puid = puid_of(kind, evidence.opened(element))
            yield Outcome(element.path, "合格", f"{kind.name} {puid}：{kind.reason}")


def check_readable(evidence: Evidence) -> Iterator[Outcome]:
    """3-4: the file opens, and its first and last pages can be drawn."""
    for element in evidence.present():
        content = evidence.opened(element)
        if element.media_type in RECORDS:
            continue
        if content.state == "refused":
            elsewhere = ELSEWHERE.get(content.code)
            yield Outcome(element.path, "未检测" if elsewhere else "不合格", elsewhere or content.fault)
        elif content.state == "unexamined" or (element.media_type not in PAGED | TEXTS and not content.rendered):
            yield Outcome(element.path, "未检测", content.fault or "此类文件不逐页显示")
        else:
            drawn = "、".join(f"第 {page} 页" for page in content.rendered)
            yield Outcome(element.path, "合格", f"{drawn}可显示" if drawn else "可读")


def check_bombs(evidence: Evidence) -> Iterator[Outcome]:
    """3-4-1: nothing unpacks to far more than it is."""
    faults = [Outcome(e.path, "不合格", fault) for e in evidence.present() if (fault := _bomb(evidence.opened(e)))]
    yield from summed(evidence.manifest.package, faults, "压缩比正常")


def check_unpacking(evidence: Evidence) -> Iterator[Outcome]:
    """3-4-2: containers unpack whole."""
    containers = [e for e in evidence.present() if e.media_type in CONTAINERS]
    if not containers:
        yield Outcome(evidence.manifest.package, "不适用", "没有压缩格式的文件")
    for element in containers:
        content = evidence.opened(element)
        if content.code == TORN:
            yield Outcome(element.path, "不合格", content.fault)
        elif content.unpacked:
            yield Outcome(element.path, "合格", f"{content.packed} 字节解为 {content.unpacked} 字节")
        else:
            yield Outcome(element.path, "未检测", content.fault or "未能解开")


def check_lasting(evidence: Evidence) -> Iterator[Outcome]:
    """3-5: the format can be kept for ever, or the file must be converted in time."""
    for element in evidence.manifest.elements:
        kind, content = FORMATS.get(element.media_type), evidence.opened(element)
        if kind is None:
            yield Outcome(element.path, "未检测", "格式不在接受范围，见 3-3")
        elif kind.lasting:
            yield Outcome(element.path, "合格", _lasting_name(element, content))
        else:
            yield Outcome(element.path, "不合格", f"{kind.name} 不宜长期保存：请转换为 OFD 或 PDF/A 补充归档")


def check_environment(evidence: Evidence) -> Iterator[Outcome]:
    """3-6: for every kind in the package there is a program here, and its version is written down."""
    needed = sorted({e.media_type for e in evidence.manifest.elements if e.media_type in FORMATS})
    faults = [
        Outcome(evidence.manifest.package, "不合格", f"没有可读取 {FORMATS[kind].name} 的软件")
        for kind in needed
        if not evidence.environment.get(kind)
    ]
    used = sorted({evidence.environment.get(kind, "") for kind in needed})
    yield from summed(evidence.manifest.package, faults, "；".join(filter(None, used)))


def check_replica(evidence: Evidence) -> Iterator[Outcome]:
    """3-7: the second site has the same files."""
    about = evidence.manifest.package
    if evidence.replica is None:
        missing = Outcome(about, "不适用", "接收时尚未备份") if evidence.phase == "YJ" else None
        yield missing or Outcome(about, "未检测", "没有设置第二存储")
        return
    faults = [Outcome(path, "不合格", fault) for path, fault in sorted(evidence.replica.items())]
    yield from summed(about, faults, "第二存储与本库一致")


def check_open(evidence: Evidence) -> Iterator[Outcome]:
    """3-8: no encryption, no compression of somebody's own."""
    for element in evidence.present():
        content = evidence.opened(element)
        if content.encrypted or content.code in ENCRYPTED:
            yield Outcome(element.path, "不合格", content.fault or "文件已加密或限制使用")
        elif content.filters:
            yield Outcome(element.path, "不合格", f"私有压缩 {'、'.join(content.filters)}")
        elif content.state == "opened" or element.media_type in RECORDS:
            yield Outcome(element.path, "合格", "未加密")
        else:
            yield Outcome(element.path, "未检测", "文件未能打开，见 3-4")


def _bomb(content: ContentFacts) -> str:
    if content.code == BOMB:
        return content.fault
    if content.unpacked > BOMB_BYTES and content.packed < content.unpacked * (1 - BOMB_SHARE):
        return f"{content.packed} 字节解为 {content.unpacked} 字节，压缩率超过 {BOMB_SHARE:.0%}"
    return ""


def _lasting_name(element: Element, content: ContentFacts) -> str:
    if element.media_type != PDF or not content.version:
        return ""
    return f"PDF/{content.version}" if content.version.startswith("A-") else f"PDF {content.version}"
