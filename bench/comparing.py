"""All engines on the same pages: what each read, how wrong it was, and what it cost; and whether the aims are met."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.engines import BASELINE, CONTENDERS, OCRMYPDF, OURS, LeftOut
from bench.measuring import PageTaken, Run, cores, measure
from bench.pages import SETS, SetName, Subject, image_count
from bench.scoring import Match, Tally, match_texts, match_whole, tally

MOST_CPU = 0.9
LEAST_TIMES_OCRMYPDF = 12.0
MOST_MB = 500.0
"""The aims: CPU seconds a page, how many times OCRmyPDF's CPU, and megabytes of one worker."""

Step = Callable[[str, int], None]
"""Told what is under way and how many pages more of it are done."""


@dataclasses.dataclass(frozen=True, slots=True)
class SubjectRead:
    """One document as one engine read it: its pages, where each known text was found, and the counts."""

    subject: Subject
    pages: tuple[PageTaken, ...]
    matches: tuple[Match, ...]
    tally: Tally


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """One engine in the comparison: its run alone, its pages a second on all cores, its documents.

    `differing` counts pages that were read otherwise when several processes ran.
    """

    engine: str
    run: Run
    rate: float
    subjects: tuple[SubjectRead, ...]
    differing: int

    @property
    def total(self) -> Tally:
        """Counts over all documents."""
        return sum((read.tally for read in self.subjects), Tally())

    def of_set(self, name: SetName) -> Tally:
        """Counts over the documents of one set."""
        return sum((read.tally for read in self.subjects if read.subject.set == name), Tally())

    @property
    def failed(self) -> int:
        """Pages on which it failed."""
        return sum(bool(page.failure) for page in self.run.pages)


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """All engines that ran, ours first, and those that did not, with the reason."""

    standings: tuple[Standing, ...]
    left_out: dict[str, str]
    pages: int
    threads: int
    cores: int

    def of(self, engine: str) -> Standing | None:
        """The standing of that engine, if it ran."""
        return next((standing for standing in self.standings if standing.engine == engine), None)

    @property
    def sets(self) -> tuple[SetName, ...]:
        """The sets that the pages are of."""
        seen = {read.subject.set for standing in self.standings for read in standing.subjects}
        return tuple(name for name in SETS if name in seen)


@dataclasses.dataclass(frozen=True, slots=True)
class Aim:
    """One aim: what is wanted, what was measured, and whether it is met; None where it was not measured."""

    what: str
    measured: str
    met: bool | None


def compare(
    engines: Sequence[str], subjects: Sequence[Subject], weights_dir: Path, *, threads: int, step: Step
) -> Comparison:
    """Run each engine over the documents: once alone, once in as many processes as there are cores."""
    images = [image for subject in subjects for image in subject.images]
    standings, left_out = [], {}
    for engine in (name for name in CONTENDERS if name in engines):
        try:
            alone = measure(engine, images, weights_dir, threads=threads, on_page=lambda n, e=engine: step(e, n))  # type: ignore[misc]
            together = measure(
                engine,
                images,
                weights_dir,
                processes=cores(),
                on_page=lambda n, e=engine: step(e, n),  # type: ignore[misc]
            )
        except LeftOut as reason:
            left_out[engine] = str(reason)
            continue
        pairs = zip(alone.pages, together.pages, strict=True)
        differing = sum(one.read != other.read for one, other in pairs)
        standings.append(Standing(engine, alone, together.rate, tuple(scored(subjects, alone.pages)), differing))
    return Comparison(tuple(standings), left_out, image_count(subjects), threads, cores())


def scored(subjects: Sequence[Subject], pages: Sequence[PageTaken]) -> Iterator[SubjectRead]:
    """Each document with its pages, taken in order from all pages, and how well they were read."""
    at = 0
    for subject in subjects:
        its = tuple(pages[at : at + len(subject.images)])
        at += len(its)
        lines = [text for page in its for text, _ in page.read.lines]
        if subject.counted == "apart":
            matches, surplus = match_texts(subject.texts, lines), None
        else:
            matches, left = match_whole(subject.texts, lines)
            surplus = left if subject.counted == "whole" else None
        yield SubjectRead(subject, its, tuple(matches), tally(matches, surplus))


def aims(comparison: Comparison) -> list[Aim]:
    """The aims of reading, judged on this run; nothing where ours did not run."""
    ours = comparison.of(OURS)
    if ours is None:
        return []
    cer, peer, pdf = ours.total.cer, comparison.of(BASELINE), comparison.of(OCRMYPDF)
    times = pdf.run.cpu / ours.run.cpu if pdf else 0.0
    return [
        Aim(f"under {MOST_CPU} CPU s a page", f"{ours.run.cpu:.2f}", ours.run.cpu < MOST_CPU),
        Aim(
            f"error no worse than {BASELINE}",
            f"{100 * cer:.2f} % against {100 * peer.total.cer:.2f} %" if peer else "not measured",
            cer <= peer.total.cer if peer else None,
        ),
        Aim(
            f"at least {LEAST_TIMES_OCRMYPDF:.0f} times OCRmyPDF",
            f"{times:.1f} times" if pdf else "not measured",
            times >= LEAST_TIMES_OCRMYPDF if pdf else None,
        ),
        Aim(f"a worker under {MOST_MB:.0f} MB", f"{ours.run.peak_mb:.0f} MB", ours.run.peak_mb < MOST_MB),
        Aim(
            "the same on one core and on all",
            f"{ours.differing} of {comparison.pages} pages differ",
            ours.differing == 0,
        ),
    ]
