"""The life of an issued certificate: which act leads from which state to which, and what each act has to be given.

A new version (变更 延续 更正 换发) takes the place of the one in force only when its own sealed file was found valid.
The other acts are decisions that hold at once. After the Administrative Licence Law (行政许可法): 49 change, 50
extension, 69 revocation, 70 cancellation; 吊销 follows a penalty (行政处罚法) and stands with 撤销, its basis telling.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping
from types import MappingProxyType

from signing.errors import ActRefused

REASON_MAX = 500
"""Characters: what fits the record sheet of a decision; the decision itself is a document of its own."""


class Act(enum.StrEnum):
    """What may be done to a certificate."""

    CHANGE = "change"
    EXTEND = "extend"
    CORRECT = "correct"
    REISSUE = "reissue"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REVOKE = "revoke"
    CANCEL = "cancel"
    SUPERSEDE = "supersede"
    DISCARD = "discard"


NOT_YET_ISSUED = frozenset({"draft", "rendered", "approved", "sealed"})
IN_FORCE = frozenset({"valid", "suspended"})
"""Of one certificate at most one version is in one of these states."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One act: its Chinese name, the states it begins from and ends in, and what it asks for.

    `drafts`: it drafts a new version, and the state of `ends` comes only when that one is valid. `basis`: the article
    or the number of the decision must be named. `when_expired`: possible after the certificate's own end. `by_hand`:
    an officer does it; the others follow by themselves.
    """

    name: str
    begins: frozenset[str]
    ends: str
    drafts: bool = False
    basis: bool = False
    when_expired: bool = False
    by_hand: bool = True


_VALID = frozenset({"valid"})
RULES: Mapping[Act, Rule] = MappingProxyType(
    {
        Act.CHANGE: Rule("变更", _VALID, "superseded", drafts=True),
        Act.EXTEND: Rule("延续", _VALID, "superseded", drafts=True),
        Act.CORRECT: Rule("更正", _VALID, "superseded", drafts=True),
        Act.REISSUE: Rule("换发", _VALID, "superseded", drafts=True),
        Act.SUSPEND: Rule("暂停", _VALID, "suspended", basis=True),
        Act.RESTORE: Rule("恢复", frozenset({"suspended"}), "valid"),
        Act.REVOKE: Rule("撤销（吊销）", IN_FORCE, "revoked", basis=True, when_expired=True),
        Act.CANCEL: Rule("注销", IN_FORCE | {"revoked"}, "cancelled", basis=True, when_expired=True),
        Act.SUPERSEDE: Rule("新版生效", _VALID, "superseded", when_expired=True, by_hand=False),
        Act.DISCARD: Rule("放弃新版", NOT_YET_ISSUED, "discarded", when_expired=True),
    }
)

_WHY_NOT = {
    "suspended": "证照已暂停：请先恢复，再办理其他事项",
    "superseded": "证照已换发：请对新版证照办理",
    "revoked": "证照已撤销，只能办理注销",
    "cancelled": "证照已注销，不能再办理；需要的请重新申请",
    "discarded": "该版本未曾签发，已放弃",
    "valid": "证照有效，未曾暂停，无须恢复",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """Why an act is done: reason in words, basis (article or number of the decision), and its day."""

    reason: str
    basis: str = ""
    decided_on: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands: state, first and last day (None: no end), whether a new version is being made.

    `used_in_time`: its last day was the last one to use it, and it was used.
    """

    state: str
    issued_on: dt.date
    valid_until: dt.date | None = None
    under_way: bool = False
    used_in_time: bool = False

    def expired(self, today: dt.date) -> bool:
        """Whether its last day is over and it did not outlive that."""
        return over(self.valid_until, today) and not self.used_in_time


def over(last: dt.date | None, today: dt.date) -> bool:
    """Whether a last day is over; None: there is none."""
    return last is not None and last < today


def check_act(act: Act, standing: Standing, decision: Decision, *, today: dt.date) -> Rule:
    """The rule of an act that may be done now.

    Raises:
        ActRefused: `not-issued`, `wrong-state`, `expired`, `version-under-way`, `reason-missing`, `reason-too-long`,
            `basis-missing`, `date-ahead` or `date-before-issue`; the message says what to do.
    """
    rule = RULES[act]
    if standing.state not in rule.begins:
        if standing.state in NOT_YET_ISSUED:
            raise ActRefused("not-issued", "证照尚未签发，请待其验证有效后再办理")
        raise ActRefused("wrong-state", f"不能{rule.name}：{_WHY_NOT[standing.state]}")
    if standing.expired(today) and not rule.when_expired:
        raise ActRefused("expired", f"证照已过有效期，不能{rule.name}；请重新申请，或办理注销")
    if standing.under_way and rule.drafts:
        raise ActRefused("version-under-way", "已有一份新版证照在办：请先签发或放弃它")
    _check_decision(rule, standing, decision, today)
    return rule


def _check_decision(rule: Rule, standing: Standing, decision: Decision, today: dt.date) -> None:
    if not decision.reason.strip():
        raise ActRefused("reason-missing", f"请写明{rule.name}的理由")
    if len(decision.reason) > REASON_MAX or len(decision.basis) > REASON_MAX:
        raise ActRefused("reason-too-long", f"理由和依据各不超过 {REASON_MAX} 字：请写明要点和决定文号")
    if rule.basis and not decision.basis.strip():
        raise ActRefused("basis-missing", f"请写明{rule.name}的依据（法条或决定文号）")
    if decision.decided_on and decision.decided_on > today:
        raise ActRefused("date-ahead", "决定日期在今天之后：请在决定生效当日办理")
    if decision.decided_on and decision.decided_on < standing.issued_on:
        raise ActRefused("date-before-issue", "决定日期早于发证日期：请核对日期")


def possible_acts(standing: Standing, *, today: dt.date) -> list[Act]:
    """What an officer may do to it now, in the order of `Act`."""
    given = Decision("理由", "依据")

    def possible(act: Act) -> bool:
        try:
            return check_act(act, standing, given, today=today).by_hand
        except ActRefused:
            return False

    return [act for act in Act if possible(act)]


def check_end(act: Act, standing: Standing, valid_until: dt.date | None) -> dt.date | None:
    """Until when the new version holds: an extension names a later day, the others leave it.

    Raises:
        ActRefused: `end-missing`, `end-not-later`, `no-end` or `end-not-asked`.
    """
    if act is not Act.EXTEND:
        if valid_until and valid_until != standing.valid_until:
            raise ActRefused("end-not-asked", f"{RULES[act].name}不改变有效期：请另办延续")
        return standing.valid_until
    if standing.used_in_time:
        raise ActRefused("no-end", "证照已按期使用，不再受使用期限限制，无须延续")
    if standing.valid_until is None:
        raise ActRefused("no-end", "证照没有有效期，无须延续")
    if valid_until is None:
        raise ActRefused("end-missing", "请填写延续后的有效期")
    if valid_until <= standing.valid_until:
        raise ActRefused("end-not-later", "延续后的有效期应晚于现在的有效期")
    return valid_until
