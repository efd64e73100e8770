"""Ruled tables: the grid that the rules make, its merged cells, and the text of each cell, wrapped lines joined."""

import dataclasses
import itertools
import re
from collections.abc import Iterable, Sequence

from ocr.layout import reading_order
from ocr.results import Cell, Line, Quad, Table, bounds, quad
from ocr.rules import ACROSS, SAME_RULE, Rule, Ruled
from ocr.splitting import split_at

TOUCH = 7.0
"""Pixels at the rules' resolution by which the end of a rule may miss the one it belongs to: 1.2 mm."""

LONG = 160.0
"""Pixels (27 mm) from which a rule along the print that meets only one across it is still a border."""

SAME_PLACE = 9.0
"""Pixels between two rules that are one border: double rules, and one that wanders. Cells are at least 20 wide."""

HIDDEN = 270.0
"""Pixels of a border that may lie hidden: 45 mm, the widest common seal, or what a pen crosses out."""

DRAWN = 0.6
"""Part of a border between two cells that must be ruled: what stands over it, or a worn print, hides up to a third."""

FEWEST_CELLS = 4
"""A frame around a page has one; two boxes side by side make no table."""

HOLDS_PRINT = 20.0
"""Pixels (3.4 mm) a cell must be wide and high to hold a line of print: between two lines of a frame lie 1 to 3 mm."""

MOST_CELLS = 2000
"""A sheet of the densest bill of quantities has about 500; beyond this it is a pattern."""

OPEN_SIDE = 18.0
"""Pixels by which rules along the print reach beyond the last rule across it where a table has no border at a side."""

IN_CELL = 0.5
"""Part of a line's height that must lie in a row of cells to stand in it."""

_WORDS_MEET = re.compile(r"[A-Za-z]$")
_WORD_BEGINS = re.compile(r"^[A-Za-z]")


@dataclasses.dataclass(frozen=True, slots=True)
class _Grid:
    """Borders of a table, in straightened pixels, and what is ruled of them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    along: tuple[Rule, ...]
    across: tuple[Rule, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Box:
    """A cell: the first and last row and column of the grid that it fills."""

    top: int
    left: int
    bottom: int
    right: int


def find_tables(ruled: Ruled, lines: Sequence[Line]) -> tuple[Table, ...]:
    """The tables that these rules make, from top to bottom; each line of print in the cell it stands in.

    A line that runs through a border is cut there.
    """
    tables = []
    for along, across in _connected(_held_at_both_ends(_seen_through(ruled))):
        grid = _grid(along, across)
        if grid is None:
            continue
        boxes = _boxes(grid)
        if sum(_holds_print(grid, box) for box in boxes) >= FEWEST_CELLS:
            tables.append(_table(grid, boxes, ruled, lines))
    return tuple(sorted(tables, key=lambda t: (bounds(t.box)[1], bounds(t.box)[0])))


def _seen_through(ruled: Ruled) -> Ruled:
    """With borders whole that something lies over, a seal or a pen.

    A border ends at another one. Where two pieces of one line end in nothing, face to face, it goes on between them.
    """
    along, across = ruled.along, ruled.across
    return dataclasses.replace(ruled, along=_whole(along, across), across=_whole(across, along))


def _whole(rules: Iterable[Rule], others: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules of one direction, joined over what hides them; `others` are those of the other direction."""
    others = tuple(others)
    whole: list[Rule] = []
    open_ends: list[int] = []  # what ended too far back faces no later rule
    for rule in sorted(rules, key=lambda r: r.start):
        open_ends = [n for n in open_ends if rule.start - whole[n].end <= HIDDEN]
        facing = [
            n
            for n, before in ((n, whole[n]) for n in open_ends)
            if abs(before.at - rule.at) <= SAME_RULE
            and rule.start >= before.end
            and not any(
                before.end - TOUCH <= other.at <= rule.start + TOUCH
                and other.start - TOUCH <= rule.at <= other.end + TOUCH
                for other in others
            )
        ]
        if facing:
            nearest = max(facing, key=lambda n: whole[n].end)
            before = whole[nearest]
            at = (before.at * before.length + rule.at * rule.length) / (before.length + rule.length)
            whole[nearest] = Rule(at, before.start, rule.end)
        else:
            open_ends.append(len(whole))
            whole.append(rule)
    return tuple(sorted(whole, key=lambda r: (r.at, r.start)))


