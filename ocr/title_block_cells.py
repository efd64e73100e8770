"""Where the values of a title block stand: beside their label, or under it, up to where the next label begins.

Rules are of no help: a drawing is full of them. Labels are, since every cell of a title block has one.
"""

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ocr.folding import fold
from ocr.layout import moved
from ocr.results import Line
from ocr.splitting import part_of
from ocr.title_block_words import date_of, label_of, label_words, revision_of

FAR = 40.0
"""Heights of a label: no value stands farther from it than the widest cell, along the bottom of A1, leaves room for."""

UNDER = 8.0
"""Heights of a label from which what stands under it is not its value."""

STANDING = 1.3
"""Height over width from which a line of several characters is one that runs downwards."""

WRAPPED = 1.2
"""Heights of a label by which the lines of a value that is wrapped may stand above and below the label's own line."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A line or part of one, upright: where it stands, and which value it is the label of, with what follows on it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    line: Line
    label: str = ""
    rest: str = ""

    @property
    def height(self) -> float:
        """Height of the text."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.y0 + self.y1) / 2

    @property
    def centre(self) -> float:
        """Horizontal middle."""
        return (self.x0 + self.x1) / 2


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """An upright rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, piece: Piece) -> bool:
        """Whether the middle of a piece lies in it."""
        return self.x0 <= piece.centre <= self.x1 and self.y0 <= piece.middle <= self.y1


def pieces_of(lines: Iterable[Line]) -> list[Piece]:
    """The lines as pieces, stood upright where most of the sheet's text is turned, and cut before every label."""
    kept = [line for line in lines if line.text.strip()]
    if not kept:
        return []
    turn = _turn(kept)
    return [piece for line in kept for piece in _cut(line, turn) if _turn_of(line) == turn]


def run_on(label: Piece, pieces: Sequence[Piece]) -> list[Piece]:
    """A label whose value follows on its own line, with what a text layer cut off that line's end ("02", "A")."""
    near = (p for p in pieces if not p.label and _in_row(label, p) and abs(p.x0 - label.x1) <= 0.3 * label.height)
    return [label, *near]


def beside(label: Piece, pieces: Sequence[Piece], block: Row) -> list[Piece]:
    """What stands to the right of a label in its row, up to the next label; the lines of a wrapped value in order."""
    height = label.height
    band = Row(label.x1 - 0.3 * height, label.y0 - WRAPPED * height, block.x1, label.y1 + WRAPPED * height)
    row = [p for p in pieces if p is not label and band.holds(p)]
    rivals = [p for p in row if p.label and p.x0 > label.x1 - 0.3 * height]
    ends = [p.x0 for p in rivals if _in_row(label, p)]
    end = min(ends, default=block.x1)
    mine = [p for p in row if not p.label and p.x0 >= label.x1 - 0.6 * height and p.x1 <= end + height]
    mine = [p for p in mine if not _owned(p, label, pieces) and not _parted(p, rivals)]
    if not mine:
        return []
    core = [p for p in mine if _in_row(label, p)]
    if not core and not _straddle(mine, label):
        return []
    if min(p.x0 for p in mine) - label.x1 > FAR * height:
        return []
    return _in_order(mine)


def under(label: Piece, pieces: Sequence[Piece], block: Row) -> list[Piece]:
    """What stands under a label in its own cell, which reaches to the next label at its right and below it."""
    height = label.height
    cell = Row(label.x0 - height, label.y1 - 0.2 * height, block.x1, block.y1)
    rivals = [p for p in pieces if p.label and p is not label and p.middle > label.y0 - height]
    mine = sorted(
        (p for p in pieces if not p.label and cell.holds(p) and not _another_cell(p, label, rivals)), key=lambda p: p.y0
    )
    if not mine or mine[0].y0 - label.y1 > UNDER * height:
        return []
    lines = [mine[0]]
    for piece in mine[1:]:
        if piece.y0 - max(p.y1 for p in lines) <= 1.2 * lines[0].height and _overlap(piece, lines[0]):
            lines.append(piece)
    return _in_order(lines)


def changes_table(pieces: Sequence[Piece]) -> tuple[set[Piece], Piece | None]:
    """The pieces of the table of changes (修改记录), and the latest revision in it.

    Its head has 版次 and 日期 in one row with what was changed; its rows follow below, or above where it grows upward.
    """
    for head in (p for p in pieces if p.label == "revision" and not p.rest):
        row = [p for p in pieces if p is not head and _in_row(head, p)]
        if not any(p.label == "changes" for p in row) or not any(p.label == "date" for p in row):
            continue
        across = Row(min(p.x0 for p in [head, *row]), 0, max(p.x1 for p in [head, *row]), 0)
        said = [
            p
            for p in pieces
            if revision_of(p.text) and abs(p.centre - head.centre) <= max(1.5 * head.height, head.x1 - head.x0)
        ]
        rows = [(p, _row_date(p, pieces)) for p in said]
        dated = [(date, p) for p, date in rows if date]
        mine = {head, *row}
        for _, piece in dated:
            mine |= {
                p
                for p in pieces
                if _in_row(piece, p) and across.x0 - head.height <= p.centre <= across.x1 + 8 * head.height
            }
        latest = max(dated, key=lambda pair: (pair[0], revision_of(pair[1].text)), default=(None, None))[1]
        return mine, latest
    return set(), None


