"""What a seal says: the name along its ring, the code along the lower ring, the line across the middle, or its rows.

A ring is unrolled into one straight strip. The name's letters are as high as the band between ring and star; the code's
digits keep to the outer half of it and stand with their feet to the rim. So the columns that have ink in the middle of
the band are the name's, and of the others those with ink are the code's.
"""

import dataclasses
import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.seals_ink import ink_of
from ocr.seals_outline import Outline

BAND_OUTER, BAND_INNER = 0.955, 0.5
"""Everything that may be ring text lies between these parts of the radius."""

NAME_OUTER, NAME_INNER = 0.93, 0.57
"""Where the name lies when its own band cannot be made out."""

CORE_OUTER, CORE_INNER = 0.785, 0.69
"""Only the name has ink here: digits end above, a caption begins below."""

DIGITS_OUTER, DIGITS_INNER = 0.945, 0.77
"""The band of the code's digits."""

BAND_HEIGHT = 80
"""Pixels of the unrolled band."""

STRIP_HEIGHT = 64
"""Pixels of the strip handed to the recogniser, which works at 48."""

FAINT_LIFT = 0.7
"""Exponent that lifts faint ink: on 24 sample seals 20 were read without an error against 18 without it."""

LETTER_GAP = 30.0
"""Degrees between two letters of a name at most; eight over half a ring lie 22 apart, centre to centre."""

NAME_MARGIN = 4.0
"""Degrees added at both ends of a name: the last stroke of a letter may lie outside the band that is looked at."""

LEAST_CODE_ARC = 25.0
"""Degrees that a code of 13 digits takes at least; less is dirt or another seal's ring."""

MOST_TURNED = 50.0
"""Degrees by which a seal on an upright page is thought to lean at most where its ring shows no gap of its own."""

CAPTION_WIDE, CAPTION_TOP, CAPTION_BOTTOM = 0.66, 0.24, 0.66
"""The caption lies within so much of the radius left, right, and below the middle."""

_INKED, _STROKE = 0.35, 0.06


@dataclasses.dataclass(frozen=True, slots=True)
class Strips:
    """The straight strips of a seal, black on white; None where there is no such text."""

    name: Image | None
    number: Image | None = None
    caption: Image | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Band:
    """An unrolled band: ink by row (from the rim inwards) and column (clockwise from six o'clock)."""

    ink: NDArray[np.float32]
    outer: float
    inner: float

    def rows(self, outer: float, inner: float) -> NDArray[np.float32]:
        """Its part between two radii."""
        return self.ink[self.row(outer) : self.row(inner)]

    def row(self, radius: float) -> int:
        """The row at that part of the radius."""
        return round(len(self.ink) * (self.outer - radius) / (self.outer - self.inner))


def ring_strips(image: Image, ring: Outline) -> Strips:
    """The strips of a round or oval seal."""
    band = unroll(image, ring)
    core = _inked_columns(band.rows(CORE_OUTER, CORE_INNER))
    arc = _longest_arc(core, LETTER_GAP)
    if arc is None:
        return Strips(None)
    degrees = band.ink.shape[1] / 360
    whole = arc[1] - arc[0] > 330 * degrees  # the ring is inked all around: dirt, or print beneath
    if whole:
        start = _lower_gap(_inked_columns(band.rows(NAME_OUTER, NAME_INNER)))
        arc = (start, start + band.ink.shape[1])
    name = _name_strip(band, arc)
    up = (arc[0] + arc[1]) / 2 / degrees - 180.0
    return Strips(name, None if whole else _number_strip(band, arc), _caption_strip(image, ring, up))


