"""The 提交账 as a picture: four stages, a line a case, a tile a sheet; colour and character say how it was met."""

import dataclasses
from collections.abc import Iterator, Mapping

from workers import LedgerCase, LedgerSheet, ProjectLedger

MARKS: Mapping[str, str] = {
    "uploaded": "提", "repeat": "重", "beside": "并", "reused": "复", "issued": "发", "area": "区", "joint": "联",
    "department": "部", "register": "核", "promised": "诺", "awaited": "候", "not-applicable": "免", "missing": "缺",
}  # fmt: skip
"""A character for each way, so that a print without colours says the same."""
LABEL, TILE, GAP, LINE, HEAD = 300, 22, 4, 30, 34
"""Width of a case's name, side of a tile, room between two, height of a line and of a stage's heading."""
A_LINE = 24
"""Tiles in a line; the longest list has 25 entries, and a picture wider than a page is not looked at."""
WIDTH = LABEL + A_LINE * (TILE + GAP)


@dataclasses.dataclass(frozen=True, slots=True)
class Tile:
    """A sheet with its place in the picture and the anchor of its row below."""

    x: int
    y: int
    sheet: LedgerSheet
    anchor: str

    @property
    def mark(self) -> str:
        """Its character."""
        return MARKS[self.sheet.how]

    @property
    def middle(self) -> int:
        """Centre, across."""
        return self.x + TILE // 2

    @property
    def foot(self) -> int:
        """Where its character stands."""
        return self.y + TILE - 6


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """A stage or a case, with its place."""

    y: int
    text: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerPicture:
    """Everything that is drawn, in units of the picture."""

    height: int
    labels: tuple[Label, ...]
    tiles: tuple[Tile, ...]
    width: int = WIDTH
    side: int = TILE


def anchor_of(case: LedgerCase, sheet: LedgerSheet) -> str:
    """The name of a sheet's row."""
    return f"{case.number}-{sheet.entry}"


def ledger_picture(ledger: ProjectLedger) -> LedgerPicture:
    """Place every sheet: stages from top to bottom, cases as they were opened, sheets as the list has them."""
    labels: list[Label] = []
    tiles: list[Tile] = []
    y = 0
    for stage, cases in ledger.stages:
        labels.append(Label(y + HEAD - 10, stage, "stage"))
        y += HEAD
        for case in cases:
            labels.append(Label(y + TILE - 6, case.item_name, "case"))
            placed = list(_tiles(case, y))
            tiles += placed
            y = placed[-1].y + LINE if placed else y + LINE
    return LedgerPicture(y + GAP, tuple(labels), tuple(tiles))


def _tiles(case: LedgerCase, y: int) -> Iterator[Tile]:
    for n, sheet in enumerate(case.sheets):
        line, place = divmod(n, A_LINE)
        yield Tile(LABEL + place * (TILE + GAP), y + line * (TILE + GAP), sheet, anchor_of(case, sheet))
