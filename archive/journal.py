"""流水簿: what the database knows and no other object of the archive tells, as objects beside the log.

Two kinds, both canonical JSON, under lock and not public. `journal/events/` holds the private part of each entry of
the log, which there is only a salted digest. `journal/rows/` holds rows of tables as they stood when they changed: of
each row the last one counts. The digest of an object of rows is in the log, so that nobody adds or changes one unseen.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from archive.canonical import NotCanonical, canonical_json, parse_canonical
from archive.events import private_digest

EVENTS_PREFIX: Final = "journal/events/"
ROWS_PREFIX: Final = "journal/rows/"
JOURNAL_VERSION: Final = 1


class BadJournal(ValueError):  # noqa: N818
    """An object of the journal is none of ours, or was changed."""

    code = "archive-bad-journal"


@dataclasses.dataclass(frozen=True, slots=True)
class PrivatePart:
    """What the log only has a digest of: who did it (number of the account), and the details."""

    number: str
    actor: int | None
    details: dict[str, Any]

    def agrees(self, entry: Mapping[str, Any]) -> bool:
        """Whether it is what the entry of the log was made from."""
        made = private_digest(self.number, self.actor, self.details)
        return bool(entry.get("number") == self.number and entry.get("private") == made)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as it stood. `fields` are None where it was deleted."""

    model: str
    pk: int
    fields: dict[str, Any] | None


def events_key(first: int, end: int) -> str:
    """Where the private parts of the entries from `first` up to, not including, `end` lie."""
    return f"{EVENTS_PREFIX}{first:012d}-{end:012d}"


def events_range(key: str) -> tuple[int, int]:
    """First and end of a key of private parts. Raises BadJournal."""
    try:
        first, end = map(int, key.removeprefix(EVENTS_PREFIX).split("-"))
    except ValueError as error:
        raise BadJournal(f"{key} is no name of an object of the journal") from error
    return first, end


def rows_key(sequence: int, sha256: str) -> str:
    """Where the rows of a step lie; a step that was broken off may have left another object of the same number."""
    return f"{ROWS_PREFIX}{sequence:012d}-{sha256}"


def rows_name(key: str) -> tuple[int, str]:
    """Number and digest of a key of rows. Raises BadJournal."""
    number, _, sha256 = key.removeprefix(ROWS_PREFIX).partition("-")
    if not number.isdigit():
        raise BadJournal(f"{key} is no name of an object of the journal")
    return int(number), sha256


def events_bytes(parts: Iterable[PrivatePart]) -> bytes:
    """The private parts of entries that follow each other."""
    told = [{"number": one.number, "actor": one.actor, "details": one.details} for one in parts]
    return canonical_json({"version": JOURNAL_VERSION, "events": told})


def parse_events(data: bytes) -> list[PrivatePart]:
    """The private parts in an object. Raises BadJournal."""
    try:
        return [PrivatePart(one["number"], one["actor"], one["details"]) for one in _parsed(data)["events"]]
    except (KeyError, TypeError) as error:
        raise BadJournal(f"an object of the journal lacks {error}") from error


def rows_bytes(sequence: int, rows: Iterable[Row]) -> bytes:
    """Rows as an object; a row's fields are text, since canonical JSON has no fractions and fields may."""
    told = [
        {"model": row.model, "pk": row.pk, "fields": None if row.fields is None else fields_text(row.fields)}
        for row in rows
    ]
    return canonical_json({"version": JOURNAL_VERSION, "sequence": sequence, "rows": told})


def parse_rows(data: bytes) -> list[Row]:
    """The rows in an object. Raises BadJournal."""
    try:
        return [
            Row(one["model"], one["pk"], None if one["fields"] is None else json.loads(one["fields"]))
            for one in _parsed(data)["rows"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadJournal(f"an object of the journal lacks or misspells {error}") from error


def fields_text(fields: Mapping[str, Any]) -> str:
    """The fields of a row in one spelling; times keep their microseconds."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, default=_spelled)


def _spelled(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise BadJournal(f"{type(value).__name__} has no spelling in the journal; write it as text")


def _parsed(data: bytes) -> Any:
    try:
        value = parse_canonical(data)
    except NotCanonical as error:
        raise BadJournal(f"an object of the journal is not as it was written: {error}") from error
    if not isinstance(value, dict) or value.get("version") != JOURNAL_VERSION:
        raise BadJournal("an object of the journal is of a version that this program does not know")
    return value
