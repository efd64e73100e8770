"""How mixed files are cut: the share of pages filed under the right material and in the right document."""

import dataclasses
import functools
import multiprocessing
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.measuring import cores
from bench.piles_reading import KeptReadings
from ingest import sort_documents
from ocr import PageReading, load_engine
from samples import MixedPage, Shelf, draw_mixed

MIXED_SEED = 400
"""Of the first mixed pile; each further one has the next number."""


@dataclasses.dataclass(frozen=True, slots=True)
class MixedResult:
    """Of all piles together: pages, those filed under their material, those in their document, and those unplaced.

    A page is in its document when most pages of what it was filed with are of that document. `later` and
    `later_right` are pages that are not the first of their document, which a title does not tell. `wrong` tells what
    happened to the others: material, page, what it was filed under.
    """

    piles: int
    pages: int
    filed: int
    joined: int
    unplaced: int
    later: int
    later_right: int
    torn: int
    wrong: Counter[tuple[str, int, str]]

    def __add__(self, other: "MixedResult") -> "MixedResult":
        """The figures of both together."""
        names = [field.name for field in dataclasses.fields(self)]
        return MixedResult(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclasses.dataclass(frozen=True, slots=True)
class MixedOrder:
    """What is to be measured: how many piles from which seed, and how their pages lie; `kept` as in `PilesOrder`."""

    piles: int
    weights_dir: Path
    kept: Path
    seed: int = MIXED_SEED
    shuffled: bool = True
    turned: bool = True


def run_mixed(order: MixedOrder, step: Callable[[int], None] = lambda _: None) -> MixedResult:
    """Draw the piles, read each page once, sort each pile, and count; `step` is told of each page read."""
    read: dict[Path, PageReading] = {}
    with ProcessPoolExecutor(
        cores(), multiprocessing.get_context("spawn"), _begin, (order.weights_dir, order.kept)
    ) as pool:
        drawn = list(pool.map(functools.partial(_draw, order), range(order.piles)))
        pictures = sorted({page.picture for pile in drawn for page in pile})
        for picture, reading in zip(pictures, pool.map(_read, pictures), strict=True):
            read[picture] = reading
            step(1)
    judged = [judge_mixed(pile, [read[page.picture] for page in pile]) for pile in drawn]
    return functools.reduce(operator.add, judged)


def judge_mixed(pile: Sequence[MixedPage], readings: Sequence[PageReading]) -> MixedResult:
    """The figures of one pile whose pages were read."""
    numbered = [dataclasses.replace(reading, number=n) for n, reading in enumerate(readings, 1)]
    home: dict[int, tuple[str, int]] = {}
    documents = sort_documents(numbered)
    unplaced = 0
    for document in documents:
        owners = Counter(pile[n - 1].document for n in document.pages)
        unplaced += len(document.pages) if not document.type else 0
        home |= {n: (document.type, owners.most_common(1)[0][0]) for n in document.pages}
    right = [home[n][0] == page.material for n, page in enumerate(pile, 1)]
    joined = [home[n][1] == page.document and right[n - 1] for n, page in enumerate(pile, 1)]
    later = [n for n, page in enumerate(pile) if page.page > 1]
    wrong = Counter((page.material, page.page, home[n][0]) for n, page in enumerate(pile, 1) if not joined[n - 1])
    torn = len(documents) - len({page.document for page in pile})
    return MixedResult(
        1,
        len(pile),
        sum(right),
        sum(joined),
        unplaced,
        len(later),
        sum(joined[n] for n in later),
        abs(torn),
        wrong,
    )


def mixed_lines(result: MixedResult) -> Iterator[str]:
    """The figures as text."""
    yield f"{result.piles} mixed piles of {result.pages} pages"
    yield f"filed under their material: {result.filed} ({100 * result.filed / max(1, result.pages):.1f} %)"
    yield f"and in their document: {result.joined} ({100 * result.joined / max(1, result.pages):.1f} %)"
    yield f"later pages of documents: {result.later_right} of {result.later}"
    yield f"said to be unplaced: {result.unplaced}; documents too many or too few: {result.torn}"
    for (material, page, filed), n in result.wrong.most_common():
        yield f"  {material} page {page} under {filed or 'none'}: {n}"


_reader: list[KeptReadings] = []


def _begin(weights_dir: Path, kept: Path) -> None:
    engine: Any = load_engine("paddle", tier="tiny", weights_dir=weights_dir)
    _reader.append(KeptReadings(kept / "readings", engine))


def _draw(order: MixedOrder, number: int) -> tuple[MixedPage, ...]:
    shelf = Shelf(order.kept / "documents")
    return draw_mixed(order.seed + number, shelf, shuffled=order.shuffled, turned=order.turned)


def _read(picture: Path) -> PageReading:
    return _reader[0].of(picture).pages[0]
