"""What changed between two versions is told in words, and nothing is told when nothing changed."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import Item, Limit, Limits, Option, Output, Question, Requirement, compare_items, load_catalogue
from tests.catalogue.editing import changed, shipped
from tests.catalogue.test_regions import HERE, OVERRIDE

LIST = (
    Requirement(material="M-SQB", name="申请表", form="original"),
    Requirement(material="M-SQWT", name="授权委托书", form="original", deficiency="later", deficiency_days=5),
    Requirement(material="M-CNS", name="建设资金落实承诺书", deficiency="commit", deficiency_days=5),
)
SHIPPED_ITEM = load_catalogue().item("S3-05")
ITEM = SHIPPED_ITEM.model_copy(
    update={
        "limits": Limits(statutory=Limit(n=7, unit="日"), promised=Limit(n=3, unit="工作日")),
        "prerequisites": ("S2-02",),
        "situations": (),
        "questions": (),
        "materials": LIST,
        "withdrawn": ("资金到位证明：取消", "无拖欠工程款承诺书：取消"),
    }
)
QUESTION = Question(
    key="land", text="用地？", options=(Option(key="出让", text="出让"), Option(key="划拨", text="划拨"))
)


def _texts(old: Item, new: Item) -> list[str]:
    return [change.text for change in compare_items(old, new)]


def _edited(*drop: str, **update: Any) -> tuple[Requirement, ...]:
    """The item's list with entries dropped and the power of attorney changed."""
    return tuple(
        r.model_copy(update=update) if r.material == "M-SQWT" else r for r in ITEM.materials if r.material not in drop
    )


def test_an_item_does_not_differ_from_itself_whatever_its_version_is_called() -> None:
    assert compare_items(ITEM, ITEM) == ()
    assert compare_items(ITEM, ITEM.model_copy(update={"version": 2, "valid_from": dt.date(2027, 1, 1)})) == ()


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ({"limits": ITEM.limits.model_copy(update={"promised": Limit(n=2, unit="工作日")})},
         "承诺时限由“3工作日”改为“2工作日”"),
        ({"limits": ITEM.limits.model_copy(update={"statutory": None})}, "法定时限由“7日”改为“无”"),
        ({"materials": _edited("M-CNS")}, "取消申请材料：建设资金落实承诺书"),
        ({"materials": (*ITEM.materials, Requirement(material="M-SFZ", name="身份证"))}, "新增申请材料：身份证"),
        ({"materials": _edited(deficiency_days=10)}, "授权委托书的补正期限（工作日）由“5”改为“10”"),
        ({"materials": _edited(when={"delegate": ("是",)})}, "授权委托书的适用情形由“不限”改为“delegate=是”"),
        ({"materials": _edited(deficiency="none", deficiency_days=0)}, "授权委托书的容缺/承诺由“可容缺”改为“不可容缺”"),
        ({"prerequisites": ("S2-02", "S3-01")}, "新增前置事项：S3-01"),
        ({"withdrawn": ITEM.withdrawn[1:]}, f"取消取消的材料：{ITEM.withdrawn[0]}"),
        ({"questions": (QUESTION,)}, "新增情形问题：用地？"),
        ({"outputs": ()}, "取消办理结果：OUT-SGXK"),
        ({"verified": True}, "已核实由“否”改为“是”"),
        ({"lead_dept": "审批局"}, f"牵头部门由“{ITEM.lead_dept}”改为“审批局”"),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_told_in_words(update: dict[str, Any], told: str) -> None:
    assert told in _texts(ITEM, ITEM.model_copy(update=update))


def test_a_new_order_is_a_change_too() -> None:
    (change,) = compare_items(ITEM, ITEM.model_copy(update={"materials": ITEM.materials[::-1]}))
    assert (change.kind, change.place) == ("moved", "materials")


def test_the_place_names_the_field_for_programs() -> None:
    (change,) = compare_items(ITEM, ITEM.model_copy(update={"materials": _edited(copies=2)}))
    assert (change.place, change.before, change.after) == ("materials[M-SQWT].copies", "1", "2")


def test_a_region_is_compared_with_the_city_just_so(tmp_path: Path) -> None:
    book = load_catalogue(changed(tmp_path, files={HERE: OVERRIDE}))
    city, county = book.item("S3-05"), book.item("S3-05", region="210381")
    places = {change.place for change in compare_items(city, county)}
    assert set(county.overrides) <= places
    assert places - set(county.overrides) <= {"source", "source_date", "verified"}


_limits = st.builds(
    Limits, promised=st.none() | st.builds(Limit, n=st.integers(1, 3), unit=st.sampled_from(["日", "小时"]))
)
_needs = st.lists(
    st.builds(
        Requirement,
        material=st.sampled_from(["A", "B", "C"]),
        name=st.sampled_from(["甲", "乙"]),
        copies=st.integers(0, 2),
        when=st.sampled_from([{}, {"land": ("出让",)}]),
    ),
    max_size=3,
    unique_by=lambda need: need.material,
).map(tuple)
_items = st.builds(
    lambda limits, materials, words, outputs: ITEM.model_copy(
        update={"limits": limits, "materials": materials, "withdrawn": words, "outputs": outputs}
    ),
    _limits,
    _needs,
    st.lists(st.sampled_from(["甲：取消", "乙：取消"]), max_size=3).map(tuple),
    st.lists(st.builds(Output, material=st.sampled_from(["A", "B"]), template=st.just("")), max_size=2,
             unique_by=lambda output: output.material).map(tuple),
)  # fmt: skip


@given(_items, _items)
def test_nothing_is_told_exactly_when_both_say_the_same(one: Item, other: Item) -> None:
    assert (compare_items(one, other) == ()) == (one == other)


@given(_items, _items)
def test_what_is_new_one_way_is_gone_the_other_way(one: Item, other: Item) -> None:
    there = {(c.place, c.before, c.after) for c in compare_items(one, other)}
    back = {(c.place, c.after, c.before) for c in compare_items(other, one)}
    assert {row for row in there if "materials" in row[0]} == {row for row in back if "materials" in row[0]}


def test_open_cases_keep_their_version_beside_a_newer_one(tmp_path: Path) -> None:
    second = shipped("S3-05.v1.yaml") | {"version": 2, "valid_from": "2027-01-01", "withdrawn": ["资金证明：取消"]}
    book = load_catalogue(changed(tmp_path, files={"S3-05.v2.yaml": second}))
    assert book.item("S3-05", 1) == SHIPPED_ITEM
    assert {change.place for change in compare_items(SHIPPED_ITEM, book.item("S3-05"))} == {"withdrawn"}
