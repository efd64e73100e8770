"""The departments that lists name, and the sharing rules that ship."""

from pathlib import Path

import pytest

from catalogue import (
    CatalogueError,
    department_names,
    departments_of,
    departments_of_item,
    is_personal,
    items_of,
    load_catalogue,
    sharing_rules,
)
from catalogue.sharing import UNNAMED, SharingRules, check_sharing


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("住房和城乡建设局（行政审批局）", ("住房和城乡建设局", "行政审批局")),
        ("住房和城乡建设局（牵头）", ("住房和城乡建设局",)),
        ("人防办（国防动员办公室、行政审批局）", ("人防办", "国防动员办公室", "行政审批局")),
        ("发展改革局（行政审批局）、住房和城乡建设局", ("发展改革局", "行政审批局", "住房和城乡建设局")),
        ("供水企业", ("供水企业",)),
    ],
)
def test_a_lead_department_is_read_as_the_offices_it_names(lead: str, names: tuple[str, ...]) -> None:
    assert departments_of(lead) == names


def test_every_item_has_somebody_and_every_department_has_items() -> None:
    assert all(departments_of_item(item.code) for item in load_catalogue().items())
    assert all(items_of(name) for name in department_names())
    assert items_of("天文台") == frozenset()
    assert departments_of_item("S9-99") == ()


def test_every_type_has_a_category_and_no_personal_paper_is_open() -> None:
    rules = sharing_rules()
    for kind in load_catalogue().material_types():
        category, reason = rules.rule_for(kind.code)
        assert reason != UNNAMED, kind.code
        assert not (is_personal(kind.code) and category == "open")
    assert rules.rule_for("OUT-SGXK")[0] == "open"
    assert rules.rule_for("M-SFZ")[0] == "never"
    assert rules.rule_for("M-SGHT")[0] == "on-request"


def test_a_type_that_nobody_thought_of_is_not_open() -> None:
    assert sharing_rules().rule_for("X-1") == ("on-request", UNNAMED)


@pytest.mark.parametrize(
    ("types", "code"),
    [
        ([{"category": "open", "reason": "依法公示", "codes": ["M-NO"]}], "sharing-unknown-type"),
        ([{"category": "open", "reason": "依法公示", "codes": ["M-A", "M-A"]}], "sharing-twice"),
        ([{"category": "open", "reason": "依法公示", "codes": ["M-P"]}], "sharing-personal"),
    ],
)
def test_a_wrong_table_is_refused(types: list[dict[str, object]], code: str) -> None:
    default = {"prefix": "M-", "category": "on-request", "reason": "须经同意"}
    table = SharingRules.model_validate({"source": "测试", "verified": False, "defaults": [default], "types": types})
    with pytest.raises(CatalogueError) as caught:
        check_sharing(table, {"M-A", "M-P"}, {"M-P"}, Path("sharing.yaml").name)
    assert caught.value.code == code
