"""What a clerk did to a case, step by step, so that it can be taken back."""

from typing import Any

from django.utils import timezone

import ingest

UNDO_STEPS = 20
"""How far back a slip is sought; beyond that a clerk looks at the list, not at what was done when."""


def remember(case: ingest.Case, kind: str, said: str, *, by: Any, **data: Any) -> None:
    """Note a step in the transaction that takes it. `said` tells it in words; `data` is what its inverse needs."""
    if by is not None:
        ingest.Step.objects.create(case=case, kind=kind, said=said, data=data, by=by, at=timezone.now())


def last_step(case: ingest.Case) -> ingest.Step | None:
    """The step that would be taken back next, of the case or one beside it."""
    if case.state != ingest.Case.State.OPEN:
        return None
    newest = ingest.Step.objects.filter(case__in=case.beside).order_by("-pk")[:UNDO_STEPS]
    return next((step for step in newest if step.undone_at is None), None)
