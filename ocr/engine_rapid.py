"""RapidOCR's detector and recogniser with our own PP-OCRv6 weights: the light engine, without PaddleOCR.

Its parts are used one by one. Its pipeline would shrink large pages before cutting, turn lines with a 0/180 classifier
that flips good ones, and download what it does not find; here every weight is handed in as an open session.
"""

import logging
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocr.engine import require_package
from ocr.engine_tiers import BETTER, DETECTOR_SIDE, Detect, Recognise, TieredEngine, clockwise
from ocr.model_files import described_model, model_characters
from ocr.orientation import OrientationModel
from ocr.pixels import Image
from ocr.providers import Device, choose_providers, described, installed_providers, kept, open_session
from ocr.results import Quad
from ocr.second_look import Read
from ocr.strips import LEAST_WIDTH, STRIP_HEIGHT, narrowed
from ocr.weights import Tier, model_dir

BATCH = 1
"""Strips recognised at once. RapidOCR's own 6 fill each up to the widest of its batch: 1.3 CPU s a page for 0.9, and
680 MB for 430."""


def load_rapid(weights_dir: Path, tier: Tier, threads: int, device: Device) -> TieredEngine:
    """Load detector and recogniser, about a second. Raises `EngineNotInstalled`, `WeightsMissing`, `WeightsChanged`."""
    require_package("rapidocr", "pip install 'yidang[light]'")
    _quieten()
    asked = choose_providers(installed_providers(), device)
    orientation = OrientationModel(model_dir(weights_dir, "doc_ori"), threads, asked)
    used = kept(asked, orientation.provider)

    def recogniser(of: Tier) -> Recognise:
        return _recogniser(model_dir(weights_dir, f"v6_{of}_rec"), used, threads)

    second = "" if tier == BETTER else f"+{BETTER}"
    return TieredEngine(
        f"rapidocr-{version('rapidocr')}/{described(asked, orientation.provider)}/PP-OCRv6-{tier}{second}",
        orientation,
        _detector(model_dir(weights_dir, f"v6_{tier}_det"), used, threads),
        recogniser(tier),
        frozenset(model_characters(model_dir(weights_dir, f"v6_{tier}_rec"))),
        None if tier == BETTER else lambda: recogniser(BETTER),
    )


def _quieten() -> None:
    from rapidocr.utils.log import logger  # its import sets the level, so it comes first

    logger.setLevel(logging.WARNING)


def _detector(folder: Path, providers: Sequence[str], threads: int) -> Detect:
    from rapidocr.ch_ppocr_det import TextDetector

    described_by = described_model(folder)
    thresholds = described_by["PostProcess"]
    operations = described_by["PreProcess"]["transform_ops"]
    normalise = next(step["NormalizeImage"] for step in operations if "NormalizeImage" in step)
    network = TextDetector(
        _config(
            folder,
            providers,
            threads,
            limit_side_len=DETECTOR_SIDE,
            limit_type="max",
            mean=normalise["mean"],
            std=normalise["std"],
            use_dilation=False,
            **{key: thresholds[key] for key in ("thresh", "box_thresh", "max_candidates", "unclip_ratio")},
        )
    )

    def detect(image: Image) -> list[Quad]:
        boxes = network(image).boxes
        return [] if boxes is None else [clockwise(box) for box in boxes]

    return detect


def _recogniser(folder: Path, providers: Sequence[str], threads: int) -> Recognise:
    from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer

    # RapidOCR takes its characters from a file, one a line, and reads it only here.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".txt") as keys:
        keys.write("\n".join(model_characters(folder)))
        keys.flush()
        config = _config(
            folder,
            providers,
            threads,
            lang_type="ch",
            rec_keys_path=keys.name,
            rec_batch_num=BATCH,
            rec_img_shape=(3, STRIP_HEIGHT, LEAST_WIDTH),
            font_path=None,
        )
        network = TextRecognizer(config)

    def recognise(strips: Sequence[Image]) -> list[Read]:
        read = network(TextRecInput(img=[narrowed(strip) for strip in strips]))
        return [(str(text), float(score)) for text, score in zip(read.txts or (), read.scores, strict=True)]

    return recognise


def _config(folder: Path, providers: Sequence[str], threads: int, **values: Any) -> Any:
    """What RapidOCR's parts want, with the session open already: then they look for no file and download nothing."""
    from omegaconf import DictConfig
    from rapidocr import EngineType

    session = open_session(folder / "inference.onnx", providers, threads)
    content: dict[str, Any] = {"engine_type": EngineType.ONNXRUNTIME, "session": session, **values}
    return DictConfig(content, flags={"allow_objects": True})
