"""Which ink of one version the other lacks, and where: tolerant to thicker lines, paler print, dust and grain."""

import dataclasses
import itertools
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.sheets.registering import Grey

Mask = NDArray[np.uint8]
Darkness = NDArray[np.uint8]

STRONG = 0.7
"""Brightness over that of the paper around below which there is ink."""

SOFT = 1.1
"""Blur in pixels at working size before the two are compared: edges and grain differ from scan to scan."""

DIFFERS = 0.30
"""Difference of the two, of the darkness of the tile's own ink, from which a pixel counts as changed. A stroke of a
digit that is not there leaves 0.5 and more, a line half a pixel beside its place 0.2."""

DOZEN = 12
"""Pixels of a tile that have to be so dark for its ink to count as that dark: no speck of dust is so large."""

PALE = 0.25
"""Darkness below which nothing in a tile is ink: paper, shadows, show-through."""

SHIFT = 4
"""Pixels at working size (0.5 mm at 200 dpi) by which a tile may lie beside its place as a whole. So a line that a
feeder stretched is no change, while a digit that became another stays one however it is laid."""

TILE = 64
"""Side of a tile in pixels: a word or two of the smallest print."""

GROUP = 22
"""Pixels at working size (2.8 mm at 200 dpi): changes nearer than that are one place to look at."""

LEAST_INK = 14
"""Pixels of changed ink of a place. A digit of 2.5 mm that changed leaves 25 and more; grain and edges a few."""

SPECK = 9
"""Pixels (1.1 mm at 200 dpi): a lone blot no larger is dust; a point of a decimal number has its digits beside it."""

PaperSide = Literal["added", "removed", "changed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Spot:
    """A changed place at working size: left, top, right, bottom, and pixels of ink that went and that came."""

    box: tuple[int, int, int, int]
    gone: int
    come: int

    @property
    def kind(self) -> PaperSide:
        """Whether there is more, less, or something else."""
        return "removed" if not self.come else "added" if not self.gone else "changed"


@dataclasses.dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a picture: how dark each pixel is against the paper around, softened; and what surely is ink."""

    dark: Darkness
    strong: Mask


def ink_of(picture: Grey) -> Ink:
    """The ink of a picture, against the paper around it, whatever the light."""
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    height, width = picture.shape
    light = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    share = cv2.divide(picture, light, scale=255)
    dark = cv2.GaussianBlur(255 - share, (0, 0), SOFT)
    return Ink(cast("Darkness", dark), (share < round(STRONG * 255)).astype(np.uint8))


def changes(old: Ink, new: Ink) -> tuple[Mask, Mask]:
    """What ink of the old the new lacks, and what ink of the new the old lacks, tile by tile as each lies best."""
    height, width = old.dark.shape
    gone, come = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    for top, left in itertools.product(range(SHIFT, height - SHIFT, TILE), range(SHIFT, width - SHIFT, TILE)):
        box = (top, min(height - SHIFT, top + TILE), left, min(width - SHIFT, left + TILE))
        here = slice(box[0], box[1]), slice(box[2], box[3])
        contrast = min(_contrast(old, here), _contrast(new, here)) or max(_contrast(old, here), _contrast(new, here))
        if contrast:
            gone[here], come[here] = _as_it_lies_best(old.dark, new.dark, box, DIFFERS * contrast)
    return gone, come


def _contrast(ink: Ink, tile: tuple[slice, slice]) -> float:
    """How dark the ink of a tile is, 0 to 255; 0 where it has none."""
    pixels = ink.dark[tile].ravel()
    rank = min(DOZEN, pixels.size)  # the last tile of a picture may have fewer
    darkest = float(np.partition(pixels, -rank)[-rank])
    return darkest if darkest >= PALE * 255 else 0.0


def _as_it_lies_best(old: Darkness, new: Darkness, box: tuple[int, int, int, int], least: float) -> tuple[Mask, Mask]:
    """What changed in a tile when the new is moved so that the least does; the least move among equals."""
    y0, y1, x0, x1 = box
    here = old[y0:y1, x0:x1].astype(np.int16)
    best: tuple[int, NDArray[np.int16]] | None = None
    for dy, dx in _MOVES:
        away = here - new[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
        count = int(np.count_nonzero(np.abs(away) >= least))
        if best is None or count < best[0]:
            best = count, away
        if not count:
            break
    if best is None:
        raise ValueError("there is always a move: none at all")
    return (best[1] >= least).astype(np.uint8), (best[1] <= -least).astype(np.uint8)


_MOVES = sorted(
    itertools.product(range(-SHIFT, SHIFT + 1), repeat=2), key=lambda move: (move[0] ** 2 + move[1] ** 2, move)
)


def spots(old: Ink, new: Ink, gone: Mask, come: Mask) -> list[Spot]:
    """The places where ink changed, near ones in one, dust left out; from the top left."""
    both = gone | come
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        cast("Mask", cv2.dilate(both, np.ones((GROUP, GROUP), np.uint8))), connectivity=8
    )
    found = []
    for label in range(1, count):
        x, y, w, h = (int(v) for v in stats[label, :4])
        mine = labels[y : y + h, x : x + w] == label
        here = [int((part[y : y + h, x : x + w] * mine).sum()) for part in (gone, come)]
        if sum(here) < LEAST_INK:
            continue
        box = _tight(both[y : y + h, x : x + w] * mine, x, y)
        if not _is_speck(box, old, new):
            found.append(Spot(box, *here))
    return _joined(found)


def _tight(mask: NDArray[np.uint8], left: int, top: int) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def _is_speck(box: tuple[int, int, int, int], old: Ink, new: Ink) -> bool:
    """Whether it is small and alone: no other ink of either version within a letter's width."""
    x0, y0, x1, y1 = box
    if max(x1 - x0, y1 - y0) > SPECK:
        return False
    near = slice(max(0, y0 - GROUP), y1 + GROUP), slice(max(0, x0 - GROUP), x1 + GROUP)
    own = (slice(max(0, y0 - SHIFT), y1 + SHIFT), slice(max(0, x0 - SHIFT), x1 + SHIFT))
    return all(int(ink.strong[near].sum()) <= int(ink.strong[own].sum()) for ink in (old, new))


def _joined(found: list[Spot]) -> list[Spot]:
    """Overlapping places in one."""
    merged: list[Spot] = []
    for spot in sorted(found, key=lambda s: s.box[1]):
        current = spot
        while touching := [s for s in merged if _touch(s.box, current.box)]:
            for other in touching:
                merged.remove(other)
                a, b = other.box, current.box
                box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                current = Spot(box, other.gone + current.gone, other.come + current.come)
        merged.append(current)
    return sorted(merged, key=lambda s: (s.box[1] // (4 * GROUP), s.box[0]))


def _touch(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] <= b[2] + GROUP and b[0] <= a[2] + GROUP and a[1] <= b[3] + GROUP and b[1] <= a[3] + GROUP
