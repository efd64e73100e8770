"""The personal list names everything a project needs, in order, and each material once."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import (
    STAGES,
    Catalogue,
    CatalogueError,
    Item,
    Limits,
    MaterialType,
    Option,
    Output,
    PersonalList,
    ProjectClass,
    Question,
    Requirement,
    load_catalogue,
    personal_list,
)


def _question(key: str, *options: str, **more: Any) -> Question:
    return Question(key=key, text=f"{key}？", options=tuple(Option(key=o, text=o) for o in options), **more)


LAND = _question("land", "出让", "划拨")
DEFENCE = _question("defence", "是", "否")
SECRET = Question(
    key="secret", text="涉密？", options=(Option(key="是", text="是", refusal="当面办理"), Option(key="否", text="否"))
)


def _item(code: str, stage: int, output: str, *materials: Requirement, **update: Any) -> Item:
    return Item(
        code=code, name=f"事项{code}", version=1, valid_from=dt.date(2026, 1, 1), stage=STAGES[stage], kind="行政许可",
        lead_dept="局", basis=(), limits=Limits(), materials=materials, retention="Y", source="测试",
        source_date=dt.date(2026, 1, 1), verified=False, outputs=(Output(material=output, template=""),),
    ).model_copy(update=update)  # fmt: skip


def _need(material: str, **update: Any) -> Requirement:
    return Requirement(material=material, name=material, **update)


FORM, LETTER = _need("M-F"), _need("M-L", when={"land": ("出让",)})
ITEMS = [
    _item("S1-01", 0, "OUT-A", FORM, LETTER, situations=("land", "secret"), questions=(LAND, SECRET)),
    _item("S1-02", 0, "OUT-B", FORM, _need("OUT-A", share_from=("OUT-A",)), prerequisites=("S1-01",)),
    _item("S2-01", 1, "OUT-C", FORM, _need("M-R", share_from=("登记",)), prerequisites=("S1-02",)),
    _item("S2-02", 1, "OUT-D", _need("OUT-B", share_from=("OUT-B",)), when={"defence": ("是",)}),
    _item("S3-01", 2, "OUT-E", _need("M-N", demanded=False), project_classes=("甲",), prerequisites=("S2-01|S2-02",)),
]
TYPES = [
    MaterialType(code=code, name=code, subject="project", titles=(code,))
    for code in ("OUT-A", "OUT-B", "OUT-C", "OUT-D", "OUT-E", "M-F", "M-L", "M-R", "M-N")
]
CLASSES = (ProjectClass(key="甲", name="甲类"), ProjectClass(key="乙", name="乙类", answers={"defence": "否"}))
BOOK = Catalogue(ITEMS, TYPES, (LAND, DEFENCE, SECRET), CLASSES)


def _ways(found: PersonalList) -> dict[tuple[str, str], str]:
    return {(entry.item.code, row.need.material): row.way for entry in found.items for row in entry.materials}


def test_the_items_stand_in_the_order_of_their_prerequisites_and_stages() -> None:
    found = personal_list(BOOK, "甲", {"defence": "是"})
    assert [(entry.item.code, entry.step) for entry in found.items] == [
        ("S1-01", 1), ("S1-02", 2), ("S2-01", 3), ("S2-02", 3), ("S3-01", 4),
    ]  # fmt: skip
    assert found.items[4].after == ("S2-01", "S2-02")


def test_only_what_the_class_and_the_answers_need_is_listed() -> None:
    assert [e.item.code for e in personal_list(BOOK, "乙").items] == ["S1-01", "S1-02", "S2-01"]
    assert [e.item.code for e in personal_list(BOOK, "甲", {"defence": "否"}).items][-1] == "S3-01"
    assert len(personal_list(BOOK).items) == 5


def test_each_material_is_asked_for_once_and_never_when_it_can_be_had_elsewhere() -> None:
    ways = _ways(personal_list(BOOK, "甲"))
    assert ways["S1-01", "M-F"] == "submit"
    assert ways["S1-02", "M-F"] == ways["S2-01", "M-F"] == "again"
    assert ways["S1-02", "OUT-A"] == "shared"
    assert ways["S2-01", "M-R"] == "register"
    assert ways["S3-01", "M-N"] == "not-asked"


def test_what_the_archive_holds_is_named_and_not_asked_for() -> None:
    found = personal_list(BOOK, "甲", held=lambda item: {"M-F": "档号 1"} if item.code == "S1-01" else {})
    row = found.items[0].materials[0]
    assert (row.way, row.origin) == ("held", "档号 1")
    assert "M-L" in found.submitted


def test_what_is_not_answered_is_asked_and_shortens_nothing() -> None:
    found = personal_list(BOOK, "甲")
    assert [q.key for q in found.open_questions] == ["land", "defence", "secret"]
    assert "M-L" in found.submitted
    shorter = personal_list(BOOK, "甲", {"land": "划拨", "defence": "否", "secret": "否"})
    assert shorter.open_questions == ()
    assert "M-L" not in shorter.submitted


def test_a_confidential_project_is_told_the_way_to_go_instead() -> None:
    assert personal_list(BOOK, "甲", {"secret": "是"}).refusal == "当面办理"
    assert personal_list(BOOK, "甲", {"secret": "否"}).refusal == ""


@pytest.mark.parametrize(
    ("kind", "answers", "code"),
    [
        ("丙", {}, "unknown-class"),
        ("甲", {"soil": "好"}, "unknown-question"),
        ("甲", {"land": "租赁"}, "unknown-option"),
        ("乙", {"defence": "是"}, "answer-against-class"),
    ],
)
def test_a_wrong_class_or_answer_is_refused(kind: str, answers: dict[str, str], code: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        personal_list(BOOK, kind, answers)
    assert caught.value.code == code


SHIPPED = load_catalogue()
_said = st.fixed_dictionaries(
    {}, optional={q.key: st.sampled_from([o.key for o in q.options]) for q in SHIPPED.questions.values()}
)


@given(_said, _said)
def test_every_further_answer_can_only_shorten_the_shipped_list(some: dict[str, str], more: dict[str, str]) -> None:
    few, many = personal_list(SHIPPED, answers={**more, **some}), personal_list(SHIPPED, answers=some)
    assert {e.item.code for e in few.items} <= {e.item.code for e in many.items}
    assert {k for k, _ in _ways(few).items()} <= {k for k, _ in _ways(many).items()}


@given(_said)
def test_no_item_stands_before_one_it_waits_for(said: dict[str, str]) -> None:
    found = personal_list(SHIPPED, answers=said)
    steps = {entry.item.code: entry.step for entry in found.items}
    for entry in found.items:
        assert all(steps[before] < entry.step for before in entry.after)
    assert list(steps.values()) == sorted(steps.values())
