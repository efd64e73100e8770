"""What is ordered of a run, and everything that it found."""

import dataclasses
from pathlib import Path

from bench.comparing import Comparison, SubjectRead
from bench.engines import CONTENDERS
from bench.pages import SetName
from bench.seals import SealFailure, SealFigures
from bench.understanding import Understanding

SEED = 2026
"""Decides what the sample forms say and how they are worn. Tuning uses others."""


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What is to be measured: sets, pages that every engine reads (0 for all), engines, threads, and where things lie.

    `documents` bounds how many of our own documents are drawn (0 for all), and with them the kinds of scans of seals;
    `report` is the folder of the report page, None for none.
    """

    sets: tuple[SetName, ...]
    weights_dir: Path
    corpora: Path
    pages: int = 12
    documents: int = 0
    engines: tuple[str, ...] = tuple(CONTENDERS)
    threads: int = 1
    seed: int = SEED
    report: Path | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Seals:
    """How seals were found and read, by kind and degradation, and every failure; empty where not measured."""

    figures: dict[tuple[str, str], SealFigures] = dataclasses.field(default_factory=dict)
    failures: list[SealFailure] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """Everything that one run found. `reads` are all documents as ours read them."""

    comparison: Comparison
    reads: tuple[SubjectRead, ...]
    understanding: Understanding
    seals: Seals
    left_out: tuple[str, ...]
