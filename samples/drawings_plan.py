"""What a sheet shows: a floor plan with axes, walls, doors, dimensions, room names and notes, as each discipline does.

Scaled to fit the room that the title block leaves. The text heights are those of GB/T 50001-2017, 5.0.2.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from samples.drawings_shapes import MIDDLE, THICK, THIN, Box, Shape, frame, line

ROOMS = ("办公室", "会议室", "走廊", "门厅", "值班室", "配电间", "卫生间", "楼梯间", "仓库", "车间", "档案室", "接待室")
NOTES: Mapping[str, tuple[str, ...]] = {
    "建筑": (
        "图中未注明的墙体厚度均为200mm，轴线居中。",
        "卫生间楼地面标高低于同层楼地面20mm。",
        "外墙保温材料采用岩棉板，厚度80mm。",
        "防火门均采用甲级，耐火极限1.50h。",
    ),
    "结构": (
        "混凝土强度等级：柱C40，梁板C30。",
        "未注明的板厚为120mm，板顶标高同结构标高。",
        "钢筋采用HRB400级，保护层厚度20mm。",
        "主次梁相交处附加箍筋3根，间距50mm。",
    ),
    "给水排水": (
        "消火栓栓口距地面1.10m，充实水柱13m。",
        "生活给水管采用PP-R管，热熔连接。",
        "排水横管坡度除注明外均为0.026。",
        "喷头动作温度68度，流量系数K=80。",
    ),
    "电气": (
        "配电箱底边距地1.5m暗装。",
        "未注明导线为BV-2.5，穿SC20管。",
        "应急照明持续供电时间不小于90min。",
        "接地电阻不大于1欧姆。",
    ),
    "暖通空调": (
        "风管采用镀锌钢板，厚度0.75mm。",
        "排烟风机前设280度防火阀。",
        "空调冷凝水管坡度0.01。",
        "室内设计温度26度，相对湿度60%。",
    ),
    "总图": (
        "本图坐标为2000国家大地坐标系。",
        "消防车道净宽不小于4.00m。",
        "室外场地坡度不大于3.0%。",
        "图中标注尺寸以米计，标高为绝对标高。",
    ),
}
_LABELS: Mapping[str, tuple[str, ...]] = {
    "建筑": ("FM甲1021", "C1518", "M0921", "LC2418"),
    "结构": ("KL1(3) 250x600", "KZ2 500x500", "L3(1) 200x450", "h=120"),
    "给水排水": ("JL-1 DN50", "WL-2 DN100", "XL-3 DN65", "ZPL-1"),
    "电气": ("1AL1", "WE1 BV-3x2.5", "ALE-2", "n3 SC20"),
    "暖通空调": ("800x320", "PF(Y)-1", "FCU-05", "630x250"),
    "总图": ("±0.00=36.50", "R=9.00", "X=3512.40", "i=0.3%"),
}
_SPACINGS = (3000, 3300, 3600, 3900, 4200, 4800, 5400, 6000, 6600, 7200, 8400)
_DIMENSIONS, _NOTE_ROOM, _NORTH_ROOM = 18.0, 34.0, 14.0
"""Millimetres kept free for the chains of dimensions, below the plan for the notes, right of it for the north arrow."""


@dataclasses.dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a plan: their places in millimetres of the sheet, and the true distances between them."""

    across: tuple[float, ...]
    down: tuple[float, ...]
    wide: tuple[int, ...]
    high: tuple[int, ...]


def draw_plan(room: Box, discipline: str, font: str, rng: np.random.Generator, small: float = 2.5) -> list[Shape]:
    """Everything a plan shows within `room`; `small` is the height of its smallest text, millimetres."""
    axes = _axes(room, rng)
    shapes = [
        *_grid(axes, font, small),
        *_walls(axes, rng, heavy=discipline in {"建筑", "结构"}),
        *_dimensions(axes, font, small),
        *_rooms(axes, discipline, font, small, rng),
        *_notes(room, axes, discipline, font, small, rng),
        *_north(room, font),
    ]
    if discipline == "结构":
        shapes += _columns(axes)
    if discipline in {"给水排水", "电气", "暖通空调"}:
        shapes += _pipes(axes, rng)
    return shapes


