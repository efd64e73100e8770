"""What a square or rectangular seal says: a name in columns from the right, or rows in a frame."""

import dataclasses
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pixels import Image
from ocr.seals_ink import ink_of
from ocr.seals_outline import Outline

PATCH_HEIGHT = 192
"""Pixels of the seal set straight; a letter of a name is then some 80 high, a row of five in a frame 30."""

FRAME = 0.055
"""Part of the shorter side that the frame takes at each edge, with the blur of it."""

NAME_RATIO = 1.4
"""Longer over shorter side up to which a seal may hold a name in columns."""

NAME_LETTER = 0.24
"""Part of the height that a letter of a name takes at least; smaller letters are rows of text."""

LETTER_INK = 0.08
"""Part of a row of a column that its strokes take at least; less is grain, where the letter has ended."""

SUNK = 0.5
"""Part of the inside that is ink from which the letters are bare and the field is printed (白文)."""

SWELL = 0.35
"""How bare a printed field may look where it only took less ink."""

_INKED = 0.4
_LETTER = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Letters:
    """The strips of a rectangular seal, black on white, and how they are read.

    "columns": one strip with the letters of two columns, from the right, each column downwards, whose length is
    `first`; "rows": one strip a row.
    """

    strips: tuple[Image, ...]
    layout: Literal["columns", "rows"]
    first: int = 0


def square_letters(image: Image, square: Outline) -> Letters:
    """The strips of a rectangular seal."""
    ink = _straightened(image, square)
    if ink.shape[1] <= NAME_RATIO * ink.shape[0] and ink.shape[0] <= NAME_RATIO * ink.shape[1]:
        columns = _columns(ink)
        if columns is not None:
            letters = [letter for column in columns for letter in _letters(column)]
            return Letters((_in_line(letters),), "columns", len(_letters(columns[0])))
    rows = [_trimmed(ink[top:bottom]) for top, bottom in _runs(ink.mean(axis=1) > 0.03, 0.07)]  # noqa: PLR2004
    return Letters(tuple(_printed(row) for row in rows if min(row.shape) > 4), "rows")  # noqa: PLR2004


def name_in_order(text: str, first: int) -> str:
    """A name of two columns in the order in which it is meant.

    Names run down the right column first. Where 印 then stands at the end of the right column and the seal is 2 x 2, it
    was cut in rows from the left instead: 印 always comes last.
    """
    if len(text) == 4 and first == 2 and text[1] == "印" and text[3] != "印":  # noqa: PLR2004
        return text[2] + text[0] + text[3] + text[1]
    return text


def _straightened(image: Image, square: Outline) -> NDArray[np.float32]:
    """The inside of the seal set upright, frame cut off, letters inked."""
    height = PATCH_HEIGHT
    width = round(height * square.rx / square.ry)
    edge = FRAME * min(width, height) * 2
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (2 * (xs + 0.5) / width - 1) * (1 - edge / width)
    down = (2 * (ys + 0.5) / height - 1) * (1 - edge / height)
    shrink = 2 * square.ry / height
    source = cv2.GaussianBlur(image, (0, 0), shrink / 2) if shrink > 2 else image  # noqa: PLR2004
    map_x, map_y = square.points(across, down)
    patch = cv2.remap(source, map_x, map_y, cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    ink = ink_of(cast("Image", patch), square.colour)
    if float((ink > _INKED).mean()) > SUNK:
        inside = ink[height // 40 : -height // 40, width // 40 : -width // 40]
        bare = np.clip(1 - ink / max(0.3, float(np.percentile(inside, 75))), 0, 1)
        # A printed field is never even: grains and paler swells are no strokes.
        smooth = cv2.medianBlur((255 * bare).astype(np.uint8), 5).astype(np.float32) / 255
        ink = np.clip((smooth - SWELL) / (1 - SWELL), 0, 1)
    return np.asarray(ink, np.float32)


def _columns(ink: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The right and the left column of a name seal; None where the letters are too small or run across the middle."""
    inked = ink > _INKED
    width = ink.shape[1]
    profile = cv2.GaussianBlur(inked.mean(axis=0, dtype=np.float32)[None, :], (0, 0), width / 80).ravel()
    low, high = round(width * 0.38), round(width * 0.62)
    valley = low + int(np.argmin(profile[low:high]))
    if profile[valley] > 0.35 * float(profile.max(initial=0)):
        return None
    right, left = _trimmed(ink[:, valley:], LETTER_INK), _trimmed(ink[:, :valley], LETTER_INK)
    if min(*right.shape, *left.shape) < NAME_LETTER * ink.shape[0]:
        return None
    rows = _runs((inked.mean(axis=1) > 0.02), 0.05)  # noqa: PLR2004
    tall = max((bottom - top for top, bottom in rows), default=0)
    return (right, left) if tall >= NAME_LETTER * ink.shape[0] else None


def _letters(column: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The letters of one column from its top, cut where it is barest near each even part of its height."""
    height, width = column.shape
    count = min(3, max(1, round(height / width)))
    profile = (column > _INKED).mean(axis=1)
    cuts = [0]
    for place in range(1, count):
        near = round(height * place / count)
        reach = height // (5 * count)
        cuts.append(near - reach + int(np.argmin(profile[near - reach : near + reach + 1])))
    return [_trimmed(column[top:bottom]) for top, bottom in zip(cuts, [*cuts[1:], height], strict=True)]


def _in_line(letters: list[NDArray[np.float32]]) -> Image:
    """The letters side by side, each as high as the line, with a gap between."""
    gap = np.zeros((_LETTER, _LETTER // 8), np.float32)
    parts: list[NDArray[np.float32]] = [gap]
    for letter in letters:
        wide = round(_LETTER * min(1.4, max(0.6, letter.shape[1] / max(1, letter.shape[0]))))
        parts += [np.asarray(cv2.resize(letter, (wide, _LETTER), interpolation=cv2.INTER_AREA), np.float32), gap]
    return _printed(np.pad(np.concatenate(parts, axis=1), ((6, 6), (4, 4))))


def _runs(inked: NDArray[np.bool_], least: float) -> list[tuple[int, int]]:
    """Runs of rows with ink that are at least this part of all rows high: start and the one after the end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(start, end) for start, end in runs if end - start >= least * len(inked)]


def _trimmed(ink: NDArray[np.float32], least: float = 0.02) -> NDArray[np.float32]:
    """The part whose outermost rows and columns have at least this part of ink."""
    inked = ink > _INKED
    rows, columns = np.flatnonzero(inked.mean(axis=1) > least), np.flatnonzero(inked.mean(axis=0) > least)
    if not len(rows) or not len(columns):
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _printed(ink: NDArray[np.float32]) -> Image:
    """Ink as black print on white with a margin."""
    margin = max(2, ink.shape[0] // 10)
    grey = (255 * (1 - np.pad(ink, margin) ** 0.8)).astype(np.uint8)
    return cast("Image", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
