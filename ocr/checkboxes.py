"""Check boxes of a page: where they are, whether they are ticked, and the option each stands before.

What is a box is decided from pixels (`ocr.boxfinding`) together with what was read there: a square where the recogniser
read 国 or 口 is that character. A mark it read where no square was found (√ on a line, a faint □) counts, less surely.
"""

import dataclasses
import itertools
import math
import unicodedata
from collections.abc import Iterable, Sequence

from ocr.boxfinding import Square, find_squares
from ocr.pixels import Image
from ocr.results import CheckMark, Line, Quad, bounds, quad
from ocr.seals_outline import page_dpi

EMPTY, TICKED = "□☐", "☑☒✓✔√■"
"""How boxes are written in text."""

HOLLOW = frozenset("口曰日")
FULL = frozenset("日曰田国目回因困固围园圆圈图团囚囤四")
"""Characters that are a frame from side to side: a square found where one was read is that character. Only the hollow
ones can be taken for an empty box, only the full ones for a ticked one."""

LOW, HIGH = 0.42, 1.05
"""Side of a box against the height of its line: 0.55 to 0.75 where the line was cut close, as it mostly is."""

BESIDE = 1.0
"""How many characters may lie between where one is reckoned to stand and where it stands: those to the left of it are
as wide as they are taken to be, give or take a tenth."""

UNSEEN = 0.6
"""Surety of a mark that the recogniser read and no pixels confirm, against its line's."""

APART = 1.5
"""Characters by which a box may be off its reckoned place before it counts as another one."""

MOST_WAYS = 2000
"""Ways to line up boxes with what was read that are tried: all of them up to 6 boxes in a line."""

ALONE = 1.5
"""Sides of a box within which text must begin to the right of it where it lies in no line."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    """A line with the boxes on it: along the line from its left end, as parts of its width."""

    line: Line
    starts: tuple[float, ...]
    units: float
    boxes: tuple[tuple[Square, float], ...] = ()


def read_checkboxes(image: Image, lines: Sequence[Line], dpi: int | None) -> tuple[CheckMark, ...]:
    """The check boxes of an upright page in the order of its lines, boxes in pixels of the image.

    Args:
        image: The page, height x width x 3, blue green red.
        lines: What was read from it, in its pixels.
        dpi: Resolution the file states, or None.
    """
    rows = [_Row(line, *_starts(line.text)) for line in lines if line.text.strip()]
    for square in find_squares(image, page_dpi(image, dpi)):
        at = next((n for n, row in enumerate(rows) if _belongs(square, row)), None)
        if at is not None:
            row = rows[at]
            rows[at] = dataclasses.replace(row, boxes=(*row.boxes, (square, _along(row.line.box, square.middle)[0])))
    marks: list[CheckMark] = []
    above: _Row | None = None
    for row in rows:
        found, lead = _marks(row)
        if marks and above is not None and (found or not marks[-1].text) and _continues(above, row):
            # An option may be broken between lines; only beside other boxes, or after a bare one, is it sure.
            marks[-1] = dataclasses.replace(marks[-1], text=marks[-1].text + lead)
        marks += found
        above = row if found else None
    return tuple(marks)


def _continues(above: _Row, row: _Row) -> bool:
    """Whether the line begins where the one above does, right under it."""
    x0, _, _, bottom = bounds(above.line.box)
    left, top, _, low = bounds(row.line.box)
    return abs(left - x0) < low - top and abs(top - bottom) < low - top


def _starts(text: str) -> tuple[tuple[float, ...], float]:
    """Where each character begins, and the last ends, as parts of the line's width; how many full widths it has."""
    weights = [1.0 if unicodedata.east_asian_width(c) in "WFA" or c in EMPTY + TICKED else 0.5 for c in text]
    total, at, starts = sum(weights) or 1.0, 0.0, [0.0]
    for weight in weights:
        at += weight
        starts.append(at / total)
    return tuple(starts), total


def _along(box: Quad, point: tuple[float, float]) -> tuple[float, float]:
    """Where the point lies in a line's box: from its left end and from its top, as parts of width and height."""
    (ax, ay), (bx, by), _, (dx, dy) = box
    wide, high = math.hypot(bx - ax, by - ay) or 1.0, math.hypot(dx - ax, dy - ay) or 1.0
    x, y = point[0] - ax, point[1] - ay
    return (x * (bx - ax) + y * (by - ay)) / wide**2, (x * (dx - ax) + y * (dy - ay)) / high**2


