"""The completeness check on drawn piles with planted defects: `yidang bench piles`."""

import dataclasses
import datetime as dt
import functools
import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.measuring import cores
from bench.piles_reading import KeptReadings
from bench.piles_scoring import Outcome, found_in
from catalogue import load_catalogue
from ingest import CaseFacts, check_documents
from ocr import load_engine
from samples import DrawnPile, Shelf, draw_pile

SEED = 7000
"""Of the first pile; each further one has the next number."""


@dataclasses.dataclass(frozen=True, slots=True)
class PilesOrder:
    """What is to be measured: how many piles, of which items in turn (empty: all), and where what was made is kept."""

    piles: int
    items: tuple[str, ...]
    weights_dir: Path
    kept: Path
    seed: int = SEED
    processes: int = dataclasses.field(default_factory=cores)


@dataclasses.dataclass(frozen=True, slots=True)
class PilesResult:
    """Everything that one run found; `pages` were really read, the others kept from before."""

    outcomes: tuple[Outcome, ...]
    items: tuple[str, ...]
    pages: int


def run_piles(order: PilesOrder, step: Callable[[int], None] = lambda _: None) -> PilesResult:
    """Draw the piles, read and check each in as many processes as there are cores; `step` is told of each."""
    items = order.items or tuple(item.code for item in load_catalogue().items())
    jobs = [(order, items[n % len(items)], order.seed + n) for n in range(order.piles)]
    outcomes, pages = [], 0
    for outcome, read in _each(jobs, order.processes):
        outcomes.append(outcome)
        pages += read
        step(1)
    return PilesResult(tuple(outcomes), items, pages)


def _each(jobs: Sequence[Any], processes: int) -> Iterator[tuple[Outcome, int]]:
    if processes == 1:
        yield from map(_one, jobs)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_one, jobs, chunksize=1)


def judge(pile: DrawnPile, readings: KeptReadings) -> Outcome:
    """Read and check the pile as `yidang check` does, with the facts of its case."""
    catalogue = load_catalogue()
    documents = []
    for path in pile.files:
        documents += readings.of(path).presented()
    report = check_documents(
        catalogue,
        catalogue.item(pile.item),
        documents,
        facts=facts_of(pile),
        today=pile.today,
        answers=pile.answers,
    ).to_json()
    return Outcome(pile.item, pile.seed, pile.planted, found_in(report), pile.verdict, report["verdict"])


def facts_of(pile: DrawnPile) -> CaseFacts:
    """What the case of the pile knows."""
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in pile.facts.items()
    }
    if due := facts.pop("decision_due_on", None):
        facts["decision_due_on"] = dt.date.fromisoformat(due)
    return CaseFacts(**facts)


def _one(job: tuple[PilesOrder, str, int]) -> tuple[Outcome, int]:
    order, code, seed = job
    folder = order.kept / "piles" / f"{code}-{seed}"
    pile = draw_pile(load_catalogue().item(code), seed, folder, Shelf(order.kept / "documents"))
    readings = _readings(order.weights_dir, order.kept)
    before = readings.read
    outcome = judge(pile, readings)
    shutil.rmtree(folder)
    return outcome, readings.read - before


@functools.cache
def _readings(weights_dir: Path, kept: Path) -> KeptReadings:
    return KeptReadings(kept / "readings", load_engine("paddle", tier="tiny", weights_dir=weights_dir))


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The piles in which something was missed, falsely found or wrongly judged."""
    return [one for one in outcomes if one.missed or one.false or one.verdict not in {None, one.judged}]
