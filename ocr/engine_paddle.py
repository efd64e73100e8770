"""PaddleOCR's own detector and recogniser with PP-OCRv6 weights on ONNX Runtime: the default engine."""

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ocr.engine_tiers import BETTER, DETECTOR_SIDE, Detect, Recognise, TieredEngine, clockwise
from ocr.orientation import OrientationModel
from ocr.pixels import Image
from ocr.results import Quad
from ocr.second_look import Read
from ocr.weights import Tier, model_dir


def load_paddle(weights_dir: Path, tier: Tier = "tiny", threads: int = 1) -> TieredEngine:
    """Load detector and recogniser (about a second; the first import of PaddleOCR takes two more).

    Raises `WeightsMissing` where the weights are not installed.
    """
    options: dict[str, Any] = {
        "device": "cpu",
        "engine": "onnxruntime",
        "engine_config": {"intra_op_num_threads": threads, "inter_op_num_threads": 1},
    }
    detect = paddle_detector(f"PP-OCRv6_{tier}_det", model_dir(weights_dir, f"v6_{tier}_det"), options)

    def recogniser(of: Tier) -> Recognise:
        return paddle_recogniser(f"PP-OCRv6_{of}_rec", model_dir(weights_dir, f"v6_{of}_rec"), options)

    second = "" if tier == BETTER else f"+{BETTER}"
    return TieredEngine(
        f"paddleocr-3.7/onnxruntime/PP-OCRv6-{tier}{second}",
        OrientationModel(model_dir(weights_dir, "doc_ori"), threads),
        detect,
        recogniser(tier),
        None if tier == BETTER else lambda: recogniser(BETTER),
    )


def paddle_detector(model: str, folder: Path, options: dict[str, Any]) -> Detect:
    """PaddleOCR's text detector of that model, whatever it runs on."""
    detection, _ = _paddle()
    network = detection(
        model_name=model, model_dir=str(folder), limit_side_len=DETECTOR_SIDE, limit_type="max", **options
    )

    def detect(image: Image) -> list[Quad]:
        return [clockwise(poly) for poly in network.predict(image)[0]["dt_polys"]]

    return detect


def paddle_recogniser(model: str, folder: Path, options: dict[str, Any]) -> Recognise:
    """PaddleOCR's text recogniser of that model, whatever it runs on."""
    _, recognition = _paddle()
    network = recognition(model_name=model, model_dir=str(folder), **options)

    def recognise(strips: Sequence[Image]) -> list[Read]:
        return [(str(read["rec_text"]), float(read["rec_score"])) for read in network.predict(list(strips))]

    return recognise


@functools.cache
def _paddle() -> tuple[Any, Any]:
    # PaddleX probes its model hosts at import unless told not to; our weights are local and a reader has no network.
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    from paddleocr import TextDetection, TextRecognition

    return TextDetection, TextRecognition