def _belongs(square: Square, row: _Row) -> bool:
    """Whether the square is a check box of that line: of its size, at its height, and no character of its own."""
    (ax, ay), (bx, by), _, (dx, dy) = row.line.box
    wide, high = math.hypot(bx - ax, by - ay) or 1.0, math.hypot(dx - ax, dy - ay) or 1.0
    along, down = _along(row.line.box, square.middle)
    if not 0.25 < down < 0.75 or not LOW <= square.side / high <= HIGH:  # noqa: PLR2004 - the middle half
        return False
    if not -ALONE * square.side / wide <= along <= 1 + 0.5 * square.side / wide:
        return False
    near = _near(row, along)
    return not near & (FULL if square.ticked else HOLLOW) or bool(near & set(EMPTY + TICKED))


def _near(row: _Row, along: float) -> set[str]:
    """The characters that may stand at that place of the line."""
    one = 1.0 / max(1.0, len(row.line.text))
    reach = BESIDE * one
    spans = zip(row.line.text, row.starts, row.starts[1:], strict=False)
    return {c for c, start, end in spans if abs((start + end) / 2 - along) <= reach}


def _marks(row: _Row) -> tuple[list[CheckMark], str]:
    """The marks of one line from left to right, each with the text up to the next; and the text before the first."""
    glyphs = [n for n, c in enumerate(row.line.text) if c in EMPTY + TICKED]
    squares = sorted(row.boxes, key=lambda pair: pair[1])
    if not glyphs and not squares:
        return [], row.line.text.strip()
    places = _lined_up(row, glyphs, squares)
    ends = [*(start for start, _ in places[1:]), len(row.line.text)]
    marks = [_mark(row, start, end, square) for (start, square), end in zip(places, ends, strict=True)]
    return marks, row.line.text[: places[0][0]].strip()


def _lined_up(
    row: _Row, glyphs: Sequence[int], squares: Sequence[tuple[Square, float]]
) -> list[tuple[int, Square | None]]:
    """Where in the text each box stands: the squares found, and the boxes read where none was."""
    pairs = min(_pairings(len(glyphs), len(squares)), key=lambda pairs: _strain(row, glyphs, squares, pairs))
    glyph_of = {square: glyphs[glyph] for glyph, square in pairs}
    missing = len(squares) - len(pairs)
    paired = set(glyph_of.values())
    places: list[tuple[int, Square | None]] = [(glyph, None) for glyph in glyphs if glyph not in paired]
    unread, least = 0, 0
    for n, (square, along) in enumerate(squares):
        at = glyph_of.get(n)
        if at is None:
            at = min(range(len(row.starts)), key=lambda k: abs(_center(row, k, unread, missing) - along))
            at, unread = max(at, least), unread + 1
        least = at
        places.append((at, square))
    return sorted(places, key=lambda place: place[0])


def _pairings(glyphs: int, squares: int) -> Iterable[tuple[tuple[int, int], ...]]:
    """Ways to say which box read is which square, in order; the first ones only where there are too many ways."""
    ways = (
        tuple(zip(some, others, strict=True))
        for many in range(min(glyphs, squares), -1, -1)
        for some in itertools.combinations(range(glyphs), many)
        for others in itertools.combinations(range(squares), many)
    )
    return itertools.islice(ways, MOST_WAYS)


def _strain(
    row: _Row,
    glyphs: Sequence[int],
    squares: Sequence[tuple[Square, float]],
    pairs: tuple[tuple[int, int], ...],
) -> float:
    """How badly a pairing fits, in characters: by distance, by what is in the boxes, and by how many have no pair."""
    missing = len(squares) - len(pairs)
    strain = APART * (missing + len(glyphs) - len(pairs))
    for done, (glyph, n) in enumerate(pairs):
        square, along = squares[n]
        strain += abs(_center(row, glyphs[glyph], n - done, missing) - along) * (row.units + missing)
        strain += APART * ((row.line.text[glyphs[glyph]] in TICKED) != square.ticked)
    return strain


def _center(row: _Row, at: int, before: int, missing: int) -> float:
    """Middle of a character along its line, when `before` of `missing` characters were left out to the left of it."""
    return (row.starts[at] * row.units + before + 0.5) / (row.units + missing)


def _mark(row: _Row, start: int, end: int, square: Square | None) -> CheckMark:
    text = row.line.text
    glyph = text[start] if start < len(text) and text[start] in EMPTY + TICKED else ""
    words = text[start + len(glyph) : end].strip(" \u3000，,；;")
    if square is None:
        return CheckMark(_place(row, start), glyph in TICKED, words, round(UNSEEN * row.line.score, 3))
    sure = square.sure if not glyph or (glyph in TICKED) == square.ticked else square.sure / 2
    box = quad(*(round(edge, 1) for edge in (square.x0, square.y0, square.x1, square.y1)))
    return CheckMark(box, square.ticked, words, round(sure, 3))


def _place(row: _Row, at: int) -> Quad:
    x0, y0, x1, y1 = bounds(row.line.box)
    left, right = (x0 + row.starts[n] * (x1 - x0) for n in (at, at + 1))
    return quad(round(left, 1), round(y0, 1), round(right, 1), round(y1, 1))
