"""The construction archive is filled from what was archived; what is missing is named with who makes it."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from lxml import etree

import catalogue
from archive import AlreadyExists, LocalStore, Manifest, Retention, build_manifest
from archive.transfer import fill_attributes, fill_tree, hand_over_due, index_csv, index_xml, write_archive
from catalogue import CatalogueError, construction_archive, load_catalogue
from samples.materials import TYPES
from tests.archive import sample_package as sample

TREE = construction_archive()


def manifest(store: LocalStore, *kinds: str) -> Manifest:
    """A package with one file of each kind; the last is in it twice."""
    elements = [
        sample.put_element(store, n, (9, "申报文件", kind, f"{kind}.txt", kind.encode())).model_copy(
            update={"material_type": kind}
        )
        for n, kind in enumerate([*kinds, kinds[-1]], 1)
    ]
    listed = sample.put_element(store, 90, sample.CONTENTS[4])
    return build_manifest(
        package="P1",
        archive_number="J001-XZ·2026-Y-SP-0001",
        created_at=sample.NOW,
        case=sample.case_facts(),
        list_sha256=listed.sha256,
        retention=Retention(code="Y"),
        elements=[*elements, listed],
    )


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "objects")


def test_the_tree_has_the_six_groups_and_every_node_says_its_source():
    assert [group.name for group in TREE.groups] == [
        "工程准备阶段文件",
        "监理文件",
        "施工文件",
        "竣工图",
        "竣工验收文件",
        "声像、电子档案",
    ]
    assert all(node.mark in {"found", "memory"} and node.basis and node.maker for node in TREE.nodes)
    known = {kind.code for kind in load_catalogue().material_types()}
    assert {code for node in TREE.nodes for code in node.filled_by} <= known


def test_the_papers_of_a_building_permit_fill_the_first_group(store: LocalStore):
    groups = fill_tree(TREE, [manifest(store, "OUT-YDGH", "OUT-GCGH", "OUT-ST", "OUT-ZB", "M-SGHT", "OUT-SGXK")])
    filled = {one.node.name for one in groups[0].nodes if one.state == "filled"}
    assert {"建设用地规划许可证及附件", "建设工程规划许可证及附件", "建筑工程施工许可证", "施工合同"} <= filled
    missing = {one.node.name: one.node.maker for one in groups[0].nodes if one.state == "missing"}
    assert missing["岩土工程勘察报告"] == "勘察单位"
    assert next(one for one in groups[0].nodes if "拆迁" in one.node.name).state == "asked"
    [permit] = next(one for one in groups[0].nodes if one.node.code == "1-10").papers
    assert permit.archive_number == "J001-XZ·2026-Y-SP-0001"
    assert sum(group.count(state) for group in groups for state in ("filled", "missing", "asked")) == len(TREE.nodes)


def test_a_file_that_came_into_two_packages_stands_once(store: LocalStore):
    both = [manifest(store, "M-SGHT", "OUT-SGXK"), manifest(store, "M-SGHT", "OUT-SGXK")]
    assert all(len(one.papers) <= 1 for group in fill_tree(TREE, both) for one in group.nodes)


def test_the_newest_value_of_the_best_place_counts_with_its_origin():
    found = {
        "OUT-SGXK.建设规模": [("9800㎡", "证照 1"), ("12000㎡", "证照 2")],
        "OUT-GCGH.建设规模": [("1㎡", "证照 3")],
        "M-JGYS.竣工日期": [("", "空"), ("2026-10-01", "验收报告")],
    }
    told = {one.name: one for one in fill_attributes(TREE, found)}
    assert (told["建筑面积"].value, told["建筑面积"].origin) == ("12000㎡", "证照 2")
    assert told["竣工日期"].value == "2026-10-01"
    assert (told["高度"].value, told["高度"].origin) == ("", "")


@pytest.mark.parametrize(
    ("accepted", "due", "word"),
    [
        (dt.date(2026, 3, 9), dt.date(2026, 6, 9), "3个月"),
        (dt.date(2026, 7, 1), dt.date(2026, 10, 8), "顺延"),  # the National Day holiday
        (dt.date(2025, 11, 30), dt.date(2026, 2, 28), "3个月"),
        (dt.date(2098, 11, 30), dt.date(2099, 2, 28), "未录入"),
        (None, None, "尚无"),
    ],
)
def test_the_builder_has_three_months_and_a_holiday_moves_the_last_day(
    accepted: dt.date | None, due: dt.date | None, word: str
):
    day, how = hand_over_due(TREE, accepted)
    assert day == due
    assert word in how


def test_folders_and_indexes_hold_every_file_and_name_what_is_missing(store: LocalStore, tmp_path: Path):
    groups = fill_tree(TREE, [manifest(store, "M-SGHT", "OUT-SGXK")])
    told = fill_attributes(TREE, {"OUT-SGXK.number": [("=HYPERLINK(1)\x01", "证照 1")]})
    written = write_archive(groups, told, store, tmp_path / "out")
    assert (tmp_path / "out/1 工程准备阶段文件/1-10 建筑工程施工许可证/001_OUT-SGXK.txt").read_text() == "OUT-SGXK"
    assert len(written) == 4
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out/归档目录.csv").read_text("utf-8-sig"))))
    assert len(rows) == len(TREE.nodes)
    assert {row["状态"] for row in rows} == {"已有", "缺", "如有"}
    root = etree.fromstring((tmp_path / "out/归档目录.xml").read_bytes())
    assert root.findtext("单位工程/施工许可证号") == "=HYPERLINK(1)"
    assert len(root.findall(".//文件")) == 2
    with pytest.raises(AlreadyExists):
        write_archive(groups, told, store, tmp_path / "out")
    assert index_csv(groups) == index_csv(groups)
    assert index_xml(groups, told) == index_xml(groups, told)


def test_no_cell_is_taken_for_a_formula(store: LocalStore):
    odd = manifest(store, "M-SGHT").model_copy(update={"archive_number": "=1+1"})
    assert ",'=1+1," in index_csv(fill_tree(TREE, [odd])).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("OUT-SGXK]}", "OUT-NONE]}", "unknown-material"),
        ("OUT-SGXK.合同价格", "OUT-SGXK.价钱", "unknown-field"),
        ('code: "1-02"', 'code: "1-01"', "duplicate"),
        ('code: "1-02"', 'code: "2-99"', "wrong-shape"),
        ("mark: found, basis: A1-1", "mark: heard, basis: A1-1", "wrong-shape"),
    ],
)
def test_a_tree_that_names_what_is_not_there_is_refused(tmp_path: Path, old: str, new: str, code: str):
    text = (Path(catalogue.__file__).parent / "data/construction-archive.yaml").read_text()
    assert old in text
    file = tmp_path / "tree.yaml"
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError) as caught:
        construction_archive(file)
    assert caught.value.code == code


def test_our_own_samples_fill_the_first_and_the_fifth_group(store: LocalStore):
    groups = fill_tree(TREE, [manifest(store, *TYPES)])
    first, fifth = groups[0], groups[4]
    assert [one.node.name for one in first.nodes if one.state == "missing"] == ["参建单位项目负责人及管理人员名册"]
    assert fifth.count("filled") >= 8
    assert {one.node.code for one in fifth.nodes if one.state == "filled"} >= {"5-01", "5-02", "5-05", "5-06", "5-08"}