def _held_at_both_ends(ruled: Ruled) -> Ruled:
    """Without strokes that are no borders: a border runs from one rule to another, a stroke of a character does not.

    A rule across the print is kept from the first rule along it that it meets to the last, so that what is hidden
    under a seal costs only that part. What goes may leave others open: it is looked at until nothing goes.
    """
    along, across = ruled.along, ruled.across
    while True:
        upright = tuple(held for rule in across if (held := _between(rule, along)))
        lying = tuple(rule for rule in along if _is_border(rule, upright))
        if lying == along and upright == across:
            return dataclasses.replace(ruled, along=along, across=across)
        along, across = lying, upright


def _between(rule: Rule, along: Iterable[Rule]) -> Rule | None:
    """The rule from the first to the last of those along the print that it meets, if these are two."""
    met = [other.at for other in along if _meet(other, rule)]
    if not met or max(met) - min(met) < ACROSS / 2:
        return None
    return dataclasses.replace(rule, start=max(rule.start, min(met)), end=min(rule.end, max(met)))


def _is_border(rule: Rule, upright: Iterable[Rule]) -> bool:
    """Whether a rule along the print meets two across it, or one and is long: a table may be open at its sides."""
    met = [other.at for other in upright if _meet(rule, other)]
    return bool(met) and (max(met) - min(met) >= ACROSS / 2 or rule.length >= LONG)


def _connected(ruled: Ruled) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that touch or cross, gathered: each gathering may be a table."""
    rules = [("along", rule) for rule in ruled.along] + [("across", rule) for rule in ruled.across]
    parent = list(range(len(rules)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    split = len(ruled.along)
    for n, m in itertools.product(range(split), range(split, len(rules))):
        if _meet(rules[n][1], rules[m][1]):
            parent[root(n)] = root(m)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n, (way, rule) in enumerate(rules):
        groups.setdefault(root(n), ([], []))[0 if way == "along" else 1].append(rule)
    return [group for group in groups.values() if min(map(len, group)) >= 2]  # noqa: PLR2004 - top and bottom, sides


def _meet(along: Rule, across: Rule) -> bool:
    return (
        along.start - TOUCH <= across.at <= along.end + TOUCH and across.start - TOUCH <= along.at <= across.end + TOUCH
    )


def _grid(along: list[Rule], across: list[Rule]) -> _Grid | None:
    xs, ys = _places(across), _places(along)
    left, right = min(rule.start for rule in along), max(rule.end for rule in along)
    if left < xs[0] - OPEN_SIDE:
        xs = (left, *xs)
    if right > xs[-1] + OPEN_SIDE:
        xs = (*xs, right)
    cells = (len(xs) - 1) * (len(ys) - 1)
    return _Grid(xs, ys, tuple(along), tuple(across)) if FEWEST_CELLS <= cells <= MOST_CELLS else None


def _places(rules: Iterable[Rule]) -> tuple[float, ...]:
    """Where borders lie: the places of rules, near ones taken as one."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if groups and rule.at - groups[-1][-1].at <= SAME_PLACE:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return tuple(sum(r.at * r.length for r in group) / sum(r.length for r in group) for group in groups)


