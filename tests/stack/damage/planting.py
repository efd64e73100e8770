"""Damage of every kind, planted behind the back of store and database, each with the places where it must be found."""

import dataclasses
import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, models

import archive
from archive import Event, LocalStore, Package
from archive.digests import object_key


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """What was done, and where a finding must say it is: any one of the places will do."""

    kind: str
    places: tuple[str, ...]


def flip(file: Path, dice: random.Random) -> None:
    """One bit of one byte."""
    data = bytearray(file.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    file.write_bytes(data)


def truncate(file: Path, dice: random.Random) -> None:
    """Cut off somewhere."""
    data = file.read_bytes()
    file.write_bytes(data[: dice.randrange(len(data))])


def lengthen(file: Path, dice: random.Random) -> None:
    """Bytes that do not belong there."""
    file.write_bytes(file.read_bytes() + dice.randbytes(dice.randint(1, 64)))


def remove(file: Path, _: random.Random) -> None:
    """The bytes are gone, the record says that they are there."""
    file.unlink()


WAYS: tuple[Callable[[Path, random.Random], None], ...] = (flip, truncate, lengthen, remove)


def hurt_objects(store: LocalStore, keys: list[str], dice: random.Random) -> Iterator[Planted]:
    """Each of these objects in one of the ways; every fifth two are swapped, every seventh its record is hurt."""
    rest = list(keys)
    while rest:
        key = rest.pop()
        if len(rest) % 5 == 0 and rest:
            other = rest.pop()
            one, two = bytes_of(store, key), bytes_of(store, other)
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)
            yield Planted("swap", (key,))
            yield Planted("swap", (other,))
        elif len(rest) % 7 == 0:
            flip(bytes_of(store, key).with_suffix(".json"), dice)
            yield Planted("record", (key, f"object record {hashlib.sha256(key.encode()).hexdigest()}"))
        else:
            way = dice.choice(WAYS)
            way(bytes_of(store, key), dice)
            yield Planted(way.__name__, (key,))


def insert_objects(store: LocalStore, count: int, dice: random.Random) -> Iterator[Planted]:
    """Objects that nobody filed, with digests that fit; beside the log some that fit nothing."""
    for number in range(count):
        data = dice.randbytes(200)
        if number % 3:
            key = object_key(archive.digest_bytes(data).sha256)
        else:
            key = dice.choice(["log/tile/0/777", "log/checkpoint/000000009999", "log/notes"]) + f"{number:03d}"
        store.put(key, data)
        yield Planted("insert", (key,))


def overwrite_log(store: LocalStore, keys: list[str], dice: random.Random) -> Iterator[Planted]:
    """A newer version of other bytes on top of an object of the log."""
    for key in keys:
        store.put(key, dice.randbytes(64))
        yield Planted("overwrite", (key,))


def bytes_of(store: LocalStore, key: str) -> Path:
    """The file on the disk."""
    return next((store._folder(key)).glob(f"{store.stat(key).version}.bin"))


Change = tuple[type[models.Model], str, Callable[[Any], dict[str, Any]]]
CHANGES: tuple[Change, ...] = (
    (Event, "kind", lambda _: {"kind": "case-refused"}),
    (Event, "details", lambda row: {"details": {**row.details, "step": 99}}),
    (Event, "happened_at", lambda row: {"happened_at": row.happened_at.replace(year=2020)}),
    (Event, "leaf_hash", lambda row: {"leaf_hash": row.leaf_hash[::-1]}),
    (Event, "object_sha256", lambda _: {"object_sha256": "0" * 64}),
    (Package, "title", lambda _: {"title": "另一个项目"}),
    (Package, "retention", lambda _: {"retention": "D10"}),
    (Package, "manifest_sha256", lambda row: {"manifest_sha256": row.manifest_sha256[::-1]}),
    (archive.HeldMaterial, "subject", lambda _: {"subject": "91990101MA99999999"}),
    (archive.HeldMaterial, "sha256", lambda row: {"sha256": row.sha256[::-1]}),
    (archive.Access, "purpose", lambda _: {"purpose": "别的用途"}),
    (archive.FollowUp, "title", lambda _: {"title": "另一份报告"}),
    (archive.KeptObject, "size", lambda row: {"size": row.size + 1}),
)
"""What somebody with the database's password may change, and no signal tells of."""


def change_rows(count: int, dice: random.Random) -> Iterator[Planted]:
    """Rows changed by a statement of SQL, and some events removed; no row twice.

    Other rows are not removed here: where the journal that tells of them is hurt too, nothing is left to name them.
    """
    used: set[tuple[str, int]] = set()
    while count:
        model, _, change = dice.choice(CHANGES)
        rows = model._default_manager.order_by("pk")
        row: Any = rows[dice.randrange(rows.count())]
        key = (model.__name__, row.pk)
        if key in used or (model is Event and row.leaf_index is None):
            continue
        used.add(key)
        count -= 1
        if count % 9 == 0 and model is Event:
            places = places_of(row)
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608 - our table
            yield Planted(f"delete {model.__name__}", places)
        else:
            model._default_manager.filter(pk=row.pk).update(**change(row))
            yield Planted(f"change {model.__name__}", places_of(row))


def places_of(row: Any) -> tuple[str, ...]:
    """How a finding names a row."""
    if isinstance(row, Event):
        return (f"row {row.leaf_index}",)
    if isinstance(row, archive.KeptObject):
        return (object_key(row.sha256),)
    return (f"{row._meta.label_lower} {row.pk}",)
