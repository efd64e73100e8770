"""The rules of deciding at once: each is met by what it asks for and by nothing else, and all of them are needed."""

import ast
import copy
import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import canonical_json
from workers import CURRENT_RULES, RULE_SETS, computed_again, instant_rules
from workers.instant import record_of
from workers.instant_rules import RuleSet, all_met, judge

FROZEN = {"rules/2026-1": "d856399ff66e52950319d276eb7bb5f33baa8d4a862510452e8ddac091c2dd78"}
"""Name → digest of every rule set that may have been released: a set is never changed, a new one is added."""
FROZEN_CODE = {"rules/2026-1": "f7b47e01af777c17666ea01fa09e273549f9928fbbb039b404198aeca840ad94"}
"""The same words must not come to judge otherwise either."""


def value(name: str, said: str, **changes: Any) -> dict[str, Any]:
    facts = {
        "name": name, "value": said, "required": True, "fact": "", "origin": "read", "score": 985,
        "stated": said, "source": "", "file": "申请表.pdf", "page": 1, "by": "", "others": [],
    }  # fmt: skip
    return facts | changes


def inputs() -> dict[str, Any]:
    """A filing that meets every rule."""
    return {
        "at": "2026-11-29T02:00:00Z",
        "case": {
            "number": "01K", "item": "S1-01", "item_version": 1, "applicant_name": "江澜晨曦公司",
            "applicant_uscc": "91990101MA0CX00102", "project_code": "2611-990101-04-01-318264",
            "project_name": "生产基地", "works_name": "", "accepted_at": "2026-11-29T01:59:59Z",
            "paused": False, "lead": False,
        },
        "item": {"instant_ok": True, "version_in_force": 1, "output": "OUT-LX", "snapshot_sha256": "0" * 64},
        "release": {"number": "规则发布1号", "officer": "zhang", "second": "li", "seals": []},
        "order": {"open": [], "awaited": []},
        "secrecy": {"answer": "否", "sealed_off": 0},
        "questions": {"answers": {"sensitive": "否"}, "open": []},
        "list": {
            "verdict": "complete", "revision": 2, "current": True, "gaps": [], "differing": [], "unplaced": [],
            "rows": [{"entry": "M-YYZZ", "name": "营业执照", "state": "satisfied", "state_name": "齐全", "doubts": 0}],
        },
        "values": [
            value("项目代码", "2611-990101-04-01-318264", fact="project_code", origin="fact", score=0),
            value("建设单位", "江澜晨曦公司", fact="applicant_name", origin="fact", score=0),
            value("建设地点", "江澜市新港区"),
            value("总投资", "52000000", origin="typed", score=0, required=False),
        ],
        "checks": {"applicant_uscc": "ok", "project_code": "ok"},
        "register": {"in_force": [], "decided": []},
        "pledge": {"number": "承诺1号", "promised_by": "江澜晨曦公司", "sha256": "a" * 64, "verdict": "valid"},
        "credit": {"unsettled": []},
        "seal": {"label": "行政审批专用章", "owner": "江澜市行政审批局", "valid_until": "2027-01-01T00:00:00Z",
                 "two_person": False, "not_granted": [], "beside": []},
    }  # fmt: skip


Spoiler = tuple[str, Callable[[dict[str, Any]], Any]]
SPOILERS: dict[str, Spoiler] = {
    "the list does not let it": ("instant-ok", lambda i: i["item"].update(instant_ok=False)),
    "nobody released the rules": ("released", lambda i: i.update(release=None)),
    "one person released them alone": ("released", lambda i: i["release"].update(second=i["release"]["officer"])),
    "an older version of the list": ("list-in-force", lambda i: i["item"].update(version_in_force=2)),
    "no certificate of ours": ("own-result", lambda i: i["item"].update(output="")),
    "the lead of a joint acceptance": ("own-result", lambda i: i["case"].update(lead=True)),
    "a prerequisite is open": ("order", lambda i: i["order"].update(open=["用地预审"])),
    "a result beside is awaited": ("order", lambda i: i["order"].update(awaited=["规划许可证"])),
    "the clock stands": ("clock", lambda i: i["case"].update(paused=True)),
    "confidential": ("secrecy", lambda i: i["secrecy"].update(answer="是")),
    "nobody asked whether it is confidential": ("secrecy", lambda i: i["secrecy"].update(answer="")),
    "a file sealed off": ("secrecy", lambda i: i["secrecy"].update(sealed_off=1)),
    "a question unanswered": ("questions", lambda i: i["questions"].update(open=["是否委托他人办理？"])),
    "the check is of another state": ("complete", lambda i: i["list"].update(current=False)),
    "something is missing": ("complete", lambda i: i["list"].update(verdict="incomplete")),
    "a row for a person": ("complete", lambda i: i["list"]["rows"][0].update(state="question")),
    "a doubt on a satisfied row": ("complete", lambda i: i["list"]["rows"][0].update(doubts=1)),
    "a gap is open": ("complete", lambda i: i["list"].update(gaps=["授权委托书"])),
    "materials differ": ("complete", lambda i: i["list"].update(differing=["项目名称"])),
    "a paper nobody knows": ("complete", lambda i: i["list"].update(unplaced=["扫描件.jpg"])),
    "a needed value is empty": ("values", lambda i: i["values"][2].update(value="")),
    "a value read unsurely": ("values", lambda i: i["values"][2].update(origin="read", score=899)),
    "only earlier papers say it": ("values", lambda i: i["values"][2].update(origin="earlier")),
    "papers say otherwise": ("values", lambda i: i["values"][2].update(others=["江澜市老港区"])),
    "another applicant on the certificate": ("agrees", lambda i: i["values"][1].update(value="别的公司")),
    "another applicant on the form": ("agrees", lambda i: i["values"][1].update(stated="别的公司")),
    "papers name another applicant": ("values", lambda i: i["values"][1].update(others=["别的公司"])),
    "the applicant's code is wrong": ("identifiers", lambda i: i["checks"].update(applicant_uscc="checksum-legacy")),
    "the project's code is wrong": ("identifiers", lambda i: i["checks"].update(project_code="malformed")),
    "filed already": ("not-filed", lambda i: i["register"].update(in_force=["备案〔2026〕1号"])),
    "decided beside": ("not-filed", lambda i: i["register"].update(decided=["01J"])),
    "no pledge": ("pledge", lambda i: i.update(pledge=None)),
    "the pledge is not sealed": ("pledge", lambda i: i["pledge"].update(verdict="")),
    "somebody else pledged": ("pledge", lambda i: i["pledge"].update(promised_by="代办公司")),
    "a broken promise on record": ("credit", lambda i: i["credit"].update(unsettled=["未兑现承诺"])),
    "no seal": ("seal", lambda i: i.update(seal=None)),
    "the seal's certificate ended": ("seal", lambda i: i["seal"].update(valid_until=i["at"])),
    "other departments must seal": ("seal", lambda i: i["seal"].update(beside=["消防"])),
    "the officer may not use the seal": ("seal", lambda i: i["seal"].update(not_granted=["zhang"])),
    "a two-person seal not named": ("seal", lambda i: i["seal"].update(two_person=True)),
}


