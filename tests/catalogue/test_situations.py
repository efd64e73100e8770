"""What is answered about a project decides which entries of a list apply."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import (
    CatalogueError,
    Item,
    Option,
    Question,
    Requirement,
    applicable,
    check_answers,
    load_catalogue,
    open_questions,
    parse_answers,
    refusal,
)
from tests.catalogue.editing import changed

LAND = Question(
    key="land", text="用地如何取得？", options=tuple(Option(key=k, text=k) for k in ("出让", "划拨", "自有"))
)
HOUSE = Question(
    key="house",
    text="地上有无房屋？",
    options=(Option(key="有", text="有"), Option(key="无", text="无")),
    when={"land": ("自有",)},
)


def _entry(material: str, **when: tuple[str, ...]) -> Requirement:
    return Requirement(material=material, name=material, when=when)


ITEM = (
    load_catalogue()
    .item("S1-07")
    .model_copy(
        update={
            "questions": (LAND, HOUSE),
            "situations": ("land", "house"),
            "materials": (
                _entry("always"),
                _entry("granted", land=("出让",)),
                _entry("not-own", land=("出让", "划拨")),
                _entry("house-title", house=("有",)),
                _entry("both", land=("自有",), house=("无",)),
            ),
        }
    )
)


def _names(item: Item, **answers: str) -> list[str]:
    return [entry.material for entry in applicable(item, answers)]


def test_an_unanswered_question_hides_nothing() -> None:
    assert len(applicable(ITEM, {})) == len(ITEM.materials)


def test_an_answer_drops_what_it_rules_out_and_what_hangs_on_a_question_it_makes_pointless() -> None:
    assert _names(ITEM, land="出让") == ["always", "granted", "not-own"]
    assert _names(ITEM, land="划拨") == ["always", "not-own"]
    assert _names(ITEM, land="自有") == ["always", "house-title", "both"]
    assert _names(ITEM, land="自有", house="有") == ["always", "house-title"]
    assert _names(ITEM, land="自有", house="无") == ["always", "both"]


def test_a_question_is_open_once_its_own_condition_is_met() -> None:
    assert [q.key for q in open_questions(ITEM, {})] == ["land"]
    assert [q.key for q in open_questions(ITEM, {"land": "自有"})] == ["house"]
    assert open_questions(ITEM, {"land": "出让"}) == ()


_answers = st.fixed_dictionaries(
    {},
    optional={"land": st.sampled_from(["出让", "划拨", "自有"]), "house": st.sampled_from(["有", "无"])},
)


@given(_answers, _answers)
def test_every_further_answer_can_only_shorten_the_list(some: dict[str, str], more: dict[str, str]) -> None:
    fewer = set(_names(ITEM, **{**more, **some}))
    assert fewer <= set(_names(ITEM, **some))


@given(_answers)
def test_leaving_out_pointless_answers_changes_nothing(answers: dict[str, str]) -> None:
    kept = check_answers(ITEM.questions, answers)
    assert _names(ITEM, **kept) == _names(ITEM, **answers)
    assert not ("house" in kept and kept.get("land", "自有") != "自有")


@pytest.mark.parametrize(
    ("answers", "code", "told"),
    [({"soil": "好"}, "unknown-question", "land、house"), ({"land": "租赁"}, "unknown-option", "出让、划拨、自有")],
)
def test_a_wrong_answer_is_refused_with_what_could_be_said(answers: dict[str, str], code: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        check_answers(ITEM.questions, answers)
    assert caught.value.code == code
    assert told in str(caught.value)


def test_answers_are_read_as_people_type_them() -> None:
    assert parse_answers("land=出让, investment=企业") == {"land": "出让", "investment": "企业"}
    assert parse_answers("land＝出让，investment=企业，") == {"land": "出让", "investment": "企业"}
    assert parse_answers("") == {}
    for wrong in ("land", "land=", "=出让", "land=出让,land=划拨"):
        with pytest.raises(CatalogueError, match="land=出让"):
            parse_answers(wrong)


def test_the_shipped_questions_name_eight_classes_whose_answers_can_be_given() -> None:
    book = load_catalogue()
    assert len(book.classes) == 8
    for kind in book.classes.values():
        assert check_answers(book.questions.values(), kind.answers) == dict(kind.answers)
    assert {"land", "investment", "build", "area-assessed", "fire-special", "low-risk", "civil-defence", "heritage",
            "residential", "sensitive", "delegate", "steps"} <= set(book.questions)  # fmt: skip


@pytest.mark.parametrize(
    ("when", "code"),
    [({"soil": ["好"]}, "unknown-question"), ({"land": ["租赁"]}, "unknown-option")],
)
def test_a_condition_that_names_nothing_known_is_refused_on_loading(
    tmp_path: Path, when: dict[str, list[str]], code: str
) -> None:
    def edit(data: dict[str, object]) -> None:
        data["situations"] = ["land"]
        data["materials"][1]["when"] = when  # type: ignore[index]

    with pytest.raises(CatalogueError) as caught:
        load_catalogue(changed(tmp_path, {"S3-05.v1.yaml": edit}))
    assert (caught.value.code, caught.value.field) == (code, "materials[1].when")


def test_an_item_may_ask_a_question_of_its_own_beside_shared_ones(tmp_path: Path) -> None:
    own = {
        "key": "crane",
        "text": "是否使用塔吊？",
        "options": [{"key": "是", "text": "是"}, {"key": "否", "text": "否"}],
    }

    def edit(data: dict[str, object]) -> None:
        data |= {"situations": ["crane", "land"], "questions": [own], "materials": []}

    item = load_catalogue(changed(tmp_path, {"S3-05.v1.yaml": edit})).item("S3-05")
    assert [q.key for q in item.questions] == ["sensitive", "crane", "land"]
    assert item.questions[2] == load_catalogue().questions["land"]


@pytest.mark.parametrize(
    ("when", "code"), [({"soil": ["好"]}, "unknown-question"), ({"land": ["租赁"]}, "unknown-option")]
)
def test_an_item_needed_only_under_answers_must_name_shared_ones(
    tmp_path: Path, when: dict[str, list[str]], code: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(changed(tmp_path, {"S3-05.v1.yaml": lambda data: data.update(when=when)}))
    assert caught.value.code == code
    assert caught.value.field.startswith("when")


def test_whether_it_is_confidential_is_asked_first_of_every_item_and_answered_with_the_way_to_go() -> None:
    for item in load_catalogue().items():
        assert open_questions(item, {})[0].key == "sensitive"
        assert "涉密受理点" in refusal(item.questions, {"sensitive": "是"})
        assert refusal(item.questions, {"sensitive": "否"}) == ""
