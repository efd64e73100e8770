"""The lists that ship: every item of the four stages, shared along the matrix of domain reference 2.6, by situation."""

from pathlib import Path

import pytest

from catalogue import Item, Limit, applicable, lint, load_catalogue

BOOK = load_catalogue()
ITEMS = BOOK.items()
CODES = [item.code for item in ITEMS]
STAGES = {
    "立项用地规划许可": [f"S1-{n:02}" for n in range(1, 19)],
    "工程建设许可": [f"S2-{n:02}" for n in range(1, 9)],
    "施工许可": [f"S3-{n:02}" for n in range(1, 11)],
    "竣工验收": [f"S4-{n:02}" for n in range(1, 8)],
}
PROJECT = (("OUT-LX", "OUT-LX"), ("OUT-HZ", "OUT-HZ"), ("OUT-KY", "OUT-KY"))
TITLE = (("OUT-CRHT", "土地市场动态监测监管系统"), ("OUT-HBJD", "OUT-HBJD"), ("OUT-BDC", "不动产登记信息"))
ASSESSED = ("S1-08", "S1-09", "S1-10", *(f"S1-{n}" for n in range(11, 19)))
MATRIX: tuple[tuple[tuple[tuple[str, str], ...], tuple[str, ...]], ...] = (
    (PROJECT, ("S1-07", "S1-08", "S2-01", "S2-02", "S2-03", "S3-04", "S3-05")),
    ((PROJECT[0],), ("S1-06",)),
    ((("OUT-YDYS", "OUT-YDYS"),), ("S1-02", "S1-04", "S1-07", "S1-10")),
    (TITLE, ("S2-02", "S3-05", "S4-02")),
    ((TITLE[0], TITLE[2]), ("S1-07",)),
    ((("OUT-YDGH", "OUT-YDGH"),), ("S2-01", "S2-02", "S3-05")),
    ((("OUT-FA", "OUT-FA"),), ("S1-05", "S2-02", "S2-03")),
    ((("OUT-GCGH", "OUT-GCGH"),), ("S3-01", "S3-02", "S3-05", "S4-02", "S4-07")),
    ((("OUT-RF", "OUT-RF"),), ("S3-01", "S3-05", "S4-04")),
    ((("OUT-ST", "OUT-ST"),), ("S3-02", "S3-03", "S3-05", "S4-03", "S4-05")),
    ((("OUT-ZB", "公共资源交易平台"),), ("S3-03", "S3-04", "S3-05")),
    ((("OUT-XFSJ", "OUT-XFSJ"),), ("S3-05", "S4-03")),
    ((("OUT-SGXK", "OUT-SGXK"),), ("S4-01", "S4-06", "S3-06", "S3-07", "S3-08", "S3-09", "S3-10")),
    ((("OUT-DC", "多测合一成果库"),), ("S4-02", "S4-04", "S4-07")),
    ((("OUT-LHYS", "OUT-LHYS"),), ("S4-06", "S4-07")),
    ((("OUT-QYPG", "区域评估成果库"),), ASSESSED),
)
"""Domain reference 2.6: what each output feeds, as material and where it is had from, and the items that take it."""
SHARED = [(code, need, source) for needs, codes in MATRIX for need, source in needs for code in codes]


def _listed(code: str, **answers: str) -> set[str]:
    return {need.material for need in applicable(BOOK.item(code), answers)}


def test_every_stage_has_its_items() -> None:
    assert {stage: [i.code for i in ITEMS if i.stage == stage] for stage in STAGES} == STAGES


@pytest.mark.parametrize(("code", "material", "source"), SHARED)
def test_what_the_share_matrix_feeds_an_item_is_shared_and_not_asked_for(code: str, material: str, source: str) -> None:
    need = BOOK.item(code).requirement(material)
    assert need is not None
    assert source in need.share_from


def test_nothing_that_an_earlier_stage_issues_is_asked_for_without_its_source() -> None:
    order = list(STAGES)
    issued = {output.material: item.stage for item in reversed(ITEMS) for output in item.outputs}
    for item in ITEMS:
        for need in item.materials:
            earlier = need.material in issued and order.index(issued[need.material]) < order.index(item.stage)
            assert not earlier or need.share_from, (item.code, need.material)


def test_no_item_waits_for_itself_however_far() -> None:
    before = {item.code: {code for choice in item.prerequisite_choices() for code in choice} for item in ITEMS}
    done: set[str] = set()
    while ready := {code for code, needed in before.items() if code not in done and needed <= done}:
        done |= ready
    assert done == set(CODES)


def test_the_linter_finds_nothing_and_every_exception_gives_its_reason() -> None:
    found = [finding for finding in lint(BOOK) if finding.level == "error"]
    assert [finding for finding in found if finding.wrong] == []
    assert {finding.code for finding in found} == {"closes-before-prerequisite"}
    assert all(len(finding.explained) > 8 for finding in found)


