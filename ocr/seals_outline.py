"""Where a seal stands on a page, as a shape: what the finders give and the readers take."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.results import Rotation, SealColour

OVAL_RATIO = 1.2
"""Long over short axis from which a seal counts as oval (an oval seal is 45 x 30 mm); scans distort far less."""

WASH_REACH = 1.04
"""The wash goes this much beyond the outline, over the blur of its outer edge."""

PLAIN_INK = 24
"""By how much red must outshine the other channels to be seal ink, or print under it, and not the print alone."""

INK_PERCENTILE = 25.0
"""Of the brightness of such points: below it lie the edges of strokes under the ink. Set to paper as well, as they once
were, they leave strokes eaten away: of 60 drawn scans 30 had a line under the seal that is read better since, two one
that is read worse."""

A4_SHORT_MM = 210.0
PLAUSIBLE_SHORT_MM = (90.0, 620.0)
"""A page whose stated resolution gives a short side outside these is taken as A4: cameras state 72 at random."""

MM_PER_INCH = 25.4


@dataclasses.dataclass(frozen=True, slots=True)
class Outline:
    """An ellipse or a rectangle in page pixels.

    Centre; half axes along its own x and y; how much of its edge is inked (0 to 1); `lean` is how far its own x axis is
    turned clockwise, in degrees.
    """

    x: float
    y: float
    rx: float
    ry: float
    inked: float
    lean: float = 0.0
    square: bool = False
    colour: SealColour = "red"

    @property
    def shape(self) -> Literal["round", "oval", "square"]:
        """The shape as people call it; whatever has four corners is square."""
        if self.square:
            return "square"
        return "oval" if max(self.rx, self.ry) >= OVAL_RATIO * min(self.rx, self.ry) else "round"

    def reach(self) -> tuple[float, float]:
        """Half the width and height of the upright box around it."""
        cos, sin = abs(math.cos(math.radians(self.lean))), abs(math.sin(math.radians(self.lean)))
        if self.square:
            return self.rx * cos + self.ry * sin, self.rx * sin + self.ry * cos
        return math.hypot(self.rx * cos, self.ry * sin), math.hypot(self.rx * sin, self.ry * cos)

    def times(self, factor: float) -> "Outline":
        """The same in a picture so many times larger."""
        return dataclasses.replace(self, x=self.x * factor, y=self.y * factor, rx=self.rx * factor, ry=self.ry * factor)

    def points(
        self, xs: NDArray[np.float32], ys: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """From its own axes, where its edge lies at 1, to pixels of the page."""
        cos, sin = math.cos(math.radians(self.lean)), math.sin(math.radians(self.lean))
        across, down = xs * self.rx, ys * self.ry
        return (self.x + across * cos - down * sin).astype(np.float32), (self.y + across * sin + down * cos).astype(
            np.float32
        )

    def area(self, size: tuple[int, int], reach: float = 1.0) -> NDArray[np.bool_]:
        """Which pixels of a picture of that height and width lie within it, drawn `reach` times as large."""
        mask = np.zeros(size, np.uint8)
        if self.square:
            corner = np.array([-reach, reach, reach, -reach], np.float32), np.array([-reach, -reach, reach, reach])
            corners = np.stack(self.points(corner[0], corner[1].astype(np.float32)), axis=1)
            cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), (255,))
        else:
            axes = (max(1, round(self.rx * reach)), max(1, round(self.ry * reach)))
            cv2.ellipse(mask, (round(self.x), round(self.y)), axes, self.lean, 0, 360, (255,), -1)
        return np.asarray(mask > 0)

    def turned(self, rotation: Rotation, size: tuple[int, int]) -> "Outline":
        """The outline after its page of that width and height was turned clockwise."""
        width, height = size
        x, y = self.x, self.y
        match rotation:
            case 90:
                return dataclasses.replace(self, x=height - y, y=x, rx=self.ry, ry=self.rx)
            case 180:
                return dataclasses.replace(self, x=width - x, y=height - y)
            case 270:
                return dataclasses.replace(self, x=y, y=width - x, rx=self.ry, ry=self.rx)
            case _:
                return self


def from_top(outlines: Iterable[Outline]) -> tuple[Outline, ...]:
    """From top to bottom."""
    return tuple(sorted(outlines, key=lambda o: (o.y, o.x)))


def page_dpi(image: Image, dpi: int | None) -> float:
    """The resolution to reckon with: the stated one where it makes a plausible page, else as if the page were A4."""
    short = float(min(image.shape[:2]))
    low, high = PLAUSIBLE_SHORT_MM
    if dpi and low <= short / dpi * MM_PER_INCH <= high:
        return float(dpi)
    return short / A4_SHORT_MM * MM_PER_INCH


def without_seals(image: Image, outlines: Sequence[Outline]) -> Image:
    """The page with the seals' ink washed out, so that print beneath them is read and their own text is not.

    Inside a seal only the channel in which its ink is nearly as bright as paper is kept (red of red ink, blue of blue),
    and lifted until it is; black ink stays black. Nothing can be washed out of a grey scan.
    """
    washable = [outline for outline in outlines if outline.colour != "grey"]
    if not washable:
        return image
    washed = image.copy()
    for colour, channel in (("red", 2), ("other", 0)):
        of_colour = [outline for outline in washable if outline.colour == colour]
        if not of_colour:
            continue
        part, x, y = _around(image.shape, of_colour)
        moved = (dataclasses.replace(outline, x=outline.x - x, y=outline.y - y) for outline in of_colour)
        before = image[part]
        inside = np.logical_or.reduce([outline.area(before.shape[:2], WASH_REACH) for outline in moved])
        if not inside.any():
            continue
        bright = before[:, :, channel][inside].astype(np.int16)
        others = np.maximum(*(before[:, :, c][inside].astype(np.int16) for c in range(3) if c != channel))
        paper = int(np.percentile(bright, 90))
        plainly = (bright - others > PLAIN_INK) & (bright > paper // 2)
        washed[part][inside] = np.where(plainly, _lifted(bright, plainly, paper), bright).astype(np.uint8)[:, None]
    return washed


def _lifted(bright: NDArray[np.int16], plainly: NDArray[np.bool_], paper: int) -> NDArray[np.int16]:
    """Ink made as bright as paper, and what is darker than ink in proportion: a stroke keeps its soft edge."""
    ink = max(1.0, float(np.percentile(bright[plainly], INK_PERCENTILE))) if plainly.any() else paper
    lifted: NDArray[np.int16] = np.minimum(paper, bright * (paper / ink)).astype(np.int16)
    return lifted


def _around(shape: tuple[int, ...], outlines: Sequence[Outline]) -> tuple[tuple[slice, slice], int, int]:
    """The part of a picture of that shape in which all of these lie, and its left and upper edge.

    Those are even, so that halves of pixels are rounded the same way there.
    """
    reaches = [(outline, *outline.reach()) for outline in outlines]
    left = min(o.x - across * WASH_REACH for o, across, _ in reaches)
    top = min(o.y - down * WASH_REACH for o, _, down in reaches)
    right = max(o.x + across * WASH_REACH for o, across, _ in reaches)
    bottom = max(o.y + down * WASH_REACH for o, _, down in reaches)
    x, y = (max(0, math.floor(edge / 2) * 2 - 4) for edge in (left, top))
    return (slice(y, min(shape[0], math.ceil(bottom) + 4)), slice(x, min(shape[1], math.ceil(right) + 4))), x, y
