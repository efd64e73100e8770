"""A page laid flat for reading: dark surroundings cut off, the perspective of a photograph and the lean taken out.

The correction is for the reader alone. People see the picture as it was handed in, so every box found on the flat page
is mapped back to it (`Flattening.back`). A page that needs no correction is read exactly as it came.
"""

import dataclasses
import math
from collections.abc import Iterable
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.edges import find_sheet
from ocr.layout import moved
from ocr.pixels import Image
from ocr.results import CheckMark, Line, Point, Quad, Rotation, SealMark, Table, bounds, quad
from ocr.skew import estimate_skew

LOOK_SIDE = 720
"""Longer side of the picture that is looked at, pixels: about 60 dpi of A4, where 12-point rows are 10 pixels high."""

LEAN = 13.0
"""Degrees from which the lean is taken out. Up to 14 fields are read as well without (68 of 71 either way) and for a
fifth less CPU; beyond 15 (`layout.MAX_LEAN`) half of them are lost. See docs/measurements.md, Page geometry."""

MOST_CORRECTED = 45.0
"""Degrees by which lines of a corrected page may lean in the picture: the sheet in it, and the print on the sheet."""

SQUARE = 0.012
"""Part of a side by which the sheet's corners may lie off an upright rectangle: it is then cut out, not bent."""

