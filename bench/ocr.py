"""`yidang bench ocr`: how well and how fast pages are read, ours beside named peers, on pages whose text is known.

Every engine runs in fresh processes, so that memory is its own and nothing is warm from another.
"""

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.comparing import Comparison, Step, SubjectRead, compare, scored
from bench.engines import CONTENDERS, OURS
from bench.measuring import cores, measure
from bench.pages import SetName, Subject, spread
from bench.sets import gather
from bench.understanding import Understanding, found_turned, lay_turned, understand

TURNED_PAGES = 16
"""Pages that are laid in all four ways: 64 readings, half a minute on two cores."""

SEED = 2026
"""Decides what the sample forms say and how they are worn. Tuning uses others."""


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What is to be measured: sets, pages that every engine reads (0 for all), engines, threads, and where things lie.

    `documents` bounds our own forms that only ours reads (pages, 0 for all); `report` is the folder of the report
    page, None for none.
    """

    sets: tuple[SetName, ...]
    weights_dir: Path
    corpora: Path
    pages: int = 12
    documents: int = 0
    engines: tuple[str, ...] = tuple(CONTENDERS)
    threads: int = 1
    seed: int = SEED
    report: Path | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """Everything that one run found. `reads` are all documents as ours read them."""

    comparison: Comparison
    reads: tuple[SubjectRead, ...]
    understanding: Understanding
    left_out: tuple[str, ...]


def run(order: Order, *, step: Step = lambda _what, _pages: None) -> Result:
    """Measure and score as ordered, and write the report page if one is wanted.

    Raises `EngineFailed` where an engine's process died.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-bench-") as name:
        folder = Path(name)
        gathered = gather(order.sets, folder, order.corpora, seed=order.seed, step=lambda _: step("documents", 1))
        every = spread(gathered.subjects, order.documents)
        return _measured(order, every, gathered.left_out, folder, step)


def _measured(order: Order, every: Sequence[Subject], left_out: tuple[str, ...], folder: Path, step: Step) -> Result:
    shared = spread(every, order.pages)
    comparison = compare(order.engines, shared, order.weights_dir, threads=order.threads, step=step)
    if comparison.of(OURS) is None:
        return Result(comparison, (), Understanding((), (), ()), left_out)
    names = {subject.name for subject in shared}
    rest = [subject for subject in every if subject.name not in names]
    laid = lay_turned(spread(every, TURNED_PAGES), folder)
    images = [image for subject in rest for image in subject.images]
    again = measure(
        OURS,
        [*images, *(path for path, _ in laid)],
        order.weights_dir,
        processes=cores(),
        on_page=lambda pages: step("all pages", pages),
    )
    ours = comparison.of(OURS)
    reads = (*(ours.subjects if ours else ()), *scored(rest, again.pages[: len(images)]))
    turned = found_turned(laid, again.pages[len(images) :])
    return Result(comparison, reads, understand(reads, turned), left_out)
