"""`yidang bench ocr`: how well and how fast pages are read, ours beside named peers, on pages whose text is known.

Every engine runs in fresh processes, so that memory is its own and nothing is warm from another.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.comparing import Step, compare, scored
from bench.engines import OURS
from bench.measuring import cores, measure
from bench.pages import Subject, spread
from bench.report import write_report
from bench.results import Order, Result, Seals
from bench.seals import score_seals
from bench.sets import gather
from bench.understanding import Understanding, found_turned, lay_turned, understand
from ocr import load_engine
from samples import SEAL_SCANS, SealScene, seal_scenes

TURNED_PAGES = 16
"""Pages that are laid in all four ways: 64 readings, half a minute on two cores."""

SEAL_FONTS = ("/usr/share/fonts/truetype/arphic/uming.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
"""What the seals are cut in: a Song and a Hei that the forms of the scoring set have too, and no other sample."""


def run(order: Order, *, step: Step = lambda _what, _pages: None) -> Result:
    """Measure and score as ordered, and write the report page if one is wanted.

    Raises `EngineFailed` where an engine's process died.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-bench-") as name:
        folder = Path(name)
        made = gather(
            order.sets,
            folder,
            order.corpora,
            seed=order.seed,
            most=order.documents,
            step=lambda _: step("documents drawn", 1),
        )
        result = _measured(order, made.subjects, made.left_out, folder, step)
        if order.report is not None:
            write_report(result, order.report)
        return result


def _measured(order: Order, every: Sequence[Subject], left_out: tuple[str, ...], folder: Path, step: Step) -> Result:
    shared = spread(every, order.pages)
    comparison = compare(order.engines, shared, order.weights_dir, threads=order.threads, step=step)
    ours = comparison.of(OURS)
    if ours is None:
        return Result(comparison, (), Understanding(), Seals(), left_out)
    names = {subject.name for subject in shared}
    rest = [subject for subject in every if subject.name not in names]
    laid = lay_turned(spread([subject for subject in every if not subject.turned], TURNED_PAGES), folder)
    images = [image for subject in rest for image in subject.images]
    again = measure(
        OURS,
        [*images, *(path for path, _ in laid)],
        order.weights_dir,
        processes=cores(),
        on_page=lambda pages: step("all pages by ours", pages),
    )
    reads = (*ours.subjects, *scored(rest, again.pages[: len(images)]))
    turned = found_turned(laid, again.pages[len(images) :])
    seals = Seals()
    if "own" in order.sets:
        engine = load_engine("paddle", "tiny", order.weights_dir)
        seals = Seals(*score_seals(engine, order.seed, scenes=_scenes(order, step)))
    return Result(comparison, reads, understand(reads, turned), seals, left_out)


def _scenes(order: Order, step: Step) -> Iterator[SealScene]:
    """The pages with seals, cut in fonts that nothing was tuned on where they are there."""
    fonts = [font for font in SEAL_FONTS if Path(font).is_file()]
    scenes = seal_scenes(order.seed, fonts=fonts, degrades=("office",) if order.documents else SEAL_SCANS)
    for scene in scenes:
        step("pages with seals", 1)
        yield scene
