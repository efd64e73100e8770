"""`yidang instant`: two officers let rules out, a clerk notes the pledge, anybody asks why, a check is written down."""

import json

import pytest
from click.testing import CliRunner, Result

from catalogue import load_catalogue
from portal.cli.instant import instant
from portal.roles import Role
from tests.portal import factories
from tests.workers import instant_steps as steps
from workers import AfterCheck, RuleRelease, accept, prepare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _all_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is drawn."""
    book = load_catalogue()
    item = book.item("S1-01")
    limits = item.limits.model_copy(update={"check_percent": 100})
    monkeypatch.setitem(book._versions, "S1-01", [item.model_copy(update={"limits": limits})])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(instant, arguments, catch_exceptions=False, standalone_mode=False)


def let_out() -> None:
    prepare()
    for name in ("zhang", "li"):
        factories.user(Role.OFFICER, name=name)
    assert "另一名经办人" in run("release", steps.ITEM, "--basis", "江审批〔2026〕5号", "--as", "zhang").output
    alone = run("release", steps.ITEM, "--confirm", "--as", "zhang")
    assert (alone.return_value, "same-person" in alone.output) == (1, True)
    assert run("release", steps.ITEM, "--confirm", "--as", "li").return_value == 0


def test_rules_and_releases_are_told_in_words_and_as_data():
    let_out()
    shown = run("rules").output
    assert "申请人已作出信用承诺" in shown
    assert "zhang、li" in shown
    told = json.loads(run("rules", "--json").output)
    assert len(told["rule_sets"][0]["rules"]) >= 15
    assert told["releases"][0]["state"] == "有效"
    assert run("withdraw", steps.ITEM, "--why", "规则有误", "--as", "li").return_value == 0
    assert RuleRelease.objects.get().withdrawn_why == "规则有误"
    assert run("withdraw", steps.ITEM, "--why", "再撤").return_value == 1
    assert run("release", steps.ITEM, "--confirm").return_value == 1
    refused = run("release", "S3-05", "--basis", "x")
    assert (refused.return_value, "not-instant" in refused.output) == (1, True)


@pytest.mark.stack  # long
def test_a_case_explains_itself_and_what_was_drawn_is_checked():
    let_out()
    case = steps.ready(pledge=False)
    assert run("explain", case.number).return_value == 1
    assert run("pledge", case.number).return_value == 0
    steps.drain()
    accept(case, by=case.opened_by)
    steps.drain()
    shown = run("explain", case.number)
    assert shown.return_value == 0
    assert "✓ 项目不涉密" in shown.output
    assert "重新计算：一致" in shown.output
    told = json.loads(run("explain", case.number, "--json").output)
    assert (told["met"], told["computed_again"], told["format"]) == (True, True, "yidang.instant/1")

    drawn = run("draws")
    assert (drawn.return_value, case.number in drawn.output) == (0, True)
    (line,) = json.loads(run("draws", "--json").output)
    assert (line["follows"], line["overdue"], line["finding"]) == (True, False, "")
    said = ("--words", "与申报不符", "--evidence", "核查记录〔2026〕3号")
    assert run("found", case.number, "revoked", *said).return_value == 0
    assert steps.certificate_of(case).state == "revoked"
    assert run("found", case.number, "confirmed", *said).return_value == 1
    AfterCheck.objects.update(drawn=False)
    assert run("draws", "--all").return_value == 1


def test_a_case_with_a_rule_unmet_says_which():
    let_out()
    case = steps.accepted(pledge=False)
    shown = run("explain", case.number)
    assert shown.return_value == 1
    assert "✗ 申请人已作出信用承诺，承诺书已盖章：申请人未作出信用承诺" in shown.output
    assert "转一般程序" in shown.output
    assert run("found", case.number, "confirmed", "--words", "x", "--evidence", "y").return_value == 1