_ELLIPSE_POINTS = 72
_Matrix = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True)
class Flattening:
    """One projective map from the picture handed in to the flat page, both in pixels, and the flat page's size.

    `matrix` is 3 x 3, row by row; `size` is width, height. `sheet` tells whether the page's edges were found in the
    picture, `lean` how many degrees were taken out besides.
    """

    matrix: tuple[float, ...]
    size: tuple[int, int]
    sheet: bool
    lean: float

    def apply(self, image: Image) -> Image:
        """The flat page. What lies outside the picture becomes the colour of its paper."""
        paper = np.percentile(image[:: max(1, image.shape[0] // 64), :: max(1, image.shape[1] // 64)], 75, axis=(0, 1))
        flat = cv2.warpPerspective(
            image,
            _square(self.matrix),
            self.size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=tuple(map(float, paper)),
        )
        return cast("Image", flat)

    def back(self, rotation: Rotation, picture: tuple[int, int]) -> "Back":
        """The way back for boxes: from the flat page, turned by `rotation`, to the `picture`, turned alike.

        `picture` is width and height of the picture as handed in.
        """
        away = turning(rotation, picture) @ np.linalg.inv(_square(self.matrix))
        matrix = away @ np.linalg.inv(turning(rotation, self.size))
        wide, high = (there / here for there, here in zip(picture, self.size, strict=True))
        fill = np.diag([wide, high, 1.0] if rotation in {0, 180} else [high, wide, 1.0])
        return Back(_row_by_row(matrix), _row_by_row(fill @ np.linalg.inv(matrix)))


@dataclasses.dataclass(frozen=True, slots=True)
class Back:
    """The way back as a projective map of points, 3 x 3, row by row.

    `flat` is the way there, the flat page stretched to the picture's width and height: see `PageReading.flat`.
    """

    matrix: tuple[float, ...]
    flat: tuple[float, ...]

    def lines(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """The lines where they lie in the picture."""
        return tuple(dataclasses.replace(line, box=self.box(line.box)) for line in lines)

    def seals(self, seals: Iterable[SealMark]) -> tuple[SealMark, ...]:
        """The seals where they lie in the picture, each in an upright box around it."""
        return tuple(
            dataclasses.replace(
                seal, box=quad(*bounds(self.box(seal.box))) if seal.shape == "square" else self.around(seal.box)
            )
            for seal in seals
        )

    def tables(self, tables: Iterable[Table]) -> tuple[Table, ...]:
        """The tables and their cells where they lie in the picture."""
        return tuple(
            dataclasses.replace(
                table,
                box=self.box(table.box),
                cells=tuple(dataclasses.replace(cell, box=self.box(cell.box)) for cell in table.cells),
            )
            for table in tables
        )

    def marks(self, marks: Iterable[CheckMark]) -> tuple[CheckMark, ...]:
        """The check boxes where they lie in the picture."""
        return tuple(dataclasses.replace(mark, box=self.box(mark.box)) for mark in marks)

    def box(self, box: Quad) -> Quad:
        """The box where it lies in the picture."""
        a, b, c, d = (self.point(point) for point in box)
        return a, b, c, d

    def around(self, box: Quad) -> Quad:
        """The smallest upright box in the picture around the ellipse that fills the upright `box`."""
        x0, y0, x1, y1 = bounds(box)
        angles = [2 * math.pi * n / _ELLIPSE_POINTS for n in range(_ELLIPSE_POINTS)]
        edge = [
            self.point(((x0 + x1 + (x1 - x0) * math.cos(a)) / 2, (y0 + y1 + (y1 - y0) * math.sin(a)) / 2))
            for a in angles
        ]
        xs, ys = [x for x, _ in edge], [y for _, y in edge]
        return quad(min(xs), min(ys), max(xs), max(ys))

    def point(self, point: Point) -> Point:
        """The point where it lies in the picture, to a tenth of a pixel."""
        x, y = moved(self.matrix, point)
        return round(x, 1), round(y, 1)


def find_flattening(image: Image) -> Flattening | None:
    """What has to be corrected before the page is read, or None where it lies well enough, or where it is not sure."""
    height, width = image.shape[:2]
    scale = min(1.0, LOOK_SIDE / max(height, width))
    green = cv2.extractChannel(image, 1)  # near enough to grey, at a third of the cost of shrinking all three
    grey = cast("Image", cv2.resize(green, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    sheet = find_sheet(grey)
    if sheet is None:
        lean = estimate_skew(grey)
        return None if lean is None or abs(lean) < LEAN else compose(np.eye(3), (width, height), lean, sheet=False)
    matrix, size = _laid_flat(sheet / scale)
    shrink = np.diag([scale, scale, 1.0])
    looked_at = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    lean = estimate_skew(
        cast("Image", cv2.warpPerspective(grey, shrink @ matrix @ np.linalg.inv(shrink), looked_at, borderValue=(255,)))
    )
    return compose(matrix, size, lean if lean is not None and abs(lean) >= LEAN else 0.0, sheet=True)


def turning(rotation: Rotation, size: tuple[int, int]) -> _Matrix:
    """Where the points of a picture of that width and height go when it is turned clockwise."""
    width, height = size
    rows = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, -1, height], [1, 0, 0]],
        180: [[-1, 0, width], [0, -1, height]],
        270: [[0, 1, 0], [-1, 0, width]],
    }[rotation]
    return np.array([*rows, [0, 0, 1]], np.float64)


def _laid_flat(corners: NDArray[np.float32]) -> tuple[_Matrix, tuple[int, int]]:
    """The map that makes these corners (from the top left, clockwise) a rectangle, and that rectangle's size.

    An almost upright sheet is cut out along whole pixels, so that its print stays as sharp as it was.
    """
    low, high = corners.min(axis=0), corners.max(axis=0)
    upright = np.array([low, [high[0], low[1]], high, [low[0], high[1]]], np.float32)
    if float((np.abs(corners - upright) / (high - low)).max()) <= SQUARE:
        (x, y), (right, bottom) = np.maximum(np.floor(low), 0), np.ceil(high)
        return np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64), (int(right - x), int(bottom - y))
    width = round(max(math.dist(corners[0], corners[1]), math.dist(corners[3], corners[2])))
    height = round(max(math.dist(corners[0], corners[3]), math.dist(corners[1], corners[2])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix: Any = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(matrix, np.float64), (width, height)


def compose(matrix: _Matrix, size: tuple[int, int], lean: float, *, sheet: bool) -> Flattening:
    """The map followed by a turn against the lean, on a page just large enough to lose no corner."""
    if lean:
        width, height = size
        cos, sin = math.cos(math.radians(lean)), math.sin(math.radians(lean))
        wide = math.ceil(width * cos + height * abs(sin))
        high = math.ceil(width * abs(sin) + height * cos)
        x = wide / 2 - (cos * width / 2 + sin * height / 2)
        y = high / 2 - (-sin * width / 2 + cos * height / 2)
        matrix, size = np.array([[cos, sin, x], [-sin, cos, y], [0, 0, 1]], np.float64) @ matrix, (wide, high)
    return Flattening(_row_by_row(matrix), size, sheet, lean)


def _square(matrix: tuple[float, ...]) -> _Matrix:
    return np.array(matrix, np.float64).reshape(3, 3)


def _row_by_row(matrix: _Matrix) -> tuple[float, ...]:
    return tuple(float(value) for value in matrix.ravel())
