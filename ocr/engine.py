"""Engines that read the text of an upright page image, behind one protocol.

`PaddleEngine` runs PaddleOCR's own detector and recogniser on its ONNX Runtime engine. Measured settings: detector
side at most 960 pixels (full page costs twice the CPU and four times the memory for 0.2 % fewer errors), no 0/180
line classifier (it flips good lines; the page is turned once instead), no unwarping.
"""

import functools
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import cv2
from numpy.typing import NDArray

from ocr.layout import reading_order
from ocr.orientation import OrientationModel
from ocr.pixels import Image, cut
from ocr.results import Line, Quad, Rotation
from ocr.variants import one_script
from ocr.weights import Tier, model_dir

if TYPE_CHECKING:
    from paddleocr import TextDetection, TextRecognition

DETECTOR_SIDE = 960
"""Longer side handed to the detector, pixels: 12-point text is then still 14 pixels high on A4."""

MIN_LINE_SCORE = 0.3
"""Below this the recogniser saw a rule, a stamp's edge or dirt; words that were read at all score above 0.5."""

BETTER: Tier = "small"
"""The tier for what deserves a second look and for single strips. Those are seal rings: worn, overprinted names, of
which small reads 20 of 24 rightly and tiny 14. Loaded when first needed."""

DOUBTFUL = 0.95
DOUBTFUL_NAME = 0.985
"""Scores below which a line read by tiny is read again by small, for any line and for one that holds a name, a date or
a label. On 26 sample pages this reads as many of 629 lines rightly (601) as small alone, at a quarter of its cost."""

MAX_NAME_LINE = 32
"""Characters; a longer line is running text, where one wrong character does no harm and a second look costs most."""


MIN_STRIP_SIDE = 3
"""Pixels; a thinner crop holds no character."""


_Read = tuple[str, float]
_NAMED = re.compile("公司|项目|厂房|号楼|局|院|[0-9]{4}年|[0-9A-Z-]{12}|[:：]")


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


class PaddleEngine:
    """PaddleOCR 3 on ONNX Runtime with PP-OCRv6 weights from `weights_dir`. Not for use by two threads at once."""

    def __init__(self, weights_dir: Path, tier: Tier = "tiny", threads: int = 1) -> None:
        """Load detector and recogniser (about a second; the first import of PaddleOCR takes two more).

        Raises `WeightsMissing` where the weights are not installed.
        """
        det_dir = model_dir(weights_dir, f"v6_{tier}_det")
        rec_dir = model_dir(weights_dir, f"v6_{tier}_rec")
        detection, recognition = _paddle()
        common: dict[str, Any] = {
            "device": "cpu",
            "engine": "onnxruntime",
            "engine_config": {"intra_op_num_threads": threads, "inter_op_num_threads": 1},
        }
        self._det: TextDetection = detection(
            model_name=f"PP-OCRv6_{tier}_det",
            model_dir=str(det_dir),
            limit_side_len=DETECTOR_SIDE,
            limit_type="max",
            **common,
        )
        self._rec: TextRecognition = recognition(model_name=f"PP-OCRv6_{tier}_rec", model_dir=str(rec_dir), **common)
        self._better: TextRecognition | None = self._rec if tier == BETTER else None
        self._weights_dir, self._common = weights_dir, common
        self._orientation = OrientationModel(model_dir(weights_dir, "doc_ori"), threads)
        second = "" if tier == BETTER else f"+{BETTER}"
        self.name = f"paddleocr-3.7/onnxruntime/PP-OCRv6-{tier}{second}"

    def rank_rotations(self, image: Image) -> tuple[tuple[Rotation, float], ...]:
        """See `Engine.rank_rotations`."""
        return self._orientation.rank(image)

    def read_lines(self, image: Image) -> tuple[Line, ...]:
        """See `Engine.read_lines`."""
        quads = [_clockwise(poly) for poly in self._det.predict(image)[0]["dt_polys"]]
        crops = [(quad, cut(image, quad)) for quad in quads]
        crops = [(quad, crop) for quad, crop in crops if min(crop.shape[:2]) >= MIN_STRIP_SIDE]
        read = self._second_look([crop for _, crop in crops], _texts(self._rec, [crop for _, crop in crops]))
        return reading_order(
            Line(text, quad, round(score, 4))
            for (quad, _), (text, score) in zip(crops, read, strict=True)
            if text.strip() and score >= MIN_LINE_SCORE
        )

    def read_strips(self, strips: Sequence[Image]) -> tuple[tuple[str, float], ...]:
        """See `Engine.read_strips`."""
        return _texts(self._better_recogniser(), strips) if strips else ()

    def _second_look(self, crops: list[Image], read: tuple[_Read, ...]) -> tuple[_Read, ...]:
        """Doubtful lines read again by the better recogniser; of both readings the surer one is kept."""
        if self._better is self._rec:
            return read
        doubtful = [index for index, (text, score) in enumerate(read) if _is_doubtful(text, score)]
        if not doubtful:
            return read
        again = dict(zip(doubtful, self.read_strips([crops[index] for index in doubtful]), strict=True))
        return tuple(max(first, again.get(index, first), key=lambda r: r[1]) for index, first in enumerate(read))

    def _better_recogniser(self) -> "TextRecognition":
        if self._better is None:
            folder = str(model_dir(self._weights_dir, f"v6_{BETTER}_rec"))
            _, recognition = _paddle()
            self._better = recognition(model_name=f"PP-OCRv6_{BETTER}_rec", model_dir=folder, **self._common)
        return self._better


@functools.cache
def load_engine(name: str, tier: Tier, weights_dir: Path, threads: int = 1) -> Engine:
    """The engine of that name, loaded once per process. Raises `EngineUnknown`, `WeightsMissing`."""
    if name != "paddle":
        raise EngineUnknown(f"no engine {name!r}: the one built in is 'paddle'")
    cv2.setNumThreads(threads)
    return PaddleEngine(weights_dir, tier, threads)


@functools.cache
def _paddle() -> tuple[Any, Any]:
    # PaddleX probes its model hosts at import unless told not to; our weights are local and a reader has no network.
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    from paddleocr import TextDetection, TextRecognition

    return TextDetection, TextRecognition


def _is_doubtful(text: str, score: float) -> bool:
    if score < MIN_LINE_SCORE:
        return False
    return score < DOUBTFUL or (score < DOUBTFUL_NAME and len(text) <= MAX_NAME_LINE and bool(_NAMED.search(text)))


def _texts(recogniser: "TextRecognition", strips: Sequence[Image]) -> tuple[tuple[str, float], ...]:
    results = recogniser.predict(list(strips)) if strips else ()
    return tuple((one_script(str(result["rec_text"])), float(result["rec_score"])) for result in results)


def _clockwise(poly: NDArray[Any]) -> Quad:
    """The detector gives corners clockwise from the top left; keep them as plain numbers."""
    a, b, c, d = ((float(x), float(y)) for x, y in poly)
    return a, b, c, d
