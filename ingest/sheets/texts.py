"""Which texts changed between two versions of a sheet: "3600 → 3900", paired by where they stand."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from catalogue import squeeze
from ingest.sheets.registering import Matrix
from ocr import Line, bounds

Box = tuple[float, float, float, float]

SURE = 0.9
"""Score from which a reading is believed against another one; a text layer counts as 1."""


@dataclasses.dataclass(frozen=True, slots=True)
class TextChange:
    """A text that became another, came ("" before) or went ("" after); where, in pixels of the old picture."""

    before: str
    after: str
    box: Box


def text_changes(
    old: Sequence[Line], new: Sequence[Line], matrix: Matrix, places: Sequence[Box]
) -> tuple[TextChange, ...]:
    """What texts changed, from the top. `matrix` maps the new picture's pixels to the old one's.

    Two exact layers are compared everywhere. A text that was recognised counts only within a changed place, and where
    both readings are sure: else it would be the reader that changed, not the sheet.
    """
    before = [(line, bounds(line.box)) for line in old]
    after = [(line, _mapped(line, matrix)) for line in new]
    exact = bool(before and after) and all(line.score == 1 for line, _ in (*before, *after))
    found, taken = [], set[int]()
    for line, box in before:
        at = _partner(box, [(n, other) for n, (_, other) in enumerate(after) if n not in taken])
        other = after[at][0] if at is not None else None
        if at is not None:
            taken.add(at)
        if _differ(line, other) and (exact or _within(box, places)):
            found.append(TextChange(line.text, other.text if other else "", box))
    for n, (line, box) in enumerate(after):
        if n not in taken and _differ(None, line) and (exact or _within(box, places)):
            found.append(TextChange("", line.text, box))
    return tuple(sorted(found, key=lambda change: (change.box[1], change.box[0])))


def _differ(one: Line | None, other: Line | None) -> bool:
    if any(line is not None and line.score < SURE for line in (one, other)):
        return False
    return squeeze(one.text if one else "") != squeeze(other.text if other else "")


def _partner(box: Box, others: Sequence[tuple[int, Box]]) -> int | None:
    """Which of the others covers most of the same place: a third at least."""
    shared = [(_shared(box, other), n) for n, other in others]
    best = max(shared, default=(0.0, -1))
    return best[1] if best[0] >= 1 / 3 else None


def _shared(a: Box, b: Box) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(0.0, wide) * max(0.0, high) / max(1.0, smaller)


def _within(box: Box, places: Sequence[Box]) -> bool:
    return any(min(box[2], p[2]) > max(box[0], p[0]) and min(box[3], p[3]) > max(box[1], p[1]) for p in places)


def _mapped(line: Line, matrix: Matrix) -> Box:
    points = np.array([[x, y, 1.0] for x, y in line.box]).T
    laid = matrix @ points
    xs, ys = laid[0] / laid[2], laid[1] / laid[2]
    return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())
