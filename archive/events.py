"""Events: appended beside the fact they tell of, and later taken into the Merkle log in one order for all time."""

import datetime as dt
import hashlib
from typing import Any

from django.db.models import Max

from archive.canonical import canonical_json
from archive.models import Event

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""Servers that keep time differ by less, and a transaction that took its time at the start is over by then."""


def append_event(  # noqa: PLR0913 - one line of the account
    kind: str,
    *,
    now: dt.datetime,
    case_number: str = "",
    actor: Any = None,
    object_sha256: str = "",
    details: dict[str, Any] | None = None,
) -> Event:
    """Note what happened, in the transaction of the fact itself; the time is the server's.

    Where the server's clock was set back, the entry keeps the time that the clock gave, and is marked: its place in the
    log is after entries of a later time, which no clock can change.
    """
    return Event.objects.create(
        kind=kind,
        case_number=case_number,
        actor=actor,
        happened_at=now,
        object_sha256=object_sha256,
        details=details or {},
        behind=seconds_behind(now),
    )


def seconds_behind(now: dt.datetime) -> int:
    """How far a time lies before the newest entry; 0 where it is no more than servers and long transactions differ."""
    newest = Event.objects.aggregate(newest=Max("happened_at"))["newest"]
    behind = newest - now if newest else dt.timedelta(0)
    return int(behind.total_seconds()) if behind > CLOCK_TOLERANCE else 0


def mark_late_entries() -> int:
    """Mark anew every entry that stands after one of a later time, in the order of the log; returns how many."""
    newest, late = None, 0
    for event in Event.objects.order_by("pk").only("happened_at", "behind").iterator():
        back = newest - event.happened_at if newest else dt.timedelta(0)
        behind = int(back.total_seconds()) if back > CLOCK_TOLERANCE else 0
        if behind != event.behind:
            Event.objects.filter(pk=event.pk).update(behind=behind)
        late += behind > 0
        newest = max(newest or event.happened_at, event.happened_at)
    return late


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
