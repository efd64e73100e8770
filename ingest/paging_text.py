"""The text layer of a PDF page as lines with boxes in pixels of the page's picture, the shape recognition gives.

pdfium tells each character with its place. Characters that follow each other on one line without a wide gap make a
line; the cells of a table become lines of their own, as they do in recognition.
"""

import ctypes
import dataclasses
import math
from typing import Any

from pypdfium2 import raw

Box = tuple[float, float, float, float]

MAX_CHARACTERS = 100_000
"""A page of the densest print has under 10,000; more is not text that anybody reads, and would fill the answer."""

_MAX_UNREADABLE_SHARE = 0.1
"""Above this the fonts do not say what their glyphs mean, and the page is better read from its picture."""

_WIDE_GAP = 2.0
"""In sizes of a character: wider than any space between words, narrower than that between two columns."""

_ANOTHER_LINE = 0.3
"""In sizes of a character: how far a character may stand clear of its line (small print, raised marks)."""

_THINNEST_LINE = 0.5
"""In sizes of a character: a line of dashes, or of 一 alone, is still given a box that can be seen and compared."""

_LINE_BREAKS = frozenset("\r\n\ufffe\u0002")
_QUARTER = math.pi / 2


@dataclasses.dataclass(slots=True)
class _Run:
    """Characters of one line so far: their text, the box around their ink, their direction and their largest size."""

    text: str
    box: Box
    turn: int
    size: float

    def takes(self, box: Box, turn: int) -> bool:
        """Whether a character goes on with this run: on its line, and not far from it."""
        along, across = (0, 1) if turn % 2 == 0 else (1, 0)
        size = max(self.size, _size(box))
        clear = max(box[across] - self.box[across + 2], self.box[across] - box[across + 2])
        gap = max(box[along] - self.box[along + 2], self.box[along] - box[along + 2])
        return turn == self.turn and clear <= _ANOTHER_LINE * size and gap <= _WIDE_GAP * size

    def add(self, character: str, box: Box) -> None:
        self.text += character
        self.size = max(self.size, _size(box))
        self.box = (
            min(self.box[0], box[0]),
            min(self.box[1], box[1]),
            max(self.box[2], box[2]),
            max(self.box[3], box[3]),
        )


def text_lines(page: Any, width: int, height: int) -> list[dict[str, Any]]:
    """Lines `{"text", "box", "score"}` of a page shown upright in `width` × `height` pixels; score is always 1.0.

    The box has four corners from the top left of the text as it is read. A page without a text layer, or with one
    that cannot be read, gives no lines.
    """
    textpage = raw.FPDFText_LoadPage(page)
    if not textpage:
        return []
    try:
        count = min(raw.FPDFText_CountChars(textpage), MAX_CHARACTERS)
        if _is_unreadable(textpage, count):
            return []
        runs = _runs(textpage, count, _Placing(page, width, height))
    finally:
        raw.FPDFText_ClosePage(textpage)
    return [{"text": " ".join(run.text.split()), "box": _corners(run, width, height), "score": 1.0} for run in runs]


def _is_unreadable(textpage: Any, count: int) -> bool:
    """Whether too many characters have no meaning: no mapping, private use, or the sign for unknown."""
    bad = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        unknown = code in {0, 0xFFFD} or 0xE000 <= code <= 0xF8FF  # noqa: PLR2004 - private use area
        bad += unknown or raw.FPDFText_HasUnicodeMapError(textpage, index) == 1
    return bad > _MAX_UNREADABLE_SHARE * max(count, 1)


def _runs(textpage: Any, count: int, placing: "_Placing") -> list[_Run]:
    runs: list[_Run] = []
    broken = True
    for index in range(count):
        character = chr(raw.FPDFText_GetUnicode(textpage, index))
        if character in _LINE_BREAKS:
            broken = True
        elif character.isspace() or raw.FPDFText_IsGenerated(textpage, index) == 1:
            if runs and not broken:
                runs[-1].text += " "
        elif character.isprintable() and (box := placing.box(textpage, index)):
            turn = placing.turn(textpage, index)
            if not broken and runs[-1].takes(box, turn):
                runs[-1].add(character, box)
            else:
                runs.append(_Run(character, box, turn, _size(box)))
            broken = False
    return runs


class _Placing:
    """Where a character stands on the picture: pdfium turns and crops the page as it does for rendering."""

    def __init__(self, page: Any, width: int, height: int) -> None:
        self._page, self._size = page, (width, height)
        # The six figures of the page's transformation are found from three points once: calls are slow.
        origin, right, up = self._device(0, 0), self._device(1, 0), self._device(0, 1)
        self._origin = origin
        self._x = (right[0] - origin[0], right[1] - origin[1])
        self._y = (up[0] - origin[0], up[1] - origin[1])
        self._page_turn: int = raw.FPDFPage_GetRotation(page)

    def _device(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page (in points, ×1000 to get past whole pixels) on the picture."""
        dx, dy = ctypes.c_int(), ctypes.c_int()
        width, height = self._size
        raw.FPDF_PageToDevice(self._page, 0, 0, width * _FINE, height * _FINE, 0, x, y, dx, dy)
        return dx.value / _FINE, dy.value / _FINE

    def box(self, textpage: Any, index: int) -> Box | None:
        """The box of the character's ink on the picture; None when it has no place on it."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
            return None
        (ax, ay), (bx, by) = self._place(left.value, bottom.value), self._place(right.value, top.value)
        x0, y0 = max(0.0, min(ax, bx)), max(0.0, min(ay, by))
        x1, y1 = min(float(self._size[0]), max(ax, bx)), min(float(self._size[1]), max(ay, by))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._x[0] + y * self._y[0],
            self._origin[1] + x * self._x[1] + y * self._y[1],
        )

    def turn(self, textpage: Any, index: int) -> int:
        """How the character stands on the picture, in quarter turns clockwise from upright."""
        angle = raw.FPDFText_GetCharAngle(textpage, index)
        return (self._page_turn + (round(angle / _QUARTER) if angle >= 0 else 0)) % 4


_FINE = 1000
"""Device coordinates are whole numbers in pdfium: the page is placed on a grid this much finer than the pixels."""


def _size(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _corners(run: _Run, width: int, height: int) -> list[list[float]]:
    """The corners of a run's box from the top left of its text, thickened where it is thinner than a line."""
    x0, y0, x1, y1 = run.box
    grow_x = max(0.0, run.size * _THINNEST_LINE - (x1 - x0)) / 2
    grow_y = max(0.0, run.size * _THINNEST_LINE - (y1 - y0)) / 2
    x0, x1 = round(max(0.0, x0 - grow_x), 1), round(min(width, x1 + grow_x), 1)
    y0, y1 = round(max(0.0, y0 - grow_y), 1), round(min(height, y1 + grow_y), 1)
    corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return corners[run.turn :] + corners[: run.turn]
