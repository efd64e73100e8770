"""Whether a text layer says what the page shows, told by reading a few of its lines from the picture.

A layer can be plain Chinese and still not be the page's: an older recognition hidden under a picture, a font whose map
is shifted to other real characters, a form printed over the text of another. And it can be right but not whole, where
part of the page is only a picture.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from ocr.folding import fold, within
from ocr.pixels import Image, cut
from ocr.results import Line, Quad, bounds, quad

if TYPE_CHECKING:
    from ocr.engine import Engine

SAMPLE = 5
"""Lines read at first: about 0.1 s, a tenth of reading the page."""

MORE = 7
"""Lines read besides, where only some of the first agree: a stamp may lie over one, a font be one that nobody reads."""

AGREE_SHARE = 0.75
"""Part of the sampled lines that must agree. On drawn pages right layers reach 1.0, shifted and foreign ones 0."""

WRONG_SHARE = 0.4
"""Part of a line's characters that may differ and the line still be the same: a line under a seal loses a third."""

FEWEST, MOST = 4, 24
"""Characters of a line that is worth reading: fewer agree by chance, more cost more and tell no more. Longer ones are
taken only where there are not enough short ones."""

LEAST_HEIGHT = 9.0
"""Pixels; smaller print cannot be read from the picture and says nothing about the layer."""

PADDING = 0.22
"""Part of a line's height added around it: a text layer's box ends at the ink, a recogniser wants some paper."""

UNCOVERED = 0.35
"""Ink of the size of characters outside the layer's lines, over that within them, from which part of the page has text
that the layer lacks. Dirt, dotted leaders and boxes of forms stay under 0.2; a scanned half page has 0.6 and above."""

GLYPH_PARTS = (0.35, 2.2)
"""Height of a character's ink over the median line of the layer: smaller is dirt, larger is a picture or a rule."""


def says_what_is_shown(image: Image, lines: Sequence[Line], engine: "Engine") -> bool:
    """Whether the layer's lines (in pixels of `image`) are the text that stands there.

    A layer without a line that can be compared is not believed: the page is then read.
    """
    worth = _worth_reading(lines)
    first = _spread(worth, SAMPLE)
    agreed = _agreements(image, first, engine)
    if not first or sum(agreed) in {0, len(first)}:
        return bool(first) and all(agreed)
    rest = _spread([line for line in worth if line not in first], MORE)
    agreed += _agreements(image, rest, engine)
    return sum(agreed) >= AGREE_SHARE * len(agreed)


def lines_besides(image: Image, lines: Sequence[Line], engine: "Engine") -> tuple[Line, ...]:
    """What can be read on the page where the layer has nothing; empty where the layer covers the print."""
    if not _lacks_text(image, lines):
        return ()
    rest = image.copy()
    paper = tuple(float(value) for value in np.median(image.reshape(-1, 3)[:: max(1, image.size // 30_000)], axis=0))
    for line in lines:
        x0, y0, x1, y1 = map(round, bounds(_padded(line.box)))
        cv2.rectangle(rest, (x0, y0), (x1, y1), paper, -1)
    return engine.read_lines(rest)


def _worth_reading(lines: Iterable[Line]) -> list[Line]:
    kept = [
        line
        for line in lines
        if len(_telling(line.text)) >= FEWEST and _height(line) >= LEAST_HEIGHT and _lies_flat(line.box)
    ]
    short = [line for line in kept if len(line.text) <= MOST]
    return short if len(short) >= SAMPLE else kept


def _spread(lines: Sequence[Line], count: int) -> list[Line]:
    """So many of the lines, evenly over the page."""
    if len(lines) <= count:
        return list(lines)
    return [lines[(2 * n + 1) * len(lines) // (2 * count)] for n in range(count)]


def _agreements(image: Image, lines: Sequence[Line], engine: "Engine") -> list[bool]:
    read = engine.read_strips([cut(image, _padded(line.box)) for line in lines])
    return [_same(line.text, text) for line, (text, _) in zip(lines, read, strict=True)]


def _same(said: str, shown: str) -> bool:
    wanted = _telling(said)
    return within(wanted, _telling(shown)) <= WRONG_SHARE * len(wanted)


def _telling(text: str) -> str:
    """Letters, digits and ideographs only: leaders, rules and spaces are written in many ways."""
    return "".join(character for character in fold(text) if character.isalnum())


def _height(line: Line) -> float:
    _, y0, _, y1 = bounds(line.box)
    return y1 - y0


def _lies_flat(box: Quad) -> bool:
    (ax, ay), (bx, by), _, _ = box
    return bx > ax and abs(by - ay) < bx - ax


def _padded(box: Quad) -> Quad:
    x0, y0, x1, y1 = bounds(box)
    margin = PADDING * (y1 - y0)
    return quad(max(0.0, x0 - margin), max(0.0, y0 - margin), x1 + margin, y1 + margin)


def _lacks_text(image: Image, lines: Sequence[Line]) -> bool:
    """Whether much ink of the size of characters lies outside the layer's lines."""
    usual = float(np.median([_height(line) for line in lines])) if lines else 0.0
    if usual < LEAST_HEIGHT:
        return False
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    ink = cast("Image", cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1])
    covered = np.zeros(ink.shape, np.uint8)
    for line in lines:
        x0, y0, x1, y1 = map(round, bounds(_padded(line.box)))
        cv2.rectangle(covered, (x0, y0), (x1, y1), (1,), -1)
    within_lines = int((ink * covered).sum())
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink * (1 - covered), connectivity=8)
    heights, widths, areas = (stats[1:, column] for column in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    low, high = (part * usual for part in GLYPH_PARTS)
    glyphs = (heights >= low) & (heights <= high) & (widths <= high) & (widths >= low / 3)
    return float(areas[glyphs].sum()) > UNCOVERED * max(1, within_lines)
