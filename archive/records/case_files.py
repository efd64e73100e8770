"""The three records of a package that a receiver of GB/T 42727 opens first: 基本信息, 材料目录 and 办理过程."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from archive.canonical import canonical_json
from archive.manifest import Element, Manifest
from archive.records.archive_number import ArchiveNumber, BadArchiveNumber, parse_archive_number
from archive.records.event_words import event_word
from archive.records.facts import CaseRecord
from archive.records.safe_xml import add, write_record

NAMESPACE: Final = "urn:yidang:records:1"
METADATA_NAME: Final = "基本信息.xml"
FILE_LIST_NAME: Final = "材料目录.xml"
PROCESS_NAME: Final = "办理过程.xml"
SOURCES: Final = {"uploaded": "申请人提交", "reused": "共享复用", "generated": "系统生成"}
RETENTION_NAMES: Final = {"Y": "永久", "D30": "30年", "D10": "10年"}


def case_metadata(manifest: Manifest, record: CaseRecord) -> bytes:
    """基本信息.xml: the fields of domain.md 4.3 in one order; what does not apply is left out.

    A parallel case names the packages inside it (GB/T 42727-2023 appendix C); they name it as 并联实例.

    Raises:
        BadRecord: a value does not fit the schema.
    """
    root = _root("基本信息")
    for name, value in _fields(manifest, record):
        if value:
            add(root, name, value)
    if record.situation:
        told = add(root, "情形")
        for question, answer in record.situation:
            add(told, "回答", answer, 问题=question)
    for procedure in record.procedures:
        one = add(root, "特别程序")
        add(one, "类型", procedure.kind)
        add(one, "原因", procedure.reason)
        add(one, "开始时间", moment(procedure.started_at))
        if procedure.ended_at:
            add(one, "结束时间", moment(procedure.ended_at))
    for child in manifest.children:
        one = add(root, "下级档案")
        add(one, "档案标识", child.package)
        add(one, "档号", child.archive_number)
        add(one, "办件编号", child.case_number)
        add(one, "事项名称", child.item_name)
        add(one, "清单摘要", child.manifest_sha256, 算法="SHA-256")
    return write_record(root, "case-metadata")


def file_list(manifest: Manifest, record: CaseRecord) -> bytes:
    """材料目录.xml: every file of the manifest with name, group, digests, size, pages, format, source and origin.

    Raises:
        BadRecord: a value does not fit the schema.
    """
    root = _root("材料目录")
    root.set("文件数", str(len(manifest.elements)))
    root.set("字节数", str(sum(element.size for element in manifest.elements)))
    for number, element in enumerate(manifest.elements, 1):
        _file(add(root, "文件", 序号=str(number)), element, record)
    return write_record(root, "file-list")


def process(record: CaseRecord) -> bytes:
    """办理过程.xml: every event as a business entity of DA/T 46, with the digest by which the log knows it.

    Raises:
        BadRecord: a value does not fit the schema.
    """
    root = _root("办理过程")
    for event in record.events:
        one = add(root, "业务实体")
        add(one, "业务标识符", event.number)
        add(one, "机构人员标识符", event.actor)
        add(one, "业务状态", "历史行为")
        add(one, "业务行为", event_word(event.kind).act)
        add(one, "行为代码", event.kind)
        add(one, "行为时间", moment(event.at))
        if event.object_sha256:
            add(one, "对象摘要", event.object_sha256, 算法="SHA-256")
        add(one, "行为描述", canonical_json(event.details).decode())
        add(one, "日志摘要", event.leaf_sha256, 算法="SHA-256")
    for agent in record.agents:
        one = add(root, "机构人员实体")
        add(one, "机构人员标识符", agent.number)
        add(one, "机构人员类型", agent.kind)
        add(one, "机构人员名称", agent.name)
        if agent.code:
            add(one, "组织机构代码", agent.code)
    return write_record(root, "process")


def moment(at: dt.datetime) -> str:
    """A time as XML Schema writes it, in UTC: one spelling wherever the program runs."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def number_parts(text: str) -> ArchiveNumber | None:
    """The parts of a 档号; None where it is of another kind, such as that of a package of an earlier time."""
    try:
        return parse_archive_number(text)
    except BadArchiveNumber:
        return None


