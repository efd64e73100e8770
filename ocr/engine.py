"""What an engine is, and the one place where it is chosen by name.

Every engine is a `TieredEngine`: the same cutting, second look and reading order around a detector and recognisers of
its own. Where those come from is told in `ocr.engine_paddle` and its neighbours.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2

from ocr.pixels import Image
from ocr.results import Line, Rotation
from ocr.weights import Tier

ENGINES = ("paddle",)
"""The names `load_engine` knows."""


class EngineUnknown(ValueError):  # noqa: N818 - reads as the fact it states
    """No engine has this name."""

    code = "engine-unknown"


class Engine(Protocol):
    """Whatever can read lines from a page image."""

    @property
    def name(self) -> str:
        """Which engine and weights, for the record: the same name and image give the same reading."""

    def rank_rotations(self, image: Image) -> tuple[tuple[Rotation, float], ...]:
        """How far to turn the page clockwise to stand upright, with probabilities, likeliest first."""

    def read_lines(self, image: Image) -> tuple[Line, ...]:
        """The lines of an upright page in reading order, boxes in its pixels."""

    def read_strips(self, strips: Sequence[Image]) -> tuple[tuple[str, float], ...]:
        """Text and score of images that each hold exactly one line: the recogniser alone, no detector."""


@functools.cache
def load_engine(name: str, tier: Tier, weights_dir: Path, threads: int = 1) -> Engine:
    """The engine of that name, loaded once per process. Raises `EngineUnknown`, `WeightsMissing`."""
    if name not in ENGINES:
        raise EngineUnknown(f"no engine {name!r}: there are {', '.join(map(repr, ENGINES))}")
    cv2.setNumThreads(threads)
    from ocr.engine_paddle import load_paddle

    return load_paddle(weights_dir, tier, threads)
