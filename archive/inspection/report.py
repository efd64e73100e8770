"""The report of an inspection (检测报告) in the shape found in use: 编码, 名称, 对象, 目的, 依据, 结果, 备注.

The whole verdict: 不合格 if any line is; else 未检测 if any line is, because what nobody looked at is not known to be
good; else 合格. 不适用 has no part in it.
"""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from archive.canonical import canonical_json
from archive.inspection.codes import PHASE_NAMES, Code, Phase

Result = Literal["合格", "不合格", "未检测", "不适用"]
RESULTS: tuple[Result, ...] = ("合格", "不合格", "未检测", "不适用")
SCHEMA = "yidang.inspection/1"


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found of one object."""

    object: str
    result: Result
    remark: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the report; `code` carries the phase."""

    code: str
    name: str
    object: str
    purpose: str
    basis: str
    result: Result
    remark: str = ""

    @classmethod
    def of(cls, phase: Phase, code: Code, found: Outcome) -> Self:
        """The line that an outcome makes."""
        name, number = code.name, f"{phase}-{code.number}"
        return cls(number, name, found.object, code.purpose, code.basis, found.result, found.remark)

    def to_json(self) -> dict[str, str]:
        """The line under the names of the found shape."""
        return {
            "编码": self.code,
            "名称": self.name,
            "对象": self.object,
            "目的": self.purpose,
            "依据": self.basis,
            "结果": self.result,
            "备注": self.remark,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class ManualResult:
    """What a person found (手工检测): on which code (`4-5`) and object, with what result, who, when (aware), remark."""

    number: str
    object: str
    result: Result
    by: str
    at: dt.datetime
    remark: str = ""

    def to_json(self) -> dict[str, str]:
        """JSON-ready data."""
        return {**dataclasses.asdict(self), "at": self.at.isoformat()}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InspectionReport:
    """A whole report. `facts` are what it was made with: scanner, environment, hand-over, manual results."""

    batch: str
    phase: Phase
    package: str
    archive_number: str
    title: str
    case_number: str
    manifest_sha256: str
    at: dt.datetime
    lines: tuple[ReportLine, ...]
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def verdict(self) -> Result:
        """合格, 不合格, or 未检测 where nothing is wrong but something was not looked at."""
        return verdict_of([line.result for line in self.lines])

    @property
    def counts(self) -> dict[str, int]:
        """How many lines have each result."""
        seen = Counter(line.result for line in self.lines)
        return {result: seen[result] for result in RESULTS}

    def having(self, result: Result) -> list[ReportLine]:
        """The lines with a result."""
        return [line for line in self.lines if line.result == result]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data; `to_bytes` is its one spelling."""
        return {
            "schema": SCHEMA,
            "batch": self.batch,
            "phase": self.phase,
            "phase_name": PHASE_NAMES[self.phase],
            "package": self.package,
            "archive_number": self.archive_number,
            "title": self.title,
            "case_number": self.case_number,
            "manifest_sha256": self.manifest_sha256,
            "inspected_at": self.at.astimezone(dt.UTC).isoformat(),
            "verdict": self.verdict,
            "counts": self.counts,
            "lines": [line.to_json() for line in self.lines],
            "facts": dict(self.facts),
        }

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same findings give the same bytes."""
        return canonical_json(self.to_json())


def verdict_of(results: Sequence[Result]) -> Result:
    """The worst that bears on the whole decides; an empty report has looked at nothing."""
    for worst in ("不合格", "未检测", "合格"):
        if worst in results:
            return worst
    return "未检测"