def _root(name: str) -> Any:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})


def _fields(manifest: Manifest, record: CaseRecord) -> Iterator[tuple[str, str]]:
    """The fields with their values, in the order of the schema."""
    case, result, parts = manifest.case, record.result, number_parts(manifest.archive_number)
    yield from (
        ("项目代码", case.project_code),
        ("项目名称", case.project_name),
        ("工程名称", case.works_name),
        ("事项名称", case.item_name),
        ("事项编码", case.item_code),
        ("事项版本", case.item_version),
        ("事项类型", record.item_kind),
        ("审批阶段", record.stage),
        ("办件编号", case.number),
        ("并联实例", case.parallel_case),
        ("申请人", case.applicant_name),
        ("申请人统一社会信用代码", case.applicant_uscc),
        ("申请方式", record.channel),
        ("申请时间", moment(case.applied_at)),
        ("受理时间", _maybe(case.accepted_at)),
        ("办结时间", _maybe(case.decided_at)),
        ("送达时间", _maybe(case.delivered_at)),
        ("法定时限", record.statutory_limit),
        ("承诺时限", record.promised_limit),
        ("承诺办结日", record.due_on.isoformat() if record.due_on else ""),
        ("办理单位", record.agency.name),
        ("办理单位统一社会信用代码", record.agency.code),
        ("办理部门", record.department),
        ("办理意见", record.opinion),
        ("办理结果", record.outcome),
    )
    if result:
        yield from (
            ("结果类型", result.kind),
            ("证照编号", result.number),
            ("电子证照标识", result.identifier),
            ("批复日期", result.issued_on.isoformat()),
            ("有效期至", result.valid_until.isoformat() if result.valid_until else ""),
        )
    yield "档号", manifest.archive_number
    if parts:
        yield from (
            ("全宗号", parts.fonds),
            ("门类", parts.category),
            ("年度", f"{parts.year:04d}"),
            ("机构或问题", parts.organ),
            ("件号", f"{parts.item:04d}"),
        )
    end = manifest.retention.until
    yield from (
        ("保管期限代码", manifest.retention.code),
        ("保管期限", RETENTION_NAMES[manifest.retention.code]),
        ("保管期满日", end.isoformat() if end else ""),
        ("密级", record.confidentiality),
        ("开放状态", record.opening),
        ("档案标识", manifest.package),
        ("归档时间", moment(manifest.created_at)),
        ("清单摘要", manifest.list_sha256),
    )


def _file(one: Any, element: Element, record: CaseRecord) -> None:
    add(one, "名称", element.name)
    add(one, "角色", element.role)
    add(one, "分组", element.group)
    add(one, "要素编号", str(element.element))
    if element.material_type:
        add(one, "材料类型", element.material_type)
    add(one, "路径", element.path)
    add(one, "摘要", element.sha256, 算法="SHA-256")
    add(one, "摘要", element.sm3, 算法="SM3")
    add(one, "字节数", str(element.size))
    if pages := record.pages.get(element.sha256):
        add(one, "页数", str(pages))
    add(one, "格式", element.media_type)
    add(one, "来源", SOURCES[element.source])
    if (came := element.provenance) is None:
        return
    origin = add(one, "出处")
    told = (
        ("来自", came.origin),
        ("档案标识", came.package),
        ("办件编号", came.case_number),
        ("取得时间", _maybe(came.retrieved_at)),
        ("用途", came.purpose),
        ("有效期至", came.valid_until.isoformat() if came.valid_until else ""),
    )
    for name, value in told:
        if value:
            add(origin, name, value)


def _maybe(at: dt.datetime | None) -> str:
    return moment(at) if at else ""
