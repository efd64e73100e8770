"""Title blocks as design institutes print them: three usual layouts, and three others that only measuring uses.

GB/T 50001-2017, 3.2: a strip along the right edge or the bottom, 40 to 70 mm; older sheets have a block in the corner.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from samples.drawings_shapes import THICK, THIN, Box, Shape, frame

Values = Mapping[str, str]
Style = Literal["left", "over", "bare"]


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its box, its label, the name of its value, and where the label stands: left of the value or over it."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str
    value: str
    style: Style = "left"


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """How a title block is laid out: the room it leaves for the drawing and its cells, on a sheet of some size."""

    name: str
    place: Callable[[float, float], Box]
    cells: Callable[[Box], Sequence[Cell]]
    spaced: float = 0.0


SIGNERS = ("审定", "审核", "项目负责人", "专业负责人", "校对", "设计", "制图")


def _column(box: Box, rows: Sequence[tuple[str, str, Style, float]]) -> Iterator[Cell]:
    """Cells one under the other, of the shares of the height that are given last."""
    total, top = sum(row[3] for row in rows), box[1]
    for label, value, style, share in rows:
        bottom = top + (box[3] - box[1]) * share / total
        yield Cell(box[0], top, box[2], bottom, label, value, style)
        top = bottom


def _pairs(box: Box, rows: Sequence[Sequence[tuple[str, str]]], style: Style = "left") -> Iterator[Cell]:
    """Rows of cells side by side."""
    high = (box[3] - box[1]) / len(rows)
    for n, row in enumerate(rows):
        wide = (box[2] - box[0]) / len(row)
        for m, (label, value) in enumerate(row):
            yield Cell(
                box[0] + m * wide,
                box[1] + n * high,
                box[0] + (m + 1) * wide,
                box[1] + (n + 1) * high,
                label,
                value,
                style,
            )


def _right_strip(box: Box) -> list[Cell]:
    x0, y0, x1, y1 = box
    at = [y0 + (y1 - y0) * share for share in (0, 0.10, 0.30, 0.44, 0.74, 0.90, 1)]
    return [
        Cell(x0, at[0], x1, at[1], "", "design_unit", "bare"),
        *_changes((x0, at[1], x1, at[2])),
        *_column((x0, at[2], x1, at[3]), [("建设单位", "client", "over", 1), ("工程名称", "project", "over", 1.4)]),
        *_column(
            (x0, at[3], x1, at[4] - (at[4] - at[3]) * 0.5),
            [("子项名称", "works", "over", 1), ("图名", "title", "over", 1.4)],
        ),
        *_pairs((x0, at[4] - (at[4] - at[3]) * 0.5, x1, at[5]), [[(role, f"by {role}")] for role in SIGNERS]),
        *_pairs(
            (x0, at[5], x1, at[6]),
            [
                [("图别", "kind"), ("图号", "number")],
                [("比例", "scale"), ("版次", "revision")],
                [("阶段", "phase"), ("日期", "date")],
            ],
        ),
    ]


def _changes(box: Box) -> Iterator[Cell]:
    """The table of changes: revision, date, what was changed."""
    x0, y0, x1, y1 = box
    edges = [x0, x0 + (x1 - x0) * 0.2, x0 + (x1 - x0) * 0.52, x1]
    high = (y1 - y0) / 5
    heads = ("版次", "日期", "修改内容")
    for row in range(5):
        for column in range(3):
            label = heads[column] if row == 0 else ""
            value = "" if row == 0 else f"change {row} {column}"
            yield Cell(edges[column], y0 + row * high, edges[column + 1], y0 + (row + 1) * high, label, value, "bare")


def _corner(box: Box) -> list[Cell]:
    x0, y0, x1, y1 = box
    left, middle = x0 + (x1 - x0) * 0.36, x0 + (x1 - x0) * 0.72
    top = y0 + (y1 - y0) * 0.25
    return [
        Cell(x0, y0, x1, top, "", "design_unit", "bare"),
        *_pairs((x0, top, left, y1), [[(role, f"by {role}")] for role in SIGNERS[:5]]),
        *_pairs((left, top, middle, y1), [[("工程名称", "project")], [("子项名称", "works")], [("图名", "title")]]),
        *_pairs(
            (middle, top, x1, y1),
            [
                [("工程编号", "job")],
                [("图号", "number")],
                [("比例", "scale")],
                [("日期", "date")],
                [("版次", "revision")],
            ],
        ),
    ]


def _bottom_strip(box: Box) -> list[Cell]:
    x0, y0, x1, y1 = box
    at = [x0 + (x1 - x0) * share for share in (0, 0.2, 0.42, 0.66, 1)]
    return [
        Cell(at[0], y0, at[1], y1, "设计单位", "design_unit", "over"),
        *_pairs((at[1], y0, at[2], y1), [[(role, f"by {role}")] for role in SIGNERS[:5]]),
        *_column((at[2], y0, at[3], y1), [("项目名称", "project", "over", 1), ("单体名称", "works", "over", 1)]),
        *_column((at[3], y0, at[4], y0 + (y1 - y0) * 0.5), [("图纸名称", "title", "left", 1)]),
        *_pairs(
            (at[3], y0 + (y1 - y0) * 0.5, at[4], y1),
            [
                [("专业", "discipline"), ("图号", "number"), ("版次", "revision")],
                [("比例", "scale"), ("阶段", "phase"), ("日期", "date")],
            ],
        ),
    ]


def _right_labelled(box: Box) -> list[Cell]:
    """For measuring: the strip at the right with its labels left of the values and the number at the very bottom."""
    x0, y0, x1, y1 = box
    at = [y0 + (y1 - y0) * share for share in (0, 0.14, 0.5, 0.72, 0.94, 1)]
    return [
        Cell(x0, at[0], x1, at[1], "设计单位名称", "design_unit", "over"),
        Cell(x0, at[1], x1, at[2], "注册师签章", "", "over"),
        *_column(
            (x0, at[2], x1, at[3]),
            [
                ("业主单位", "client", "left", 1),
                ("工程项目", "project", "left", 1.3),
                ("单项名称", "works", "left", 1),
                ("图纸名称", "title", "left", 1.3),
            ],
        ),
        *_pairs(
            (x0, at[3], x1, at[4]),
            [
                [("审定人", "by 审定"), ("设计人", "by 设计")],
                [("审核人", "by 审核"), ("校对人", "by 校对")],
                [("设计号", "job"), ("阶段", "phase")],
                [("专业", "discipline"), ("比例", "scale")],
                [("出图日期", "date"), ("版本", "revision")],
            ],
        ),
        Cell(x0, at[4], x1, at[5], "图纸编号", "number"),
    ]


def _corner_old(box: Box) -> list[Cell]:
    """For measuring: the old block in the corner, its labels spaced out, the kind apart from the number."""
    x0, y0, x1, y1 = box
    left, right = x0 + (x1 - x0) * 0.4, x0 + (x1 - x0) * 0.74
    top = y0 + (y1 - y0) * 0.22
    return [
        Cell(x0, y0, left, top, "", "design_unit", "bare"),
        Cell(left, y0, x1, top, "工程名称", "project"),
        *_pairs(
            (x0, top, left, y1),
            [
                [("审定", "by 审定"), ("设计", "by 设计")],
                [("审核", "by 审核"), ("制图", "by 制图")],
                [("校对", "by 校对"), ("项目负责人", "by 项目负责人")],
            ],
        ),
        *_pairs((left, top, right, y1), [[("子项", "works")], [("图名", "title")]]),
        *_pairs(
            (right, top, x1, y1), [[("设计号", "job")], [("图别", "kind")], [("图号", "digits")], [("日期", "date")]]
        ),
    ]


def _bottom_over(box: Box) -> list[Cell]:
    """For measuring: a strip along the bottom with every label over its value."""
    x0, y0, x1, y1 = box
    at = [x0 + (x1 - x0) * share for share in (0, 0.24, 0.46, 0.7, 1)]
    return [
        Cell(at[0], y0, at[1], y1, "", "design_unit", "bare"),
        *_column((at[1], y0, at[2], y1), [("工程名称", "project", "over", 1), ("子项名称", "works", "over", 1)]),
        *_column((at[2], y0, at[3], y1), [("图纸名称", "title", "over", 1), ("建设单位", "client", "over", 1)]),
        *_pairs(
            (at[3], y0, at[4], y1),
            [
                [("图号", "number"), ("版本号", "revision"), ("比例", "scale")],
                [("设计", "by 设计"), ("审核", "by 审核"), ("出图日期", "date")],
            ],
            "over",
        ),
    ]


def _at_right(wide: float) -> Callable[[float, float], Box]:
    return lambda width, height: (width - 5 - wide, 5, width - 5, height - 5)


def _at_bottom(high: float) -> Callable[[float, float], Box]:
    return lambda width, height: (25, height - 5 - high, width - 5, height - 5)


def _in_corner(wide: float, high: float) -> Callable[[float, float], Box]:
    return lambda width, height: (width - 5 - wide, height - 5 - high, width - 5, height - 5)


LAYOUTS = (
    Layout("right strip", _at_right(62), _right_strip),
    Layout("corner", _in_corner(180, 52), _corner),
    Layout("bottom strip", _at_bottom(36), _bottom_strip),
)
HELD_OUT = (
    Layout("right strip, labelled", _at_right(68), _right_labelled),
    Layout("corner, old", _in_corner(180, 40), _corner_old, 0.5),
    Layout("bottom strip, over", _at_bottom(34), _bottom_over),
)


def draw_block(layout: Layout, box: Box, values: Values, font: str, small: float) -> list[Shape]:
    """The block with its rules, labels and values; long values are wrapped to their cell."""
    shapes = [frame(box, THICK)]
    for cell in layout.cells(box):
        shapes.append(frame((cell.x0, cell.y0, cell.x1, cell.y1), THIN))
        shapes += _cell(cell, values.get(cell.value, ""), layout.spaced, font, small)
    return shapes


def _cell(cell: Cell, value: str, spaced: float, font: str, small: float) -> Iterator[Shape]:
    wide, middle = cell.x1 - cell.x0, (cell.y0 + cell.y1) / 2
    label = cell.label
    gap = spaced if len(label) == 2 else 0.0  # noqa: PLR2004 - two letters are spaced out to the width of four
    x, y = (cell.x0 + cell.x1) / 2, middle
    if label and cell.style == "bare":
        yield Shape("text", x, y, text=label, size=small, font=font)
    elif label:
        top = cell.y0 + 0.8 * small if cell.style == "over" else middle
        yield Shape("text", cell.x0 + 1, top, text=label, size=small, font=font, anchor="l", spaced=gap)
    room = wide - 2
    if label and cell.style == "left":
        edge = cell.x0 + 2.5 + (len(label) + gap * (len(label) - 1)) * small
        room, x = cell.x1 - edge - 1, (edge + cell.x1) / 2
        yield Shape("line", edge - 0.6, cell.y0, edge - 0.6, cell.y1, THIN)
    elif label and cell.style == "over":
        y = (cell.y0 + 1.4 * small + cell.y1) / 2
    size = small * (1.25 if cell.value in {"title", "project", "number", "design_unit"} else 1.0)
    lines = _wrapped(value, room, size)
    size = min([size, *(0.98 * room / max(0.1, _width(of)) for of in lines)])
    for n, of in enumerate(lines):
        at = y + (n - (len(lines) - 1) / 2) * size * 1.35
        yield Shape("text", x, at, text=of, size=size, font=font, group=f"block {cell.value}")


def _width(text: str) -> float:
    return sum(0.56 if letter.isascii() else 1.0 for letter in text)


def _wrapped(value: str, room: float, size: float) -> list[str]:
    """In one line, or in two of about the same length."""
    if not value or _width(value) * size <= room:
        return [value] if value else []
    half = (len(value) + 1) // 2
    return [value[:half], value[half:]]
