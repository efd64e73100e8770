"""The report page: one HTML file with every table, charts of the ratios, and the failures as pictures."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from bench.comparing import Comparison, aims
from bench.engines import CONTENDERS
from bench.failures import all_failures
from bench.pages import SET_NAMES
from bench.printing import confused_types, engine_rows, field_rows, own_rows, reasons, seal_rows, set_rows, turn_rows
from bench.results import Result

FILE = "index.html"
_TEMPLATES = Path(__file__).parent / "templates"
_CHART_WIDE = 360
"""Pixels of the longest bar."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """One engine's bar: how long, and its figure as a multiple of ours."""

    engine: str
    wide: int
    ratio: str


def write_report(result: Result, folder: Path) -> Path:
    """Write the page into the folder, made where absent, and say where it lies; page images must still exist."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(render(result), "utf-8")
    return path


def render(result: Result) -> str:
    """The page as HTML, everything in it. Figures come formatted, so Django need not be set up to print them."""
    engine = Engine(dirs=[str(_TEMPLATES)])
    return engine.get_template("report.html").render(Context(_shown(result), use_l10n=False))


def _shown(result: Result) -> dict[str, Any]:
    comparison, judged = result.comparison, result.understanding
    standings = comparison.standings
    return {
        "comparison": comparison,
        "pages_of_ours": sum(len(read.pages) for read in result.reads),
        "sets": [SET_NAMES[name] for name in comparison.sets],
        "engines": engine_rows(comparison),
        "legend": [(one.engine, CONTENDERS[one.engine].what, one.run.version) for one in standings],
        "left_out": reasons(result),
        "aims": aims(comparison),
        "charts": [
            ("每页 CPU 秒", _bars(comparison, [one.run.cpu for one in standings])),
            ("错字率", _bars(comparison, [one.total.cer for one in standings])),
            ("内存峰值", _bars(comparison, [one.run.peak_mb for one in standings])),
        ],
        "by_set": set_rows(comparison),
        "own": own_rows(result),
        "turns": turn_rows(result),
        "types_right": sum(one.right for one in judged.typed),
        "types_known": len(judged.typed),
        "torn": sum(one.parts != 1 for one in judged.typed),
        "confused": [(true, guess or "（未识别）", count) for (true, guess), count in confused_types(result)],
        "fields": field_rows(result),
        "fields_right": sum(one.right for one in judged.fielded),
        "fields_known": len(judged.fielded),
        "cells": judged.cells,
        "seals": seal_rows(result) if result.seals.figures else [],
        "failures": all_failures(result),
    }


def _bars(comparison: Comparison, figures: Sequence[float]) -> list[Bar]:
    """A bar for each engine, the longest as wide as the chart; no ratio where ours has none to give."""
    longest, ours = max(figures, default=0.0), figures[0] if figures else 0.0
    return [
        Bar(
            one.engine,
            round(_CHART_WIDE * figure / longest) if longest else 0,
            f"{figure / ours:.2f}×" if ours else "–",
        )
        for one, figure in zip(comparison.standings, figures, strict=True)
    ]
