"""What the cells of tables say: the value beside or under a label, and all pairs of label and value on any page."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from ocr.folding import fold
from ocr.labels import Label, find_labels, is_label_cell
from ocr.layout import Placed
from ocr.results import Cell, Line, PageReading, Quad, Table, bounds
from ocr.values import Found

_LABEL_LIKE = re.compile(r"^[一-鿿][一-鿿()、/]{1,15}:?$")
_INLINE = re.compile(r"^([一-鿿][一-鿿()、/]{1,15}):(.+)$")


@dataclasses.dataclass(frozen=True, slots=True)
class KeyValue:
    """A label and what is written for it, on a form of any kind: both with their boxes, and the less sure score."""

    key: str
    value: str
    key_box: Quad
    box: Quad
    score: float


def cell_values(tables: Sequence[Table], words: Iterable[str]) -> Iterator[tuple[Label, Found]]:
    """For each cell that is one of the words as a label, the cell that belongs to it, if anything stands there."""
    wanted = tuple(words)
    for table in tables:
        for cell in table.cells:
            piece = _piece(cell)
            for label in find_labels((piece,), wanted):
                value = _value_cell(table, cell) if label.style == "cell" else None
                if value is not None and value.text:
                    yield label, Found(fold(value.text), (_piece(value),), "cell")


def is_empty_beside(tables: Sequence[Table], box: Quad) -> bool:
    """Whether the label at that place stands in a cell whose own value cell is empty: then it has no value."""
    x0, y0, x1, y1 = bounds(box)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    for table in tables:
        for cell in table.cells:
            left, top, right, bottom = bounds(cell.box)
            if left <= x <= right and top <= y <= bottom and is_label_cell(cell.text):
                value = _value_cell(table, cell)
                return value is not None and not value.text
    return False


def key_values(reading: PageReading) -> tuple[KeyValue, ...]:
    """Every pair of label and value that the page's tables and its lines with a colon show, tables first.

    A label outside the catalogue is taken for one where it looks like one: a few ideographs beside something else.
    """
    found = []
    for table in reading.tables:
        values: list[Cell] = []
        for cell in table.cells:
            value = _value_cell(table, cell)
            if cell in values or value is None or not value.text or not _is_label(cell, value):
                continue
            values.append(value)
            key = fold(cell.text).rstrip(":")
            found.append(KeyValue(key, value.text, cell.box, value.box, min(cell.score, value.score)))
    tabled = {cell.text for table in reading.tables for cell in table.cells}
    for line in reading.lines:
        match = _INLINE.match(fold(line.text))
        if match and line.text not in tabled:
            found.append(KeyValue(match[1], match[2], line.box, line.box, line.score))
    return tuple(found)


def _is_label(cell: Cell, value: Cell) -> bool:
    if is_label_cell(cell.text):
        return not is_label_cell(value.text)
    return bool(_LABEL_LIKE.match(fold(cell.text))) and not _LABEL_LIKE.match(fold(value.text))


def _value_cell(table: Table, label: Cell) -> Cell | None:
    """The cell to the right in the same row; under the label where the row is a head of labels."""
    right = next(
        (
            cell
            for cell in table.cells
            if cell.column == label.column + label.columns and cell.row <= label.row < cell.row + cell.rows
        ),
        None,
    )
    under = next(
        (
            cell
            for cell in table.cells
            if cell.row == label.row + label.rows and cell.column == label.column and cell.columns == label.columns
        ),
        None,
    )
    if under is not None and (is_label_cell(under.text) or not under.text):
        under = None
    if right is None or is_label_cell(right.text):
        return under
    heads = _LABEL_LIKE.match(fold(right.text)) and under is not None and not _LABEL_LIKE.match(fold(under.text))
    return under if heads else right


def _piece(cell: Cell) -> Placed:
    return Placed(Line(cell.text, cell.box, cell.score), *bounds(cell.box))
