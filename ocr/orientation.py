"""Which way up a page is: a small classifier, and where it is unsure, the reader itself decides."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ocr.pixels import Image, turn
from ocr.providers import CPU, open_session
from ocr.results import Line, Rotation, bounds

if TYPE_CHECKING:
    from ocr.engine import Engine

SURE = 0.8
"""Below this the classifier is asked no further: all its measured errors (3 of 56) lay under 0.7."""

POOR = 0.8
"""Mean score of a page read upside down is about 0.55, of a poor scan read upright 0.95: below this the half turn is
tried too, since the classifier can be sure and wrong."""

UNKNOWN = 0.4
"""Below this the classifier knows nothing (0.25 of each way on a page with only a date): all four ways are read."""

SHORT_SIDE = 256
CROP_SIDE = 224
"""What the network was trained on: short side 256, middle 224 x 224."""

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)

ANGLES: tuple[Rotation, ...] = (0, 90, 180, 270)
"""What the network's four answers mean: by how much the page was turned counter-clockwise against upright."""


class OrientationModel:
    """PP-LCNet_x1_0_doc_ori on ONNX Runtime, from its model folder."""

    def __init__(self, folder: Path, threads: int = 1, providers: Sequence[str] = (CPU,)) -> None:
        """`provider` then says what ONNX Runtime really computes on."""
        self._session = open_session(folder / "inference.onnx", providers, threads)
        self.provider: str = self._session.get_providers()[0]

    def rank(self, image: Image) -> tuple[tuple[Rotation, float], ...]:
        """How far to turn the image clockwise to stand upright, with probabilities, likeliest first."""
        height, width = image.shape[:2]
        scale = SHORT_SIDE / min(height, width)
        size = (max(CROP_SIDE, round(width * scale)), max(CROP_SIDE, round(height * scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        y, x = (small.shape[0] - CROP_SIDE) // 2, (small.shape[1] - CROP_SIDE) // 2
        crop = small[y : y + CROP_SIDE, x : x + CROP_SIDE].astype(np.float32) / 255
        batch = ((crop - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)
        scores = self._session.run(None, {"x": batch})[0][0]
        return tuple(sorted(zip(ANGLES, map(float, scores), strict=True), key=lambda pair: -pair[1]))


def read_upright(image: Image, engine: "Engine") -> tuple[Rotation, tuple[Line, ...]]:
    """How far to turn the page clockwise to stand upright, and its lines once it does.

    Where the classifier is unsure, both likely ways are read (all four where it knows nothing) and the one with more
    well-read characters is kept.
    """
    ranked = engine.rank_rotations(image)
    best = ranked[0][1]
    likely = [rotation for rotation, _ in ranked[: 1 if best >= SURE else 2 if best >= UNKNOWN else len(ranked)]]
    readings = [(rotation, engine.read_lines(turn(image, rotation))) for rotation in likely]
    if all(0 < mean_score(lines) < POOR for _, lines in readings):
        tried = [rotation for rotation, _ in readings]
        rest = [rotation for rotation in (opposite(tried[0]), *ANGLES) if rotation not in tried]
        readings += [(rotation, engine.read_lines(turn(image, rotation))) for rotation in rest[:1]]
    return max(readings, key=lambda reading: reading_worth(reading[1]) * lying(reading[1]))


def mean_score(lines: tuple[Line, ...]) -> float:
    """Mean score of the characters read, 0 where there are none."""
    characters = sum(len(line.text) for line in lines)
    return sum(len(line.text) * line.score for line in lines) / characters if characters else 0.0


def lying(lines: tuple[Line, ...]) -> float:
    """1 where all characters stand in lines that lie, 0.5 where none do: a lone line reads as well standing."""
    long = [line for line in lines if len(line.text) > 1]
    lie = sum(len(line.text) for line in long if _wide(line))
    return 1.0 - 0.5 * (1 - lie / sum(len(line.text) for line in long)) if long else 1.0


def _wide(line: Line) -> bool:
    left, top, right, bottom = bounds(line.box)
    return right - left >= bottom - top


def opposite(rotation: Rotation) -> Rotation:
    """The half turn further."""
    return ANGLES[(ANGLES.index(rotation) + 2) % 4]


def reading_worth(lines: tuple[Line, ...]) -> float:
    """How much was read and how well: characters weighted by the square of their line's score."""
    return sum(len(line.text) * line.score**2 for line in lines)
