"""保管期限表: how long the file of a closed case is kept, by the result it came to and its item; data, versioned.

A version in force is never edited, the next one follows it. What a later version keeps shorter needs an approval that
the version names; what is kept already is not shortened by it (`archive.retention` asks two persons for that).
"""

import dataclasses
import datetime as dt
import functools
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import Field, ValidationError

from catalogue.errors import CatalogueError
from catalogue.items import Item
from catalogue.loading import DATA
from catalogue.questions import Entry

FILE = "retention.yaml"

RetentionCode = Literal["Y", "D30", "D10"]
"""永久, 30年, 10年 (DA/T 13-2022)."""
RETENTION_YEARS: dict[RetentionCode, int | None] = {"D10": 10, "D30": 30, "Y": None}
"""Years by code, the shortest first; permanent has none."""

CaseResult = Literal["issued", "refused", "not-accepted", "withdrawn", "terminated"]
"""How a case was closed: 准予, 不予许可, 不予受理, 申请人撤回, 终止办理."""
RESULT_NAMES: dict[CaseResult, str] = {
    "issued": "准予",
    "refused": "不予许可",
    "not-accepted": "不予受理",
    "withdrawn": "申请人撤回",
    "terminated": "终止办理",
}


class RetentionRule(Entry):
    """One line of the schedule (条款)."""

    number: str
    name: str
    results: tuple[CaseResult, ...] = Field(min_length=1)
    items: tuple[str, ...] = ()
    """Codes of the items it is for; empty: every item."""
    keep: RetentionCode | Literal["list"]
    """The code, or `list`: what the item's own list says."""
    basis: str
    mark: Literal["found", "memory", "city"]
    """How far it is grounded: found in a public source, from memory, or for the city to say."""

    def code_for(self, item: Item) -> RetentionCode:
        """The code that the rule gives to an item."""
        return item.retention if self.keep == "list" else self.keep


class RetentionVersion(Entry):
    """The schedule as it stands from a day on."""

    version: int = Field(ge=1)
    valid_from: dt.date
    rules: tuple[RetentionRule, ...] = Field(min_length=1)
    approval: str = ""
    """Document and date that allow this version to keep something shorter than the one before."""
    source: str
    verified: bool = Field(description="False until the city's archives office has confirmed it.")

    def rule_for(self, item_code: str, result: CaseResult) -> RetentionRule:
        """The first rule that names the result and the item; there is one, the schedule was checked for it."""
        return next(r for r in self.rules if result in r.results and (not r.items or item_code in r.items))


class RetentionSchedule(Entry):
    """The schedule in all its versions."""

    name: str
    versions: tuple[RetentionVersion, ...] = Field(min_length=1)

    def on(self, day: dt.date) -> RetentionVersion:
        """The version in force on a day; before the first, the first."""
        return next((v for v in reversed(self.versions) if v.valid_from <= day), self.versions[0])


@dataclasses.dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How long a file is kept: `until` is the last day, None for ever; `rule` and `version` of the schedule say why."""

    code: RetentionCode
    until: dt.date | None
    rule: str
    version: int


def retention_for(
    item: Item, result: CaseResult, closed_on: dt.date, schedule: RetentionSchedule | None = None
) -> RetentionPeriod:
    """How long the file of a case is kept that came to this result on this day, by the version then in force.

    The period begins at the end of the year of closing: closed on any day of 2026 with D10, it is kept to 2036-12-31.
    """
    version = (schedule or retention_schedule()).on(closed_on)
    rule = version.rule_for(item.code, result)
    code = rule.code_for(item)
    return RetentionPeriod(code, period_end(code, closed_on), rule.number, version.version)


def period_end(code: RetentionCode, closed_on: dt.date) -> dt.date | None:
    """The last day of a period that begins at the end of the year of closing; None for ever."""
    years = RETENTION_YEARS[code]
    return None if years is None else dt.date(closed_on.year + years, 12, 31)


def retention_schedule() -> RetentionSchedule:
    """The schedule that ships, read once.

    Raises:
        CatalogueError: ``wrong-shape``, ``retention-versions``, ``retention-gap`` or ``retention-shortened``.
    """
    return _read(DATA / FILE)


@functools.lru_cache(maxsize=4)
def _read(path: Path) -> RetentionSchedule:
    try:
        schedule = RetentionSchedule.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise CatalogueError("wrong-shape", error.errors()[0]["msg"], file=path.name) from error
    check_schedule(schedule, path.name)
    return schedule


def check_schedule(schedule: RetentionSchedule, file: str = FILE) -> None:
    """Raise CatalogueError where the versions are out of order, a result has no rule, or one shortens unapproved."""
    for n, version in enumerate(schedule.versions, 1):
        field = f"versions[{n - 1}]"
        before = schedule.versions[n - 2] if n > 1 else None
        if version.version != n or (before and version.valid_from <= before.valid_from):
            message = "Versions count from 1 and each begins after the one before."
            raise CatalogueError("retention-versions", message, file=file, field=field)
        for result in get_args(CaseResult):
            if not any(result in rule.results and not rule.items for rule in version.rules):
                message = f"No rule for every item says how long {result!r} is kept."
                raise CatalogueError("retention-gap", message, file=file, field=f"{field}.rules")
        if before and not version.approval and (shorter := _shortened(before, version)):
            message = f"{shorter} is kept shorter than in version {before.version}: name the approval."
            raise CatalogueError("retention-shortened", message, file=file, field=f"{field}.approval")


def _shortened(before: RetentionVersion, after: RetentionVersion) -> str:
    """The first item and result that `after` keeps shorter; empty where there is none.

    `list` may be anything: against it only what is permanent counts as not shorter.
    """
    order: dict[str, int] = {code: n for n, code in enumerate(RETENTION_YEARS)}
    items = {code for version in (before, after) for rule in version.rules for code in rule.items}
    for result in get_args(CaseResult):
        for item in ("", *sorted(items)):
            old, new = before.rule_for(item, result).keep, after.rule_for(item, result).keep
            if new in (old, "Y"):
                continue
            if "list" in {old, new} or order[new] < order[old]:
                return f"{item or 'every item'} {result}"
    return ""
