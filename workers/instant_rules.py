"""The rules of an instant decision (秒批秒办): what must be true before a case is decided by rule, unseen by anybody.

Pure: a rule looks at the archived inputs alone, so that whoever holds the package comes to the same answer, any year.
A rule set is never changed once it was released; what should be judged otherwise is a new version beside it.
S4 (庄浪2022): “在线平台系统自动识别，对符合条件的项目…自动批复” for who gave the commitment, “完善事后监管纠错机制”.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archive import canonical_json

Inputs = Mapping[str, Any]
"""What `workers.instant_inputs.gather` collects: canonical JSON, no fraction, no time without zone."""

LEAST_SCORE = 900
"""Thousandths of certainty below which a read value is for a person. Elsewhere readings above 800 are compared without
asking, with a clerk before the screen; here nobody looks again before the certificate is out."""
CLEAR_ROWS = frozenset({"satisfied", "reused", "not-applicable", "promised"})
"""States of a list entry that leave nothing to judge; promised: 告知承诺 in place of the material, never a gap."""
OWN_ORIGINS = frozenset({"fact", "read", "typed", "carried"})
"""Where a printed value may come from. What only an earlier case's papers say (earlier) is confirmed by a person."""
IDENTIFIERS = {"统一社会信用代码": "applicant_uscc", "项目代码": "project_code"}


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One condition: stable code, what it asks, on what basis, and the test, which gives whether met and by what."""

    code: str
    sentence: str
    basis: str
    test: Callable[[Inputs], Iterator[str]]
    """Yields what speaks against it, each as a phrase; nothing: met."""
    shown: Callable[[Inputs], str]
    """By what it is met, in a few words."""


@dataclasses.dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule held against the inputs."""

    code: str
    sentence: str
    basis: str
    met: bool
    evidence: str

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class RuleSet:
    """A version of the rules; `name` is what releases, decisions and packages call it."""

    name: str
    rules: tuple[Rule, ...]

    def to_json(self) -> dict[str, Any]:
        """What is released and archived: every rule in words, with the numbers it judges by."""
        return {
            "name": self.name,
            "rules": [{"code": r.code, "sentence": r.sentence, "basis": r.basis} for r in self.rules],
            "numbers": {"least_score": LEAST_SCORE},
        }

    @property
    def sha256(self) -> str:
        """Digest of what is released: a release is for exactly these words."""
        return hashlib.sha256(canonical_json(self.to_json())).hexdigest()


def judge(rules: RuleSet, inputs: Inputs) -> tuple[RuleResult, ...]:
    """Hold every rule against the inputs; all of them are told, not only the first that is not met."""
    found = []
    for rule in rules.rules:
        against = "；".join(rule.test(inputs))
        found.append(RuleResult(rule.code, rule.sentence, rule.basis, not against, against or rule.shown(inputs)))
    return tuple(found)


def all_met(results: tuple[RuleResult, ...]) -> bool:
    """Whether the case may be decided by rule."""
    return bool(results) and all(result.met for result in results)


def _listed(inputs: Inputs) -> Iterator[str]:
    if not inputs["item"]["instant_ok"]:
        yield "事项清单未规定可即时办结"


def _released(inputs: Inputs) -> Iterator[str]:
    release = inputs["release"]
    if release is None:
        yield "没有对本事项和清单版本生效的规则发布记录"
    elif release["officer"] == release["second"]:
        yield "规则发布未经两人分别确认"


def _list_in_force(inputs: Inputs) -> Iterator[str]:
    case, item = inputs["case"], inputs["item"]
    if case["item_version"] != item["version_in_force"]:
        yield f"办件适用清单第{case['item_version']}版，现行为第{item['version_in_force']}版"


def _result(inputs: Inputs) -> Iterator[str]:
    if not inputs["item"]["output"]:
        yield "结果不是由本系统制作的证照"
    if inputs["case"]["lead"]:
        yield "联合办理的牵头结果由各部门意见汇成"


