"""What a second notice tells that the first could have told: 一次性告知 kept or broken.

Pure. 行政许可法 art. 32 (4): everything to be put right is told at once; S1, S2: a second notice for something that was
visible the first time is a violation to be counted. Visible: on a document that was there then, or an entry that was
open then. Not visible: on a document that came later; what only the passing of time or a change in a register has
brought about; what another document, handed in later, contradicts.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MISSING = "missing"
OPEN_STATES = frozenset({"missing", "gap"})
_CODES = {f"code-{state}" for state in ("suspended", "superseded", "revoked", "cancelled", "unknown")}
TIME_MAKES = frozenset({"expired", "expires-before-decision", *_CODES})
"""Defects that come without anybody touching the document."""
COMPARED = frozenset({"fact-differs", "seal-pasted", "document-repeated"})
"""Defects that hold one document against another: they count only where no document is new."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Something to be put right: of which entry, what, on which document (its file's SHA-256; empty when missing)."""

    entry: str
    name: str
    code: str
    document: str = ""
    page: int | None = None
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return dataclasses.asdict(self)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same problem: page and words may change with a better reading."""
        return self.entry, self.code, self.document


def problems_of(report: Mapping[str, Any], digests: Mapping[str, str]) -> list[Problem]:
    """Everything in a report that a notice must tell; `digests` gives the file's SHA-256 for a document's `ref`."""
    found = []
    for row in report["requirements"]:
        if row["state"] in OPEN_STATES:
            found.append(Problem(row["material"], row["name"], MISSING, message="未提交"))
            continue
        best = row["files"][0]["ref"] if row["files"] else ""
        for defect in row["defects"]:
            if defect["serious"]:
                document = digests.get(defect.get("ref") or best, "")
                page, message = defect["page"], defect["message"]
                found.append(Problem(row["material"], row["name"], defect["code"], document, page, message))
    return found


def seen_in(report: Mapping[str, Any], digests: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, Any]:
    """What a notice made now knows, kept with it for the next one."""
    return {
        "documents": sorted(set(digests.values())),
        "answers": dict(answers),
        "states": {row["material"]: row["state"] for row in report["requirements"]},
        "told": [list(problem.key) for problem in problems_of(report, digests)],
    }


def repeats(problems: Sequence[Problem], now: Mapping[str, Any], earlier: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems of now that an earlier notice could have told and no earlier notice told.

    `now` and `earlier` (oldest first) are what `seen_in` gives for this notice and kept of the ones before. A problem
    is counted in the notice that first tells it, never twice.
    """
    before = list(earlier)
    told = {tuple(key) for seen in before for key in seen["told"]}
    return [p for p in problems if p.key not in told and any(_visible(p, now, seen) for seen in before)]


def _visible(problem: Problem, now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    if problem.code == MISSING:
        was = then["states"].get(problem.entry, "not-applicable")
        return was in {*OPEN_STATES, "not-applicable"} and then["answers"] == now["answers"]
    if problem.document not in then["documents"] or problem.code in TIME_MAKES:
        return False
    return problem.code not in COMPARED or set(now["documents"]) <= set(then["documents"])
