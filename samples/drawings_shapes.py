"""What drawing sheets are made of: shapes at their places in millimetres, from the top left corner of the sheet."""

import dataclasses
from collections.abc import Iterable
from typing import Literal

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres of the sheet."""

THIN, MIDDLE, THICK = 0.13, 0.25, 0.5
"""Widths of lines, millimetres: GB/T 50001-2017, 4.0.1, the group of 0.5."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """A line, frame, circle, text, or a mark where a seal or signature goes.

    `group` names what it belongs to ("wall 3", "dimension 2", "note 1"), so that a change moves or drops it whole. A
    text stands at x0, y0: its vertical middle, and the end that `anchor` says. A mark's x1 and y1 are its size.
    """

    kind: Literal["line", "rect", "circle", "text", "mark"]
    x0: float
    y0: float
    x1: float = 0.0
    y1: float = 0.0
    weight: float = THIN
    dash: str = ""
    filled: bool = False
    text: str = ""
    size: float = 3.5
    font: str = ""
    anchor: Literal["l", "m", "r"] = "m"
    turned: bool = False
    spaced: float = 0.0
    group: str = ""

    def box(self) -> Box:
        """Where it lies; a text is taken as wide as its letters are."""
        if self.kind != "text":
            return min(self.x0, self.x1), min(self.y0, self.y1), max(self.x0, self.x1), max(self.y0, self.y1)
        wide = sum(0.55 if letter.isascii() else 1.0 for letter in self.text) * self.size
        if self.turned:
            return self.x0 - self.size / 2, self.y0 - wide / 2, self.x0 + self.size / 2, self.y0 + wide / 2
        left = self.x0 - {"l": 0.0, "m": wide / 2, "r": wide}[self.anchor]
        return left, self.y0 - self.size / 2, left + wide, self.y0 + self.size / 2

    def moved(self, dx: float, dy: float) -> "Shape":
        """The same so many millimetres away."""
        return dataclasses.replace(self, x0=self.x0 + dx, y0=self.y0 + dy, x1=self.x1 + dx, y1=self.y1 + dy)


def box_of(shapes: Iterable[Shape]) -> Box:
    """The smallest rectangle around the shapes."""
    boxes = [shape.box() for shape in shapes]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def line(x0: float, y0: float, x1: float, y1: float, weight: float = THIN, **more: str) -> Shape:
    """A line between two points."""
    return Shape("line", x0, y0, x1, y1, weight, dash=more.get("dash", ""), group=more.get("group", ""))


def frame(box: Box, weight: float = MIDDLE, *, filled: bool = False, group: str = "") -> Shape:
    """A rectangle."""
    return Shape("rect", *box, weight, filled=filled, group=group)
