"""The metadata of a package, declared once: each field's name, length, type, values, whether it must be filled, source.

Lengths are those of the tables that the fields are entered into. `M` numbers are those of DA/T 46-2009 (domain.md 4.3);
where no standard was found to give a field, the source says that it is ours.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, get_args

from archive.manifest import ELEMENT_COUNT, GROUPS, CaseResult, Manifest
from catalogue import STAGES

FieldKind = Literal["text", "moment", "day", "number", "digest"]
EVERY: Final = "[]"
"""Marks a list in a place: the field is looked at in each of its entries."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PROJECT_CODE = r"[0-9A-Z]{4}-\d{6}-\d{2}-\d{2}-\d{6}"
_USCC = r"[0-9A-HJ-NPQRTUWXY]{18}|"
_ITEM_CODE = r"[A-Z0-9][A-Z0-9.\-]{1,31}"
_MEDIA_TYPE = r"[a-z]+/[a-z0-9.+\-]+"


@dataclasses.dataclass(frozen=True, slots=True)
class MetadataField:
    """One field. `place` is where the manifest holds it; `longest` counts characters (digits for numbers)."""

    place: str
    name: str
    kind: FieldKind
    longest: int
    source: str
    required: bool = False
    values: frozenset[str] | None = None
    pattern: str = ""

    def value_fault(self, value: Any) -> str:
        """Why a value that is there has not the type or format of the field; empty where it has."""
        text = str(value)
        if self.kind == "number":
            return "" if isinstance(value, int) and not isinstance(value, bool) else f"“{text}”不是整数"
        if self.kind == "moment":
            return "" if _is_moment(text) else f"“{text}”不是带时区的时间"
        if self.kind == "day":
            return "" if _is_day(text) else f"“{text}”不是日期"
        if self.kind == "digest":
            return "" if _DIGEST.fullmatch(text) else f"“{text}”不是 64 位小写十六进制摘要"
        if not isinstance(value, str):
            return f"“{text}”不是文本"
        return "" if not self.pattern or re.fullmatch(self.pattern, text) else f"“{text}”不符合规定格式"


_SERVED: Final = "DA/T 46-2009 业务实体；GB/T 42727-2023 附录D"
_OURS: Final = "本系统"
_KINDS: Final = frozenset({"行政许可", "备案", "行政确认", "公共服务", "技术审查", "并联审批"})


def _of_package() -> Iterator[MetadataField]:
    field = MetadataField
    yield field("package", "电子文件号", "text", 26, "DA/T 46-2009 M7", True)
    yield field("archive_number", "档号", "text", 80, "DA/T 46-2009 M8；DA/T 13-2022", True)
    yield field("created_at", "组卷时间", "moment", 40, _SERVED, True)
    yield field("list_sha256", "材料清单摘要", "digest", 64, _OURS, True)
    yield field("retention.code", "保管期限", "text", 4, "DA/T 13-2022", True, frozenset({"Y", "D30", "D10"}))
    yield field("retention.until", "保管期满日", "day", 10, _OURS)
    yield field("previous_package", "前一信息包", "text", 26, _OURS)
    yield field("previous_manifest_sha256", "前一信息包清单摘要", "digest", 64, _OURS)