def _order(inputs: Inputs) -> Iterator[str]:
    for other in inputs["order"]["open"]:
        yield f"前置事项“{other}”尚未办结"
    for awaited in inputs["order"]["awaited"]:
        yield f"并联结果“{awaited}”尚未归集"


def _clock(inputs: Inputs) -> Iterator[str]:
    if inputs["case"]["paused"]:
        yield "计时暂停中"


def _secrecy(inputs: Inputs) -> Iterator[str]:
    if inputs["secrecy"]["answer"] != "否":
        yield "未明确项目不涉密"
    if inputs["secrecy"]["sealed_off"]:
        yield f"{inputs['secrecy']['sealed_off']} 份文件疑似涉密，已封存"


def _questions(inputs: Inputs) -> Iterator[str]:
    for text in inputs["questions"]["open"]:
        yield f"未回答“{text}”"


def _complete(inputs: Inputs) -> Iterator[str]:
    found = inputs["list"]
    if not found["current"]:
        yield "核对结果不是当前材料的"
    if found["verdict"] != "complete":
        yield "材料不齐全"
    for row in found["rows"]:
        if row["state"] not in CLEAR_ROWS:
            yield f"“{row['name']}”{row['state_name']}"
        elif row["doubts"]:
            yield f"“{row['name']}”有 {row['doubts']} 处须由人判断"
    for name in found["gaps"]:
        yield f"“{name}”容缺未补"
    for name in found["differing"]:
        yield f"各材料所载“{name}”不一致或不能确认"
    for file in found["unplaced"]:
        yield f"“{file}”未归入清单，须由人查看"


def _values(inputs: Inputs) -> Iterator[str]:
    for value in inputs["values"]:
        name = value["name"]
        if not value["value"]:
            if value["required"]:
                yield f"“{name}”没有内容"
        elif value["origin"] not in OWN_ORIGINS:
            yield f"“{name}”只见于以往材料，未在本次确认"
        elif value["origin"] == "read" and value["score"] < LEAST_SCORE:
            yield f"“{name}”识别把握 {value['score'] / 1000:.2f}，低于 {LEAST_SCORE / 1000:.2f}"
        elif value["others"] and value["origin"] not in {"typed", "carried"}:
            yield f"“{name}”另有不同记载：{'、'.join(value['others'])}"


def _agrees(inputs: Inputs) -> Iterator[str]:
    for value in inputs["values"]:
        registered = inputs["case"][value["fact"]] if value["fact"] else ""
        if registered and {value["value"], value["stated"]} != {registered}:
            yield f"“{value['name']}”与收件登记不一致"


def _identifiers(inputs: Inputs) -> Iterator[str]:
    for name, fact in IDENTIFIERS.items():
        if inputs["checks"][fact] != "ok":
            yield f"{name}未通过校验"


def _not_filed(inputs: Inputs) -> Iterator[str]:
    for number in inputs["register"]["in_force"]:
        yield f"同一项目已有生效的结果 {number}"
    for number in inputs["register"]["decided"]:
        yield f"同一项目的办件 {number} 已作出决定"


def _pledge(inputs: Inputs) -> Iterator[str]:
    pledge = inputs["pledge"]
    if pledge is None:
        yield "申请人未作出信用承诺"
    elif pledge["verdict"] != "valid":
        yield "承诺书未盖章或未通过验证"
    elif pledge["promised_by"] != inputs["case"]["applicant_name"]:
        yield "承诺人不是申请人"


def _credit(inputs: Inputs) -> Iterator[str]:
    for what in inputs["credit"]["unsettled"]:
        yield f"有未修复的信用记录：{what}"


def _seal(inputs: Inputs) -> Iterator[str]:
    seal, release = inputs["seal"], inputs["release"]
    if seal is None:
        yield "没有可用于本事项的有效印章"
        return
    if seal["valid_until"] <= inputs["at"]:
        yield f"印章“{seal['label']}”的证书已到期"
    if seal["beside"]:
        yield f"须由{'、'.join(seal['beside'])}会签"
    for name in seal["not_granted"]:
        yield f"{name}未获印章“{seal['label']}”的用印授权"
    if seal["two_person"] and not (release and seal["label"] in release["seals"]):
        yield f"印章“{seal['label']}”须两人签发，规则发布未写明"


