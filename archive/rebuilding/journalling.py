"""Writing the journal: the rows that were marked, and the private parts of entries that were published.

Rows: `prepare_rows` outside a transaction, `record_rows` in the one that signs the next head of the log, so that the
digest is vouched for as soon as it counts. Killed in between, the same rows are written again under another name.
"""

import contextlib
import dataclasses
import datetime as dt
from typing import Any

from django.core import serializers
from django.db import connection, transaction

from archive.digests import digest_bytes
from archive.events import append_event
from archive.journal import PrivatePart, Row, events_bytes, events_key, rows_bytes, rows_key
from archive.models import Event
from archive.rebuilding.models import JournalHead, JournalMark
from archive.rebuilding.watching import HEAD, WATCHED, Watched, mark_everything
from archive.store import AlreadyExists, Lock, ObjectStore

ROWS_AT_ONCE = 2000
"""Rows of some kilobytes: an object of a few megabytes at the most."""
EVENTS_AT_ONCE = 1024
KEPT_EVENT = "journal-kept"
JSON = "application/json"


class JournalOvertaken(Exception):  # noqa: N818
    """Another worker wrote the next step of the journal meanwhile; this one is tried again with what is there now."""

    code = "journal-overtaken"


@dataclasses.dataclass(frozen=True)
class KeptRows:
    """An object of rows that lies in the store and is to be recorded."""

    sequence: int
    sha256: str
    marks: tuple[int, ...]


def marks_waiting() -> int:
    """The newest mark that is not journalled; 0 where there is none."""
    newest = JournalMark.objects.order_by("-pk").first()
    return newest.pk if newest else 0


def prepare_rows(store: ObjectStore, until: dt.datetime) -> KeptRows | None:
    """Write the marked rows, as they stand, into the store under lock; None where no row is marked."""
    with transaction.atomic():
        _begin()
    with transaction.atomic():
        _one_view()
        sequence = JournalHead.objects.get(pk=HEAD).rows + 1
        marks = list(JournalMark.objects.order_by("pk")[:ROWS_AT_ONCE])
        data = rows_bytes(sequence, _rows(marks))
    if not marks:
        return None
    sha256 = digest_bytes(data).sha256
    with contextlib.suppress(AlreadyExists):
        store.put(rows_key(sequence, sha256), data, sha256=sha256, content_type=JSON, lock=Lock(until), if_absent=True)
    return KeptRows(sequence, sha256, tuple(mark.pk for mark in marks))


def record_rows(kept: KeptRows, now: dt.datetime) -> Event:
    """Count the step and tell the log its digest; call it in a transaction, before the head is signed.

    Raises:
        JournalOvertaken: another step has this number.
    """
    head = JournalHead.objects.select_for_update().get(pk=HEAD)
    if head.rows + 1 != kept.sequence:
        raise JournalOvertaken("流水簿已由另一进程续写，稍后重试")
    head.rows = kept.sequence
    head.save(update_fields=["rows"])
    JournalMark.objects.filter(pk__in=kept.marks).delete()
    return append_event(KEPT_EVENT, object_sha256=kept.sha256, details={"sequence": kept.sequence}, now=now)


def keep_events(store: ObjectStore, size: int, until: dt.datetime) -> None:
    """Write the private parts of the entries up to a size that are not there yet, under lock."""
    first = _events_kept()
    while first < size:
        end = min(size, first + EVENTS_AT_ONCE)
        rows = Event.objects.filter(leaf_index__gte=first, leaf_index__lt=end).order_by("leaf_index")
        data = events_bytes(PrivatePart(row.number, row.actor_id, row.details) for row in rows)
        with contextlib.suppress(AlreadyExists):  # the same entries: nobody changes them
            store.put(events_key(first, end), data, content_type=JSON, lock=Lock(until), if_absent=True)
        first = end


def record_events(size: int) -> None:
    """Note how far the private parts are kept; a slower worker takes nothing back. Call it in a transaction."""
    _begin()
    JournalHead.objects.filter(pk=HEAD, events__lt=size).update(events=size)


def fields_of(watched: Watched, row: Any) -> dict[str, Any]:
    """The fields of a row as they are kept."""
    told: list[dict[str, Any]] = serializers.serialize("python", [row], fields=watched.fields)
    fields: dict[str, Any] = told[0]["fields"]
    return fields


def _rows(marks: list[JournalMark]) -> list[Row]:
    """The rows as they stand, each once, those that others refer to first."""
    found: list[Row] = []
    for label, watched in WATCHED.items():
        wanted = {mark.row for mark in marks if mark.model == label}
        there = watched.model._default_manager.in_bulk(wanted)  # noqa: SLF001 - Django's own way to ask
        found += [Row(label, pk, fields_of(watched, there[pk]) if pk in there else None) for pk in sorted(wanted)]
    return found


def _begin() -> None:
    """The journal of a database that was in use before begins with all that is there."""
    if not JournalHead.objects.filter(pk=HEAD).exists():
        mark_everything()


def _one_view() -> None:
    """All rows of a step as they stood at one moment; only the outermost transaction can be told so."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _events_kept() -> int:
    head = JournalHead.objects.filter(pk=HEAD).first()
    return head.events if head else 0