def _axes(room: Box, rng: np.random.Generator) -> Axes:
    left, top, right, bottom = room
    wide = tuple(int(rng.choice(_SPACINGS)) for _ in range(int(rng.integers(4, 8))))
    high = tuple(int(rng.choice(_SPACINGS)) for _ in range(int(rng.integers(2, 5))))
    inner = (right - left - 2 * _DIMENSIONS - _NORTH_ROOM, bottom - top - 2 * _DIMENSIONS - _NOTE_ROOM)
    scale = min(inner[0] / sum(wide), inner[1] / sum(high))
    across = [left + _DIMENSIONS + scale * part for part in (0, *itertools.accumulate(wide))]
    down = [top + _DIMENSIONS + scale * part for part in (0, *itertools.accumulate(high))]
    return Axes(tuple(across), tuple(down), wide, high)


def _grid(axes: Axes, font: str, small: float) -> Iterator[Shape]:
    top, bottom, left, right = axes.down[0], axes.down[-1], axes.across[0], axes.across[-1]
    for place, x in enumerate(axes.across, 1):
        yield line(x, top - 12, x, bottom + 4, dash="dash-dotted")
        yield Shape("circle", x - 3, top - 18, x + 3, top - 12)
        yield Shape("text", x, top - 15, text=str(place), size=small, font=font)
    for place, y in enumerate(axes.down):
        yield line(left - 12, y, right + 4, y, dash="dash-dotted")
        yield Shape("circle", left - 18, y - 3, left - 12, y + 3)
        yield Shape("text", left - 15, y, text="ABCDEFGH"[len(axes.down) - 1 - place], size=small, font=font)


def _walls(axes: Axes, rng: np.random.Generator, *, heavy: bool) -> Iterator[Shape]:
    """Outer walls closed, inner ones by chance; a door in some of them. Each wall is a group of its own."""
    weight, half, count = (THICK if heavy else MIDDLE), 0.9, 0
    for y in axes.down:
        outer = y in {axes.down[0], axes.down[-1]}
        for x0, x1 in itertools.pairwise(axes.across):
            if outer or rng.random() < 0.6:  # noqa: PLR2004 - some are left open
                count += 1
                yield from _wall_across(x0, x1, y, half, weight, count, door=not outer and x1 - x0 > 14)  # noqa: PLR2004
    for x in axes.across:
        outer = x in {axes.across[0], axes.across[-1]}
        for y0, y1 in itertools.pairwise(axes.down):
            if outer or rng.random() < 0.6:  # noqa: PLR2004
                count += 1
                for side in (-half, half):
                    yield line(x + side, y0 + half, x + side, y1 - half, weight, group=f"wall {count}")


def _wall_across(  # noqa: PLR0913, PLR0917 - one wall
    x0: float, x1: float, y: float, half: float, weight: float, count: int, *, door: bool
) -> Iterator[Shape]:
    group = f"wall {count}"
    gap = (x0 + 3, x0 + 9) if door else (x1, x1)
    for side in (-half, half):
        yield line(x0 + half, y + side, gap[0] - half * (not door), y + side, weight, group=group)
        if door:
            yield line(gap[1], y + side, x1 - half, y + side, weight, group=group)
    if door:
        yield line(gap[0], y, gap[0], y + 6, MIDDLE, group=f"door {count}")
        steps = [(gap[0] + 6 * np.sin(a), y + 6 * np.cos(a)) for a in np.linspace(0, np.pi / 2, 9)]
        for (ax, ay), (bx, by) in itertools.pairwise(steps):
            yield line(float(ax), float(ay), float(bx), float(by), group=f"door {count}")


