"""The local check: a good row of every table passes, and a bad one of every rule is told why."""

from collections.abc import Mapping
from typing import Any

import pytest

from catalogue import make_licence_identifier, make_uscc
from exchange import World, check_row, standard

SHA = "ab" * 32
USCC = make_uscc("11990101MB000000")
LICENCE = make_licence_identifier("11100000000013338W011", USCC, "990101202611220101")
COMMON = {"XZQHDM": "990101", "GCDM": "2603-990101-04-01-318264"}
CASE = COMMON | {"SPSXSLBM": "C1"}
GOOD: dict[str, dict[str, str]] = {
    "SPGL_XMJBXXB": COMMON | {
        "XMDM": "2603-990101-04-01-318264", "XMMC": "晨曦项目", "XMTZLY": "2", "TDHQFS": "2", "TDSFDSJFA": "0",
        "SFWCQYPG": "1", "SPLCLX": "3", "LXLX": "3", "GCFL": "1", "JSXZ": "1", "GBHY": "3411", "GBHYDMFBND": "2017",
        "NKGSJ": "2026-12-01", "NJCSJ": "2027-12-01", "ZTZE": "12000.5", "JSDD": "晨曦路88号", "JSDDXZQH": "990101",
        "YDMJ": "28600", "JZMJ": "9800", "SFXXGC": "0", "SBSJ": "2026-03-02 09:00:00", "SPLCBM": "L1", "SPLCBBH": "1",
        "JSDW": "江澜晨曦", "JSDWDM": USCC, "XMSFWQBJ": "0",
    },
    "SPGL_SPJDXXB": {
        "XZQHDM": "990101", "SPSXBM": "S3-05", "SPSXBBH": "1", "SPSXMC": "许可", "SPJDMC": "施工许可", "SPJDXH": "3",
    },
    "SPGL_ZRZTXXB": COMMON | {"DWMC": "宏远", "DWTYSHXYDM": USCC, "DWLX": "4"},
    "SPGL_XMSPSXBLXXB": CASE | {
        "SPSXBM": "S3-05", "SPSXBBH": "1", "SPLCBM": "L1", "SPLCBBH": "1", "SPBMBM": USCC, "SPBMMC": "审批局",
        "SLFS": "1", "GKFS": "1", "SXBLSX": "1", "SXGZCNZSPQK": "0",
    },
    "SPGL_XMSPSXBLXXXXB": CASE | {
        "BLCS": "审批科", "BLR": "李四", "BLZT": "11", "BLYJ": "准予", "BLSJ": "2026-03-09 10:00:00", "DWMC": "审批局",
        "DWTYSHXYDM": USCC, "SJLY": "一档",
    },
    "SPGL_XMSQCLJQTFJXXB": CASE | {
        "CLMLBH": "M-SQB", "CLMC": "申请表", "CLFL": "1", "CLLX": "application/pdf", "CLID": SHA, "SQFS": "2",
        "SQSL": "1", "ZZBS": LICENCE,
    },
    "SPGL_XMSPSXBLTBCXXXB": CASE | {
        "TBCX": "7", "TBCXMC": "现场踏勘", "TBCXKSSJ": "2026-03-05 09:00:00", "TBCXSXLX": "1", "TBCXSX": "2",
    },
    "SPGL_XMSPSXPFWJXXB": CASE | {
        "PFRQ": "2026-03-09", "PFWH": "990101202603090101", "PFWJBT": "施工许可证", "PFWJYXQX": "9999-01-01",
        "SPJGLX": "10", "ZZBH": "990101202603090101", "ZZBS": LICENCE, "DZZZWJLJ": f"sha256/ab/ab/{SHA}",
    },
}  # fmt: skip
STEPS, CASES, RESULTS = "SPGL_XMSPSXBLXXXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXPFWJXXB"
ACCEPTED = {"BLZT": "3", "BLSJ": "2026-03-03 09:00:00"}


def world(**other: Any) -> World:
    rows: dict[str, list[Mapping[str, str]]] = {
        "SPGL_XMJBXXB": [GOOD["SPGL_XMJBXXB"]],
        STEPS: [ACCEPTED],
        RESULTS: [GOOD[RESULTS]],
        "SPGL_XMSQCLJQTFJXXB": [GOOD["SPGL_XMSQCLJQTFJXXB"]],
    } | other.get("rows", {})
    return World(
        parent=other.get("parent", lambda *_: "accepted"),
        siblings=lambda table, _: rows.get(table, []),
        listed=lambda _: {"M-SQB": "申请表"},
        has_object=other.get("has_object", lambda sha256: sha256 == SHA),
    )


def reasons(table: str, row: Mapping[str, str], within: World | None = None) -> list[tuple[str, str]]:
    rules = standard()
    return [(one.code, one.words) for one in check_row(rules, rules.table(table), row, within or world())]


@pytest.mark.parametrize("table", [table.name for table in standard().tables])
def test_a_good_row_of_every_table_passes(table: str):
    assert reasons(table, GOOD[table]) == []


