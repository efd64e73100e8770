"""How well and how fast pages are read: ours against PaddleOCR's defaults and Tesseract, on pages whose text is known.

Every engine runs in a process of its own, so that memory is its own and nothing is warm from another. Errors are
counted per known text (best place in what was read, half-width, no spaces), so reading order is not punished; inserted
text is not punished either. CPU seconds are user and system time of the process and its children.
"""

import argparse
import dataclasses
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

EngineName = Literal["yidang", "yidang-small", "paddleocr-tiny-defaults", "paddleocr-small-defaults", "tesseract"]

ENGINES: dict[EngineName, str] = {
    "yidang": "ours: PP-OCRv6 tiny, doubtful lines again by small, page turned, seals washed out and read",
    "yidang-small": "ours with PP-OCRv6 small throughout",
    "paddleocr-tiny-defaults": "PaddleOCR pipeline, PP-OCRv6 tiny, its default full-page detection, no turning",
    "paddleocr-small-defaults": "PaddleOCR pipeline, PP-OCRv6 small, its default full-page detection, no turning",
    "tesseract": "Tesseract, chi_sim, page segmentation 1",
}
"""What is compared. PaddleOCR's own default weights (medium) are in no package and would be downloaded at run time;
so its defaults are run with the same weights as ours, and named as such."""

ROOT = Path(__file__).resolve().parents[1]
TESSERACT = "tesseract"
ENGINE_SECONDS = 1800
"""One engine on all pages; beyond this it hangs."""

Reader = Callable[[Path], str]


@dataclasses.dataclass(frozen=True, slots=True)
class BenchPage:
    """An image file of a page and the texts that are known to stand on it."""

    image: Path
    truth: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """One engine on all pages: errors per character, share of texts without error, seconds a page, peak megabytes."""

    engine: EngineName
    version: str
    cer: float
    exact: float
    cpu: float
    wall: float
    load: float
    peak_mb: float


def run(
    pages: Sequence[BenchPage], weights_dir: Path, engines: Sequence[EngineName] | None = None, *, threads: int = 1
) -> list[Score]:
    """Run each engine over the pages, print the table, and give the figures; Tesseract is left out where absent."""
    chosen = list(engines or ENGINES)
    scores = []
    for engine in chosen:
        if engine == "tesseract" and not shutil.which(TESSERACT):
            print("tesseract is not installed: left out")
            continue
        measured = _measure(engine, [page.image.resolve() for page in pages], weights_dir.resolve(), threads)
        scores.append(_score(engine, measured, pages))
    _print(scores, len(pages), threads)
    return scores


def sample_pages(out: Path, *, seed: int = 1) -> list[BenchPage]:
    """One scan of every kind of sample form, half of them of poor quality, each page with its own known texts."""
    from samples import TYPES, make_document

    pages = []
    for index, code in enumerate(TYPES):
        sheet = make_document(code, degrade="poor" if index % 2 else "office", seed=seed)
        if len(sheet.images) > 1:
            continue  # which page a field stands on is not told for these
        path = out / f"{code}.png"
        sheet.images[0].save(path, dpi=(sheet.dpi, sheet.dpi))
        pages.append(BenchPage(path, tuple(value.printed for value in sheet.document.fields.values())))
    return pages


def errors_in(truth: str, text: str) -> int:
    """Edit distance of the truth to that part of the text that comes nearest to it."""
    if truth in text:
        return 0
    row = [0] * (len(text) + 1)
    for i, x in enumerate(truth, 1):
        following = [i]
        for j, y in enumerate(text, 1):
            following.append(min(row[j] + 1, following[-1] + 1, row[j - 1] + (x != y)))
        row = following
    return min(row)


