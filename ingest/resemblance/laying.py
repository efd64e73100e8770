"""Laying one page over another by the lines that both have, so that what stands at one place can be held together."""

import bisect
import collections
import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.resemblance.letters import folded
from ocr import Line, PageReading, Quad, bounds, quad

Matrix = NDArray[np.float64]
"""Where a point of the other page lies on the one page: 3 x 3 on homogeneous coordinates, pixels."""

LEAST_ANCHOR = 4
"""Characters of a line that both pages must have exactly once to be laid on each other."""
LEAST_FOR_TURNING, LEAST_FOR_PERSPECTIVE = 3, 8
"""Anchor lines from which the other page is turned and scaled, and from which it is laid flat like a photograph."""
NEAR = 0.012
"""Part of the page's longer side within which an anchor must fall."""
OVERLAP = 0.45
"""Part of the lower line's height by which two lines must overlap to stand in one row."""
BESIDE = 0.1
"""Part of the shorter line's length by which two lines must overlap sideways to be of one piece."""


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """What stands at one place: lines of the one page and of the other, either may have none."""

    one: tuple[Line, ...]
    other: tuple[Line, ...]


def lay(one: PageReading, other: PageReading) -> Matrix:
    """How the other page lies on the one. Without common lines the pages are only scaled to the same size."""
    pairs = _anchors(one, other)
    scale = np.diag((one.width / max(other.width, 1), one.height / max(other.height, 1), 1.0))
    if len(pairs) < LEAST_FOR_TURNING:
        return scale
    there = np.array([point for line, _ in pairs for point in _ends(line)], np.float64)
    here = np.array([point for _, line in pairs for point in _ends(line)], np.float64)
    near = NEAR * max(one.width, one.height)
    if len(pairs) >= LEAST_FOR_PERSPECTIVE:
        found, _ = cv2.findHomography(there, here, cv2.RANSAC, near)
        if found is not None:
            return np.asarray(found, np.float64)
    turned, _ = cv2.estimateAffine2D(there, here, method=cv2.RANSAC, ransacReprojThreshold=near)
    return scale if turned is None else np.vstack((np.asarray(turned, np.float64), (0.0, 0.0, 1.0)))


def laid(box: Quad, matrix: Matrix) -> Quad:
    """A box of the other page where it lies on the one."""
    moved = cv2.perspectiveTransform(np.asarray(box, np.float64)[None], matrix)[0]
    a, b, c, d = ((float(x), float(y)) for x, y in moved)
    return a, b, c, d


def pieces(one: Sequence[Line], other: Sequence[Line], matrix: Matrix) -> list[Piece]:
    """All lines of both pages, grouped by place: a line that one scan cut in two lies with both halves."""
    placed = [bounds(line.box) for line in one]
    moved = [bounds(laid(line.box, matrix)) for line in other]
    group = list(range(len(one) + len(other)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    from_the_top = sorted(range(len(other)), key=lambda at: moved[at][1])
    tops = [moved[at][1] for at in from_the_top]
    highest = max((y1 - y0 for _, y0, _, y1 in moved), default=0.0)
    for i, a in enumerate(placed):
        # Only lines that begin above the end of this one, and no further up than a line is high: a page has thousands.
        for j in from_the_top[bisect.bisect_left(tops, a[1] - highest) : bisect.bisect_left(tops, a[3])]:
            if _together(a, moved[j]):
                group[root(len(one) + j)] = root(i)
    found: dict[int, tuple[list[int], list[int]]] = collections.defaultdict(lambda: ([], []))
    for i in range(len(one)):
        found[root(i)][0].append(i)
    for j in range(len(other)):
        found[root(len(one) + j)][1].append(j)
    return [
        Piece(tuple(one[i] for i in _read(a, placed)), tuple(other[j] for j in _read(b, moved)))
        for a, b in found.values()
    ]


Box = tuple[float, float, float, float]


def _together(a: Box, b: Box) -> bool:
    high = min(a[3], b[3]) - max(a[1], b[1])
    wide = min(a[2], b[2]) - max(a[0], b[0])
    return high > OVERLAP * min(a[3] - a[1], b[3] - b[1]) and wide > BESIDE * min(a[2] - a[0], b[2] - b[0])


def _read(members: list[int], boxes: Sequence[Box]) -> list[int]:
    """In reading order: rows from the top, each from the left."""
    order = sorted(members, key=lambda at: (boxes[at][1] + boxes[at][3]) / 2)
    rows: list[list[int]] = []
    for at in order:
        middle = (boxes[at][1] + boxes[at][3]) / 2
        if rows and middle < boxes[rows[-1][0]][3] - 0.25 * (boxes[rows[-1][0]][3] - boxes[rows[-1][0]][1]):
            rows[-1].append(at)
        else:
            rows.append([at])
    return [at for row in rows for at in sorted(row, key=lambda at: boxes[at][0])]


def _anchors(one: PageReading, other: PageReading) -> list[tuple[Quad, Quad]]:
    """Boxes of the same line on the other page and on the one."""
    here, there = _single(one.lines), _single(other.lines)
    return [(there[text].box, here[text].box) for text in here if text in there]


def _single(lines: Sequence[Line]) -> dict[str, Line]:
    texts = [folded(line.text) for line in lines]
    counts = collections.Counter(texts)
    kept = zip(texts, lines, strict=True)
    return {text: line for text, line in kept if counts[text] == 1 and len(text) >= LEAST_ANCHOR}


def _ends(box: Quad) -> tuple[tuple[float, float], tuple[float, float]]:
    """The middles of a line's left and right edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = box
    return ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)


def around(lines: Sequence[Line]) -> Quad:
    """The smallest upright box around lines."""
    boxes = [bounds(line.box) for line in lines]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return quad(min(x0), min(y0), max(x1), max(y1))
