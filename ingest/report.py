"""What the completeness check takes and gives: documents presented, facts of the case, states, defects, the report."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self

from ocr import CodeMark, FieldValue, PageReading, Quad, SealMark

State = Literal[
    "satisfied", "reused", "question", "missing", "defective", "gap", "promised", "not-applicable", "awaited"
]
Verdict = Literal["complete", "gap", "incomplete"]
Agreement = Literal["agree", "differ", "unsure"]
"""Of one fact in several materials: the same; different; or read too unsurely, or too nearly alike, to say."""

STATE_NAMES: Mapping[State, str] = {
    "satisfied": "齐全",
    "reused": "已复用",
    "question": "待核对",
    "missing": "缺少",
    "defective": "有问题",
    "gap": "可容缺",
    "promised": "已承诺",
    "not-applicable": "无需提交",
    "awaited": "待并联事项出具",
}
VERDICT_NAMES: Mapping[Verdict, str] = {"complete": "材料齐全", "gap": "可容缺受理", "incomplete": "材料不齐"}
AGREEMENT_NAMES: Mapping[Agreement, str] = {"agree": "一致", "differ": "不一致", "unsure": "待核对"}


@dataclasses.dataclass(frozen=True, slots=True)
class Presented:
    """A document as it was sorted: where it is, what it is, what it says.

    `seals`, `remarks` (quality codes) and `codes` (QR and bar codes) come with the page they are on.
    `ref` is our own number for it. `seal_verdict` and `seal_reasons` are what was found of its electronic seals,
    empty where none were judged. `sha256` is the digest of its file; `readings` are its pages as they were read, empty
    where only its fields are known (reused from the archive): then what is seen in the text is not looked for.
    `ended` says why a held one is in force no more, where something else than its last day ended it.
    `meant_for` is the entry that it was handed in for, where the person who handed it in said so.
    """

    file: str
    pages: tuple[int, ...]
    type: str
    score: float = 1.0
    why: str = ""
    fields: Mapping[str, FieldValue] = dataclasses.field(default_factory=dict)
    seals: tuple[tuple[int, SealMark], ...] = ()
    remarks: tuple[tuple[int, str], ...] = ()
    signed: bool = False
    reused: bool = False
    ref: str = ""
    valid_until: dt.date | None = None
    codes: tuple[tuple[int, CodeMark], ...] = ()
    seal_verdict: str = ""
    seal_reasons: str = ""
    sha256: str = ""
    readings: tuple[PageReading, ...] = ()
    meant_for: str = ""
    ended: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the documents must agree with. Empty text: not known, so not compared.

    `decision_due_on` is the promised day of decision; `former_names` are names that the applicant had before,
    `former_codes` codes that the project had.
    """

    applicant_name: str = ""
    applicant_uscc: str = ""
    project_code: str = ""
    project_name: str = ""
    works_name: str = ""
    decision_due_on: dt.date | None = None
    former_names: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a document: stable code, what to tell the clerk, what to do, and where it is seen.

    A serious one keeps the entry from being met; one that `asks` makes it a question for a person; any other is only
    shown. `applicant` is the sentence for the applicant. `file` and `ref` say on which document it is seen, where that
    is not the one that stands for the entry.
    """

    code: str
    message: str
    remedy: str
    page: int | None = None
    box: Quad | None = None
    serious: bool = True
    applicant: str = ""
    asks: bool = False
    file: str = ""
    ref: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """Where an entry is met: file, pages, why it was taken for this material, and the fields, seals and codes there."""

    file: str
    pages: tuple[int, ...]
    why: str
    score: float
    ref: str
    fields: Mapping[str, FieldValue]
    seals: tuple[tuple[int, SealMark], ...]
    codes: tuple[tuple[int, CodeMark], ...] = ()

    @classmethod
    def of(cls, document: Presented) -> Self:
        """The evidence that a document gives."""
        return cls(
            document.file,
            document.pages,
            document.why,
            document.score,
            document.ref,
            document.fields,
            document.seals,
            document.codes,
        )

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "file": self.file,
            "pages": list(self.pages),
            "why": self.why,
            "score": round(self.score, 3),
            "ref": self.ref,
            "fields": {name: dataclasses.asdict(value) for name, value in self.fields.items()},
            "seals": [{"page": page, **_seal(seal)} for page, seal in self.seals],
            "codes": [{"page": page, **dataclasses.asdict(code)} for page, code in self.codes],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class RequirementReport:
    """One entry of the list and how it stands."""

    material: str
    name: str
    state: State
    files: tuple[Evidence, ...]
    defects: tuple[Defect, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "material": self.material,
            "name": self.name,
            "state": self.state,
            "files": [evidence.to_json() for evidence in self.files],
            "defects": [defect.to_json() for defect in self.defects],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """One material's word on a fact: its type, name and value, and where it stands."""

    material: str
    name: str
    value: str
    file: str
    ref: str
    page: int
    box: Quad
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """A fact that several materials state: their values side by side, in the order of the files, and do they agree."""

    fact: str
    agreement: Agreement
    values: tuple[Compared, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """The whole list with its verdict; `unplaced` are documents the list does not ask for or that were not known.

    `doubts` are, for each of those, what is to be said of it; they count for no entry. `region` has a list of its own
    that differs from the city's in `overrides`; `answers` decided which entries apply. `comparisons` are the facts that
    several materials state.
    """

    item: str
    version: int
    verdict: Verdict
    requirements: tuple[RequirementReport, ...]
    unplaced: tuple[Presented, ...]
    doubts: tuple[tuple[Defect, ...], ...]
    region: str = ""
    overrides: tuple[str, ...] = ()
    answers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()

    @property
    def questions(self) -> int:
        """How many things a person must look at before the verdict is the last word."""
        rows = [one for row in self.requirements for one in row.defects]
        return sum(one.asks for one in [*rows, *(one for doubts in self.doubts for one in doubts)])

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data, in the shape that `yidang check --json` prints."""
        return {
            "item": self.item,
            "version": self.version,
            "verdict": self.verdict,
            "requirements": [row.to_json() for row in self.requirements],
            "unplaced": [
                {
                    "file": d.file,
                    "pages": list(d.pages),
                    "type": d.type,
                    "why": d.why,
                    "ref": d.ref,
                    "defects": [doubt.to_json() for doubt in doubts],
                }
                for d, doubts in zip(self.unplaced, self.doubts, strict=True)
            ],
            "region": self.region,
            "overrides": list(self.overrides),
            "answers": dict(self.answers),
            "questions": self.questions,
            "comparisons": [comparison.to_json() for comparison in self.comparisons],
        }


def _seal(seal: SealMark) -> dict[str, Any]:
    """A seal for the report; its face stays with the reading."""
    data = dataclasses.asdict(seal)
    del data["face"]
    return data
