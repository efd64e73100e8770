"""How well seals are found and read: pages with seals of every kind, drawn from a seed, and pages with none."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocr import Engine, SealMark, bounds, find_seals, mark_seals
from samples import SealDrawn, SealScene, seal_scenes

OVERLAP = 0.6
"""Common area over united area of two boxes from which they are the same seal."""


@dataclasses.dataclass(slots=True)
class SealFigures:
    """One kind of seal in one kind of scan.

    Seals drawn, of them found, marks that are no seal, texts without an error, wrong characters and characters in all,
    captions and codes drawn and read without an error.
    """

    pages: int = 0
    drawn: int = 0
    found: int = 0
    false: int = 0
    exact: int = 0
    wrong: int = 0
    characters: int = 0
    captions: int = 0
    captions_exact: int = 0
    numbers: int = 0
    numbers_exact: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class SealFailure:
    """What went wrong, to be looked at: the piece of the page (blue green red), what stands there and what was told."""

    kind: str
    degrade: str
    picture: NDArray[np.uint8]
    expected: str
    got: str


def score_seals(
    engine: Engine, seed: int, *, scenes: Iterable[SealScene] | None = None
) -> tuple[dict[tuple[str, str], SealFigures], list[SealFailure]]:
    """Figures by kind and degradation, and every failure. `scenes` replaces the pages drawn from the seed."""
    figures: dict[tuple[str, str], SealFigures] = defaultdict(SealFigures)
    failures: list[SealFailure] = []
    for scene in scenes if scenes is not None else seal_scenes(seed):
        image = np.ascontiguousarray(scene.image[:, :, ::-1])
        marks = mark_seals(image, find_seals(image, scene.dpi), engine)
        failures.extend(_judge(scene, image, marks, figures[scene.kind, scene.degrade]))
    return dict(figures), failures


def _judge(
    scene: SealScene, image: NDArray[np.uint8], marks: Sequence[SealMark], figures: SealFigures
) -> Iterable[SealFailure]:
    figures.pages += 1
    left = list(marks)
    for seal in scene.seals:
        figures.drawn += 1
        mark = max(left, key=lambda m: _shared(bounds(m.box), seal.box), default=None)
        if mark is None or _shared(bounds(mark.box), seal.box) < OVERLAP:
            yield SealFailure(scene.kind, scene.degrade, _piece(image, seal.box), seal.text, "not found")
            continue
        left.remove(mark)
        figures.found += 1
        _count(seal, mark, figures)
        if (mark.text, mark.caption, mark.number) != (seal.text, seal.caption, seal.number):
            got, want = (f"{s.text} {s.caption} {s.number}".strip() for s in (mark, seal))
            yield SealFailure(scene.kind, scene.degrade, _piece(image, seal.box), want, got)
    for mark in left:
        figures.false += 1
        yield SealFailure(scene.kind, scene.degrade, _piece(image, bounds(mark.box)), "no seal", mark.text)


def _count(seal: SealDrawn, mark: SealMark, figures: SealFigures) -> None:
    wrong = Levenshtein.distance(seal.text, mark.text)
    figures.exact += wrong == 0
    figures.wrong += min(wrong, len(seal.text))
    figures.characters += len(seal.text)
    figures.captions += bool(seal.caption)
    figures.captions_exact += bool(seal.caption) and seal.caption == mark.caption
    figures.numbers += bool(seal.number)
    figures.numbers_exact += bool(seal.number) and seal.number == mark.number


def _shared(a: Sequence[float], b: Sequence[float]) -> float:
    """Common area over united area of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(0.0, wide) * max(0.0, high)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def _piece(image: NDArray[np.uint8], box: Sequence[float]) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = (round(v) for v in box)
    margin = (x1 - x0) // 8
    return image[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin].copy()
