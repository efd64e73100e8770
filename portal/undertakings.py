"""What the case page shows of time and of what is open: the promised day and why, pauses, gaps, promises, grounds."""

from collections.abc import Set as AbstractSet
from typing import Any

from ingest import Case
from portal.roles import Role
from workers import GROUNDS, PAUSES, package_state, running_pause

RECHECKED = ("open", "closed", "expired")
"""States of a promise in which its re-check may still be recorded."""


def undertakings(case: Case, mine: AbstractSet[Role]) -> dict[str, Any]:
    """The part of the page's context that `_undertakings.html` needs."""
    promises = list(case.promises.exclude(state="void").select_related("credit", "given_by"))
    officer = Role.OFFICER in mine
    return {
        "promises": [(one, officer and _may_recheck(case, one)) for one in promises],
        "pauses": list(case.pauses.select_related("approved_by")),
        "pause": running_pause(case),
        "pause_kinds": [(kind.value, kind.label) for kind in PAUSES],
        "may_pause": officer and case.state == Case.State.ACCEPTED,
        "grounds": [(key, words[0]) for key, words in GROUNDS.items()],
        "may_refuse": Role.CLERK in mine and case.state == Case.State.OPEN,
        "archive_waits": package_state(case) if case.state == Case.State.ISSUED else "",
    }


def _may_recheck(case: Case, promise: Any) -> bool:
    return promise.kind == "promise" and promise.state in RECHECKED and case.decided_at is not None