@pytest.mark.parametrize("item", ITEMS, ids=CODES)
def test_every_list_says_where_it_is_from_who_is_asked_and_for_how_long(item: Item) -> None:
    assert item.basis
    assert "domain reference 2." in item.source
    assert not item.verified
    assert item.limits.instant_ok != (item.limits.min_handling is not None)
    assert item.situations[0] == "sensitive"
    assert all(need.source_dept for need in item.materials)
    deferred = [need for need in item.materials if need.deficiency != "none"]
    assert all(need.demanded for need in deferred)
    assert (item.max_gaps > 0) == bool(deferred)
    offered = {"later": "容缺受理", "commit": "告知承诺"}
    assert {offered[need.deficiency] for need in deferred} == set(item.modes) - {"一般"}


@pytest.mark.parametrize("item", ITEMS, ids=CODES)
def test_the_licence_and_the_identity_card_are_never_asked_for_on_paper(item: Item) -> None:
    for material in ("M-YYZZ", "M-SFZ"):
        need = item.requirement(material)
        assert need is None or (not need.demanded and need.share_from)


def test_what_is_asked_for_can_be_recognised_and_no_two_types_share_a_title() -> None:
    asked = {need.material for item in ITEMS for need in item.materials if need.demanded}
    assert len(asked) > 100
    for code in asked:
        kind = BOOK.material_type(code)
        assert kind.titles
        assert kind.cues
        assert any(field.required for field in kind.fields)


def test_a_letter_of_asking_serves_one_item_alone() -> None:
    """An item later in the project would else count the letter of an earlier one as received."""
    for code in ("M-HZQS", "M-JYQS", "M-KYQS", "M-CSQS", "M-JNQS"):
        assert len([item for item in ITEMS if item.requirement(code)]) == 1


def test_every_material_type_is_on_a_list_or_issued_or_said_to_be_neither() -> None:
    listed = {need.material for item in ITEMS for need in item.materials}
    issued = {output.material for item in ITEMS for output in item.outputs}
    idle = {kind.code for kind in BOOK.material_types()} - listed - issued
    assert idle == {"OUT-QSXK", "OUT-YDPZ", "OUT-FLSJ", "OUT-PSXK", "M-ZJZM", "M-YHBH"}
    # Permits of items that no section lists (取水, 排水, 防雷), the old 建设用地批准书, and papers no longer asked for.


LAND = {
    "出让": {"OUT-CRHT"},
    "划拨": {"OUT-YDYS", "M-CBZT"},
    "自有": {"OUT-BDC", "M-TDZ", "M-FCZ", "M-GYTY"},
    "临时": {"M-TDXY"},
}


@pytest.mark.parametrize("land", LAND)
def test_the_land_permit_asks_for_the_papers_of_its_kind_of_land_alone(land: str) -> None:
    listed = _listed("S1-07", land=land)
    assert {code for papers in LAND.values() for code in papers} & listed == LAND[land]


def test_own_land_with_one_certificate_that_nobody_shares_needs_only_that() -> None:
    new = _listed("S1-07", land="自有", build="新建", **{"title-kind": "不动产权证"})
    assert new & LAND["自有"] == {"OUT-BDC"}
    extended = _listed("S1-07", land="自有", build="扩建", **{"title-kind": "旧证", "co-owned": "是"})
    assert extended & LAND["自有"] == {"M-TDZ", "M-FCZ", "M-GYTY"}


@pytest.mark.parametrize(
    ("answers", "paper"),
    [
        ({"investment": "企业", "approval": "备案"}, "OUT-LX"),
        ({"investment": "企业", "approval": "核准"}, "OUT-HZ"),
        ({"investment": "政府"}, "OUT-KY"),
    ],
)
def test_a_project_shows_the_one_approval_that_it_has(answers: dict[str, str], paper: str) -> None:
    for code in ("S1-07", "S1-08", "S2-01", "S2-02", "S2-03", "S3-04", "S3-05"):
        assert _listed(code, **answers) & {"OUT-LX", "OUT-HZ", "OUT-KY"} == {paper}


@pytest.mark.parametrize(
    ("code", "report"),
    [
        ("S1-11", "M-SBBG"), ("S1-12", "M-FHBG"), ("S1-13", "M-KGBG"), ("S1-14", "M-DZAP"),
        ("S1-15", "M-JTPJ"), ("S1-16", "M-SWFX"), ("S1-17", "M-YKBG"), ("S1-18", "M-DZPG"),
    ],
)  # fmt: skip
def test_inside_an_evaluated_area_its_result_stands_for_the_project_report(code: str, report: str) -> None:
    assert _listed(code, **{"area-assessed": "否"}) & {report, "OUT-QYPG"} == {report}
    assert _listed(code, **{"area-assessed": "是"}) & {report, "OUT-QYPG"} == {"OUT-QYPG"}