def unmet(found: dict[str, Any]) -> set[str]:
    return {result.code for result in judge(CURRENT_RULES, found) if not result.met}


def test_a_filing_that_meets_every_rule_is_decided_and_each_rule_says_by_what():
    results = judge(CURRENT_RULES, inputs())
    assert all_met(results)
    assert all(result.evidence for result in results)
    assert not all_met(())


@pytest.mark.parametrize("name", SPOILERS)
def test_one_thing_amiss_is_one_rule_unmet_with_a_reason(name: str):
    code, spoil = SPOILERS[name]
    found = inputs()
    spoil(found)
    results = judge(CURRENT_RULES, found)
    assert [result.code for result in results if not result.met] == [code]
    assert not all_met(results)


def test_every_rule_can_be_unmet():
    assert {code for code, _ in SPOILERS.values()} == {rule.code for rule in CURRENT_RULES.rules}


@given(st.sets(st.sampled_from(sorted(SPOILERS)), min_size=1, max_size=8))
def test_nothing_amiss_makes_up_for_anything_else(names: set[str]):
    found = inputs()
    for name in sorted(names):
        try:
            SPOILERS[name][1](found)
        except (AttributeError, TypeError):
            continue  # it is gone already: there is no pledge, seal or release to be wrong
    expected = {SPOILERS[name][0] for name in names}
    assert unmet(found) <= expected
    assert unmet(found)
    assert not record_of(CURRENT_RULES.name, found)["met"]


def test_a_person_who_chose_among_different_readings_settles_them():
    found = inputs()
    found["values"][2].update(origin="typed", score=0, others=["江澜市老港区"])
    assert not unmet(found)


def test_a_two_person_seal_is_used_where_the_release_names_it():
    found = inputs()
    found["seal"]["two_person"] = True
    found["release"]["seals"] = ["行政审批专用章"]
    assert not unmet(found)


def test_a_record_is_computed_again_from_itself_and_a_changed_one_is_not():
    record = record_of(CURRENT_RULES.name, inputs())
    assert computed_again(record)
    assert canonical_json(record)
    for change in (
        lambda r: r.update(met=False),
        lambda r: r["inputs"]["credit"].update(unsettled=["未兑现承诺"]),
        lambda r: r["results"][0].update(evidence="别的"),
        lambda r: r["rule_set"]["rules"].pop(),
    ):
        other = copy.deepcopy(record)
        change(other)
        assert not computed_again(other)
    with pytest.raises(KeyError):
        computed_again(record | {"rule_set": {"name": "rules/1999-1"}})


def code_of(rules: RuleSet) -> str:
    """The digest of what the tests of a set do, whatever their comments and blank lines."""
    source = ast.parse(inspect.getsource(instant_rules))
    written = {node.name: ast.unparse(node) for node in source.body if isinstance(node, ast.FunctionDef)}
    return hashlib.sha256("".join(written[rule.test.__name__] for rule in rules.rules).encode()).hexdigest()


def test_a_rule_set_that_may_have_been_released_is_never_changed():
    assert {name: code_of(rules) for name, rules in RULE_SETS.items()} == FROZEN_CODE
    assert {name: rules.sha256 for name, rules in RULE_SETS.items()} == FROZEN
