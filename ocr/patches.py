"""Patch T: the four broad bars of a sheet that says "here begins the next document", found by their widths alone.

Scanners print and know six patch codes: four bars, two of them broad, with three spaces. T is narrow, broad, narrow,
broad from the edge of the sheet inwards. It bears no text and no check, so it must look right along many lines.
"""

import dataclasses
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import Quad, quad

LOOK_PIXELS = 900
"""The longer side at which the page is looked at: 77 dpi of A4, where a narrow bar of 0.08 inch is six pixels."""

LINES = 40
"""Lines across the page along which bars are looked for, each way."""

LEAST_LINES = 8
"""Neighbouring lines on which the same bars must be seen: a fifth of the page, where text never is alike."""

WIDTHS = (1.0, 1.0, 2.5, 1.0, 1.0, 1.0, 2.5)
"""Bars and spaces of a T in units of the narrow bar (0.08 inch; broad ones have 0.2)."""

TOLERANCE = 0.42
"""Units by which a width may be off; half the difference between narrow and broad is 0.75."""

QUIET = 1.4
"""Units of white on both sides, so that no part of a bar code is taken for it."""

SMALLEST, LARGEST = 0.0035, 0.02
"""A unit as part of the page's longer side: on A4 from 1 to 6 mm, where 2 mm is right."""

EDGE = 0.4
"""Part of the page from an edge within which the bars lie."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Seen:
    line: int
    start: int
    end: int


def find_patches(image: Image) -> tuple[Quad, ...]:
    """The places of Patch T codes on a page, in pixels of the image; costs 2 to 3 ms for A4 at 200 dpi."""
    scale = min(1.0, LOOK_PIXELS / max(image.shape))
    small = cv2.resize(cv2.extractChannel(image, 1), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = np.asarray(small < _middle(small))
    found = [*_across(dark), *(_turned(place) for place in _across(dark.T))]
    height, width = image.shape[:2]
    return tuple(
        quad(max(0.0, x0 / scale), max(0.0, y0 / scale), min(width, x1 / scale), min(height, y1 / scale))
        for x0, y0, x1, y1 in sorted(found)
    )


_Place = tuple[float, float, float, float]


def _turned(place: _Place) -> _Place:
    x0, y0, x1, y1 = place
    return y0, x0, y1, x1


def _middle(grey: NDArray[np.uint8] | cv2.typing.MatLike) -> float:
    """Half way between ink and paper."""
    low, high = np.percentile(np.asarray(grey)[::4, ::4], (1, 90))
    return float(low + high) / 2


def _across(dark: NDArray[np.bool_]) -> Iterator[_Place]:
    """Patches whose bars stand upright, so that lines from left to right cross them."""
    height, width = dark.shape
    rows = [round((n + 0.5) * height / LINES) for n in range(LINES)]
    longer = max(height, width)
    for inner_first in (False, True):
        seen = [
            _Seen(n, start, end)
            for n, y in enumerate(rows)
            for start, end in _bars(dark[y], longer, inner_first=inner_first)
        ]
        for group in _groups(seen, width):
            first, last = rows[group[0].line], rows[group[-1].line]
            yield min(s.start for s in group), first, max(s.end for s in group), last


def _bars(line: NDArray[np.bool_], longer: int, *, inner_first: bool) -> Iterator[tuple[int, int]]:
    """Where along a line the widths of a T stand: from the left edge inwards, or `inner_first` from the right."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
    runs = np.diff(np.concatenate([[0], edges, [len(line)]])).astype(float)  # white, dark, white, dark, ... white
    expected = np.array(WIDTHS[::-1] if inner_first else WIDTHS)
    if len(runs) < len(WIDTHS) + 2:
        return
    parts = np.lib.stride_tricks.sliding_window_view(runs, len(WIDTHS))[1:-1:2]  # each begins with a dark one
    before, after = runs[: 2 * len(parts) : 2], runs[len(WIDTHS) + 1 :: 2]
    whole = parts.sum(axis=1)
    unit = whole / expected.sum()
    start = np.cumsum(runs)[: 2 * len(parts) : 2]
    end = start + whole
    sized = (unit >= SMALLEST * longer) & (unit <= LARGEST * longer)
    quiet = ((before >= QUIET * unit) | (start == 0)) & ((after >= QUIET * unit) | (end >= len(line)))
    middle = (start + end) / 2
    near = middle > (1 - EDGE) * len(line) if inner_first else middle < EDGE * len(line)
    alike = np.abs(parts / unit[:, None] - expected).max(axis=1) <= TOLERANCE
    for n in np.flatnonzero(sized & quiet & near & alike):
        yield int(start[n]), int(end[n])


def _groups(seen: list[_Seen], width: int) -> Iterator[list[_Seen]]:
    """Runs of neighbouring lines, at most one of three left out, on which the bars go on where they were before."""
    reach = width / LINES
    group: list[_Seen] = []
    for one in seen:
        if group and (one.line - group[-1].line > 2 or abs(one.start - group[-1].start) > reach):  # noqa: PLR2004
            if len(group) >= LEAST_LINES:
                yield group
            group = []
        group.append(one)
    if len(group) >= LEAST_LINES:
        yield group
