"""How well drawing sheets are read and compared: title blocks of layouts that nothing was tuned on, planted changes.

Run as `yidang bench sheets`, or `python -m bench.sheets READ COMPARED [WEIGHTS]`: sheets to scan and read for each of
two papers, and pairs for each kind of change. Sheets of vectors are read from their text layer, fifteen times as many.
The same order gives the same figures.
"""

import dataclasses
import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image as Pil

from ingest import inspect, paginate
from ingest.sheets import Difference, Sheet, read_sheets, sheet_difference
from ocr import Engine, Line, PageReading, Quality, load_engine, read_page
from samples import CHANGES, DrawnSet, DrawnSheet, changed, draw_set, scans, set_pdf

SEED = 2026
DPI = 200
SCANS = (("A3", 200, "office"), ("A2", 200, "poor"), ("A3", 150, "office"))
"""Paper, resolution and wear of the scans that are read."""

COMPARED_DPI = 200
NEAR_MM = 6.0
"""A planted change counts as found by a place whose frame comes so near to it."""


@dataclasses.dataclass(slots=True)
class FieldFigures:
    """Values printed, read letter by letter, read wrong and yet called sure; sheets; seconds of processor."""

    printed: Counter[str] = dataclasses.field(default_factory=Counter)
    exact: Counter[str] = dataclasses.field(default_factory=Counter)
    falsely_sure: Counter[str] = dataclasses.field(default_factory=Counter)
    sheets: int = 0
    seconds: float = 0.0

    def add(self, drawn: DrawnSheet, sheet: Sheet | None) -> None:
        """Count one sheet."""
        self.sheets += 1
        for name, printed in drawn.values.items():
            read = getattr(sheet, name) if sheet else ""
            self.printed[name] += 1
            self.exact[name] += read == printed
            self.falsely_sure[name] += bool(sheet and read and read != printed and name not in sheet.unsure)
        self.printed["review_seal"] += drawn.sealed
        self.exact["review_seal"] += bool(drawn.sealed and sheet and sheet.review_seal)
        self.falsely_sure["review_seal"] += bool(not drawn.sealed and sheet and sheet.review_seal)


@dataclasses.dataclass(slots=True)
class ChangeFigures:
    """Pairs compared, laid over each other, with the planted change found, false places, seconds of wall time."""

    pairs: int = 0
    registered: int = 0
    found: int = 0
    false: int = 0
    clean: int = 0
    seconds: float = 0.0


def read_vectors(count: int) -> FieldFigures:
    """Title blocks of that many sheets of vectors, by their text layer, as paging gives it."""
    figures = FieldFigures()
    for drawn in _sets(count, "A3", listed=True):
        for page, sheet in zip(_layers(drawn), drawn.sheets, strict=True):
            started = time.process_time()
            found = next(iter(read_sheets([page])), None)
            figures.seconds += time.process_time() - started
            figures.add(dataclasses.replace(sheet, sealed=False), found)
    return figures


def read_scans(count: int, paper: str, dpi: int, degrade: str, engine: Engine) -> FieldFigures:
    """Title blocks of that many scanned sheets, each page read as the pipeline reads it."""
    figures = FieldFigures()
    for drawn in _sets(count, paper, listed=False):
        for image, sheet in zip(scans(drawn, degrade, dpi=dpi), drawn.sheets, strict=True):  # type: ignore[arg-type]
            picture = np.ascontiguousarray(image[:, :, ::-1])
            started = time.process_time()
            page = read_page(picture, number=1, dpi=dpi, engine=engine)
            figures.seconds += time.process_time() - started
            figures.add(sheet, next(iter(read_sheets([page])), None))
    return figures


def compare_changes(count: int) -> dict[str, ChangeFigures]:
    """Each kind of change planted in that many sheets, printed and scanned anew; and as many rescans of one paper."""
    figures = {kind: ChangeFigures() for kind in (*CHANGES, "rescan", "rescan, poor at another resolution")}
    rng = np.random.default_rng(SEED)
    for drawn in _sets(count, "A3", listed=False, sealed=False):
        for place, sheet in enumerate(drawn.sheets):
            old = _scan(drawn, sheet, "office", COMPARED_DPI, 3 * place)
            for kind in CHANGES:
                planted = changed(sheet, kind, rng)
                if planted is not None:
                    new = _scan(drawn, planted[0], "office", COMPARED_DPI, 3 * place + 1)
                    _count(figures[kind], old, new, planted[1])
            _count(figures["rescan"], old, _scan(drawn, sheet, "office", COMPARED_DPI, 3 * place + 2), None)
            poor = _scan(drawn, sheet, "poor", 150, 3 * place + 2)
            _count(figures["rescan, poor at another resolution"], old, poor, None)
    return figures


