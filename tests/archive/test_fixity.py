"""Fixity: damage is found where it is, once, within bounds, and healed from the second site."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import (
    Event,
    KeptObject,
    LocalStore,
    Lock,
    Unavailable,
    check_fixity,
    fixity_figures,
    object_key,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=3650)


class Clock:
    """A minute later at every look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(minutes=1)
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "archive")


@pytest.fixture
def replica(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "second")


def keep(count: int, *stores: LocalStore, size: int = 40) -> list[str]:
    kept = []
    for number in range(count):
        data = f"object {number}".ljust(size).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        for store in stores:
            store.put(object_key(sha256), data, sha256=sha256, lock=Lock(UNTIL))
        KeptObject.objects.create(sha256=sha256, size=len(data), kept_since=NOW)
        kept.append(sha256)
    return kept


def bytes_of(store: LocalStore, sha256: str) -> Path:
    """The file on the disk: what rots."""
    version = store.stat(object_key(sha256)).version
    return next(store._root.rglob(f"{version}.bin"))


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def swap(file: Path) -> None:
    file.write_bytes(b"somebody else's".ljust(file.stat().st_size))


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")


def run(store: LocalStore, clock: Clock | None = None, **options: object):  # type: ignore[no-untyped-def]
    bounds = {"seconds": 60, "most_bytes": 1 << 30, **options}
    return check_fixity(store, clock or Clock(), **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize("spoil", [flip, cut, swap, lengthen, Path.unlink])
def test_every_kind_of_damage_is_found_once_and_no_other(store: LocalStore, spoil: Callable[[Path], None]) -> None:
    kept, clock = keep(20, store), Clock()
    chosen = random.Random(3).sample(kept, 4)  # noqa: S311
    for sha256 in chosen:
        spoil(bytes_of(store, sha256))
    found = run(store, clock)
    assert (found.checked, sorted(found.damaged), found.whole) == (20, sorted(chosen), True)
    assert set(KeptObject.objects.exclude(state="sound").values_list("sha256", flat=True)) == set(chosen)
    assert Event.objects.filter(kind="object-damaged").count() == 4
    assert run(store, clock).checked == 20
    assert Event.objects.count() == 4  # told once


def test_an_object_whose_record_is_gone_is_missing(store: LocalStore) -> None:
    (sha256,) = keep(1, store)
    file = bytes_of(store, sha256)
    file.with_suffix(".json").unlink()
    assert run(store).damaged == [sha256]
    assert KeptObject.objects.get().state == "missing"


def test_damage_is_healed_from_the_second_site_and_both_are_told(store: LocalStore, replica: LocalStore) -> None:
    kept, clock = keep(5, store, replica), Clock()
    flip(bytes_of(store, kept[1]))
    bytes_of(store, kept[2]).unlink()
    flip(bytes_of(store, kept[3]))
    flip(bytes_of(replica, kept[3]))  # both sites: nothing to heal from
    found = run(store, clock, replica=replica)
    assert (set(found.damaged), set(found.healed)) == ({kept[1], kept[2], kept[3]}, {kept[1], kept[2]})
    assert store.verify(object_key(kept[1]))
    assert store.stat(object_key(kept[1])).retain_until == UNTIL
    assert KeptObject.objects.exclude(state="sound").get().sha256 == kept[3]
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert sorted(kinds) == ["object-damaged", "object-healed", "object-healed"]
    assert run(store, clock, replica=replica).damaged == [kept[3]]


def test_a_run_is_bounded_and_the_next_goes_on_with_the_oldest(store: LocalStore) -> None:
    keep(10, store, size=100)
    clock = Clock()
    seen: list[int] = []
    for _ in range(4):
        found = run(store, clock, most_bytes=300)
        seen.append(found.checked)
        assert not found.whole or len(seen) == 4
    assert seen == [3, 3, 3, 3]  # the last takes the one that is left, and then the two read longest ago
    figures = fixity_figures()
    assert (figures.objects, figures.unchecked, figures.faulty, figures.size) == (10, 0, 0, 1000)
    assert run(store, clock, seconds=-1).checked == 1


def test_one_object_larger_than_the_bound_does_not_stop_the_round(store: LocalStore) -> None:
    keep(3, store, size=1000)
    assert run(store, most_bytes=10).checked == 1


def test_a_store_that_is_away_loses_nothing_of_what_was_read(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(5, store)
    opened = store.open
    left = iter(range(3))

    def away(key: str, version: str | None = None):  # type: ignore[no-untyped-def]
        if next(left, None) is None:
            raise Unavailable("the store cannot be reached")
        return opened(key, version)

    monkeypatch.setattr(store, "open", away)
    with pytest.raises(Unavailable):
        run(store)
    assert KeptObject.objects.exclude(checked_at=None).count() == 3
    assert not KeptObject.objects.exclude(state="sound").exists()
