"""基本信息.xml, 材料目录.xml, 办理过程.xml: whole, in one spelling, and held to their schemas."""

import dataclasses
import datetime as dt

import pytest
from lxml import etree

from archive import Child, Matter
from archive.records import BadRecord, case_metadata, check_schema, file_list, parse_xml, process, read_record
from tests.archive.records import sample

Y = "{urn:yidang:records:1}"


def test_the_metadata_tell_the_case_and_the_parts_of_its_number():
    root = read_record(case_metadata(sample.manifest(), sample.record()), "case-metadata")
    told = {etree.QName(node).localname: node.text for node in root}
    assert told["项目名称"] == "晨曦智能装备制造基地项目"
    assert (told["全宗号"], told["门类"], told["年度"], told["机构或问题"], told["件号"]) == (
        "J001", "XZ", "2026", "SP", "0007",
    )  # fmt: skip
    assert (told["保管期限代码"], told["保管期限"], told["密级"]) == ("Y", "永久", "非涉密")
    assert told["申请时间"] == "2026-11-20T02:00:00.000000Z"
    assert root.find(f"{Y}情形/{Y}回答").get("问题") == "工程类型"
    assert root.find(f"{Y}特别程序/{Y}原因").text == "现场踏勘"
    assert "保管期满日" not in told


def test_the_list_names_every_file_with_both_digests_and_its_origin():
    manifest = sample.manifest()
    root = read_record(file_list(manifest, sample.record()), "file-list")
    assert (root.get("文件数"), root.get("字节数")) == ("4", str(sum(e.size for e in manifest.elements)))
    for node, element in zip(root, manifest.elements, strict=True):
        assert [one.text for one in node.findall(f"{Y}摘要")] == [element.sha256, element.sm3]
        assert node.findtext(f"{Y}路径") == element.path
    pages = {node.findtext(f"{Y}名称"): node.findtext(f"{Y}页数") for node in root}
    assert pages == {"申请表.pdf": "3", "营业执照.pdf": None, "办理过程.json": None, "施工许可证.pdf": None}
    assert root.find(f"{Y}文件/{Y}出处/{Y}来自").text == "本档案库"


def test_the_course_names_every_event_by_post_and_never_a_person():
    root = read_record(process(sample.record()), "process")
    told = root.findall(f"{Y}业务实体")
    assert [one.findtext(f"{Y}业务行为") for one in told][:3] == ["收件", "接收文件", "受理"]
    assert told[0].findtext(f"{Y}行为描述") == '{"why":"<&>"}'
    assert {one.findtext(f"{Y}机构人员名称") for one in root.findall(f"{Y}机构人员实体")} == {
        "窗口人员", "一档", "江澜市行政审批局",
    }  # fmt: skip


def test_a_parallel_case_names_the_packages_inside_it():
    child = Child(
        package="01JCHILD", archive_number="J001-XZ·2026-Y-SP-0008", case_number="C8", item_code="S1-01",
        item_name="备案", manifest_sha256="ab" * 32, manifest_sm3="cd" * 32,
    )  # fmt: skip
    matter = Matter(result="parallel", kind="并联审批", stage="施工许可")
    nested = sample.manifest().model_copy(update={"children": (child,), "matter": matter})
    root = read_record(case_metadata(nested, sample.record()), "case-metadata")
    assert root.findtext(f"{Y}下级档案/{Y}办件编号") == "C8"
    assert root.findtext(f"{Y}下级档案/{Y}清单摘要") == "ab" * 32


def test_the_same_case_gives_the_same_bytes_in_any_time_zone():
    record, manifest = sample.record(), sample.manifest()
    east = dt.timezone(dt.timedelta(hours=8))
    moved = dataclasses.replace(
        record, events=tuple(dataclasses.replace(e, at=e.at.astimezone(east)) for e in record.events)
    )
    assert process(moved) == process(record)
    assert case_metadata(manifest, record) == case_metadata(manifest, sample.record())
    assert file_list(manifest, record) == file_list(manifest, sample.record())


def test_an_event_by_nobody_that_is_named_is_not_written():
    with pytest.raises(BadRecord, match="行为人"):
        process(sample.record(agents=(sample.AGENCY,)))


def test_a_character_that_xml_does_not_have_is_shown_as_lost_and_stops_nothing():
    data = case_metadata(sample.manifest(), sample.record(department="审批\x00科\ud800"))
    root = read_record(data, "case-metadata")
    assert root.findtext(f"{Y}办理部门") == "审批\ufffd科\ufffd"


BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
FROM_NET = b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (BOMB, "DTD"),
        (OUTSIDE, "DTD"),
        (FROM_NET, "DTD"),
        (b"<a>" * 210 + b"</a>" * 210, "嵌套"),
        (b"<a>" * 5000 + b"</a>" * 5000, "无法解析"),
        (b"<a", "无法解析"),
        (b"", "无法解析"),
        (b"\x00\x01", "无法解析"),
    ],
)
def test_hostile_xml_is_not_read(data: bytes, why: str):
    with pytest.raises(BadRecord, match=why):
        parse_xml(data)


def test_too_large_a_record_is_not_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("archive.records.safe_xml.MAX_BYTES", 10)
    with pytest.raises(BadRecord, match="超过"):
        parse_xml(b"<a>0123456789</a>")


def test_a_record_that_does_not_fit_its_schema_is_named_with_the_line():
    data = case_metadata(sample.manifest(), sample.record()).replace(b"<\xe6\xa1\xa3\xe5\x8f\xb7>", b"<wrong>", 1)
    with pytest.raises(BadRecord):
        read_record(data, "case-metadata")
    root = parse_xml(process(sample.record()))
    root[0].find(f"{Y}行为时间").text = "昨天"
    [fault] = check_schema(root, "process")
    assert "行为时间" in fault