def _boxes(grid: _Grid) -> list[_Box]:
    """The cells: places of the grid with no rule between them taken together, as long as they make a rectangle."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    taken = [[False] * columns for _ in range(rows)]
    boxes = []
    for top, left in itertools.product(range(rows), range(columns)):
        if taken[top][left]:
            continue
        right = left
        while right + 1 < columns and not taken[top][right + 1] and not _ruled_across(grid, right + 1, top, top):
            right += 1
        bottom = top
        while bottom + 1 < rows and _goes_on_below(grid, taken, bottom + 1, left, right):
            bottom += 1
        for row, column in itertools.product(range(top, bottom + 1), range(left, right + 1)):
            taken[row][column] = True
        boxes.append(_Box(top, left, bottom, right))
    return boxes


def _holds_print(grid: _Grid, box: _Box) -> bool:
    width, height = grid.xs[box.right + 1] - grid.xs[box.left], grid.ys[box.bottom + 1] - grid.ys[box.top]
    return min(width, height) >= HOLDS_PRINT


def _ruled_across(grid: _Grid, x: int, top: int, bottom: int) -> bool:
    """Whether the border at the x-th place is ruled between these rows."""
    return _share(grid.across, grid.xs[x], grid.ys[top], grid.ys[bottom + 1]) >= DRAWN


def _goes_on_below(grid: _Grid, taken: Sequence[Sequence[bool]], row: int, left: int, right: int) -> bool:
    """Whether the row below belongs to the cell too: no rule above it, none within it, and it is nobody's yet."""
    return (
        _share(grid.along, grid.ys[row], grid.xs[left], grid.xs[right + 1]) < DRAWN
        and not any(taken[row][left : right + 1])
        and not any(_ruled_across(grid, column, row, row) for column in range(left + 1, right + 1))
    )


def _share(rules: Iterable[Rule], at: float, start: float, end: float) -> float:
    """Part of the stretch from start to end at that place that rules cover."""
    spans = sorted((max(r.start, start), min(r.end, end)) for r in rules if abs(r.at - at) <= SAME_PLACE)
    covered, reached = 0.0, start
    for first, last in spans:
        covered += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return covered / max(1.0, end - start)


def _table(grid: _Grid, boxes: Sequence[_Box], ruled: Ruled, lines: Sequence[Line]) -> Table:
    held: list[list[Line]] = [[] for _ in boxes]
    for line in lines:
        for n, part in _parts(grid, boxes, ruled, line):
            held[n].append(part)
    cells = tuple(
        Cell(
            box.top,
            box.left,
            box.bottom - box.top + 1,
            box.right - box.left + 1,
            _on_page(ruled, grid.xs[box.left], grid.ys[box.top], grid.xs[box.right + 1], grid.ys[box.bottom + 1]),
            joined(part.text for part in reading_order(found)),
            min((part.score for part in found), default=1.0),
        )
        for box, found in zip(boxes, held, strict=True)
    )
    whole = _on_page(ruled, grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1])
    return Table(whole, len(grid.ys) - 1, len(grid.xs) - 1, cells)


def _on_page(ruled: Ruled, x0: float, y0: float, x1: float, y1: float) -> Quad:
    a, b, c, d = (ruled.back(corner) for corner in quad(x0, y0, x1, y1))
    return a, b, c, d


def _parts(grid: _Grid, boxes: Sequence[_Box], ruled: Ruled, line: Line) -> list[tuple[int, Line]]:
    """The line, or its parts, with the number of the cell each stands in."""
    corners = [ruled.straight(corner) for corner in line.box]
    x0, y0, x1, y1 = bounds((corners[0], corners[1], corners[2], corners[3]))
    middle = (y0 + y1) / 2

    def shared(box: _Box) -> float:
        return min(x1, grid.xs[box.right + 1]) - max(x0, grid.xs[box.left])

    row = [
        (n, box)
        for n, box in enumerate(boxes)
        if grid.ys[box.top] <= middle <= grid.ys[box.bottom + 1] and shared(box) > 0
    ]
    if not row:
        return []
    row.sort(key=lambda entry: grid.xs[entry[1].left])
    # A character that only just reaches over a rule does not stand in the next cell.
    reach = min(IN_CELL * (y1 - y0), (x1 - x0) / 2)
    inside = [entry for entry in row if shared(entry[1]) > reach] or [max(row, key=lambda entry: shared(entry[1]))]
    borders = [grid.xs[box.left] for _, box in inside[1:]]
    shares = [(border - x0) / max(1.0, x1 - x0) for border in borders]
    return [(n, part) for (n, _), part in zip(inside, split_at(line, shares), strict=True) if part.text.strip()]


def joined(texts: Iterable[str]) -> str:
    """The lines of one cell as one text: a word of letters goes on with a space, everything else without."""
    whole = ""
    for text in texts:
        between = " " if _WORDS_MEET.search(whole) and _WORD_BEGINS.search(text) else ""
        whole += between + text.strip()
    return whole
