"""Which way up a page is: a small classifier, and where it is unsure, the reader itself decides."""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ocr.pixels import Image, turn
from ocr.results import Line, Rotation

if TYPE_CHECKING:
    from ocr.engine import Engine

SURE = 0.8
"""Below this the classifier is asked no further: all its measured errors (3 of 56) lay under 0.7."""

SHORT_SIDE = 256
CROP_SIDE = 224
"""What the network was trained on: short side 256, middle 224 x 224."""

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)

ANGLES: tuple[Rotation, ...] = (0, 90, 180, 270)
"""What the network's four answers mean: by how much the page was turned counter-clockwise against upright."""


class OrientationModel:
    """PP-LCNet_x1_0_doc_ori on ONNX Runtime, from its model folder."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        path = str(folder / "inference.onnx")
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

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


def read_upright(image: Image, engine: "Engine") -> tuple[Rotation, Image, tuple[Line, ...]]:
    """Turn the page upright and read it: rotation (clockwise degrees), upright image, lines.

    Where the classifier is unsure, both likely ways are read and the one with more well-read characters is kept.
    """
    ranked = engine.rank_rotations(image)
    candidates = [rotation for rotation, _ in ranked[: 1 if ranked[0][1] >= SURE else 2]]
    best: tuple[float, Rotation, Image, tuple[Line, ...]] | None = None
    for rotation in candidates:
        upright = turn(image, rotation)
        lines = engine.read_lines(upright)
        worth = reading_worth(lines)
        if best is None or worth > best[0]:
            best = (worth, rotation, upright, lines)
    assert best is not None  # noqa: S101 - there is always a first candidate
    return best[1:]


def reading_worth(lines: tuple[Line, ...]) -> float:
    """How much was read and how well: characters weighted by the square of their line's score."""
    return sum(len(line.text) * line.score**2 for line in lines)