BAD = [
    ("SPGL_XMJBXXB", {"ZTZE": ""}, ("required", "总投资额为空！")),
    ("SPGL_XMJBXXB", {"XMTZLY": "9"}, ("code", "项目投资来源的值不在代码项之中！")),
    ("SPGL_XMJBXXB", {"XMMC": "名" * 201}, ("length", "项目名称长度超过200！")),
    ("SPGL_XMJBXXB", {"ZTZE": "约一亿元"}, ("kind", "总投资额的格式有误！")),
    ("SPGL_XMJBXXB", {"NKGSJ": "2026年12月1日"}, ("kind", "拟开工时间的格式有误！")),
    ("SPGL_XMJBXXB", {"NKGSJ": "2026-02-30"}, ("kind", "拟开工时间的格式有误！")),
    ("SPGL_XMJBXXB", {"SBSJ": "2026-3-2 9:00:00"}, ("kind", "申报时间的格式有误！")),
    ("SPGL_XMJBXXB", {"XMMC": "晨\x07曦"}, ("kind", "项目名称的格式有误！")),
    ("SPGL_XMJBXXB", {"NJCSJ": "2026-11-01"}, ("order", "拟建成时间早于拟开工时间！")),
    ("SPGL_XMJBXXB", {"XMDM": "20260001"}, ("identifier", "项目代码校验有误！")),
    ("SPGL_XMJBXXB", {"JSDWDM": "123"}, ("identifier", "建设单位代码校验有误！")),
    ("SPGL_XMJBXXB", {"XZQHDM": "99O101"}, ("identifier", "行政区划代码校验有误！")),
    (STEPS, {"BLR": ""}, ("required", "未获取到办理人！")),
    (STEPS, {"BLZT": "3.5"}, ("kind", "办理状态的格式有误！")),
    (STEPS, {"BLSJ": "2026-03-02 10:00:00"}, ("step-order", "办理时间早于“受理”的办理时间！")),
    ("SPGL_XMSQCLJQTFJXXB", {"CLMLBH": "001"}, ("dummy", "材料目录编号为填充值001，不是真实数据！")),
    ("SPGL_XMSQCLJQTFJXXB", {"CLMLBH": ""}, ("required", "材料目录校验失败！")),
    ("SPGL_XMSQCLJQTFJXXB", {"CLID": "cd" * 32}, ("object", "材料ID对应的文件不存在！")),
    (RESULTS, {"ZZBS": LICENCE[:-1] + ("1" if LICENCE[-1] != "1" else "2")}, ("identifier", "证照标识校验有误！")),
    (RESULTS, {"ZZBS": ""}, ("required", "证照标识为空！")),
    (RESULTS, {"DZZZWJLJ": "/files/1.pdf"}, ("object", "电子证照文件路径对应的文件不存在！")),
    (RESULTS, {"PFWJYXQX": "2026-03-01"}, ("order", "批复文件有效期限早于批复日期！")),
]


@pytest.mark.parametrize(
    ("table", "change", "why"), BAD, ids=[f"{t}-{why[0]}-{n}" for n, (t, _, why) in enumerate(BAD)]
)
def test_a_bad_row_of_every_rule_is_told_why(table: str, change: dict[str, str], why: tuple[str, str]):
    assert reasons(table, GOOD[table] | change) == [why]


def test_what_is_required_only_beside_another_value_may_be_missing_beside_others():
    opinion = {key: value for key, value in GOOD[RESULTS].items() if key not in {"PFWH", "ZZBH", "ZZBS", "DZZZWJLJ"}}
    assert reasons(RESULTS, opinion | {"SPJGLX": "30"}) == []
    later = {key: value for key, value in GOOD["SPGL_XMSQCLJQTFJXXB"].items() if key not in {"CLID", "CLLX"}}
    assert reasons("SPGL_XMSQCLJQTFJXXB", later | {"SQFS": "4", "SQSL": "0"}) == []


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("SPGL_ZRZTXXB", ["单位工程代码在项目基本信息表无对应项目或对应的项目校验失败！"]),
        (CASES, [
            "办件工程代码在项目基本信息表无对应项目或对应的项目校验失败！",
            "事项版本在已同步的审批流程阶段事项信息表中无对应，请同步审批流程信息！",
        ]),
        (STEPS, [
            "办件工程代码在项目基本信息表无对应项目或对应的项目校验失败！",
            "审批事项实例编码在项目审批事项办理信息表中无对应或对应的事项办理信息校验失败！",
        ]),
    ],
)  # fmt: skip
def test_a_row_without_its_parent_is_told_so_in_the_words_found(table: str, words: list[str]):
    missing = world(parent=lambda *_: "missing")
    assert reasons(table, GOOD[table], missing) == [("parent", word) for word in words]
    assert reasons(table, GOOD[table], world(parent=lambda *_: "under-way")) == []


def test_a_step_needs_those_before_it_and_an_end_needs_a_result():
    alone = world(rows={STEPS: [], RESULTS: []})
    assert reasons(STEPS, GOOD[STEPS], alone) == [
        ("step", "办理状态“办结（通过）”之前没有“受理”！"),
        ("result", "办结的事项没有批复文件信息！"),
    ]
    early = GOOD[STEPS] | {"BLZT": "1", "BLSJ": "2026-03-02 08:59:59"}
    assert reasons(STEPS, early) == [("step-order", "办理时间早于项目申报时间！")]


def test_every_material_of_the_list_has_a_row_or_a_record_that_it_comes_later():
    found = reasons(CASES, GOOD[CASES], world(rows={"SPGL_XMSQCLJQTFJXXB": []}))
    assert found == [("material", "清单材料“申请表”没有材料信息或容缺记录！")]


def test_every_field_and_code_says_where_it_comes_from():
    rules = standard()
    sources = [field.source for table in rules.tables for field in table.fields]
    sources += [table.source for table in rules.tables] + [codes.source for codes in rules.codes.values()]
    assert all(source.startswith(("found", "guessed")) for source in sources)


def test_parents_are_sent_before_their_children():
    rules = standard()
    for table in rules.tables:
        assert all(rules.order(parent.table) < rules.order(table.name) for parent in table.parents)
