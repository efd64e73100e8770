"""Lint finds what a keeper of the catalogue should look at: a planted error for every code."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

import catalogue
from catalogue import (
    Catalogue,
    Finding,
    Item,
    Limit,
    Limits,
    MaterialType,
    Option,
    Output,
    ProjectClass,
    Question,
    Requirement,
    lint,
    lint_folder,
    load_catalogue,
)
from tests.catalogue.editing import changed

FIRST, SECOND = "S1-01", "S2-02"
LAND = Question(key="land", text="用地？", options=(Option(key="出让", text="出让"), Option(key="划拨", text="划拨")))
HOUSE = Question(
    key="house",
    text="房屋？",
    options=(Option(key="有", text="有"), Option(key="无", text="无")),
    when={"land": ("划拨",)},
)
SECRET = Question(
    key="secret", text="涉密？", options=(Option(key="是", text="是", refusal="当面办理"), Option(key="否", text="否"))
)


def _type(code: str, **update: Any) -> MaterialType:
    return MaterialType(
        code=code, name=f"材料{code}", subject="project", titles=(code,), cues=(f"{code}字样",)
    ).model_copy(update=update)


TYPES = [_type(code) for code in ("OUT-A", "OUT-B", "M-X", "M-Y")]


def _item(code: str, stage: str, output: str, **update: Any) -> Item:
    facts = {
        "code": code, "name": code, "version": 1, "valid_from": dt.date(2026, 1, 1), "stage": stage, "kind": "行政许可",
        "lead_dept": "局", "basis": (), "limits": Limits(), "materials": (), "retention": "Y", "source": "测试",
        "source_date": dt.date(2026, 1, 1), "verified": True,
    }  # fmt: skip
    item = Item.model_validate(facts).model_copy(update={"outputs": (Output(material=output, template=""),)})
    return item.model_copy(update=update)


def _need(material: str, **update: Any) -> Requirement:
    return Requirement(material=material, name=f"材料{material}").model_copy(update=update)


SHARED = _need("OUT-A", share_from=("OUT-A",))


def _book(
    types: list[MaterialType] = TYPES,
    first: dict[str, Any] | None = None,
    shared: tuple[Question, ...] = (),
    **second: Any,
) -> Catalogue:
    """Two items: the first issues OUT-A, the second waits for it; `second` changes the second."""
    classes = (ProjectClass(key="甲", name="甲类", answers={"land": "出让"}), ProjectClass(key="乙", name="乙类"))
    given = {"prerequisites": (FIRST,), "materials": (SHARED, _need("M-X"))} | second
    items = [
        _item(FIRST, "立项用地规划许可", "OUT-A", **(first or {})),
        _item(SECOND, "工程建设许可", "OUT-B", **given),
    ]
    return Catalogue(items, types, shared, classes)


def _found(book: Catalogue) -> list[tuple[str, str, str]]:
    return [(f.code, f.item, f.field) for f in lint(book)]


def test_a_sound_catalogue_has_no_findings() -> None:
    assert lint(_book()) == []


def _limits(**update: Any) -> dict[str, Any]:
    return {
        "limits": Limits(statutory=Limit(n=20, unit="工作日"), promised=Limit(n=5, unit="工作日")).model_copy(
            update=update
        )
    }


PLANTED: dict[str, tuple[Catalogue, str, str]] = {
    "prerequisite-cycle": (_book(first={"prerequisites": (SECOND,)}), FIRST, "prerequisites"),
    "order": (_book(first={"prerequisites": (SECOND,)}), FIRST, "prerequisites[0]"),
    "produced-earlier": (_book(materials=(_need("M-X"), _need("OUT-A"))), SECOND, "materials[1].material"),
    "closes-before-prerequisite": (_book(prerequisites=()), SECOND, "materials[0].material"),
    "no-recognisable-type": (
        _book([*TYPES[:2], _type("M-X", titles=())], materials=(_need("M-X"),)), SECOND, "materials[0].material",
    ),
    "withdrawn-demanded": (_book(withdrawn=("材料M-X：取消",)), SECOND, "materials[1].material"),
    "withdrawn-unexplained": (_book(withdrawn=("资金证明",)), SECOND, "withdrawn[0]"),
    "share-from-unissued": (
        _book(materials=(SHARED, _need("M-X", share_from=("OUT-C",)))), SECOND, "materials[1].share_from",
    ),
    "deficiency-days": (_book(materials=(_need("M-X", deficiency="later"),)), SECOND, "materials[0].deficiency_days"),
    "mode-not-offered": (
        _book(materials=(_need("M-X", deficiency="commit", deficiency_days=5),)), SECOND, "materials[0].deficiency",
    ),
    "promised-over-statutory": (_book(**_limits(statutory=Limit(n=3, unit="工作日"))), SECOND, "limits.promised"),
    "promised-over-national": (_book(**_limits(national=Limit(n=24, unit="小时"))), SECOND, "limits.promised"),
    "promised-over-provincial": (_book(**_limits(provincial=Limit(n=6, unit="日"))), SECOND, "limits.promised"),
    "min-handling-over-promised": (_book(**_limits(min_handling=Limit(n=8, unit="日"))), SECOND, "limits.min_handling"),
    "instant-with-min-handling": (
        _book(**_limits(instant_ok=True, min_handling=Limit(n=5, unit="分钟"))), SECOND, "limits.min_handling",
    ),
    "limit-unit-doubtful": (
        _book(**_limits(promised=Limit(n=5, unit="工作日", as_written="5天"))), SECOND, "limits.promised",
    ),
    "item-code": (_book(base_code="442112037"), SECOND, "base_code"),
    "unknown-question": (_book(situations=("land",)), SECOND, "situations"),
    "unknown-option": (
        _book(situations=("land",), questions=(LAND,), materials=(_need("M-X", when={"land": ("租赁",)}),)),
        SECOND, "materials[0].when",
    ),
    "question-unused": (_book(situations=("land",), questions=(LAND,)), SECOND, "situations"),
    "material-unreachable": (
        _book(situations=("land", "house"), questions=(LAND, HOUSE),
              materials=(_need("M-X", when={"land": ("出让",), "house": ("有",)}),
                         _need("M-Y", when={"house": ("无",)}))),
        SECOND, "materials[0].when",
    ),
    "question-unreachable": (
        _book(situations=("land", "house"), questions=(LAND, HOUSE), project_classes=("甲",),
              materials=(_need("M-X", when={"land": ("出让",)}),)),
        SECOND, "questions[1].when",
    ),
    "item-unreachable": (
        _book(shared=(LAND,), project_classes=("甲",), when={"land": ("划拨",)}), SECOND, "when",
    ),
    "explanation-unused": (_book(lint_allow=("order：并行办理",)), SECOND, "lint_allow"),
    "explanation-missing": (_book(prerequisites=(), lint_allow=("closes-before-prerequisite",)), SECOND, "lint_allow"),
    "unverified": (_book(verified=False), "", "verified"),
}  # fmt: skip
"""Each code with a catalogue in which it must be found, and where."""

ON_LOADING = {"limit-unit"}
"""Codes that only a file that does not load can have."""


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_error_is_found_where_it_is(code: str) -> None:
    book, item, field = PLANTED[code]
    assert (code, item, field) in _found(book)


def test_every_code_has_a_planted_error_and_a_line_in_the_documentation() -> None:
    root = Path(catalogue.__file__).parent
    sources = [*root.glob("lint*.py"), root / "situations.py"]
    told = "\n".join(path.read_text("utf-8") for path in sources)
    raised = set(re.findall(r'Finding\(\s*"([a-z-]+)"', told)) | {"unknown-question", "unknown-option", "limit-unit"}
    raised |= {f"promised-over-{name}" for name in ("statutory", "national", "provincial")}
    assert raised == set(PLANTED) | ON_LOADING
    page = (root.parent / "docs" / "catalogue-lint.md").read_text("utf-8")
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+|unverified|order)`", page)) >= raised


def test_a_limit_without_a_unit_is_told_as_such(tmp_path: Path) -> None:
    folder = changed(tmp_path, {"S3-05.v1.yaml": lambda data: data["limits"].update(promised={"n": 3})})
    (finding,) = lint_folder(folder)
    assert (finding.code, finding.item, finding.field) == ("limit-unit", "S3-05.v1.yaml", "limits.promised.unit")
    assert finding.wrong


def test_a_catalogue_that_does_not_load_says_why(tmp_path: Path) -> None:
    folder = changed(tmp_path, {"S3-05.v1.yaml": lambda data: data.update(prerequisites=["S9-99"])})
    assert [(f.code, f.field) for f in lint_folder(folder)] == [("unknown-item", "prerequisites[0]")]


def test_an_explained_finding_keeps_its_reason_and_no_longer_counts() -> None:
    asked = _need("OUT-A", lint_allow=("produced-earlier：须核对原件",))
    (finding,) = lint(_book(materials=(asked,)))
    assert (finding.code, finding.explained, finding.wrong) == ("produced-earlier", "须核对原件", False)
    assert lint(_book(materials=(_need("OUT-A"),)))[0].wrong


def test_what_a_notice_says_makes_nothing_wrong() -> None:
    assert not any(f.wrong for f in lint(_book(verified=False)))


def test_unverified_items_are_counted_in_one_finding() -> None:
    (finding,) = [f for f in lint(_book(verified=False, first={"verified": False})) if f.code == "unverified"]
    assert finding.message.startswith("2 of 2")


def test_what_brackets_add_to_a_name_does_not_hide_a_withdrawn_material() -> None:
    book = _book(withdrawn=("资金到位证明：取消",), materials=(_need("M-X", name="资金到位证明（原件）"),))
    assert ("withdrawn-demanded", SECOND, "materials[0].material") in _found(book)


def test_a_material_that_may_come_later_or_is_not_asked_for_makes_nobody_wait() -> None:
    later = _need("OUT-A", share_from=("OUT-A",), deficiency="later", deficiency_days=5)
    assert _found(_book(prerequisites=(), materials=(later,), modes=("一般", "容缺受理"))) == []
    assert _found(_book(prerequisites=(), materials=(_need("OUT-A", demanded=False),))) == []


def test_one_of_several_prerequisites_is_enough() -> None:
    assert _found(_book(prerequisites=(f"{FIRST}|{SECOND}",)))[0][0] == "prerequisite-cycle"
    third = _item("S1-02", "立项用地规划许可", "OUT-A")
    book = _book(prerequisites=(f"{FIRST}|S1-02",))
    assert lint(Catalogue([*book.items(), third], TYPES)) == []


def test_a_question_that_refuses_a_case_decides_enough() -> None:
    assert _found(_book(situations=("secret",), questions=(SECRET,))) == []


def test_a_regional_override_is_looked_at_too_and_named() -> None:
    city = _book()
    county = city.item(SECOND).model_copy(update={"region": "210381", **_limits(statutory=Limit(n=1, unit="日"))})
    (finding,) = lint(Catalogue([*city.items(), county], TYPES))
    assert (finding.code, finding.region) == ("promised-over-statutory", "210381")


def test_the_shipped_catalogue_has_no_finding_that_is_not_explained() -> None:
    wrong: list[Finding] = [finding for finding in lint(load_catalogue()) if finding.wrong]
    assert wrong == []
