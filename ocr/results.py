"""What reading a page gives: lines, seals, quality, the material recognised and its fields.

All boxes are in pixels of the *upright* page image: origin top left, x right, y down.
Everything here is plain data that survives a round trip through JSON (`to_json`, `from_json`).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners, clockwise from the top left corner of the text as it is read."""

Rotation = Literal[0, 90, 180, 270]
Source = Literal["ocr", "text-layer"]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line of text with its place and how sure the reader is (0 to 1; a text layer counts as 1).

    `hand` tells that it was written by hand; its score is then capped (`ocr.handwriting`).
    """

    text: str
    box: Quad
    score: float
    hand: bool = False


SealColour = Literal["red", "grey", "other"]
"""The ink of a seal: red, any other colour (blue, purple), or not to be told because the scan has no colour there."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealMark:
    """A seal seen on the page: its shape, its box, the ring text as far as it could be read, and how sure.

    A square seal's `text` are its rows, or a name in the order in which it is read. `caption` is the line across the
    middle of a round one ("合同专用章"), `number` the code along its lower ring. One that is not in colour is only
    probable: it may be a copy of a seal, or a picture. `face` is a small picture of its ink (`same_impression`), empty
    where it was not taken.
    """

    shape: Literal["round", "oval", "square"]
    box: Quad
    text: str
    confidence: float
    colour: SealColour = "red"
    caption: str = ""
    number: str = ""
    face: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class CodeMark:
    """A QR or bar code on the page: its format ("qr", "code-128", "code-39", "ean-13"), its text and its box.

    The text is what the code says and nothing more: anybody can print one.
    """

    format: str
    text: str
    box: Quad


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a ruled table: its first row and column (from 0), how many it spans, its box and all of its text.

    Lines that are wrapped in the cell are joined. `score` is that of its least sure line, 1 for an empty cell.
    """

    row: int
    column: int
    rows: int
    columns: int
    box: Quad
    text: str
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: its box, the size of its grid, and its cells row by row."""

    box: Quad
    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CheckMark:
    """A check box: its place, whether something is in it, the option it stands before, and how sure (0 to 1)."""

    box: Quad
    ticked: bool
    text: str
    confidence: float


@dataclasses.dataclass(frozen=True, slots=True)
class Quality:
    """How well the page can be read.

    `dpi` is the resolution of the image handed in (None when the file does not say); `sharpness` is the variance of
    the Laplacian over the inked area; `contrast` runs from 0 to 1; `skew` in degrees, clockwise positive; `ink` is the
    share of dark pixels. `remarks` are stable codes such as "blurred", "blank", "low-contrast".
    """

    dpi: int | None
    sharpness: float
    contrast: float
    skew: float
    ink: float
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PageReading:
    """Everything read from one page. `number` counts from 1 within the file; width and height are of the upright page.

    `rotation` is how far the image handed in had to be turned clockwise to stand upright. `flat` is the projective map,
    3 x 3, row by row, that lays the page flat within the same width and height; empty where it was read as it came.
    `gutter` is where two pages that were scanned side by side meet, in pixels from the left; 0 for a single page.
    `reader` is whoever reads' word for all that a reading hangs on besides the picture: the same says reading again
    gives nothing new; empty where nobody said.
    """

    number: int
    width: int
    height: int
    rotation: Rotation
    source: Source
    lines: tuple[Line, ...]
    seals: tuple[SealMark, ...]
    quality: Quality
    engine: str = ""
    codes: tuple[CodeMark, ...] = ()
    flat: tuple[float, ...] = ()
    gutter: float = 0.0
    reader: str = ""
    tables: tuple[Table, ...] = ()
    marks: tuple[CheckMark, ...] = ()

    @property
    def text(self) -> str:
        """The lines in reading order, one a line."""
        return "\n".join(line.text for line in self.lines)


@dataclasses.dataclass(frozen=True, slots=True)
class MaterialGuess:
    """Which material type of the catalogue a document is: its code ("" when none fits), score 0 to 1, and why."""

    type: str
    score: float
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class FieldValue:
    """One value read from a document: where it stands, how sure, and the rule that found it.

    `read` is what was read before a misread character was put right; empty where nothing was corrected.
    """

    value: str
    page: int
    box: Quad
    score: float
    rule: str
    read: str = ""


Fields = Mapping[str, FieldValue]


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    """The upright rectangle between two corners as a `Quad`."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def bounds(box: Quad) -> tuple[float, float, float, float]:
    """The smallest upright rectangle around a box: x0, y0, x1, y1."""
    xs, ys = [p[0] for p in box], [p[1] for p in box]
    return min(xs), min(ys), max(xs), max(ys)


def to_json(reading: PageReading) -> dict[str, Any]:
    """A page as JSON-ready data."""
    return dataclasses.asdict(reading)


def from_json(data: Mapping[str, Any]) -> PageReading:
    """The page that `to_json` wrote, also before codes and check boxes were read."""
    return PageReading(
        **{
            **data,
            "lines": tuple(Line(**{**line, "box": _quad(line["box"])}) for line in data["lines"]),
            "seals": tuple(SealMark(**{**seal, "box": _quad(seal["box"])}) for seal in data["seals"]),
            "flat": tuple(data.get("flat", ())),
            "codes": tuple(CodeMark(**{**code, "box": _quad(code["box"])}) for code in data.get("codes", ())),
            "tables": tuple(map(_table, data.get("tables", ()))),
            "marks": tuple(CheckMark(**{**mark, "box": _quad(mark["box"])}) for mark in data.get("marks", ())),
            "quality": Quality(**{**data["quality"], "remarks": tuple(data["quality"]["remarks"])}),
        }
    )


def fields_to_json(fields: Fields) -> dict[str, dict[str, Any]]:
    """The fields of a document as JSON-ready data, by name."""
    return {name: dataclasses.asdict(value) for name, value in fields.items()}


def _table(data: Mapping[str, Any]) -> Table:
    cells = tuple(Cell(**{**cell, "box": _quad(cell["box"])}) for cell in data["cells"])
    return Table(**{**data, "box": _quad(data["box"]), "cells": cells})


def _quad(points: Any) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
