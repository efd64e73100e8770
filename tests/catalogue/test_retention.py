"""The retention schedule: what it answers, as it ships, and what it may not be."""

import datetime as dt
from typing import Any, get_args

import pytest

from catalogue import (
    CaseResult,
    CatalogueError,
    RetentionSchedule,
    load_catalogue,
    period_end,
    retention_for,
    retention_schedule,
)
from catalogue.retention import check_schedule

DAY = dt.date(2026, 3, 5)
ALL = list(get_args(CaseResult))


def schedule(*versions: dict[str, Any]) -> RetentionSchedule:
    """A schedule of these versions, each with what it must have."""
    made = [
        {"version": n, "valid_from": dt.date(2019 + n, 1, 1), "source": "测试", "verified": False, **version}
        for n, version in enumerate(versions, 1)
    ]
    return RetentionSchedule.model_validate({"name": "测试", "versions": made})


def rule(keep: str, results: list[str] = ALL, items: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "number": "1",
        "name": "测试",
        "results": results,
        "items": items,
        "keep": keep,
        "basis": "",
        "mark": "city",
    }


@pytest.mark.parametrize("item", load_catalogue().items(), ids=lambda item: item.code)
def test_every_item_and_result_has_a_period_and_an_issued_one_is_that_of_its_list(item):
    assert retention_for(item, "issued", DAY).code == item.retention
    assert {retention_for(item, result, DAY).code for result in get_args(CaseResult)} <= {"Y", "D30", "D10"}


def test_a_period_begins_at_the_end_of_the_year_of_closing():
    assert period_end("D10", dt.date(2026, 1, 1)) == period_end("D10", dt.date(2026, 12, 31)) == dt.date(2036, 12, 31)
    assert period_end("D30", dt.date(2027, 1, 1)) == dt.date(2057, 12, 31)
    assert period_end("Y", DAY) is None


def test_every_rule_says_how_far_it_is_grounded():
    for version in retention_schedule().versions:
        for one in version.rules:
            assert one.basis
            assert one.mark in {"found", "memory", "city"}


def test_a_rule_for_an_item_goes_before_the_rule_for_all_and_the_version_of_the_day_counts():
    item = load_catalogue().item("S3-05")
    found = schedule(
        {"rules": [rule("D30", ["refused"], ("S3-05",)), rule("D10")]},
        {"rules": [rule("Y")]},
    )
    assert retention_for(item, "refused", dt.date(2020, 5, 1), found).code == "D30"
    assert retention_for(item, "withdrawn", dt.date(2020, 5, 1), found).code == "D10"
    later = retention_for(item, "refused", dt.date(2021, 5, 1), found)
    assert (later.code, later.until, later.version) == ("Y", None, 2)
    assert retention_for(item, "refused", dt.date(2001, 1, 1), found).version == 1


@pytest.mark.parametrize(
    ("code", "versions"),
    [
        ("retention-gap", [{"rules": [rule("D10", ["issued"])]}]),
        ("retention-versions", [{"rules": [rule("Y")]}, {"rules": [rule("Y")], "version": 3}]),
        ("retention-versions", [{"rules": [rule("Y")]}, {"rules": [rule("Y")], "valid_from": dt.date(2020, 1, 1)}]),
        ("retention-shortened", [{"rules": [rule("D30")]}, {"rules": [rule("D10")]}]),
        ("retention-shortened", [{"rules": [rule("Y")]}, {"rules": [rule("list")]}]),
        ("retention-shortened", [{"rules": [rule("D30")]}, {"rules": [rule("D10", items=("S3-05",)), rule("D30")]}]),
    ],
)
def test_a_schedule_that_could_lose_something_unseen_is_refused(code, versions):
    with pytest.raises(CatalogueError) as refused:
        check_schedule(schedule(*versions))
    assert refused.value.code == code


def test_a_version_may_keep_shorter_on_an_approval_and_longer_without():
    check_schedule(schedule({"rules": [rule("D30")]}, {"rules": [rule("D10")], "approval": "江档发〔2026〕3号"}))
    check_schedule(schedule({"rules": [rule("D10")]}, {"rules": [rule("D30")]}))
