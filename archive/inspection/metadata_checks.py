"""1-2 to 1-8, 2-3, 2-4: the metadata field by field against the declared table, and the values against each other."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from archive.inspection.evidence import Evidence
from archive.inspection.metadata_fields import FIELDS, MetadataField, metadata_of, values_of
from archive.inspection.report import Outcome
from archive.manifest_checks import special_texts, unreasonable_times
from archive.records import check_archive_number, parse_archive_number

HERE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 2000
"""行政许可法 is of 2004, and its forerunners' cases are not electronic: an earlier year is a slip of the clock."""


def summed(about: str, faults: list[Outcome], what: str) -> Iterator[Outcome]:
    """The faults; where there is none, one line that says what was looked at."""
    if faults:
        yield from faults
    else:
        yield Outcome(about, "合格", what)


def check_lengths(evidence: Evidence) -> Iterator[Outcome]:
    """1-2: no value is longer than its field."""
    faults = [
        Outcome(where, "不合格", f"{field.name} 长 {len(str(value))}，最长 {field.longest}")
        for field, where, value in _filled(evidence)
        if len(str(value)) > field.longest
    ]
    yield from summed(evidence.manifest.package, faults, f"{len(FIELDS)} 项")


def check_types(evidence: Evidence) -> Iterator[Outcome]:
    """1-3: every value has the type and format of its field."""
    found = ((field, where, field.value_fault(value)) for field, where, value in _filled(evidence))
    faults = [Outcome(where, "不合格", f"{field.name}：{fault}") for field, where, fault in found if fault]
    yield from summed(evidence.manifest.package, faults, f"{len(FIELDS)} 项")


def check_values(evidence: Evidence) -> Iterator[Outcome]:
    """1-4: codes are of the declared set."""
    faults = [
        Outcome(where, "不合格", f"{field.name}“{value}”不在值域中")
        for field, where, value in _filled(evidence)
        if field.values is not None and str(value) not in field.values
    ]
    yield from summed(evidence.manifest.package, faults, f"{sum(f.values is not None for f in FIELDS)} 项有值域")


def check_plausible(evidence: Evidence) -> Iterator[Outcome]:
    """1-5: times in order, years possible, nothing in the future, files and pages not empty."""
    manifest = evidence.manifest
    about = manifest.package
    faults = [Outcome(about, "不合格", order)] if (order := unreasonable_times(manifest)) else []
    moments = [("申请", manifest.case.applied_at), ("组卷", manifest.created_at)]
    moments += [("事件", event.at) for event in manifest.events]
    for name, at in moments:
        if at.astimezone(HERE).year < FIRST_YEAR:
            faults.append(Outcome(about, "不合格", f"{name}年份 {at.year} 不合理"))
        elif at > evidence.at:
            faults.append(Outcome(about, "不合格", f"{name}时间 {_said(at)} 晚于检测时间"))
    until = manifest.retention.until
    if until is not None and until <= manifest.created_at.astimezone(HERE).date():
        faults.append(Outcome(about, "不合格", f"保管期满日 {until} 不晚于组卷"))
    faults += [Outcome(e.path, "不合格", "文件大小为 0") for e in manifest.elements if e.size == 0]
    faults += [Outcome(e.path, "不合格", "页数为 0") for e in evidence.present() if evidence.opened(e).pages == 0]
    yield from summed(about, faults, "时间先后、年份、大小、页数")


def check_special(evidence: Evidence) -> Iterator[Outcome]:
    """1-6: no control, private-use or replacement character in any text."""
    faults = [Outcome(where, "不合格", "含特殊字符") for where in sorted(special_texts(evidence.manifest))]
    yield from summed(evidence.manifest.package, faults, "无特殊字符")


def check_number(evidence: Evidence) -> Iterator[Outcome]:
    """1-7: 档号 has its form and says what the fields say."""
    manifest, about = evidence.manifest, evidence.manifest.package
    text = manifest.archive_number
    if not text:
        yield Outcome(about, "未检测", "没有档号，见 2-4")
        return
    faults = check_archive_number(text, fonds=evidence.register.fonds, retention=manifest.retention.code)
    if not faults:
        year, first = parse_archive_number(text).year, manifest.created_at.astimezone(HERE).year
        if not first <= year <= evidence.at.astimezone(HERE).year:
            faults = [f"档号 {text}：年度 {year} 不在组卷（{first}）与检测之间"]
    yield from summed(about, [Outcome(about, "不合格", fault) for fault in faults], text)


def check_unique(evidence: Evidence) -> Iterator[Outcome]:
    """1-8: what must be unique within the fonds is, the number of the electronic file (电子文件号) among it."""
    faults = [
        Outcome(evidence.manifest.package, "不合格", f"{name}“{value}”与{where}重复")
        for name, value, where in evidence.register.duplicates
    ]
    yield from summed(evidence.manifest.package, faults, "档号、电子文件号、办件编号、证照编号")


def check_all_fields(evidence: Evidence) -> Iterator[Outcome]:
    """2-3: every declared field has its place, and the records that carry metadata are in the package."""
    metadata = metadata_of(evidence.manifest)
    faults = [
        Outcome(where, "不合格", f"没有元数据项 {field.name}")
        for field in FIELDS
        for where, _, there in values_of(field, metadata)
        if not there
    ]
    elements = evidence.manifest.elements
    needed = RECORDS if any(e.source == "uploaded" for e in elements) else ()
    lacking = set(needed) - {e.role for e in elements}
    faults += [Outcome(evidence.manifest.package, "不合格", f"没有元数据文件 {role}") for role in sorted(lacking)]
    yield from summed(evidence.manifest.package, faults, f"{len(FIELDS)} 项")


RECORDS = ("材料清单", "材料目录", "识别结果")
"""Roles of the files of metadata that go with what was handed in."""


def check_required(evidence: Evidence) -> Iterator[Outcome]:
    """2-4: required fields are filled."""
    metadata = metadata_of(evidence.manifest)
    required = [field for field in FIELDS if field.required]
    faults = [
        Outcome(where, "不合格", f"必填项 {field.name} 为空")
        for field in required
        for where, value, there in values_of(field, metadata)
        if there and (value is None or not str(value).strip())
    ]
    yield from summed(evidence.manifest.package, faults, f"{len(required)} 项必填")


def _filled(evidence: Evidence) -> Iterator[tuple[MetadataField, str, object]]:
    """Every value that is there; empty ones are the business of 2-4."""
    metadata = metadata_of(evidence.manifest)
    for field in FIELDS:
        for where, value, there in values_of(field, metadata):
            if there and value is not None and str(value).strip():
                yield field, where, value


def _said(at: dt.datetime) -> str:
    return at.astimezone(HERE).isoformat(sep=" ", timespec="seconds")
