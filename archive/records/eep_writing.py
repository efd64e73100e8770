"""The signed object (被签名对象) of an encapsulation, DA/T 48-2009: files by digest, business entities, who acted.

Documents are not embedded: a drawing set has gigabytes, and the archive keeps each file under its digest already. The
description and the keyword for that case are those found in use (domain.md 4.2).
"""

import base64
import copy
from typing import Any, Final

from lxml import etree

from archive.manifest import Element, Manifest
from archive.records.case_files import RETENTION_NAMES, moment, number_parts
from archive.records.event_words import event_word
from archive.records.facts import CaseRecord
from archive.records.safe_xml import BadRecord, add

NAMESPACE: Final = "http://www.saac.gov.cn/standards/ERM/encapsulation"
EEP_NAME: Final = "eep.xml"
EEP_ROLE: Final = "电子文件封装包"
FORMAT_DESCRIPTION: Final = "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》生成"
ORIGINAL: Final = ("原始型", "本封装包包含电子文件数据及其元数据，原始封装，未经修改")
AMENDED: Final = (
    "修改型",
    "本封装包包含电子文件数据及其元数据，系修改封装，在保留原封装包的基础上，添加了修改层",
)
BY_DIGEST: Final = ("仅提供SHA256摘要信息,文档数据在外部保存", "sha256-base64Binary")
NO_CARRIER: Final = "无"
"""脱机载体编号 is required; a file kept online lies on no such carrier."""
RESULT_GROUP: Final = "结果文件"
MOST_AMENDMENTS: Final = 40
"""Each lies inside the next; two levels of XML apiece and a margin keep them readable (`safe_xml.MAX_DEPTH`)."""


def tag(name: str) -> str:
    """The qualified name of an element of the encapsulation."""
    return f"{{{NAMESPACE}}}{name}"


def text_at(node: Any, *names: str) -> str:
    """The text below a node along a path of names; empty where there is none."""
    return str(node.findtext("/".join(tag(name) for name in names)) or "")


def signed_object(manifest: Manifest, record: CaseRecord) -> Any:
    """被签名对象 of a first packaging (原始型)."""
    signed = _signed_object(manifest, record, ORIGINAL)
    _blocks(add(signed, "封装内容"), manifest, record, 0)
    return signed


def amended_object(manifest: Manifest, record: CaseRecord, earlier: Any) -> Any:
    """被签名对象 of an amendment (修改型): the one before it whole, with its signatures, and what was added.

    `earlier` is the root of the encapsulation that is amended; it is copied, not changed.

    Raises:
        BadRecord: it has been amended too often to nest once more.
    """
    order = amendments(earlier) + 1
    if order > MOST_AMENDMENTS:
        raise BadRecord(f"封装包已修改 {MOST_AMENDMENTS} 次，不能再嵌套：请重新封装")
    signed = _signed_object(manifest, record, AMENDED)
    content = add(signed, "修改封装内容")
    add(content, "修改标识符", f"修改{order}")
    kept = add(content, "原封装包")
    for name in ("被签名对象", "电子签名块"):
        kept.append(copy.deepcopy(earlier.find(tag(name))))
    _blocks(add(content, "修订内容"), manifest, record, order)
    return signed


def amendments(package: Any) -> int:
    """How often an encapsulation was amended: the R of its identifiers 修改R-签名S."""
    found = package.find(f"{tag('被签名对象')}/{tag('修改封装内容')}/{tag('修改标识符')}")
    return int(str(found.text).removeprefix("修改")) if found is not None else 0


def _signed_object(manifest: Manifest, record: CaseRecord, kind: tuple[str, str]) -> Any:
    signed = etree.Element(tag("被签名对象"), nsmap={None: NAMESPACE})
    signed.set("eep版本", "2009")
    add(signed, "封装包类型", kind[0])
    add(signed, "封装包类型描述", kind[1])
    add(signed, "封装包创建时间", moment(manifest.created_at))
    add(signed, "封装包创建单位", record.agency.name)
    return signed


def _blocks(content: Any, manifest: Manifest, record: CaseRecord, order: int) -> None:
    _file_entity(add(add(content, "文件实体块"), "文件实体"), manifest, record, order)
    business = add(content, "业务实体块")
    for event in record.events:
        one = add(business, "业务实体")
        add(one, "业务标识符", event.number)
        add(one, "机构人员标识符", event.actor)
        add(one, "文件标识符", manifest.package)
        add(one, "业务状态", "历史行为")
        add(one, "业务行为", event_word(event.kind).act)
        add(one, "行为时间", moment(event.at))
        add(one, "行为描述", f"{event.kind} {event.leaf_sha256}")
    people = add(content, "机构人员实体块")
    for agent in record.agents:
        one = add(people, "机构人员实体")
        add(one, "机构人员标识符", agent.number)
        if agent.kind != "系统":  # DA/T 48 knows no such type
            add(one, "机构人员类型", agent.kind)
        add(one, "机构人员名称", agent.name)
        if agent.code:
            add(one, "组织机构代码", agent.code)


def _file_entity(entity: Any, manifest: Manifest, record: CaseRecord, order: int) -> None:
    case, parts = manifest.case, number_parts(manifest.archive_number)
    add(entity, "聚合层次", "文件")
    add(add(entity, "来源"), "立档单位名称", record.agency.name)
    add(entity, "电子文件号", manifest.package)
    number = add(entity, "档号")
    if parts:
        add(number, "全宗号", parts.fonds)
    add(number, "年度", f"{parts.year:04d}" if parts else moment(manifest.created_at)[:4])
    add(number, "保管期限", RETENTION_NAMES[manifest.retention.code])
    if parts:
        add(number, "机构或问题", parts.organ)
    add(number, "室编件号", f"{parts.item:04d}" if parts else manifest.archive_number or manifest.package)
    about = add(entity, "内容描述")
    add(about, "题名", f"{case.project_name} {case.item_name}")
    add(about, "文件编号", case.number)
    add(about, "责任者", record.agency.name)
    add(about, "日期", moment(manifest.created_at)[:10])
    add(about, "密级", record.confidentiality or "非涉密")
    add(add(entity, "形式特征"), "文件组合类型", "组合文件")
    add(add(entity, "存储位置"), "脱机载体编号", NO_CARRIER)
    add(add(entity, "权限管理"), "控制标识", record.opening or "未定")
    if record.software:
        add(entity, "信息系统描述", record.software)
    data = add(entity, "文件数据")
    results = [one.path for one in manifest.elements if one.group == RESULT_GROUP]
    for place, element in enumerate(manifest.elements, 1):
        main = element.path == results[0] if results else place == 1
        _document(add(data, "文档"), element, f"修改{order}-文档{place}", place, main=main)


def _document(document: Any, element: Element, name: str, place: int, *, main: bool) -> None:
    add(document, "文档标识符", name)
    add(document, "文档序号", str(place))
    add(document, "文档主从声明", "主文档" if main else "附属文档")
    add(document, "题名", element.role)
    code = add(add(document, "文档数据", 文档数据ID=f"{name}-文档数据1"), "编码", 编码ID=f"{name}-编码1")
    digital = add(code, "电子属性")
    add(digital, "格式信息", element.media_type)
    add(digital, "计算机文件名", element.path)
    add(digital, "计算机文件大小", str(element.size))
    add(code, "编码描述", BY_DIGEST[0])
    add(code, "反编码关键字", BY_DIGEST[1])
    digest = base64.b64encode(bytes.fromhex(element.sha256)).decode()
    add(code, "编码数据", digest, 编码数据ID=f"{name}-编码数据1")
