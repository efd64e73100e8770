"""Seals a second of one process: ours beside pyHanko alone and the bare key, by where the key lies, kind and level.

Each contender runs in a process of its own, one after another, on the same permit with the same picture, the same
timestamp authority (in the process) and the same revocation lists. Ours finds the place of the seal in the page, as
when issuing, unless it says "place given"; pyHanko is told it. What each made last is judged: it must be valid, and of
the level it is counted as.
"""

import concurrent.futures
import dataclasses
import datetime as dt
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.sealing_ground import KINDS, PLACES, Ground, NotHere, prepare_ground

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
WHO = ("ours", "ours, place given", "pyHanko", "key alone")
NO_LEVEL = "-"
WARM_UP = 1
"""Seals made before the count starts: modules, fonts and the key are loaded."""
KEY_FACTOR = 10
"""The bare key is so much faster that it is asked more often."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealTiming:
    """Seconds a seal took, by the clock and of the processor: medians over `seals`."""

    place: str
    kind: str
    who: str
    level: str
    seals: int
    wall: float
    cpu: float


@dataclasses.dataclass(frozen=True, slots=True)
class SealingResult:
    """All timings, and what was left out, with the reason."""

    timings: tuple[SealTiming, ...]
    left_out: tuple[str, ...]

    def of(self, place: str, kind: str, who: str, level: str) -> SealTiming | None:
        """One timing; None where it was left out."""
        wanted = (place, kind, who, level)
        return next((one for one in self.timings if (one.place, one.kind, one.who, one.level) == wanted), None)


def run_sealing(seals: int, *, step: Callable[[str], None] = lambda _: None) -> SealingResult:
    """Measure every contender with `seals` seals of each level."""
    timings: list[SealTiming] = []
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="yidang-bench-seal-") as name:
        ground = prepare_ground(Path(name))
        for place in PLACES:
            for kind in KINDS:
                for who in WHO:
                    step(f"{place} {kind} {who}")
                    try:
                        timings += in_own_process(_measure, ground, place, kind, who, seals)
                    except NotHere as reason:
                        left_out.append(f"{place} {kind} {who}: {reason}")
    return SealingResult(tuple(timings), tuple(left_out))


def in_own_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run in a fresh process: nothing of ours is loaded there, no token open."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments).result()


def _measure(ground: Ground, place: str, kind: str, who: str, seals: int) -> list[SealTiming]:
    found = []
    for level, act in _acts(ground, place, kind, who):
        times, last = [], b""
        for number in range(WARM_UP + (seals * KEY_FACTOR if level == NO_LEVEL else seals)):
            wall, cpu = time.perf_counter(), time.process_time()
            last = act()
            if number >= WARM_UP:
                times.append((time.perf_counter() - wall, time.process_time() - cpu))
        if level != NO_LEVEL:
            ground.check(last, level)
        middle = [statistics.median(column) for column in zip(*times, strict=True)]
        found.append(SealTiming(place, kind, who, level, len(times), *middle))
    return found


def _acts(ground: Ground, place: str, kind: str, who: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What a contender does for each level, ready to be done again and again."""
    if who == "key alone":
        key = ground.key(place, kind)
        yield NO_LEVEL, lambda: key.sign(bytes(200), "sha256")
    elif who == "pyHanko":
        from bench.sealing_pyhanko import pyhanko_acts

        yield from pyhanko_acts(ground, place, kind)
    else:
        yield from _our_acts(ground, place, kind, given=who != "ours")


def _our_acts(ground: Ground, place: str, kind: str, *, given: bool) -> Iterator[tuple[str, Callable[[], bytes]]]:
    from signing import find_anchor, preserve_pdf, seal_pdf

    key, tsa, roots, lists = ground.key(place, kind), ground.tsa(), ground.roots(), ground.crls()
    pdf, order = ground.permit.read_bytes(), ground.order()
    anchor = find_anchor(pdf) if given else None

    def seal(level: str) -> bytes:
        now = dt.datetime.now(dt.UTC)
        sealed = seal_pdf(pdf, key, tsa=None if level == "B-B" else tsa, now=now, anchor=anchor, **order)
        if level in ("B-B", "B-T"):
            return sealed
        return preserve_pdf(sealed, roots, lists, tsa=tsa if level == "B-LTA" else None, now=now)

    for level in LEVELS:
        yield level, lambda level=level: seal(level)  # type: ignore[misc]  # a default binds it now