_FILING = "《企业投资项目核准和备案管理条例》（国务院令第673号）"
_SEED = "庄浪2022 推行备案项目“秒批秒办”"

RULES_2026_1 = RuleSet(
    "rules/2026-1",
    (
        Rule("instant-ok", "事项清单规定可即时办结", _SEED, _listed, lambda i: f"{i['case']['item']}：可即时办结"),
        Rule(
            "released",
            "规则集经部门两人发布，对本事项现行有效",
            "按规则作出的决定由发布规则的人员负责",
            _released,
            lambda i: f"{i['release']['number']}：{i['release']['officer']}发布，{i['release']['second']}复核",
        ),
        Rule(
            "list-in-force",
            "办件适用的清单版本现行有效",
            "清单之外无审批",
            _list_in_force,
            lambda i: f"第{i['case']['item_version']}版",
        ),
        Rule(
            "own-result",
            "结果是由本系统制作的证照，不汇集其他部门的意见",
            "事项清单",
            _result,
            lambda i: i["item"]["output"],
        ),
        Rule("order", "前置事项均已办结", "不得前后置事项倒叙办结", _order, lambda _: "没有未办结的前置事项"),
        Rule("clock", "办件正在计时", "计时暂停时不能作出决定", _clock, lambda i: f"受理于 {i['case']['accepted_at']}"),
        Rule("secrecy", "项目不涉密", f"{_SEED}：除涉密项目外", _secrecy, lambda _: "申请人回答不涉密，文件无密级标志"),
        Rule(
            "questions",
            "须回答的情形问题均已回答",
            "事项清单",
            _questions,
            lambda i: "；".join(f"{key}：{said}" for key, said in i["questions"]["answers"].items()) or "没有问题",
        ),
        Rule(
            "complete",
            "材料齐全，无容缺、无瑕疵，没有须由人判断之处",
            "事项清单；一次性告知制度",
            _complete,
            lambda i: f"{len(i['list']['rows'])} 项齐全，核对第 {i['list']['revision']} 次",
        ),
        Rule(
            "values",
            "证照所载内容齐备、识别有把握、没有不同记载",
            f"{_FILING}第十三条",
            _values,
            lambda i: f"{sum(bool(v['value']) for v in i['values'])} 项内容均有出处",
        ),
        Rule(
            "agrees",
            "证照所载的项目和申请人与收件登记一致",
            f"{_FILING}第十三条",
            _agrees,
            lambda i: f"{i['case']['project_name']}，{i['case']['applicant_name']}",
        ),
        Rule(
            "identifiers",
            "统一社会信用代码、项目代码通过校验",
            "GB 32100-2015；投资项目统一代码",
            _identifiers,
            lambda i: f"{i['case']['applicant_uscc']}，{i['case']['project_code']}",
        ),
        Rule(
            "not-filed",
            "同一项目代码没有已生效或已决定的同一事项",
            "一个项目一个代码",
            _not_filed,
            lambda _: "没有同一事项的结果",
        ),
        Rule(
            "pledge",
            "申请人已作出信用承诺，承诺书已盖章",
            f"{_SEED}：作出信用承诺后",
            _pledge,
            lambda i: f"{i['pledge']['number']}，SHA-256 {i['pledge']['sha256'][:12]}",
        ),
        Rule(
            "credit",
            "申请人没有未修复的失信记录",
            "国办发〔2020〕42号：有不良信用记录的不适用告知承诺",
            _credit,
            lambda _: "没有未修复的记录",
        ),
        Rule(
            "seal",
            "签发印章现行有效，且无须规则发布未写明的人签发",
            "《国务院关于在线政务服务的若干规定》（国务院令第716号）第九条",
            _seal,
            lambda i: f"{i['seal']['owner']}·{i['seal']['label']}",
        ),
    ),
)

RULE_SETS: Mapping[str, RuleSet] = {rules.name: rules for rules in (RULES_2026_1,)}
CURRENT_RULES = RULES_2026_1
"""The set that a new release is for, unless another is named."""
