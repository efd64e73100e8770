"""Two sites of the archive: one follows the other, either may be away, and whatever differs is found and healed."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import Event, KeptObject, LocalStore, Lock, Locked, NotFound, Unavailable, object_key
from archive.rebuilding import SiteComparison, TwoSites, WaitingCopy, compare_sites, copy_waiting, note_change
from portal.cli.two_sites import compare as command
from tests.archive.rebuilding.sites import Site
from tests.portal import factories
from workers import Job, store_state, tasks, two_sites, zone, zones

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
UNTIL = NOW + dt.timedelta(days=30)
LATER = UNTIL + dt.timedelta(days=300)


@pytest.fixture
def sites(tmp_path: Path) -> tuple[Site, Site]:
    return Site(tmp_path / "first"), Site(tmp_path / "second")


@pytest.fixture
def both(sites: tuple[Site, Site]) -> TwoSites:
    return TwoSites(lambda: sites[0], lambda: sites[1], lambda key, gone: note_change(key, gone, NOW))


def put(store: Any, data: bytes, until: dt.datetime = UNTIL) -> str:
    """An object of a package, under lock."""
    sha256 = hashlib.sha256(data).hexdigest()
    KeptObject.objects.get_or_create(sha256=sha256, defaults={"size": len(data), "kept_since": NOW})
    store.put(object_key(sha256), data, sha256=sha256, lock=Lock(until))
    return object_key(sha256)


def whole_comparison(sites: tuple[Site, Site]) -> SiteComparison:
    return compare_sites(*sites, lambda: NOW, seconds=60)


def told(run: SiteComparison) -> dict[str, Any]:
    return {one["key"]: one["healed"] for one in run.differences}


def test_what_is_kept_at_the_first_site_soon_lies_at_the_second_under_the_same_lock(both: TwoSites) -> None:
    key = put(both, b"one")
    both.put("log/tile/0/000", b"tile", lock=Lock(UNTIL))
    assert copy_waiting(both.first, both.second, seconds=60) == 2
    kept, copied = both.first.stat(key), both.second.stat(key)
    assert (copied.sha256, copied.retain_until, copied.mode) == (kept.sha256, kept.retain_until, "COMPLIANCE")
    assert both.second.read("log/tile/0/000") == b"tile"
    both.extend_retention(key, kept.version, Lock(LATER))
    both.set_legal_hold(key, kept.version, on=True)
    copy_waiting(both.first, both.second, seconds=60)
    held = both.second.stat(key)
    assert (held.retain_until, held.legal_hold) == (LATER, True)
    assert not WaitingCopy.objects.exists()


def test_a_second_site_that_is_away_holds_up_nothing_and_catches_up(both: TwoSites, sites: tuple[Site, Site]) -> None:
    sites[1].up = False
    keys = [put(both, name.encode()) for name in "abc"]
    with pytest.raises(Unavailable):
        copy_waiting(both.first, both.second, seconds=60)
    assert WaitingCopy.objects.count() == 3
    sites[1].up, sites[1].writes = True, 1  # the line is cut again after one
    with pytest.raises(Unavailable):
        copy_waiting(both.first, both.second, seconds=60)
    assert WaitingCopy.objects.count() == 2
    sites[1].writes = 100
    copy_waiting(both.first, both.second, seconds=60)
    assert [both.second.read(key) for key in keys] == [b"a", b"b", b"c"]
    assert len(both.second.versions(keys[0])) == 1  # nothing twice


def test_while_the_first_site_is_away_the_second_is_read_and_writing_waits(
    both: TwoSites, sites: tuple[Site, Site]
) -> None:
    key = put(both, b"one")
    copy_waiting(both.first, both.second, seconds=60)
    sites[0].up = False
    with both.open(key) as stream:
        assert stream.read() == b"one"
    assert (both.read(key), both.stat(key).size, len(both.versions(key))) == (b"one", 3, 1)
    assert [one.key for one in both.list("sha256/")] == [key]
    with pytest.raises(Unavailable):
        put(both, b"two")
    with pytest.raises(Unavailable):
        both.check_health()
    sites[1].up = False
    with pytest.raises(Unavailable):
        both.read(key)


def test_what_was_removed_after_its_time_is_removed_at_both_and_what_is_locked_stays(both: TwoSites) -> None:
    gone, stays = put(both, b"one"), put(both, b"two")
    copy_waiting(both.first, both.second, seconds=60)
    for site in (both.first, both.second):
        site.store._clock = lambda: LATER  # type: ignore[attr-defined]
    both.second.extend_retention(stays, both.second.stat(stays).version, Lock(LATER + dt.timedelta(days=9)))
    for key in (gone, stays):
        both.delete_version(key, both.first.stat(key).version)
    copy_waiting(both.first, both.second, seconds=60)
    with pytest.raises(NotFound):
        both.second.stat(gone)
    assert both.second.read(stays) == b"two"
    with pytest.raises(Locked):
        both.second.delete_version(stays, both.second.stat(stays).version)


def test_a_comparison_heals_in_either_direction_where_the_digest_proves_it(sites: tuple[Site, Site]) -> None:
    first, second = sites
    only_first, only_second = put(first, b"one"), put(second, b"two")
    unknown = object_key(hashlib.sha256(b"nobody's").hexdigest())
    second.put(unknown, b"nobody's")
    shorter, damaged, swapped = put(first, b"three", LATER), put(first, b"four"), put(first, b"five")
    put(second, b"three"), put(second, b"four"), put(second, b"five")
    first.put(damaged, b"other")
    second.put(swapped, b"other")
    first.put("log/tile/0/001", b"here")
    second.put("log/tile/0/001", b"there")
    second.put("log/tile/0/002", b"tile")
    held = put(first, b"six")
    put(second, b"six")
    second.set_legal_hold(held, second.stat(held).version, on=True)  # a hold is never taken off by a comparison
    run = whole_comparison(sites)
    healed = {only_first, only_second, shorter, damaged, swapped, "log/tile/0/002"}
    assert told(run) == dict.fromkeys(healed, True) | dict.fromkeys((unknown, "log/tile/0/001", held), False)
    assert (run.found, run.healed, bool(run.finished_at)) == (9, 6, True)
    assert (first.read(only_second), second.read(only_first)) == (b"two", b"one")
    assert (first.read(damaged), second.read(swapped), first.read("log/tile/0/002")) == (b"four", b"five", b"tile")
    assert second.stat(shorter).retain_until == LATER
    assert Event.objects.get(kind="sites-compared").details == {"compared": 9, "found": 9, "healed": 6}
    assert set(told(whole_comparison(sites))) == {unknown, "log/tile/0/001", held}


def test_a_comparison_that_was_broken_off_goes_on_and_leaves_alone_what_waits(
    both: TwoSites, sites: tuple[Site, Site]
) -> None:
    put(both, b"waits")
    sites[0].put("journal/rows/1", b"x")
    first = compare_sites(*sites, lambda: NOW, seconds=0)
    assert (first.done, first.finished_at, told(first)) == ("journal/", None, {"journal/rows/1": True})
    second = compare_sites(*sites, lambda: NOW, seconds=60)
    assert (second.pk, bool(second.finished_at), second.found) == (first.pk, True, 1)


def test_the_slices_grow_finer_with_the_archive(sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.rebuilding.site_comparison.SLICE_OBJECTS", 2)
    keys = {put(sites[0], str(number).encode()) for number in range(20)}
    run = whole_comparison(sites)
    assert (set(told(run)), run.found) == (keys, 20)


@pytest.fixture
def second_site(tmp_path: Path, settings: Any) -> Iterator[LocalStore]:
    settings.ARCHIVE_REPLICA = f"file://{tmp_path / 'replica'}"
    zone.cache_clear()
    yield LocalStore(tmp_path / "replica")
    zone.cache_clear()


def test_the_queue_copies_and_the_board_says_how_it_stands(
    second_site: LocalStore, settings: Any, closed_port: int
) -> None:
    there, settings.ARCHIVE_REPLICA = (
        settings.ARCHIVE_REPLICA,
        f"s3://k:secret@127.0.0.1:{closed_port}/archive?secure=0",
    )
    key = object_key(factories.kept(b"one", "archive"))
    tasks.replicate()
    tasks.replicate()  # one job is enough
    job = Job.objects.get(kind="replicate")
    tasks.run_job(job.pk)
    state = store_state()
    assert state.second
    assert (state.second.waiting, state.first_waiting, bool(state.second_why)) == (1, 0, True)
    Job.objects.update(state="running")  # a worker looks whether the site is back; nothing is known yet
    assert store_state().second_why == state.second_why
    Job.objects.update(state="queued")
    settings.ARCHIVE_REPLICA = there
    Job.objects.update(not_before=None)
    tasks.run_job(job.pk)
    assert second_site.read(key) == b"one"
    state = store_state()
    assert state.second
    assert (state.second.waiting, state.second_why) == (0, "")
    second_site.put(key, b"other")
    done = CliRunner().invoke(command, ["--json"], standalone_mode=False, catch_exceptions=False)
    assert (done.return_value, json.loads(done.output)["healed"], second_site.read(key)) == (0, 1, b"one")
    assert two_sites.compare_daily() is None  # once a day
    zones.archive_site()
    state = store_state()
    assert state.second
    assert state.second.compared_at


def test_without_a_second_site_nothing_waits_for_one(settings: Any) -> None:
    settings.ARCHIVE_REPLICA = ""
    factories.kept(b"one", "archive")
    tasks.replicate()
    assert not WaitingCopy.objects.exists()
    assert store_state().second is None
    done = CliRunner().invoke(command, [], standalone_mode=False)
    assert "YIDANG_ARCHIVE_REPLICA" in str(done.exception)
