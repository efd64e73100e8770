"""What the records are made from beside the manifest: facts of the case that its tables know, as plain values.

Pure values, so that the same case gives the same records. Nobody is named: a person stands as a post and a number.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

AgentKind = Literal["单位", "内设机构", "个人", "系统"]


@dataclasses.dataclass(frozen=True, slots=True)
class Agent:
    """机构人员: who acted. `number` is unique in the package; `name` of a person is the post, never the person's."""

    number: str
    kind: AgentKind
    name: str
    code: str = ""
    """统一社会信用代码 of a unit, version of a system."""


@dataclasses.dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of the case with its details, as 办理过程.json holds it. `actor` is the number of an agent."""

    number: str
    kind: str
    at: dt.datetime
    actor: str
    leaf_sha256: str
    object_sha256: str = ""
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """特别程序 and every other pause of the clock: what, why, from when, until when."""

    kind: str
    reason: str
    started_at: dt.datetime
    ended_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ResultFacts:
    """审批结果: what was issued."""

    kind: str
    number: str
    identifier: str
    issued_on: dt.date
    valid_until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CaseRecord:
    """The fields of domain.md 4.3 that the manifest does not hold; empty text and None where there is no such thing.

    `pages` gives the page count of a file by its SHA-256, where it has pages.
    """

    agency: Agent
    """立档单位: the unit whose file this is."""
    agents: tuple[Agent, ...]
    events: tuple[CaseEvent, ...]
    stage: str = ""
    item_kind: str = ""
    department: str = ""
    situation: tuple[tuple[str, str], ...] = ()
    channel: str = "窗口"
    statutory_limit: str = ""
    promised_limit: str = ""
    due_on: dt.date | None = None
    procedures: tuple[SpecialProcedure, ...] = ()
    opinion: str = ""
    outcome: str = ""
    result: ResultFacts | None = None
    confidentiality: str = ""
    opening: str = ""
    pages: Mapping[str, int] = dataclasses.field(default_factory=dict)
    software: str = ""
