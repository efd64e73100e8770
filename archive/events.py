"""Events: appended beside the fact they tell of, and later taken into the Merkle log in one order for all time."""

import datetime as dt
import hashlib
from typing import Any

from archive.canonical import canonical_json
from archive.models import Event


def append_event(  # noqa: PLR0913 - one line of the account
    kind: str,
    *,
    now: dt.datetime,
    case_number: str = "",
    actor: Any = None,
    object_sha256: str = "",
    details: dict[str, Any] | None = None,
) -> Event:
    """Note what happened, in the transaction of the fact itself; the time is the server's."""
    return Event.objects.create(
        kind=kind,
        case_number=case_number,
        actor=actor,
        happened_at=now,
        object_sha256=object_sha256,
        details=details or {},
    )


def leaf_bytes(event: Event) -> bytes:
    """The leaf of an event: canonical JSON that holds digests and never personal data.

    The details and the actor enter as a digest salted with the event's own random number, so that they cannot be
    guessed from the log, and can be proved by showing them.
    """
    return canonical_json(
        {
            "number": event.number,
            "kind": event.kind,
            "case": event.case_number,
            "time": event.happened_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "object": event.object_sha256,
            "private": private_digest(event.number, event.actor_id, event.details),
        }
    )


def private_digest(number: str, actor: int | None, details: Any) -> str:
    """What stands in the leaf for the part of an event that is not public."""
    return hashlib.sha256(canonical_json({"actor": actor, "details": details, "salt": number})).hexdigest()
