"""提交账: sheet by sheet how a project's lists were met, and what was handed in though it was there already.

Pure. The measure is that of 营口2022 “只提交一次材料”: no material of the same type and the same subject is handed in
twice while the first still holds. So it is no second time when the first had lapsed, was revoked, or says something
else: another number is another document, another name of the company is what changed. Several files of a type in one
submission are copies and sheets of a set. An application form is the wish of its own case and proves nothing; what
stands on it is filled in once (`ingest.form_sources`).
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalogue import STAGES, squeeze
from ingest import same_name

HOWS: Mapping[str, str] = {
    "uploaded": "申请人提交",
    "repeat": "重复提交，引用原件",
    "beside": "并联共用",
    "reused": "复用档案",
    "issued": "本市核发",
    "area": "区域评估",
    "joint": "联合成果",
    "department": "部门共享",
    "register": "系统核验，不收取",
    "promised": "承诺或容缺",
    "awaited": "待并联事项出具",
    "not-applicable": "无需提交",
    "missing": "待提交",
}
"""How a sheet of a list is met, with its name on the screen."""
HANDED_IN = ("uploaded", "repeat")
SPARED = ("beside", "reused", "issued", "area", "joint", "department", "register")
"""What the applicant would have had to bring, and did not."""


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """A material as it came: what it is, whose, when and for what, until when it holds, and where it lies in words.

    `submission` is the case or parallel case it was handed in for, empty where nobody handed it in here. `names` are
    the names it states (company, project, works). `ended` is the moment at which it lost its force, with `ended_why`.
    Of what is not `open` to who asks, only that it is there may be told.
    """

    type: str
    subject: str
    since: dt.datetime
    day: dt.date
    submission: str
    where: str
    number: str = ""
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    valid_until: dt.date | None = None
    ended: dt.datetime | None = None
    ended_why: str = ""
    held: bool = False
    open: bool = True
    sha256: str = ""
    ref: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """The same material, there before: where, since when, whether it was on offer (archived), whether byte by byte."""

    where: str
    since: dt.date
    held: bool
    same_bytes: bool

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {**dataclasses.asdict(self), "since": self.since.isoformat()}


def find_before(paper: Paper, others: Iterable[Paper]) -> tuple[Before | None, str]:
    """The same material that was there when this one came, what is archived first; else why no earlier one was it."""
    why = ""
    earlier = sorted(
        (one for one in others if one.since < paper.since and one.submission != paper.submission),
        key=lambda one: (not one.held, one.since),
    )
    for other in earlier:
        if (other.type, other.subject) != (paper.type, paper.subject):
            continue
        if other_than := _why_another(other, paper):
            why = other_than
            continue
        same = bool(other.sha256) and other.sha256 == paper.sha256
        return Before(other.where, other.day, other.held, same), ""
    return None, why


def _why_another(before: Paper, now: Paper) -> str:
    """Why the earlier paper did not make the later one needless; empty: it did."""
    why = _difference(before, now)
    return why if before.open or not why else f"{before.where}所持的一份不能代替这一份，须另行提交"


def _difference(before: Paper, now: Paper) -> str:
    if before.ended and before.ended <= now.since:  # not: because this one came and took its place
        return f"{before.where}的原件{before.ended_why}，须另行提交"
    if before.valid_until and before.valid_until <= now.day:
        return f"{before.where}的原件已于{before.valid_until:%Y-%m-%d}到期，须另行提交"
    if before.number and now.number and squeeze(before.number).upper() != squeeze(now.number).upper():
        return f"与{before.where}的编号不同（原编号{before.number}），是另一份材料"
    for what, name in now.names.items():
        if (known := before.names.get(what)) and not same_name(squeeze(known), squeeze(name)):
            return f"与{before.where}所载“{what}”不同（原为{known}），内容已变更"
    return ""


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerSheet:
    """One entry of one case's list and how it was met: where from in words, by which file, when, and what it saved.

    `before` is set where it was handed in though it was there; `note` says why an earlier one did not do. `pages` are
    those of the file; `spared_pages` those that nobody had to bring, with all their copies.
    """

    entry: str
    name: str
    how: str
    where: str = ""
    file: str = ""
    pages: tuple[int, ...] = ()
    at: dt.datetime | None = None
    ref: str = ""
    demanded: bool = True
    before: Before | None = None
    note: str = ""
    spared_pages: int = 0

    @property
    def how_name(self) -> str:
        """What the way is called."""
        return HOWS[self.how]

    @property
    def twice(self) -> bool:
        """Handed in though the same was there and held."""
        return self.before is not None

    @property
    def asked_twice(self) -> bool:
        """Asked for though it was known: it lay with another case and was not archived, so that nobody offered it."""
        return self.before is not None and not self.before.held and self.demanded

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "entry": self.entry,
            "name": self.name,
            "how": self.how,
            "how_name": self.how_name,
            "where": self.where,
            "file": self.file,
            "pages": list(self.pages),
            "at": self.at.isoformat() if self.at else None,
            "ref": self.ref,
            "demanded": self.demanded,
            "before": self.before.to_json() if self.before else None,
            "note": self.note,
            "spared_pages": self.spared_pages,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerCase:
    """A case with its sheets, in the order of its list; `beside` is the number of its parallel case."""

    number: str
    item: str
    item_name: str
    stage: str
    department: str
    opened_on: dt.date
    state: str
    works: str
    beside: str
    sheets: tuple[LedgerSheet, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectLedger:
    """The account of a project: its cases in the order in which they were opened."""

    code: str
    name: str
    owner: str
    cases: tuple[LedgerCase, ...]

    @property
    def lines(self) -> tuple[tuple[LedgerCase, LedgerSheet], ...]:
        """Every sheet with its case."""
        return tuple((case, sheet) for case in self.cases for sheet in case.sheets)

    @property
    def stages(self) -> tuple[tuple[str, tuple[LedgerCase, ...]], ...]:
        """The four stages in their order, each with its cases."""
        return tuple((stage, tuple(case for case in self.cases if case.stage == stage)) for stage in STAGES)

    @property
    def repeated(self) -> tuple[tuple[LedgerCase, LedgerSheet], ...]:
        """What was handed in a second time while the first held."""
        return tuple((case, sheet) for case, sheet in self.lines if sheet.twice)

    @property
    def once(self) -> bool:
        """只提交一次: nothing was handed in twice."""
        return not self.repeated

    @property
    def stages_once(self) -> tuple[str, ...]:
        """The stages in which something was handed in and nothing twice."""
        return tuple(stage for stage, cases in self.stages if _handed_in(cases) and not _twice(cases))

    def count(self, *hows: str) -> int:
        """How many sheets were met in one of these ways."""
        return sum(sheet.how in hows for _, sheet in self.lines)

    @property
    def handed_in(self) -> int:
        """Sheets that the applicant brought."""
        return self.count(*HANDED_IN)

    @property
    def spared(self) -> int:
        """Sheets that the applicant would have had to bring and did not."""
        return self.count(*SPARED)

    @property
    def spared_pages(self) -> int:
        """Their pages, as far as they are known."""
        return sum(sheet.spared_pages for _, sheet in self.lines)

    @property
    def verdict(self) -> str:
        """The verdict in a sentence."""
        if self.once:
            return "只提交一次：没有材料被重复提交"
        asked = sum(sheet.asked_twice for _, sheet in self.repeated)
        told = f"，其中 {asked} 份是重复要求" if asked else "，均为系统已有、仍然提交"
        return f"有 {len(self.repeated)} 份材料重复提交{told}"

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data, as `yidang project ledger --json` prints."""
        return {
            "project": self.code,
            "name": self.name,
            "owner": self.owner,
            "once": self.once,
            "verdict": self.verdict,
            "stages_once": list(self.stages_once),
            "handed_in": self.handed_in,
            "spared": self.spared,
            "spared_pages": self.spared_pages,
            "cases": [
                {
                    **{key: getattr(case, key) for key in _CASE_KEYS},
                    "opened_on": case.opened_on.isoformat(),
                    "sheets": [sheet.to_json() for sheet in case.sheets],
                }
                for case in self.cases
            ],
        }


_CASE_KEYS = ("number", "item", "item_name", "stage", "department", "state", "works", "beside")


def _handed_in(cases: Sequence[LedgerCase]) -> bool:
    return any(sheet.how in HANDED_IN for case in cases for sheet in case.sheets)


def _twice(cases: Sequence[LedgerCase]) -> bool:
    return any(sheet.twice for case in cases for sheet in case.sheets)
