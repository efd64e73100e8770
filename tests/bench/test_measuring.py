"""Engines run in processes of their own, and one that is absent or dies is told."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from bench.engines import TESSERACT, LeftOut
from bench.measuring import EngineFailed, measure
from bench.worker import main
from ocr import WeightsError, check_weights
from tests.ocr.pages import FONT

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    paths = []
    for number, text in enumerate(("工程名称：一号厂房", "建设单位：江澜市公司")):
        page = Pil.new("RGB", (900, 1200), "white")
        ImageDraw.Draw(page).text((90, 200), text, font=ImageFont.truetype(FONT, 40), fill="black")
        paths.append(tmp_path / f"{number}.png")
        page.save(paths[-1], dpi=(100, 100))
    return paths


def test_an_engine_that_is_not_installed_is_left_out_with_the_reason(
    images: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    with pytest.raises(LeftOut, match="tesseract is not installed"):
        measure(TESSERACT, images, tmp_path)


def test_ours_without_its_models_is_left_out_and_says_what_to_run(images: list[Path], tmp_path: Path) -> None:
    with pytest.raises(LeftOut, match="yidang models install"):
        measure("yidang", images, tmp_path / "nowhere")


def test_an_engine_that_dies_is_told_with_its_last_words(images: list[Path], tmp_path: Path) -> None:
    (tmp_path / "v6_tiny_det").mkdir()
    with pytest.raises(EngineFailed, match="tiny-baseline ended with 1"):
        measure("tiny-baseline", images, tmp_path)


def test_a_page_that_cannot_be_read_is_that_pages_failure(images: list[Path], tmp_path: Path) -> None:
    _needs_models()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    listed, answer = tmp_path / "images.json", tmp_path / "answer.jsonl"
    listed.write_text(json.dumps([str(images[0]), str(broken)]))
    main(["yidang", str(answer), str(MODELS), "1", str(listed)])
    head, good, bad, last = map(json.loads, answer.read_text("utf-8").splitlines())
    assert head["version"].startswith("paddleocr")
    assert not good["failure"]
    assert bad["failure"]
    assert last["peak_mb"] > 0


@pytest.mark.stack  # long
def test_two_processes_share_the_pages_and_give_them_back_in_order(images: list[Path]) -> None:
    _needs_models()
    run = measure("yidang", [*images, images[0]], MODELS, processes=2)
    texts = ["".join(text for text, _ in page.read.lines) for page in run.pages]
    assert ["一号厂房" in text for text in texts] == [True, False, True]
    assert run.pages[0].read == run.pages[2].read
    assert run.rate > 0
    assert run.peak_mb > 100


def _needs_models() -> None:
    try:
        check_weights(MODELS)
    except WeightsError as error:
        pytest.skip(str(error))
