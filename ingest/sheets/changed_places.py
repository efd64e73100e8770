"""Which ink of one version the other lacks, and where: tolerant to thicker lines, paler print, dust and grain."""

import dataclasses
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.sheets.registering import Grey

Mask = NDArray[np.uint8]

STRONG, WEAK = 0.55, 0.82
"""Brightness over that of the paper around: below the first is ink for sure, above the second there is none. Ink is
missed only where it is strong in one and not even weak in the other, so a paler print is no change."""

TOLERANCE = 3
"""Pixels at working size (0.4 mm at 200 dpi) by which a line may be thicker, or lie beside its place."""

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
    """The ink of a picture: what surely is, and what may be."""

    strong: Mask
    weak: Mask


def ink_of(picture: Grey) -> Ink:
    """The ink of a picture, against the paper around it, whatever the light."""
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    height, width = picture.shape
    light = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    share = cv2.divide(picture, light, scale=255)
    strong = (share < round(STRONG * 255)).astype(np.uint8)
    weak = (share < round(WEAK * 255)).astype(np.uint8)
    return Ink(strong, weak)


def changes(old: Ink, new: Ink) -> tuple[Mask, Mask]:
    """What ink of the old the new lacks, and what ink of the new the old lacks."""
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * TOLERANCE + 1, 2 * TOLERANCE + 1))
    near_new, near_old = (cast("Mask", cv2.dilate(ink.weak, reach)) for ink in (new, old))
    return old.strong & (1 - near_new), new.strong & (1 - near_old)


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
    own = (slice(max(0, y0 - TOLERANCE), y1 + TOLERANCE), slice(max(0, x0 - TOLERANCE), x1 + TOLERANCE))
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
