"""PaddleOCR's own detector and recogniser with PP-OCRv6 weights on ONNX Runtime: the default engine."""

import functools
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocr.engine import require_package
from ocr.engine_tiers import BETTER, DETECTOR_SIDE, Detect, Recognise, TieredEngine, clockwise
from ocr.model_files import model_characters
from ocr.orientation import OrientationModel
from ocr.pixels import Image
from ocr.providers import Device, choose_providers, described, installed_providers, kept, open_session, provider_options
from ocr.results import Quad
from ocr.second_look import Read
from ocr.strips import LEAST_WIDTH, STRIP_HEIGHT, narrowed
from ocr.weights import Tier, model_dir


def load_paddle(weights_dir: Path, tier: Tier, threads: int, device: Device) -> TieredEngine:
    """Load detector and recogniser (about a second; the first import of PaddleOCR takes two more).

    Raises `EngineNotInstalled`, `WeightsMissing`, `WeightsChanged`.
    """
    asked = choose_providers(installed_providers(), device)
    orientation = OrientationModel(model_dir(weights_dir, "doc_ori"), threads, asked)
    options = onnx_options(threads, kept(asked, orientation.provider))
    detect = paddle_detector(f"PP-OCRv6_{tier}_det", model_dir(weights_dir, f"v6_{tier}_det"), options)

    def recogniser(of: Tier) -> Recognise:
        return thrifty_recogniser(f"PP-OCRv6_{of}_rec", model_dir(weights_dir, f"v6_{of}_rec"), options)

    second = "" if tier == BETTER else f"+{BETTER}"
    return TieredEngine(
        f"paddleocr-{paddleocr_version()}/{described(asked, orientation.provider)}/PP-OCRv6-{tier}{second}",
        orientation,
        detect,
        recogniser(tier),
        frozenset(model_characters(model_dir(weights_dir, f"v6_{tier}_rec"))),
        None if tier == BETTER else lambda: recogniser(BETTER),
    )


def paddleocr_version() -> str:
    """Such as "3.7", for an engine's name."""
    return ".".join(version("paddleocr").split(".")[:2])


def onnx_options(threads: int, providers: Sequence[str]) -> dict[str, Any]:
    """Arguments that make PaddleOCR's models run on ONNX Runtime with these providers.

    The session that PaddleOCR opens itself is replaced at once (`_pooled`), so it is not worth optimising.
    """
    config: dict[str, Any] = {
        "intra_op_num_threads": threads,
        "providers": list(providers),
        "provider_options": provider_options(providers),
        "graph_optimization_level": 0,
    }
    return {"device": "cpu", "engine": "onnxruntime", "engine_config": config}


def paddle_detector(model: str, folder: Path, options: dict[str, Any]) -> Detect:
    """PaddleOCR's text detector of that model, whatever it runs on."""
    detection, _ = _paddle()
    network = _pooled(
        detection(model_name=model, model_dir=str(folder), limit_side_len=DETECTOR_SIDE, limit_type="max", **options),
        folder,
        options,
    )

    def detect(image: Image) -> list[Quad]:
        return [clockwise(poly) for poly in network.predict(image)[0]["dt_polys"]]

    return detect


def paddle_recogniser(model: str, folder: Path, options: dict[str, Any]) -> Recognise:
    """PaddleOCR's text recogniser of that model, whatever it runs on."""
    return _recognise_with(_recogniser(model, folder, options))


def thrifty_recogniser(model: str, folder: Path, options: dict[str, Any]) -> Recognise:
    """The same for PP-OCRv6 models, whose strips may be narrow: see `ocr.strips`."""
    network = _recogniser(model, folder, options)
    # PaddleOCR offers no setting for the least width; without it short strips are filled up to 320 pixels.
    network.paddlex_predictor.pre_tfs["ReisizeNorm"].rec_image_shape = [3, STRIP_HEIGHT, LEAST_WIDTH]
    recognise = _recognise_with(network)
    return lambda strips: recognise([narrowed(strip) for strip in strips])


def _recogniser(model: str, folder: Path, options: dict[str, Any]) -> Any:
    _, recognition = _paddle()
    return _pooled(recognition(model_name=model, model_dir=str(folder), **options), folder, options)


def _pooled(network: Any, folder: Path, options: dict[str, Any]) -> Any:
    """The network on a session in the pool of memory that all share, for which PaddleOCR has no setting."""
    if options.get("engine") == "onnxruntime":
        config = options["engine_config"]
        session = open_session(folder / "inference.onnx", config["providers"], config["intra_op_num_threads"])
        network.paddlex_predictor.runner.session = session
    return network


def _recognise_with(network: Any) -> Recognise:
    def recognise(strips: Sequence[Image]) -> list[Read]:
        return [(str(read["rec_text"]), float(read["rec_score"])) for read in network.predict(list(strips))]

    return recognise


@functools.cache
def _paddle() -> tuple[Any, Any]:
    require_package("paddleocr", "pip install paddleocr, or set YIDANG_OCR_ENGINE=rapid")
    # PaddleX probes its model hosts at import unless told not to; our weights are local and a reader has no network.
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    from paddleocr import TextDetection, TextRecognition

    return TextDetection, TextRecognition
