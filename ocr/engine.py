"""What an engine is, and the one place where it is chosen by name.

Every engine is a `TieredEngine`: the same cutting, second look and reading order around a detector and recognisers of
its own. Where those come from is told in `ocr.engine_paddle` and its neighbours.
"""

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2

from ocr.errors import EngineNotInstalled, EngineUnknown
from ocr.pixels import Image
from ocr.providers import Device
from ocr.results import Line, Rotation
from ocr.weights import Tier

ENGINES = ("paddle", "rapid", "paddle-native")
"""The names `load_engine` knows, the default first."""


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
def load_engine(name: str, tier: Tier, weights_dir: Path, threads: int = 1, device: Device = "auto") -> Engine:
    """The engine of that name, loaded once per process.

    Args:
        name: One of `ENGINES`.
        tier: The weights for the first look; "paddle-native" has only one set and takes no notice.
        weights_dir: Where `yidang models install` put them.
        threads: Cores used for one page; the reading is the same with any number.
        device: "cpu" leaves a graphics card alone.

    Raises:
        EngineUnknown: There is no such engine.
        EngineNotInstalled: Its package is an extra that was not installed; the message says which.
        EngineRefused: Its package is there in a version known not to work.
        WeightsMissing, WeightsChanged: The weights are not there or not the pinned ones.
    """
    loader = {"paddle": _load_paddle, "rapid": _load_rapid, "paddle-native": _load_native}.get(name)
    if loader is None:
        raise EngineUnknown(f"no engine {name!r}: there are {', '.join(map(repr, ENGINES))}")
    cv2.setNumThreads(threads)
    return loader(weights_dir, tier, threads, device)


def require_package(package: str, remedy: str) -> None:
    """Raise `EngineNotInstalled` with that remedy unless the package can be imported."""
    if importlib.util.find_spec(package) is None:
        raise EngineNotInstalled(f"the package {package} is not installed: {remedy}")


def _load_paddle(weights_dir: Path, tier: Tier, threads: int, device: Device) -> Engine:
    from ocr.engine_paddle import load_paddle

    return load_paddle(weights_dir, tier, threads, device)


def _load_rapid(weights_dir: Path, tier: Tier, threads: int, device: Device) -> Engine:
    from ocr.engine_rapid import load_rapid

    return load_rapid(weights_dir, tier, threads, device)


def _load_native(weights_dir: Path, _: Tier, threads: int, device: Device) -> Engine:
    from ocr.engine_native import load_native

    return load_native(weights_dir, threads, device)