def _row_date(piece: Piece, pieces: Sequence[Piece]) -> str:
    return next((date for p in pieces if p is not piece and _in_row(piece, p) and (date := date_of(p.text))), "")


def _owned(piece: Piece, label: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether another label stands nearer to the row of a piece, in the same column of labels."""
    away = abs(piece.middle - label.middle)
    rivals = (
        p
        for p in pieces
        if p.label and p is not label and p.x1 <= piece.x0 + p.height and abs(p.x0 - label.x0) <= 3 * label.height
    )
    return any(abs(piece.middle - p.middle) < away for p in rivals)


def _another_cell(piece: Piece, label: Piece, rivals: Sequence[Piece]) -> bool:
    """Whether a label at the left of a piece or above it is nearer than `label`, which stands above it."""
    return any(
        (label.x1 <= p.x0 < piece.x1 and p.middle <= piece.y1 + 0.5 * p.height)
        or (label.y1 < p.middle < piece.middle and p.x0 < piece.x1 and p.x1 > label.x0 - label.height)
        for p in rivals
    )


def _overlap(one: Piece, other: Piece) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)


def _parted(piece: Piece, rivals: Sequence[Piece]) -> bool:
    """Whether another label begins the cell in which a piece stands."""
    return any(p.x0 < piece.x0 and abs(p.middle - piece.middle) <= WRAPPED * p.height for p in rivals)


def _straddle(pieces: Sequence[Piece], label: Piece) -> bool:
    """Whether a value of two lines stands half above and half below its label's line."""
    return any(p.middle < label.middle for p in pieces) and any(p.middle > label.middle for p in pieces)


def _in_row(one: Piece, other: Piece) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared >= 0.4 * min(one.height, other.height)


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Line by line from the top, each from the left."""
    ordered: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        if ordered and _in_row(ordered[-1][0], piece):
            ordered[-1].append(piece)
        else:
            ordered.append([piece])
    return [p for row in ordered for p in sorted(row, key=lambda p: p.x0)]


def _turn_of(line: Line) -> int:
    """In quarter turns clockwise, how the line is turned."""
    (ax, ay), (bx, by), _, (dx, dy) = line.box
    if len(line.text) > 1 and math.hypot(dx - ax, dy - ay) > STANDING * math.hypot(bx - ax, by - ay):
        return 1  # a recogniser gives the corners of a box as it stands, and reads what stands downwards
    if abs(bx - ax) >= abs(by - ay):
        return 0 if bx >= ax else 2
    return 1 if by > ay else 3


def _turn(lines: Sequence[Line]) -> int:
    """How most labels of the sheet are turned; where there are none, most of its text."""
    said = [line for line in lines if label_of(line.text)]
    counted = Counter(_turn_of(line) for line in (said or lines))
    return counted.most_common(1)[0][0]


_TURNED = {
    0: (1, 0, 0, 0, 1, 0, 0, 0, 1),
    1: (0, 1, 0, -1, 0, 0, 0, 0, 1),
    2: (-1, 0, 0, 0, -1, 0, 0, 0, 1),
    3: (0, -1, 0, 1, 0, 0, 0, 0, 1),
}
"""The map that stands text upright that is turned by so many quarters clockwise."""


def _cut(line: Line, turn: int) -> list[Piece]:
    """The line before every label that begins in it after a space, as a text layer joins neighbouring cells."""
    box = [moved(tuple(map(float, _TURNED[turn])), point) for point in line.box]
    x0, y0, x1, y1 = (min(p[0] for p in box), min(p[1] for p in box), max(p[0] for p in box), max(p[1] for p in box))
    text = line.text.strip()
    if label := label_of(text):
        return [Piece(text, x0, y0, x1, y1, line, label)]
    starts = sorted({0, *(match.start("label") for match in _label_pattern().finditer(text))})
    pieces = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end].strip()
        left, right = start / len(text), (start + len(text[start:end].rstrip())) / len(text)
        cut = dataclasses.replace(line, text=part, box=part_of(line.box, left, right)) if len(starts) > 1 else line
        label, rest = _headed(part)
        wide = x1 - x0
        pieces.append(Piece(part, x0 + left * wide, y0, x0 + right * wide, y1, cut, label, rest))
    return pieces


def _headed(text: str) -> tuple[str, str]:
    """The label a text begins with and what follows it, where a colon or a space parts them."""
    match = _label_pattern().match(text)
    if match is None:
        return label_of(text), ""
    return label_words()[fold(match["label"])], text[match.end() :].strip().lstrip(":：")


def _label_pattern() -> re.Pattern[str]:
    words = sorted(label_words(), key=lambda word: (-len(word), word))
    spaced = "|".join(r"\s*".join(map(re.escape, word)) for word in words)
    return re.compile(rf"(?:^|(?<=\s))(?P<label>{spaced})(?:\s*[:：]\s*|\s+(?=\S)|$)")
