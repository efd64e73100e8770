"""办理详细信息: what happened to a case that changed its state, as steps with the codes of BLZT."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import archive
import ingest
from exchange.tables import Standard
from exchange.times import local

GRANTED, GRANTED_WITH_GAP = 11, 12
"""办结（通过）, 办结（容缺通过）."""
BY_SYSTEM = "系统"
"""Who acted where no person did: a rule, or the clock."""


@dataclasses.dataclass(frozen=True, slots=True)
class Office:
    """Whose case it is: name and 统一社会信用代码."""

    name: str
    uscc: str


@dataclasses.dataclass(frozen=True, slots=True)
class CaseStep:
    """One step: our key, its code, when, by whom, and in what words."""

    key: str
    status: int
    at: str
    actor: str
    opinion: str

    def facts(self) -> dict[str, str]:
        """As the table is filled from."""
        return {"status": str(self.status), "at": self.at, "actor": self.actor, "opinion": self.opinion}


def steps_of(rules: Standard, case: ingest.Case) -> list[CaseStep]:
    """The steps of a case in the order of their times."""
    return sorted([*_of_events(rules, case), *_of_pauses(rules, case)], key=lambda step: (step.at, step.status))


def _of_events(rules: Standard, case: ingest.Case) -> Iterator[CaseStep]:
    for event in archive.Event.objects.filter(case_number=case.number).select_related("actor").order_by("pk"):
        said = str(event.details.get("opinion") or event.details.get("reason") or "")
        for status in _statuses(rules, case, event):
            opinion = said or rules.steps.opinions[status]
            yield CaseStep(f"{event.number}-{status}", status, local(event.happened_at), _who(event.actor), opinion)


def _statuses(rules: Standard, case: ingest.Case, event: archive.Event) -> tuple[int, ...]:
    ends = event.kind == "case-decided" or (
        event.kind == "opinion-given" and event.details.get("result") == "passed" and case.decided_at is not None
    )
    if ends:
        gaps = case.promises.filter(kind="gap").exclude(state="void")
        return (GRANTED_WITH_GAP,) if gaps.exists() else (GRANTED,)
    return rules.steps.events.get(event.kind, ())


def _of_pauses(rules: Standard, case: ingest.Case) -> Iterator[CaseStep]:
    for pause in case.pauses.select_related("approved_by", "ended_by").order_by("pk"):
        begins, ends = rules.steps.pauses[pause.kind]
        begun = _who(pause.approved_by)
        yield CaseStep(f"pause-{pause.pk}-{begins}", begins, local(pause.started_at), begun, pause.reason)
        if pause.ended_at:
            said = pause.end_evidence or rules.steps.opinions[ends]
            yield CaseStep(f"pause-{pause.pk}-{ends}", ends, local(pause.ended_at), _who(pause.ended_by), said)


def _who(account: Any) -> str:
    """办理人: the name of the account, as the standard asks for it."""
    return (account.get_full_name() or account.get_username()) if account else BY_SYSTEM
