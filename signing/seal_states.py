"""The life of a seal: registered, suspended and restored, reported lost, destroyed; each step kept with its reason."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from signing.errors import SigningError
from signing.seal_models import REASON_LENGTH, Seal, SealChange

State = Seal.State
TRANSITIONS: Mapping[str, frozenset[str]] = {
    State.ACTIVE: frozenset({State.SUSPENDED, State.LOST, State.DESTROYED}),
    State.SUSPENDED: frozenset({State.ACTIVE, State.LOST, State.DESTROYED}),
    State.LOST: frozenset({State.DESTROYED}),
    State.DESTROYED: frozenset(),
}
"""State → the states that may follow. A lost seal is never found again: whoever had it may have used it."""


class SealChangeRefused(SigningError):  # noqa: N818
    """The register does not take the change: not from this state, no reason, or the entry is not well formed."""

    code = "seal-change-refused"


def may_follow(seal: Seal, state: str) -> bool:
    """Whether the seal may go into this state from where it is."""
    return state in TRANSITIONS[seal.state]


def note_registration(seal: Seal, *, by: Any, now: dt.datetime) -> SealChange:
    """The first row of a seal's history."""
    return SealChange.objects.create(seal=seal, before="", after=seal.state, reason="登记", by=by, at=now)


def change_state(seal: Seal, state: str, *, reason: str, by: Any, now: dt.datetime) -> SealChange:
    """Put a seal into another state. The caller holds its row (`select_for_update`) in a transaction.

    Raises:
        SealChangeRefused: the state may not follow, or there is no reason.
    """
    words = reason.strip()
    if not words:
        raise SealChangeRefused("请写明原因 (a reason is asked for)")
    if len(words) > REASON_LENGTH:
        raise SealChangeRefused(f"原因请写在 {REASON_LENGTH} 字以内 (the reason is too long)")
    if state not in State.values or not may_follow(seal, state):
        wanted = State(state).label if state in State.values else state
        raise SealChangeRefused(
            f"“{seal.label}”现为{seal.get_state_display()}，不能改为{wanted} (the register allows no such change)"
        )
    change = SealChange.objects.create(seal=seal, before=seal.state, after=state, reason=words, by=by, at=now)
    seal.state = state
    seal.save(update_fields=["state"])
    return change
