"""双址比对: both sites listed side by side, slice by slice. What differs is named, and healed where one is right.

A key that is the digest of its bytes proves them. Where it is not (log, journal), the site whose bytes agree with their
own record is right if the other's do not; where both do, people decide. A comparison may be broken off at any moment:
the next run goes on with the slice it was in.
"""

import contextlib
import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterator

from archive.digests import digest_stream, is_sha256
from archive.events import append_event
from archive.models import KeptObject
from archive.rebuilding.copying import SitesDiffer, copies_waiting, copy_key, follow_lock
from archive.rebuilding.models import SiteComparison, WaitingCopy
from archive.store import BadDigest, Lock, NotFound, ObjectStore, StoreError, Version

OBJECTS = "sha256/"
SERIES = ("journal/", "log/")
"""What lies beside the objects; trials of the lock (`probe/`) are each site's own."""
SLICE_OBJECTS = 4000
"""Objects in a slice, about: some seconds of requests, and little to do again after a break."""
DIFFERENCES_TOLD = 200
COMPARED_EVENT = "sites-compared"


@dataclasses.dataclass(frozen=True, slots=True)
class SiteFigures:
    """How the second site stands, for the board: changes that wait, since when, and the newest whole comparison."""

    waiting: int
    oldest: dt.datetime | None
    compared_at: dt.datetime | None
    compared: int
    found: int
    healed: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Pair:
    key: str
    first: Version | None
    second: Version | None


def compare_sites(
    first: ObjectStore,
    second: ObjectStore,
    now: Callable[[], dt.datetime],
    *,
    seconds: float,
    on_progress: Callable[[int, int], None] = lambda *_: None,
) -> SiteComparison:
    """Go on with the comparison that is open, or begin one; `finished_at` is set where it came to its end.

    At least one slice is done, however long it takes. What waits to be copied is left to the copying.

    Raises:
        Unavailable: a site is away; the next run goes on.
    """
    run = SiteComparison.objects.filter(finished_at=None).last() or SiteComparison.objects.create(started_at=now())
    end = time.monotonic() + seconds
    for prefix in [one for one in _slices() if one > run.done]:
        _compare_slice(run, first, second, prefix)
        run.done = prefix
        run.save()
        on_progress(run.compared, run.found)
        if time.monotonic() > end:
            return run
    run.finished_at = now()
    run.save()
    if run.found:
        details = {"compared": run.compared, "found": run.found, "healed": run.healed}
        append_event(COMPARED_EVENT, details=details, now=run.finished_at)
    return run


def site_figures() -> SiteFigures:
    """How the second site stands, without asking it."""
    waiting, oldest = copies_waiting()
    last = SiteComparison.objects.exclude(finished_at=None).last()
    if last is None:
        return SiteFigures(waiting, oldest, None, 0, 0, 0)
    return SiteFigures(waiting, oldest, last.finished_at, last.compared, last.found, last.healed)


def _slices() -> list[str]:
    """Prefixes in key order that part the archive: finer the more it holds."""
    digits = 0
    while 16**digits * SLICE_OBJECTS < KeptObject.objects.count() and digits < 4:  # noqa: PLR2004 - two folders of two
        digits += 1
    numbers = [f"{number:0{digits}x}" if digits else "" for number in range(16**digits)]
    return [*SERIES, *(f"{OBJECTS}{one[:2]}{'/' if len(one) > 2 else ''}{one[2:]}" for one in numbers)]  # noqa: PLR2004 - as `object_key` parts them


def _compare_slice(run: SiteComparison, first: ObjectStore, second: ObjectStore, prefix: str) -> None:
    waiting = set(WaitingCopy.objects.filter(key__startswith=prefix).values_list("key", flat=True))
    for pair in _side_by_side(first.list(prefix), second.list(prefix)):
        run.compared += 1
        what = _difference(pair)
        if not what or pair.key in waiting:
            continue
        healed = _heal(pair, first, second)
        run.found, run.healed = run.found + 1, run.healed + healed
        if len(run.differences) < DIFFERENCES_TOLD:
            run.differences.append({"key": pair.key, "what": what, "healed": healed})


