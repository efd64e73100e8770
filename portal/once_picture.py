"""Bars of the figures of submitting once: what the applicant brought beside what was spared, a bar a row or a month."""

import dataclasses
from collections.abc import Sequence

from workers import Met

LABEL, LENGTH, LINE, HIGH = 250, 520, 30, 20
"""Width of a name, the longest bar, the distance of two bars, and how high one is."""
COLUMN, TALL, FOOT = 64, 150, 24
"""Width of a month, the tallest column, and the room for its name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """One row: brought first, then spared, both in units of the picture; `y` is its upper edge."""

    row: Met
    y: int
    brought: int
    spared: int
    label: int = LABEL
    high: int = HIGH

    @property
    def foot(self) -> int:
        """Where its name stands."""
        return self.y + HIGH - 5

    @property
    def second(self) -> int:
        """Where the spared part begins."""
        return LABEL + self.brought

    @property
    def end(self) -> int:
        """Where its numbers stand."""
        return LABEL + self.brought + self.spared + 8


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One month: brought below, spared above."""

    row: Met
    x: int
    brought: int
    spared: int
    width: int = COLUMN - 16

    @property
    def low(self) -> int:
        """Upper edge of the brought part."""
        return TALL + FOOT - self.brought

    @property
    def top(self) -> int:
        """Upper edge of the spared part."""
        return self.low - self.spared

    @property
    def middle(self) -> int:
        """Centre, across."""
        return self.x + self.width // 2


@dataclasses.dataclass(frozen=True, slots=True)
class BarPicture:
    """Bars or columns with the size of the picture."""

    width: int
    height: int
    bars: tuple[Bar, ...] = ()
    columns: tuple[Column, ...] = ()
    foot: int = TALL + FOOT + 16


def bars(rows: Sequence[Met]) -> BarPicture:
    """A bar a row, all to one scale."""
    longest = max((row.handed_in + row.spared for row in rows), default=0) or 1
    placed = tuple(
        Bar(row, n * LINE, row.handed_in * LENGTH // longest, row.spared * LENGTH // longest)
        for n, row in enumerate(rows)
    )
    return BarPicture(LABEL + LENGTH + 150, max(len(rows), 1) * LINE, bars=placed)


def columns(rows: Sequence[Met]) -> BarPicture:
    """A column a month."""
    tallest = max((row.handed_in + row.spared for row in rows), default=0) or 1
    placed = tuple(
        Column(row, n * COLUMN + 8, row.handed_in * TALL // tallest, row.spared * TALL // tallest)
        for n, row in enumerate(rows)
    )
    return BarPicture(max(len(rows), 8) * COLUMN, TALL + FOOT + 24, columns=placed)