def _of_case() -> Iterator[MetadataField]:
    field = MetadataField
    yield field("case.number", "办件编号", "text", 26, _SERVED, True)
    yield field("case.item_code", "事项编码", "text", 32, _SERVED, True, pattern=_ITEM_CODE)
    yield field("case.item_name", "事项名称", "text", 200, _SERVED, True)
    yield field("case.item_version", "事项版本", "text", 20, _SERVED, True)
    yield field("case.project_code", "项目代码", "text", 24, _SERVED, True, pattern=_PROJECT_CODE)
    yield field("case.project_name", "项目名称", "text", 200, _SERVED, True)
    yield field("case.works_name", "工程名称", "text", 200, _SERVED)
    yield field("case.applicant_name", "申请人", "text", 200, "DA/T 46-2009 M77–M80", True)
    yield field("case.applicant_uscc", "申请人统一社会信用代码", "text", 18, "GB 32100-2015", pattern=_USCC)
    yield field("case.parallel_case", "并联实例", "text", 26, _SERVED)
    yield field("case.applied_at", "申请时间", "moment", 40, _SERVED, True)
    yield field("case.accepted_at", "受理时间", "moment", 40, _SERVED)
    yield field("case.decided_at", "办结时间", "moment", 40, _SERVED)
    yield field("case.delivered_at", "送达时间", "moment", 40, _SERVED)
    yield field("filing.fonds", "全宗号", "text", 10, "DA/T 13-2022", True)
    yield field("filing.category", "门类", "text", 10, "DA/T 13-2022", True)
    yield field("filing.year", "年度", "number", 4, "DA/T 13-2022", True)
    yield field("filing.organ", "机构（问题）", "text", 10, "DA/T 13-2022", True)
    yield field("filing.item", "件号", "number", 8, "DA/T 13-2022", True)
    yield field("filing.secrecy", "密级", "text", 6, "GB/T 7156-2003", True, frozenset({"公开级", "限制级"}))
    yield field(
        "filing.openness", "开放状态", "text", 4, "DA/T 46-2009 M70 权限管理", True, frozenset({"开放", "控制"})
    )
    yield field("filing.department", "办理部门", "text", 100, _SERVED, True)
    yield field("matter.result", "办理结果", "text", 12, _OURS, True, frozenset(get_args(CaseResult)))
    yield field("matter.kind", "事项类型", "text", 20, _SERVED, True, _KINDS)
    yield field("matter.stage", "阶段", "text", 20, _SERVED, True, frozenset(STAGES))
    yield field("matter.base_code", "基本编码", "text", 13, _SERVED)
    yield field("matter.impl_code", "实施编码", "text", 31, _SERVED)


def _of_files() -> Iterator[MetadataField]:
    field = MetadataField
    numbers = frozenset(map(str, range(1, ELEMENT_COUNT + 1)))
    yield field("elements[].element", "要素序号", "number", 2, _OURS, True, numbers)
    yield field("elements[].group", "分组", "text", 8, "GB/T 42727-2023", True, frozenset(GROUPS))
    yield field("elements[].role", "文件作用", "text", 300, "DA/T 46-2009 M21", True)
    yield field("elements[].name", "计算机文件名", "text", 255, "DA/T 46-2009 M46 电子属性", True)
    yield field("elements[].path", "存储位置", "text", 400, "DA/T 46-2009 M65 存储位置", True)
    electronic = "DA/T 46-2009 M46 电子属性"
    yield field("elements[].sha256", "SHA-256 摘要", "digest", 64, _OURS, True)
    yield field("elements[].sm3", "SM3 摘要", "digest", 64, "GB/T 32905-2016", True)
    yield field("elements[].size", "计算机文件大小", "number", 15, electronic, True)
    yield field("elements[].media_type", "格式信息", "text", 100, electronic, True, pattern=_MEDIA_TYPE)
    sources = frozenset({"uploaded", "reused", "generated"})
    yield field("elements[].source", "来源方式", "text", 12, _OURS, True, sources)
    yield field("elements[].material_type", "材料类型", "text", 200, _OURS)
    yield field("events[].kind", "业务行为", "text", 40, "DA/T 46-2009 M83", True, pattern=r"[a-z0-9.\-]+")
    yield field("events[].at", "行为时间", "moment", 40, "DA/T 46-2009 M84", True)
    yield field("events[].sha256", "事件摘要", "digest", 64, _OURS, True)


FIELDS: tuple[MetadataField, ...] = (*_of_package(), *_of_case(), *_of_files())


def metadata_of(manifest: Manifest) -> dict[str, Any]:
    """The metadata as JSON has it."""
    return manifest.model_dump(mode="json", warnings=False)


def values_of(field: MetadataField, metadata: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Each value of a field: the place it stands at, the value, and whether the key is there at all."""
    if EVERY not in field.place:
        yield from _value(metadata, field.place, field.place)
        return
    head, _, rest = field.place.partition(f"{EVERY}.")
    for number, entry in enumerate(metadata.get(head) or (), 1):
        where = str(entry.get("path") or "") or f"{head}[{number}]"
        yield from _value(entry, rest, f"{where} {rest}")


def _value(holder: Mapping[str, Any], place: str, where: str) -> Iterator[tuple[str, Any, bool]]:
    *parents, last = place.split(".")
    found: Any = holder
    for part in parents:
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):  # what need not be there has no fields where it is not
        yield where, found.get(last), last in found


def _is_moment(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
