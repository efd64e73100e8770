"""What is compared, each engine opened in a process of its own: ours, the peers' defaults, and whole programs."""

import dataclasses
import functools
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

PAGE_SECONDS = 600
"""One page by an external program; beyond this it hangs."""

TESSERACT, OCRMYPDF, LANGUAGE = "tesseract", "ocrmypdf", "chi_sim"

Box = Sequence[Sequence[float]]


@dataclasses.dataclass(frozen=True, slots=True)
class PageRead:
    """What an engine read from one page: lines with boxes where it gives them, and our whole reading where it is ours.

    Boxes are in pixels of the page as the engine turned it; `reading` is JSON as `ocr.to_json` writes it.
    """

    lines: tuple[tuple[str, Box | None], ...]
    reading: dict[str, Any] | None = None


Reader = Callable[[Path], PageRead]


class LeftOut(Exception):  # noqa: N818 - reads as the fact it states
    """This engine cannot run here; the message says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Contender:
    """An engine in the comparison: what it is, how it is opened, and whether its work is done by child processes.

    `open` takes the folder of our weights and the number of threads and gives the reader and its version; it raises
    `LeftOut` where the engine is not installed. `program`: memory is then that of the children alone.
    """

    what: str
    open: Callable[[Path, int], tuple[Reader, str]]
    program: bool = False


def _ours(engine: str, tier: Literal["tiny", "small"], weights_dir: Path, threads: int) -> tuple[Reader, str]:
    import cv2
    from PIL import Image as Pil

    from ocr import EngineUnavailable, WeightsMissing, load_engine, read_page, to_json

    try:
        loaded = load_engine(engine, tier, weights_dir, threads)
    except (EngineUnavailable, WeightsMissing) as absent:
        raise LeftOut(str(absent)) from None

    def read(path: Path) -> PageRead:
        image: Any = cv2.imread(str(path))
        with Pil.open(path) as opened:
            dpi = opened.info.get("dpi")
        page = read_page(image, number=1, dpi=round(dpi[0]) if dpi else None, engine=loaded)
        return PageRead(tuple((line.text, line.box) for line in page.lines), to_json(page))

    return read, loaded.name


def _paddle(
    tier: Literal["tiny", "small"], settings: dict[str, Any], weights_dir: Path, threads: int
) -> tuple[Reader, str]:
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # as the reader itself does: no network probe
    import cv2
    import paddleocr

    cv2.setNumThreads(threads)
    pipeline = paddleocr.PaddleOCR(
        device="cpu",
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": threads},
        text_detection_model_name=f"PP-OCRv6_{tier}_det",
        text_detection_model_dir=str(weights_dir / f"v6_{tier}_det"),
        text_recognition_model_name=f"PP-OCRv6_{tier}_rec",
        text_recognition_model_dir=str(weights_dir / f"v6_{tier}_rec"),
        doc_orientation_classify_model_name="PP-LCNet_x1_0_doc_ori",
        doc_orientation_classify_model_dir=str(weights_dir / "doc_ori"),
        use_doc_orientation_classify=True,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        **settings,
    )

    def read(path: Path) -> PageRead:
        found = pipeline.predict(cv2.imread(str(path)))[0]
        boxes = [[[float(x), float(y)] for x, y in poly] for poly in found["rec_polys"]]
        return PageRead(tuple(zip(found["rec_texts"], boxes, strict=True)))

    return read, f"paddleocr {paddleocr.__version__}"


def _rapidocr(_: Path, threads: int) -> tuple[Reader, str]:
    if importlib.util.find_spec("rapidocr") is None:
        raise LeftOut("the package rapidocr is not installed")
    import rapidocr

    pipeline = rapidocr.RapidOCR(
        params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    )

    def read(path: Path) -> PageRead:
        found: Any = pipeline(str(path))
        if found.txts is None:
            return PageRead(())
        boxes = [[[float(x), float(y)] for x, y in box] for box in found.boxes]
        return PageRead(tuple(zip(found.txts, boxes, strict=True)))

    return read, f"rapidocr {importlib.metadata.version('rapidocr')}"


def _tesseract(_: Path, threads: int) -> tuple[Reader, str]:
    version = _version(TESSERACT)

    def read(path: Path) -> PageRead:
        return _text(_run([TESSERACT, str(path), "stdout", "-l", LANGUAGE, "--psm", "1"], threads))

    return read, version


def _ocrmypdf(_: Path, threads: int) -> tuple[Reader, str]:
    if not shutil.which(OCRMYPDF):
        raise LeftOut(f"{OCRMYPDF} is not installed")
    _version(TESSERACT)
    version = _run([OCRMYPDF, "--version"], threads).strip()

    def read(path: Path) -> PageRead:
        with tempfile.TemporaryDirectory(prefix="yidang-bench-") as folder:
            said = Path(folder) / "said.txt"
            options = ["-l", LANGUAGE, "--rotate-pages", "--deskew", "--jobs", str(threads), "--quiet"]
            resolution = ["--image-dpi", "200"]  # used only where the picture states none
            _run([OCRMYPDF, *options, *resolution, "--sidecar", str(said), str(path), f"{folder}/out.pdf"], threads)
            return _text(said.read_text("utf-8"))

    return read, f"{OCRMYPDF} {version}"


def _version(program: str) -> str:
    if not shutil.which(program):
        raise LeftOut(f"{program} is not installed")
    if LANGUAGE not in _run([program, "--list-langs"], 1).split():
        raise LeftOut(f"{program} has no language {LANGUAGE}")
    return _run([program, "--version"], 1).split("\n")[0]


def _run(command: Sequence[str], threads: int) -> str:
    """What the program says; its threads limited as far as it can be told."""
    limited = ["env", f"OMP_THREAD_LIMIT={threads}", *command]
    return subprocess.run(limited, check=True, capture_output=True, text=True, timeout=PAGE_SECONDS).stdout


def _text(said: str) -> PageRead:
    return PageRead(tuple((line, None) for line in said.splitlines() if line.strip()))


OURS = "yidang"
BASELINE = "tiny-baseline"

CONTENDERS: dict[str, Contender] = {
    OURS: Contender(
        "ours: PP-OCRv6 tiny, doubtful lines again by small, page turned, seals washed out and read",
        functools.partial(_ours, "paddle", "tiny"),
    ),
    "yidang-small": Contender("ours with PP-OCRv6 small throughout", functools.partial(_ours, "paddle", "small")),
    "yidang-light": Contender("ours on RapidOCR, the light engine", functools.partial(_ours, "rapid", "tiny")),
    BASELINE: Contender(
        "PaddleOCR pipeline, PP-OCRv6 tiny, detection at most 960, page turned: what is to be beaten",
        functools.partial(_paddle, "tiny", {"text_det_limit_side_len": 960, "text_det_limit_type": "max"}),
    ),
    "paddleocr-tiny": Contender(
        "PaddleOCR pipeline, PP-OCRv6 tiny, its default full-page detection, page turned",
        functools.partial(_paddle, "tiny", {}),
    ),
    "paddleocr-small": Contender(
        "PaddleOCR pipeline, PP-OCRv6 small, its default full-page detection, page turned",
        functools.partial(_paddle, "small", {}),
    ),
    "rapidocr": Contender("RapidOCR with its own settings and the weights in its package", _rapidocr),
    TESSERACT: Contender(f"Tesseract, {LANGUAGE}, page segmentation 1", _tesseract, program=True),
    OCRMYPDF: Contender(
        f"OCRmyPDF, {LANGUAGE}, pages turned and deskewed, searchable PDF/A out", _ocrmypdf, program=True
    ),
}
"""What is compared, ours first. PaddleOCR's own default weights (medium) are in no package and would be downloaded at
run time; so its defaults are run with the same weights as ours, and named as such."""