def unroll(image: Image, ring: Outline) -> Band:
    """The text band of the ring as ink on one straight strip, in its own proportions."""
    radius = (ring.rx + ring.ry) / 2
    width = round(BAND_HEIGHT * math.pi * (BAND_OUTER + BAND_INNER) / (BAND_OUTER - BAND_INNER))
    ys, xs = np.mgrid[0:BAND_HEIGHT, 0:width].astype(np.float32)
    radii = BAND_OUTER - (ys + 0.5) / BAND_HEIGHT * (BAND_OUTER - BAND_INNER)
    # Image angles grow clockwise; the strip starts at six o'clock, where company seals have no name.
    angles = np.pi / 2 + xs / width * 2 * np.pi
    map_x, map_y = ring.points((radii * np.cos(angles)).astype(np.float32), (radii * np.sin(angles)).astype(np.float32))
    blur = radius * (BAND_OUTER - BAND_INNER) / BAND_HEIGHT
    strip = cv2.remap(_softened(image, blur), map_x, map_y, cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return Band(ink_of(cast("Image", strip), ring.colour), BAND_OUTER, BAND_INNER)


def _softened(image: Image, shrink: float) -> Image:
    """The picture blurred before it is shrunk so many times, lest strokes be lost between the samples."""
    return cast("Image", cv2.GaussianBlur(image, (0, 0), shrink / 2)) if shrink > 2 else image  # noqa: PLR2004


def _name_strip(band: Band, arc: tuple[int, int]) -> Image | None:
    """The name's columns, cut to its letters' own height."""
    part = _around(band.ink, arc)
    profile = cv2.GaussianBlur((part > _INKED).mean(axis=1, dtype=np.float32)[:, None], (1, 5), 0).ravel()
    middle = band.row(0.5 * (CORE_OUTER + CORE_INNER))
    least = 0.12 * float(profile[band.row(NAME_OUTER) : band.row(NAME_INNER)].max(initial=0))
    top = _edge(profile, middle, band.row(0.88), 0, least)
    bottom = _edge(profile, middle, band.row(0.66), len(profile) - 1, least)
    margin = round(0.08 * (bottom - top))
    cut = part[max(0, top - margin) : bottom + margin + 1]
    return _printed(cut) if cut.size else None


def _edge(profile: NDArray[np.float32], middle: int, first: int, last: int, least: float) -> int:
    """From `first` away from the middle, the row where ink ends: the first bare one, else the barest."""
    step = 1 if last > middle else -1
    rows = list(range(first, last + step, step))
    bare = [row for row in rows if profile[row] <= least]
    return bare[0] if bare else min(rows, key=lambda row: profile[row])


def _number_strip(band: Band, arc: tuple[int, int]) -> Image | None:
    """The columns beside the name that have ink near the rim, turned so that the digits stand upright."""
    width = band.ink.shape[1]
    pad = round(width * (NAME_MARGIN - 1) / 360)  # digits may begin just where the name ends
    rest = (arc[1] - pad, arc[0] + width + pad)
    if rest[1] - rest[0] < width * LEAST_CODE_ARC / 360:
        return None
    part = _around(band.rows(DIGITS_OUTER, DIGITS_INNER), rest)
    columns = np.flatnonzero(_inked_columns(part))
    if not len(columns) or columns[-1] - columns[0] < width * LEAST_CODE_ARC / 360:
        return None
    margin = len(part) // 3
    part = part[:, max(0, columns[0] - margin) : columns[-1] + margin]
    return _printed(np.ascontiguousarray(part[::-1, ::-1]))


def _caption_strip(image: Image, ring: Outline, up: float) -> Image | None:
    """The line across the lower middle, the seal turned by `up` degrees clockwise; None where there is none."""
    height, width = 132, round(132 * 2 * CAPTION_WIDE / (CAPTION_BOTTOM - CAPTION_TOP))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (2 * xs / width - 1) * CAPTION_WIDE
    down = CAPTION_TOP + ys / height * (CAPTION_BOTTOM - CAPTION_TOP)
    cos, sin = math.cos(math.radians(up)), math.sin(math.radians(up))
    map_x, map_y = ring.points(
        (across * cos - down * sin).astype(np.float32), (across * sin + down * cos).astype(np.float32)
    )
    shrink = ring.ry * (CAPTION_BOTTOM - CAPTION_TOP) / height
    patch = cv2.remap(_softened(image, shrink), map_x, map_y, cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    ink = ink_of(cast("Image", patch), ring.colour)
    middle = ink[:, width // 5 : width - width // 5]  # beside it the name's ends reach in
    rows = _longest_run((middle > _INKED).mean(axis=1) > 0.08)  # noqa: PLR2004 - a line of letters, not a speck
    if rows is None or not 0.15 * height <= rows[1] - rows[0] <= 0.75 * height:
        return None
    high = rows[1] - rows[0]
    line = ink[max(0, rows[0] - high // 6) : rows[1] + high // 6]
    columns = _inked_columns(line)
    run = _run_about(columns, width // 2, round(0.45 * high))
    if run is None or run[1] - run[0] < 2.2 * high:
        return None
    return _printed(line[:, max(0, run[0] - high // 4) : run[1] + high // 4])


def _printed(ink: NDArray[np.float32]) -> Image:
    """Ink as black print on white, of the height that the recogniser likes."""
    width = max(8, round(ink.shape[1] * STRIP_HEIGHT / ink.shape[0]))
    sized = cv2.resize(255 * (1 - ink**FAINT_LIFT), (width, STRIP_HEIGHT), interpolation=cv2.INTER_AREA)
    grey = np.clip(sized, 0, 255).astype(np.uint8)
    return cast("Image", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def _around(ink: NDArray[np.float32], arc: tuple[int, int]) -> NDArray[np.float32]:
    """These columns of an unrolled ring, past its end if need be."""
    return ink[:, np.arange(arc[0], arc[1]) % ink.shape[1]]


def _inked_columns(ink: NDArray[np.float32]) -> NDArray[np.bool_]:
    return cast("NDArray[np.bool_]", (ink > _INKED).mean(axis=0) > _STROKE)


def _longest_arc(inked: NDArray[np.bool_], gap_degrees: float) -> tuple[int, int] | None:
    """The longest stretch of a ring of columns without a gap so wide, with some margin; its end may pass the last."""
    columns = np.flatnonzero(inked)
    width = len(inked)
    if not len(columns):
        return None
    gap = gap_degrees / 360 * width
    following = np.append(columns[1:], columns[0] + width)
    breaks = np.flatnonzero(following - columns > gap)
    margin = round(width * NAME_MARGIN / 360)
    if not len(breaks):
        return int(columns[0]), int(columns[0]) + width
    starts = [int(following[b]) for b in breaks]
    ends = [int(columns[b]) + width for b in np.roll(breaks, -1)]
    arcs = [(s % width, (s % width) + (e - s) % width) for s, e in zip(starts, ends, strict=True)]
    start, end = max(arcs, key=lambda a: a[1] - a[0])
    return start - margin, end + margin + 1


def _lower_gap(inked: NDArray[np.bool_]) -> int:
    """The middle column of the widest stretch without ink near six o'clock, where the strip begins and ends."""
    width = len(inked)
    reach = round(width * MOST_TURNED / 360)
    near = np.roll(inked, reach)[: 2 * reach]
    run = _longest_run(~near)
    return ((run[0] + run[1]) // 2 - reach if run else 0) % width


def _longest_run(set_rows: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First row and the one after the last of the longest run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], set_rows, [False]]).astype(np.int8)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    return max(runs, key=lambda run: run[1] - run[0]) if runs else None


def _run_about(inked: NDArray[np.bool_], middle: int, gap: int) -> tuple[int, int] | None:
    """The stretch of ink without a gap so wide that lies about the middle."""
    columns = np.flatnonzero(inked)
    if not len(columns):
        return None
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > gap) + 1)
    about = min(groups, key=lambda g: 0 if g[0] <= middle <= g[-1] else min(abs(g[0] - middle), abs(g[-1] - middle)))
    return int(about[0]), int(about[-1]) + 1
