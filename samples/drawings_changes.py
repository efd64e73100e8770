"""The changes that a new version of a sheet brings, each planted alone, with the place where it is."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from samples.drawings import DrawnSheet
from samples.drawings_plan import NOTES
from samples.drawings_shapes import Box, Shape, box_of

_STEP_MM = 3.0
"""By how much a wall is moved: 300 mm at 1:100."""


def changed(sheet: DrawnSheet, kind: str, rng: np.random.Generator) -> tuple[DrawnSheet, Box] | None:
    """The sheet with one change of that kind (`CHANGES`), and the place on it, millimetres; None where it has none."""
    found = CHANGES[kind](sheet.shapes, rng)
    if found is None:
        return None
    group, new = found
    old = [shape for shape in sheet.shapes if shape.group == group]
    shapes = [shape for shape in sheet.shapes if shape.group != group] + new
    return dataclasses.replace(sheet, shapes=tuple(shapes)), box_of([*old, *new])


_Found = tuple[str, list[Shape]] | None


def _one(shapes: Sequence[Shape], named: str, rng: np.random.Generator) -> tuple[str, list[Shape]]:
    groups = sorted({shape.group for shape in shapes if shape.group.startswith(named)})
    if not groups:
        return "", []
    group = str(rng.choice(groups))
    return group, [shape for shape in shapes if shape.group == group]


def _wall(shapes: Sequence[Shape], rng: np.random.Generator) -> _Found:
    group, old = _one(shapes, "wall ", rng)
    box = box_of(old) if old else (0, 0, 0, 0)
    lies = box[2] - box[0] > box[3] - box[1]
    return (group, [s.moved(0 if lies else _STEP_MM, _STEP_MM if lies else 0) for s in old]) if old else None


def _dimension(shapes: Sequence[Shape], rng: np.random.Generator) -> _Found:
    """One digit of a dimension: the second, so that the value stays believable."""
    group, old = _one(shapes, "dimension ", rng)
    if not old:
        return None
    text = old[0].text
    digit = str((int(text[1]) + int(rng.integers(1, 10))) % 10)
    return group, [dataclasses.replace(old[0], text=text[0] + digit + text[2:])]


def _door(shapes: Sequence[Shape], rng: np.random.Generator) -> _Found:
    group, old = _one(shapes, "door ", rng)
    return (group, []) if old else None


def _note(shapes: Sequence[Shape], rng: np.random.Generator) -> _Found:
    """A figure in a note; where a note has none, another note in its place."""
    group, old = _one(shapes, "note ", rng)
    if not old:
        return None
    head, _, said = old[0].text.partition(". ")
    figure = re.search(r"\d", said)
    if figure is None:
        others = [note for notes in NOTES.values() for note in notes if note != said]
        return group, [dataclasses.replace(old[0], text=f"{head}. {rng.choice(others)}")]
    digit = str((int(figure[0]) + int(rng.integers(1, 10))) % 10)
    text = said[: figure.start()] + digit + said[figure.end() :]
    return group, [dataclasses.replace(old[0], text=f"{head}. {text}")]


def _date(shapes: Sequence[Shape], rng: np.random.Generator) -> _Found:
    """Only the date of the title block: the year before, which a year's digit shows."""
    group, old = _one(shapes, "block date", rng)
    if not old:
        return None
    return group, [dataclasses.replace(s, text=re.sub(r"20\d\d", lambda m: str(int(m[0]) - 1), s.text)) for s in old]


CHANGES: Mapping[str, Callable[[Sequence[Shape], np.random.Generator], _Found]] = {
    "wall moved": _wall,
    "dimension changed": _dimension,
    "door removed": _door,
    "note changed": _note,
    "only the date changed": _date,
}
