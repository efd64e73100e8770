"""A mixed pile: the papers of one project as one file, its pages in any order and lying in any way."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from catalogue import load_catalogue
from samples.ageing import Rotate
from samples.materials import TYPES
from samples.piles_drawn import first_world, sound_order
from samples.piles_forms import form_of
from samples.piles_orders import DocumentOrder, Shelf, sound_pages

PAGES = 40
"""Of a pile, as near as whole documents allow."""

WAYS: tuple[Rotate, ...] = (0, 90, 180, 270)
_UPRIGHT = 0.55
"""Share of pages that lie upright; the others lie in the three other ways alike."""

_SEVERAL = 5
"""Documents of more than one page that a pile has at least."""

MIXED_WORLDS = 2
"""Cities that the mixed piles of one run of seeds (`RUN`) are drawn from."""


@dataclasses.dataclass(frozen=True, slots=True)
class MixedPage:
    """A page of a mixed pile: its picture, which document it is of (from 0), of what type, and which of its pages."""

    picture: Path
    document: int
    material: str
    page: int
    rotation: Rotate


def draw_mixed(
    seed: int, shelf: Shelf, *, pages: int = PAGES, shuffled: bool = True, turned: bool = True
) -> tuple[MixedPage, ...]:
    """The pages of a mixed pile in the order in which they lie; the same seed gives the same pages.

    No type comes twice: a pile is of one project. How a page lies is decided by the page alone, so that piles share
    pictures. `shuffled` False leaves documents together and their pages in order, one document after another;
    `turned` False lays every page upright.
    """
    rng = np.random.default_rng((seed, 0x3C5D))
    world = first_world(seed, MIXED_WORLDS) + int(rng.integers(MIXED_WORLDS))
    found = []
    for at, (order, count) in enumerate(_documents(world, pages, rng)):
        for n in range(1, count + 1):
            way = _way(order, n) if turned else WAYS[0]
            picture = shelf.page(dataclasses.replace(order, rotate=way), n)
            found.append(MixedPage(picture, at, order.material, n, way))
    return tuple(found[int(n)] for n in rng.permutation(len(found))) if shuffled else tuple(found)


def write_mixed(pages: Sequence[MixedPage], path: Path) -> Path:
    """All pages as one PDF of pictures."""
    import img2pdf

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(img2pdf.convert([str(page.picture) for page in pages], nodate=True))
    return path


def _documents(world: int, pages: int, rng: np.random.Generator) -> list[tuple[DocumentOrder, int]]:
    long = [str(code) for code in rng.permutation(_long())][:_SEVERAL]
    rest = [str(code) for code in rng.permutation(TYPES) if code not in long]
    chosen: list[tuple[DocumentOrder, int]] = []
    left = pages
    for code in (*long, *rest):
        order = dataclasses.replace(sound_order(world, code), side="scan")
        count = len(sound_pages(order.world, code))
        if count <= left:
            chosen.append((order, count))
            left -= count
    return chosen


def _way(order: DocumentOrder, page: int) -> Rotate:
    """How that page of a document lies."""
    rng = np.random.default_rng([page, *order.key.encode()])
    return WAYS[0] if rng.random() < _UPRIGHT else WAYS[1 + int(rng.integers(3))]


@functools.cache
def _long() -> tuple[str, ...]:
    """Types whose papers have several pages."""
    world = sound_order(0, TYPES[0]).world
    several = (kind.code for kind in load_catalogue().material_types() if _may_be_long(kind.code))
    return tuple(code for code in several if len(sound_pages(world, code)) > 1)


def _may_be_long(code: str) -> bool:
    return any("break" in block for block in form_of(code).blocks if isinstance(block, dict)) or code in TYPES
