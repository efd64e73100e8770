"""PaddleOCR on native PaddlePaddle with PP-OCRv4 mobile weights, where a site has PaddlePaddle already.

It reads no better than the default engine at about four times its cost; doubtful lines and seals go to the same better
recogniser, on ONNX Runtime.
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ocr.engine_paddle import onnx_options, paddle_detector, paddle_recogniser, paddleocr_version
from ocr.engine_tiers import BETTER, TieredEngine
from ocr.errors import EngineNotInstalled, EngineRefused
from ocr.model_files import model_characters
from ocr.orientation import OrientationModel
from ocr.providers import CPU, Device
from ocr.weights import model_dir

SERIES = (3, 2)
"""The series that was run with PaddleOCR 3.7."""

BROKEN = (3, 3)
"""3.3.1 crashes on these models at its defaults: `ConvertPirAttribute2RuntimeAttribute not support`, oneDNN with the
new intermediate representation, PaddlePaddle/Paddle#77340; without oneDNN it takes five times the time."""

PACKAGES = ("paddlepaddle", "paddlepaddle-gpu")
"""Either brings the module `paddle`."""

REMEDY = "pip install 'yidang[native]'"


def load_native(weights_dir: Path, threads: int, device: Device) -> TieredEngine:
    """Load detector and recogniser, about five seconds.

    Raises `EngineNotInstalled`, `EngineRefused`, `WeightsMissing`, `WeightsChanged`.
    """
    paddle = installed_paddle()
    check_paddle_version(paddle)
    det, rec = model_dir(weights_dir, "v4_native_det"), model_dir(weights_dir, "v4_native_rec")
    better, orientation = model_dir(weights_dir, f"v6_{BETTER}_rec"), model_dir(weights_dir, "doc_ori")
    on = _device() if device == "auto" else "cpu"
    options = {"device": on, "cpu_threads": threads} if on == "cpu" else {"device": on}
    return TieredEngine(
        f"paddleocr-{paddleocr_version()}/paddle-{paddle}-{on}/PP-OCRv4-mobile+PP-OCRv6-{BETTER}",
        OrientationModel(orientation, threads),
        paddle_detector("PP-OCRv4_mobile_det", det, options),
        paddle_recogniser("PP-OCRv4_mobile_rec", rec, options),
        frozenset(model_characters(rec)),
        lambda: paddle_recogniser(f"PP-OCRv6_{BETTER}_rec", better, onnx_options(threads, (CPU,))),
    )


def installed_paddle() -> str:
    """The version of PaddlePaddle that is installed, without importing it. Raises `EngineNotInstalled`."""
    for package in PACKAGES:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    raise EngineNotInstalled(f"the package paddlepaddle is not installed: {REMEDY}")


def check_paddle_version(found: str) -> None:
    """Raise `EngineRefused`, with the reason, for a version outside 3.2."""
    series = tuple(int(part) if part.isdigit() else 0 for part in found.split(".")[:2])
    if series == SERIES:
        return
    if series == BROKEN:
        raise EngineRefused(
            f"paddlepaddle {found} crashes on these models (oneDNN with the new representation, "
            f"PaddlePaddle/Paddle#77340): {REMEDY}, which takes 3.2"
        )
    raise EngineRefused(f"paddlepaddle {found} was never run with this reader, only 3.2: {REMEDY}")


def _device() -> str:
    import paddle

    return "gpu" if paddle.device.is_compiled_with_cuda() and paddle.device.cuda.device_count() else "cpu"
