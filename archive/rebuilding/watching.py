"""Which tables the journal keeps, and the marks that their changes leave in the same transaction.

A room says what of its tables cannot be had from other objects of the archive (`watch`). Every row that is saved from
then on leaves a mark; `update()` of a query leaves none, so rows of these tables are saved one by one or marked by hand
(`mark`).
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from archive.rebuilding.models import JournalHead, JournalMark

HEAD = 1
MARKS_AT_ONCE = 1000
"""Rows written in one statement."""


@dataclasses.dataclass(frozen=True)
class Watched:
    """A table of the journal.

    `without` names fields that stay in the database; `restored` is what they, or others, are given by a rebuild.
    `when` tells of a row whether it is kept yet; `also` gives further rows that are to be kept with it.
    """

    label: str
    without: tuple[str, ...] = ()
    restored: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    when: Callable[[Any], bool] = lambda _: True
    also: Callable[[Any], Iterable[Model]] = lambda _: ()

    @property
    def model(self) -> type[Model]:
        """The table."""
        return apps.get_model(self.label)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that are kept, those of many-to-many tables left out."""
        return tuple(f.name for f in self.model._meta.local_fields if f.name not in self.without and not f.primary_key)  # noqa: SLF001 - Django's own way to ask


WATCHED: dict[str, Watched] = {}
"""By label, in the order in which rows are written: what others refer to comes first."""


def watch(watched: Watched) -> None:
    """Keep a table in the journal from now on; call it when the program starts."""
    WATCHED[watched.label] = watched
    # no weak reference: the receivers live as long as the program
    post_save.connect(_saved, sender=watched.label, dispatch_uid=f"journal {watched.label}", weak=False)
    post_delete.connect(_deleted, sender=watched.label, dispatch_uid=f"journal {watched.label}", weak=False)


def mark(*rows: Model) -> None:
    """Have rows journalled as they stand after this transaction."""
    JournalMark.objects.bulk_create([JournalMark(model=label_of(type(row)), row=row.pk) for row in rows])


def mark_everything() -> None:
    """Have every row of every table journalled: where the journal begins in a database that is in use already."""
    JournalHead.objects.get_or_create(pk=HEAD)
    for watched in WATCHED.values():
        rows = (row for row in watched.model._default_manager.order_by("pk").iterator() if watched.when(row))  # noqa: SLF001
        batch: list[Model] = []
        for row in rows:
            batch.append(row)
            if len(batch) == MARKS_AT_ONCE:
                mark(*batch)
                batch = []
        mark(*batch)


def label_of(model: type[Model]) -> str:
    """`signing.certificate`, as Django spells it."""
    return model._meta.label_lower  # noqa: SLF001


def _saved(sender: type[Model], instance: Any, update_fields: Iterable[str] | None, raw: bool, **_: Any) -> None:  # noqa: FBT001 - as Django calls
    watched = WATCHED[label_of(sender)]
    told = update_fields is None or set(update_fields) & set(watched.fields)
    if not raw and told and watched.when(instance):
        mark(instance, *watched.also(instance))


def _deleted(sender: type[Model], instance: Any, **_: Any) -> None:
    if WATCHED[label_of(sender)].when(instance):
        mark(instance)