def _side_by_side(ones: Iterator[Version], others: Iterator[Version]) -> Iterator[_Pair]:
    """Both listings in the order of their keys, in one."""
    one, other = next(ones, None), next(others, None)
    while one or other:
        key = min(version.key.encode() for version in (one, other) if version).decode()
        mine = one if one and one.key == key else None
        theirs = other if other and other.key == key else None
        yield _Pair(key, mine, theirs)
        one = next(ones, None) if mine else one
        other = next(others, None) if theirs else other


def _difference(pair: _Pair) -> str:
    """In what way the sites differ; "" where they do not."""
    one, other = pair.first, pair.second
    if other is None:
        return "missing at the second site"
    if one is None:
        return "only at the second site"
    if (one.size, one.sha256) != (other.size, other.sha256):
        return f"{one.size} bytes {one.sha256} at the first site, {other.size} bytes {other.sha256} at the second"
    if one.retain_until != other.retain_until:
        return f"locked until {one.retain_until} at the first site, {other.retain_until} at the second"
    if one.legal_hold != other.legal_hold:
        return f"held at the {'first' if one.legal_hold else 'second'} site only"
    return ""


def _heal(pair: _Pair, first: ObjectStore, second: ObjectStore) -> bool:
    """Bring both to the same, where it is certain which; False where it is not, or could not be done."""
    one, other = pair.first, pair.second
    with contextlib.suppress(NotFound, BadDigest, SitesDiffer):
        if other is None:
            return _is_right(first, pair.key) and copy_key(first, second, pair.key)
        if one is None:
            return _belongs(pair.key) and _is_right(second, pair.key) and copy_key(second, first, pair.key)
        if (one.size, one.sha256) == (other.size, other.sha256):
            return _heal_lock(one, other, first, second)
        return _heal_bytes(one, other, first, second)
    return False


def _heal_lock(one: Version, other: Version, first: ObjectStore, second: ObjectStore) -> bool:
    """The longer lock holds at both, and a hold of the first; one that only the second has is left to people."""
    changed = False
    if other.retain_until and (one.retain_until is None or one.retain_until < other.retain_until):
        changed = follow_lock(dataclasses.replace(other, legal_hold=one.legal_hold), first, one)
    if other.legal_hold and not one.legal_hold:
        return False
    return follow_lock(one, second, other) or changed


def _heal_bytes(one: Version, other: Version, first: ObjectStore, second: ObjectStore) -> bool:
    right = (_is_right(first, one.key), _is_right(second, one.key))
    if right == (True, False):
        return _put_over(first, one, second)
    return right == (False, True) and _put_over(second, other, first)


def _is_right(store: ObjectStore, key: str) -> bool:
    """Whether the bytes are what the key, or else their own record, says."""
    name = key.rpartition("/")[2]
    try:
        if not (key.startswith(OBJECTS) and is_sha256(name)):
            return store.verify(key)
        with contextlib.closing(store.open(key)) as stream:
            return digest_stream(stream).sha256 == name
    except (NotFound, BadDigest):
        return False


def _belongs(key: str) -> bool:
    """Whether the first site must have it: objects of packages, and what is never removed."""
    return not key.startswith(OBJECTS) or KeptObject.objects.filter(sha256=key.rpartition("/")[2]).exists()


def _put_over(right: ObjectStore, version: Version, wrong: ObjectStore) -> bool:
    lock = None
    if version.retain_until and version.retain_until > dt.datetime.now(dt.UTC):
        lock = Lock(version.retain_until, version.mode or "COMPLIANCE")
    try:
        with contextlib.closing(right.open(version.key)) as stream:
            wrong.put(
                version.key,
                stream,
                sha256=version.sha256 or None,
                content_type=version.content_type,
                metadata=version.metadata,
                lock=lock,
                legal_hold=version.legal_hold,
            )
    except StoreError as error:
        if error.code == "store-unavailable":
            raise
        return False
    return True
