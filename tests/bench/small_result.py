"""A run of two documents as if three engines had read them, put together without an engine."""

from pathlib import Path

import numpy as np
from PIL import Image as Pil

from bench.comparing import Comparison, Standing, scored
from bench.engines import PageRead
from bench.measuring import PageTaken, Run
from bench.pages import Known, Subject
from bench.results import Result, Seals
from bench.seals import SealFailure, SealFigures
from bench.understanding import Turned, understand
from ocr import Line, PageReading, Quality, quad, to_json

TEXTS = ("江澜市", "工程名称 一号厂房", "建设单位 江澜晨曦智能装备有限公司")


def page(lines: tuple[str, ...], rotation: int = 0, cpu: float = 0.5) -> PageTaken:
    """A page read as these lines, one below the other."""
    placed = tuple(Line(text, quad(100, 80 + 60 * n, 700, 120 + 60 * n), 0.99) for n, text in enumerate(lines))
    reading = PageReading(
        1,
        800,
        1000,
        rotation,  # type: ignore[arg-type]
        "ocr",
        placed,
        (),
        Quality(200, 900.0, 0.9, 0.0, 0.05),
        "engine",
    )
    return PageTaken(PageRead(tuple((line.text, line.box) for line in placed), to_json(reading)), cpu, 0.0, cpu)


def small_result(folder: Path) -> Result:
    """One permit without a title, its owner misread, one page of a standard read rightly, one page turned wrongly."""
    image = folder / "page.png"
    Pil.fromarray(np.full((1000, 800, 3), 240, np.uint8)).save(image)
    owner = Known("建设单位", "江澜晨曦智能装备有限公司", 1, (300.0, 200.0, 700.0, 240.0))
    subjects = (
        Subject("施工许可证 poor", "own", "poor", (image,), (owner,), type="OUT-SGXK", fields={"建设单位": owner.text}),
        Subject("标准 第1页", "gbt", "", (image,), (Known("第1行", "本标准规定了钛"),), "whole"),
    )
    ours = (page((*TEXTS[:2], "建设单位 江澜晨曦智能装各有限公司")), page(("本标准规定了钛",)))
    peer = (page(TEXTS, cpu=6.0), page(("本标淮规定了钛", "余"), cpu=6.0))
    standings = tuple(
        Standing(name, Run("1", 1.0, 400.0, pages), 1.0, tuple(scored(subjects, pages)), 0)
        for name, pages in (("yidang", ours), ("tiny-baseline", peer), ("ocrmypdf", peer))
    )
    comparison = Comparison(standings, {"tesseract": "tesseract is not installed"}, 2, 1, 2)
    reads = standings[0].subjects
    figures = SealFigures(pages=1, drawn=2, found=1, exact=0, wrong=1, characters=8)
    failure = SealFailure("round", "poor", np.full((90, 90, 3), 200, np.uint8), "江澜晨曦", "not found")
    seals = Seals({("round", "poor"): figures}, [failure])
    return Result(comparison, reads, understand(reads, [Turned(image, 90, 0)]), seals, ("gbt: page 5",))