def _count(figures: ChangeFigures, old: bytes, new: bytes, planted: Sequence[float] | None) -> None:
    started = time.perf_counter()
    found = sheet_difference(old, new)
    figures.seconds += time.perf_counter() - started
    figures.pairs += 1
    figures.registered += found.registered
    hits = [_hit(place.old, planted) for place in found.places] if planted else [False] * len(found.places)
    figures.found += any(hits)
    figures.false += hits.count(False)
    figures.clean += _clean(found, hits)


def _clean(found: Difference, hits: Sequence[bool]) -> bool:
    return found.registered and all(hits)


def _hit(box: Sequence[float], planted: Sequence[float]) -> bool:
    per_mm = COMPARED_DPI / 25.4
    x0, y0, x1, y1 = (edge / per_mm for edge in box)
    near = NEAR_MM
    return x0 <= planted[2] + near and planted[0] - near <= x1 and y0 <= planted[3] + near and planted[1] - near <= y1


def _sets(count: int, paper: str, *, listed: bool, sealed: bool = True) -> Iterator[DrawnSet]:
    """Held-out sets with that many sheets in all, the layouts in turn, three sheets each."""
    for place in range(-(-count // 3)):
        sheets = min(3, count - 3 * place)
        yield draw_set(
            SEED + place, paper=paper, held_out=True, layout=place % 3, count=sheets, listed=listed, sealed=sealed
        )


def _scan(drawn: DrawnSet, sheet: DrawnSheet, degrade: str, dpi: int, seed: int) -> bytes:
    alone = dataclasses.replace(drawn, sheets=(sheet,))
    written = io.BytesIO()
    image = next(iter(scans(alone, degrade, dpi=dpi, seed=seed)))  # type: ignore[arg-type]
    Pil.fromarray(image).save(written, "JPEG", quality=90)
    return written.getvalue()


def _layers(drawn: DrawnSet) -> Iterator[PageReading]:
    """The text layers of a set, through inspection and paging in the sandbox."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set.pdf"
        path.write_bytes(set_pdf(drawn))
        for page in paginate(path, inspect(path), Path(folder)):
            lines = tuple(
                Line(said["text"], tuple(map(tuple, said["box"])), said["score"])  # type: ignore[arg-type]
                for said in page.own_text
            )
            quality = Quality(page.dpi, 0.0, 0.0, 0.0, 0.0)
            yield PageReading(page.number, page.width, page.height, 0, "text-layer", lines, (), quality)


def measure_sheets(read: int, compared: int, weights: Path) -> None:
    """Measure and print."""
    _print("vector PDF, A3", read_vectors(15 * read))
    print("| change | pairs | laid over | found | pairs with no false place | false places | s |")
    for kind, told in compare_changes(compared).items():
        row = (
            told.pairs,
            told.registered,
            told.found,
            told.clean,
            told.false,
            round(told.seconds / max(1, told.pairs), 1),
        )
        print(f"| {kind} | " + " | ".join(map(str, row)) + " |", flush=True)
    engine = load_engine("paddle", "tiny", weights)
    for paper, dpi, degrade in SCANS:
        _print(f"{paper} scanned, {degrade}, {dpi} dpi", read_scans(read, paper, dpi, degrade, engine))


def _print(title: str, figures: FieldFigures) -> None:
    print(f"{title}: {figures.sheets} sheets, {figures.seconds / max(1, figures.sheets):.2f} s of processor each")
    for name, printed in figures.printed.items():
        if printed:
            share = figures.exact[name] / printed
            print(
                f"| {name} | {printed} | {figures.exact[name]} | {share:.3f} | {figures.falsely_sure[name]} |",
                flush=True,
            )


if __name__ == "__main__":
    measure_sheets(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else "models"))  # noqa: PLR2004