def test_special_works_are_reviewed_and_accepted_for_fire_safety_and_all_others_only_filed() -> None:
    assert dict(BOOK.item("S3-02").when) == {"fire-special": ("是",)}
    both = {"M-XFYSB", "M-XFBAB", "OUT-XFSJ"}
    assert _listed("S4-03", **{"fire-special": "是"}) & both == {"M-XFYSB", "OUT-XFSJ"}
    assert _listed("S4-03", **{"fire-special": "否"}) & both == {"M-XFBAB"}
    assert "OUT-XFSJ" in _listed("S3-05", **{"fire-special": "是"})
    assert "OUT-XFSJ" not in _listed("S3-05", **{"fire-special": "否"})


def test_the_works_permit_tells_buildings_pipes_and_temporary_works_apart() -> None:
    pipes = _listed("S2-02", **{"works-kind": "市政", "permanence": "永久"})
    assert "M-CLHD" in pipes
    assert pipes.isdisjoint({"OUT-CRHT", "OUT-HBJD", "OUT-BDC", "M-ZPT", "M-AQPJ"})
    house = {"works-kind": "建筑", "permanence": "永久", "land": "出让"}
    factory = _listed("S2-02", **house, industrial="工业")
    assert "OUT-LSSJ" not in factory
    assert "OUT-LSSJ" in _listed("S2-02", **house, industrial="民用")
    assert {"M-AQPJ", "OUT-HP"} <= _listed("S2-02", **house, industrial="化工")
    temporary = _listed("S2-02", **{"works-kind": "建筑", "permanence": "临时", "land": "临时"})
    assert "OUT-LSYD" in temporary
    assert temporary.isdisjoint({"OUT-YDGH", "OUT-LX", "OUT-CRHT"})


def test_low_risk_works_need_no_review_of_drawings() -> None:
    assert dict(BOOK.item("S3-01").when) == {"low-risk": ("否",)}
    assert "OUT-ST" in _listed("S3-05")
    assert "OUT-ST" not in _listed("S3-05", **{"low-risk": "是"})


def test_lifts_homes_and_shelters_bring_their_own_papers_to_the_joint_acceptance() -> None:
    plain = _listed("S4-01", elevator="否", residential="否", **{"civil-defence": "否"})
    assert plain.isdisjoint({"M-DTJY", "M-ZZLS", "M-RFYS", "M-PZZL"})
    assert {"M-DTJY", "M-ZZLS", "M-RFYS", "M-PZZL"} <= _listed("S4-01")


def test_the_suppliers_of_prefabricated_parts_may_be_told_within_ten_days() -> None:
    parts = [n for n in BOOK.item("S3-03").materials if "prefab" in n.when]
    assert [(n.deficiency, n.deficiency_days) for n in parts] == [("later", 10)] * 3


@pytest.mark.parametrize(
    ("code", "gone"),
    [
        ("S1-05", "勘察、设计合同备案表"), ("S3-01", "勘察、设计合同备案表"),
        ("S3-03", "施工合同备案表"), ("S3-03", "监理合同备案表"), ("S3-04", "施工合同备案表"),
        ("S3-05", "资金到位证明"), ("S3-05", "无拖欠工程款承诺书"), ("S3-05", "施工合同备案表"),
        ("S3-05", "监理合同备案表"), ("S3-05", "质量监督手续"), ("S3-05", "安全监督手续"),
        ("S3-05", "人防工程质量监督手续"), ("S1-07", "建设项目用地预审意见"), ("S2-01", "外市、外省设计单位备案表"),
        ("S4-03", "消防设施检测合格证明"),
    ],
)  # fmt: skip
def test_what_was_withdrawn_is_known_with_its_reason(code: str, gone: str) -> None:
    reasons = dict(entry.partition("：")[::2] for entry in BOOK.item(code).withdrawn)
    assert reasons[gone]


def test_the_limits_that_the_seeds_name_are_kept_with_their_units() -> None:
    limits = {item.code: item.limits for item in ITEMS}
    land = limits["S1-07"]
    assert land.statutory is not None
    assert land.promised is not None
    assert (land.statutory.n, land.statutory.unit, land.promised.n, land.promised.unit) == (20, "工作日", 24, "小时")
    promised = {code: limit.n for code in ("S3-06", "S3-08", "S3-09") if (limit := limits[code].promised)}
    assert promised == {"S3-06": 20, "S3-08": 16, "S3-09": 15}


def test_a_promise_is_verified_and_a_broken_one_is_noted() -> None:
    promised = [need for item in ITEMS for need in item.materials if need.deficiency == "commit"]
    assert promised
    assert all((need.recheck_days, need.on_expiry) == (40, "credit") for need in promised)


def _told(limit: Limit | None) -> str:
    return f"{limit.n}{limit.unit}" if limit else "–"


@pytest.mark.parametrize("item", ITEMS, ids=CODES)
def test_the_table_of_the_documentation_says_what_the_list_says(item: Item) -> None:
    asked = sum(need.demanded for need in item.materials)
    cells = (item.code, item.name, _told(item.limits.statutory), _told(item.limits.promised), asked,
             len(item.materials) - asked, item.source)  # fmt: skip
    table = (Path(__file__).parents[2] / "docs/catalogue.md").read_text("utf-8")
    assert f"| {' | '.join(map(str, cells))} |" in table.splitlines()