def plain(text: str) -> str:
    """Half-width, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _score(engine: EngineName, measured: dict[str, Any], pages: Sequence[BenchPage]) -> Score:
    wrong = characters = right = known = 0
    for page, text in zip(pages, measured["texts"], strict=True):
        read = plain(text)
        for truth in map(plain, page.truth):
            errors = errors_in(truth, read)
            wrong, characters = wrong + errors, characters + len(truth)
            right, known = right + (errors == 0), known + 1
    return Score(
        engine,
        measured["version"],
        wrong / max(1, characters),
        right / max(1, known),
        statistics.fmean(measured["cpu"]),
        statistics.fmean(measured["wall"]),
        measured["load"],
        measured["peak_mb"],
    )


def _print(scores: Sequence[Score], pages: int, threads: int) -> None:
    print(f"{pages} pages, {threads} thread(s), each engine in its own process, first page repeated to warm up\n")
    header = ("engine", "CER %", "exact %", "CPU s/page", "to ours", "wall s/page", "to ours", "load s", "peak MB")
    rows = [header]
    ours = scores[0] if scores else None
    for score in scores:
        assert ours is not None  # noqa: S101 - there is a first score
        rows.append(
            (
                score.engine,
                f"{100 * score.cer:.2f}",
                f"{100 * score.exact:.1f}",
                f"{score.cpu:.2f}",
                f"{score.cpu / ours.cpu:.2f}x",
                f"{score.wall:.2f}",
                f"{score.wall / ours.wall:.2f}x",
                f"{score.load:.1f}",
                f"{score.peak_mb:.0f}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    for row in rows:
        print(
            "  ".join(
                cell.ljust(width) if n == 0 else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    print()
    for score in scores:
        print(f"{score.engine}: {ENGINES[score.engine]} ({score.version})")


def _measure(engine: EngineName, images: Sequence[Path], weights_dir: Path, threads: int) -> dict[str, Any]:
    """One engine in a fresh process; it writes its figures as JSON."""
    with tempfile.TemporaryDirectory(prefix="yidang-bench-") as scratch:
        answer = Path(scratch) / "answer.json"
        command = [sys.executable, "-m", "bench.ocr", engine, str(answer), str(weights_dir), str(threads)]
        subprocess.run(
            [*command, *map(str, images)], check=True, timeout=ENGINE_SECONDS, stdout=subprocess.DEVNULL, cwd=ROOT
        )
        result: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return result


def _ours(tier: Literal["tiny", "small"], weights_dir: Path, threads: int) -> tuple[Reader, str]:
    import cv2
    from PIL import Image

    from ocr import load_engine, read_page

    engine = load_engine("paddle", tier, weights_dir, threads)

    def read(path: Path) -> str:
        image: Any = cv2.imread(str(path))
        with Image.open(path) as opened:
            dpi = opened.info.get("dpi")
        return read_page(image, number=1, dpi=round(dpi[0]) if dpi else None, engine=engine).text

    return read, engine.name


def _paddle_defaults(tier: Literal["tiny", "small"], weights_dir: Path, threads: int) -> tuple[Reader, str]:
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
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
    return lambda path: "\n".join(
        pipeline.predict(cv2.imread(str(path)))[0]["rec_texts"]
    ), f"paddleocr {paddleocr.__version__}"


def _tesseract(threads: int) -> tuple[Reader, str]:
    version = subprocess.run([TESSERACT, "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]
    limit = ["env", f"OMP_THREAD_LIMIT={threads}"]

    def read(path: Path) -> str:
        command = [*limit, TESSERACT, str(path), "stdout", "-l", "chi_sim", "--psm", "1"]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=ENGINE_SECONDS).stdout

    return read, version


def _reader(engine: EngineName, weights_dir: Path, threads: int) -> tuple[Reader, str]:
    match engine:
        case "yidang":
            return _ours("tiny", weights_dir, threads)
        case "yidang-small":
            return _ours("small", weights_dir, threads)
        case "paddleocr-tiny-defaults":
            return _paddle_defaults("tiny", weights_dir, threads)
        case "paddleocr-small-defaults":
            return _paddle_defaults("small", weights_dir, threads)
        case "tesseract":
            return _tesseract(threads)


def _cpu() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


def _work(arguments: Sequence[str]) -> None:
    """What the fresh process does: load, read the first page once unmeasured, then read every page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=list(ENGINES))
    parser.add_argument("answer", type=Path)
    parser.add_argument("weights_dir", type=Path)
    parser.add_argument("threads", type=int)
    parser.add_argument("images", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    read, version = _reader(given.engine, given.weights_dir, given.threads)
    load = time.perf_counter() - started
    read(given.images[0])
    texts, cpu, wall = [], [], []
    for image in given.images:
        cpu_before, before = _cpu(), time.perf_counter()
        texts.append(read(image))
        cpu.append(_cpu() - cpu_before)
        wall.append(time.perf_counter() - before)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    answer = {"texts": texts, "cpu": cpu, "wall": wall, "load": load, "peak_mb": peak, "version": version}
    given.answer.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    _work(sys.argv[1:])