def _dimensions(axes: Axes, font: str, small: float) -> Iterator[Shape]:
    """The chain of dimensions above the plan and left of it, each with its ticks; text above its line."""
    y, x = axes.down[0] - 7, axes.across[0] - 7
    for place, (x0, x1) in enumerate(itertools.pairwise(axes.across)):
        yield line(x0, y, x1, y)
        yield Shape(
            "text",
            (x0 + x1) / 2,
            y - 0.75 * small,
            text=str(axes.wide[place]),
            size=small,
            font=font,
            group=f"dimension {place}",
        )
    for tick in axes.across:
        yield line(tick - 0.8, y + 0.8, tick + 0.8, y - 0.8, MIDDLE)
    for place, (y0, y1) in enumerate(itertools.pairwise(axes.down)):
        yield line(x, y0, x, y1)
        yield Shape(
            "text",
            x - 0.75 * small,
            (y0 + y1) / 2,
            text=str(axes.high[place]),
            size=small,
            font=font,
            turned=True,
            group=f"dimension {place + len(axes.wide)}",
        )
    for tick in axes.down:
        yield line(x - 0.8, tick + 0.8, x + 0.8, tick - 0.8, MIDDLE)


def _rooms(axes: Axes, discipline: str, font: str, small: float, rng: np.random.Generator) -> Iterator[Shape]:
    for x0, x1 in itertools.pairwise(axes.across):
        for y0, y1 in itertools.pairwise(axes.down):
            if rng.random() < 0.7:  # noqa: PLR2004 - not every room is named
                name = str(rng.choice(ROOMS)) if discipline not in {"结构", "总图"} else ""
                code = str(rng.choice(_LABELS[discipline]))
                x, y = (x0 + x1) / 2, (y0 + y1) / 2
                if name:
                    yield Shape("text", x, y - small, text=name, size=small, font=font)
                yield Shape("text", x, y + small, text=code, size=small * 0.9, font=font)


def _notes(  # noqa: PLR0913, PLR0917 - where and what
    room: Box, axes: Axes, discipline: str, font: str, small: float, rng: np.random.Generator
) -> Iterator[Shape]:
    chosen: Sequence[str] = rng.permutation(NOTES[discipline])[:3].tolist()
    top, left = min(room[3] - _NOTE_ROOM + 10, axes.down[-1] + 16), room[0] + 8
    yield Shape("text", left, top, text="说明：", size=small * 1.2, font=font, anchor="l")
    for place, note in enumerate(chosen, 1):
        yield Shape(
            "text",
            left,
            top + place * small * 1.9,
            text=f"{place}. {note}",
            size=small,
            font=font,
            anchor="l",
            group=f"note {place}",
        )


def _north(room: Box, font: str) -> Iterator[Shape]:
    x, y = room[2] - 14, room[1] + 14
    yield Shape("circle", x - 8, y - 8, x + 8, y + 8, MIDDLE)
    yield line(x, y + 8, x, y - 8, THICK)
    yield line(x, y - 8, x - 2, y, MIDDLE)
    yield line(x, y - 8, x + 2, y, MIDDLE)
    yield Shape("text", x, y - 10.5, text="北", size=3.5, font=font)


def _columns(axes: Axes) -> Iterator[Shape]:
    for x, y in itertools.product(axes.across, axes.down):
        yield frame((x - 1.6, y - 1.6, x + 1.6, y + 1.6), THIN, filled=True)


def _pipes(axes: Axes, rng: np.random.Generator) -> Iterator[Shape]:
    """Runs of pipes or wires with fittings, as thick lines through the rooms."""
    for y0, y1 in itertools.pairwise(axes.down):
        y = y0 + (y1 - y0) * float(rng.uniform(0.25, 0.4))
        yield line(axes.across[0] + 3, y, axes.across[-1] - 3, y, THICK, dash="dashed")
        for x in axes.across[1:-1]:
            yield Shape("circle", x + 4, y - 1.2, x + 6.4, y + 1.2, MIDDLE)
