"""The rows of the journal, step by step as the log vouches for them, and writing them into a database."""

import dataclasses
from collections.abc import Iterator

from django.core import serializers
from django.core.management.color import no_style
from django.db import IntegrityError, connection, models, transaction

from archive.digests import digest_bytes
from archive.journal import ROWS_PREFIX, BadJournal, Row, parse_rows, rows_key, rows_name
from archive.models import Event
from archive.rebuilding.journalling import KEPT_EVENT
from archive.rebuilding.reading import Source
from archive.rebuilding.watching import WATCHED


@dataclasses.dataclass(frozen=True, slots=True)
class JournalStep:
    """The rows of one step; `vouched` where the log has its digest."""

    sequence: int
    rows: list[Row]
    vouched: bool


def journal_steps(source: Source, after: int = 0) -> Iterator[JournalStep]:
    """Every step after a number in its order: those in the log of this database, and then what came after its head."""
    last = 0
    for event in Event.objects.filter(kind=KEPT_EVENT).exclude(leaf_index=None).order_by("leaf_index").iterator():
        last = int(event.details.get("sequence") or last + 1)  # whose private part is lost has the next number
        if last > after:
            rows = _rows_of(source, rows_key(last, event.object_sha256), event.object_sha256)
            yield JournalStep(last, rows, vouched=True)
    for sequence, key, sha256 in _unlogged(source, max(last, after)):
        source.fault(key, "is not in the log yet: taken as it lies there, nothing vouches for it")
        yield JournalStep(sequence, _rows_of(source, key, sha256), vouched=False)


def restore_rows(source: Source, step: JournalStep) -> None:
    """Write the rows of a step as they stood; what cannot be written, since it refers to what is lost, is named.

    Call it outside a transaction: a step is one, and where that fails each row is one.
    """
    try:
        with transaction.atomic():
            for row in step.rows:
                _restore(row)
    except IntegrityError:
        for row in step.rows:
            try:
                with transaction.atomic():
                    _restore(row)
            except IntegrityError as error:
                source.fault(f"{row.model} {row.pk}", f"cannot be restored: {str(error).splitlines()[0]}")


def reset_numbers() -> None:
    """Have the database number new rows after those that were restored with their own numbers."""
    tables: list[type[models.Model]] = [watched.model for watched in WATCHED.values()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def _restore(row: Row) -> None:
    watched = WATCHED.get(row.model)
    if watched is None:
        return  # a table that this version has no more
    if row.fields is None:
        watched.model._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)  # noqa: SLF001 - as it was deleted
        return
    told = [{"model": row.model, "pk": row.pk, "fields": row.fields}]
    for made in serializers.deserialize("python", told, ignorenonexistent=True):
        for name, value in watched.restored.items():
            setattr(made.object, name, value)
        made.save()  # raw: no rule of its own, and no mark


def _unlogged(source: Source, last: int) -> list[tuple[int, str, str]]:
    """Steps that no entry names, the newest object of each number."""
    found: dict[int, tuple[int, str, str]] = {}
    for one in sorted(source.store.list(ROWS_PREFIX), key=lambda one: one.created):
        try:
            sequence, sha256 = rows_name(one.key)
        except BadJournal as error:
            source.fault(one.key, str(error))
            continue
        if sequence > last:
            found[sequence] = (sequence, one.key, sha256)
    return [found[sequence] for sequence in sorted(found)]


def _rows_of(source: Source, key: str, sha256: str) -> list[Row]:
    data = source.read(key, sha256)
    if data is None:
        return []
    try:
        return parse_rows(data)
    except BadJournal as error:
        source.fault(key, f"{error} ({digest_bytes(data).sha256})")
        return []
