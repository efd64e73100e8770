"""The scored sets: forms of our own making, pages of a printed standard with its text layer, and one real scan.

The real files lie outside the project and are not copied into it; where they are absent the set is left out and named.
"""

import functools
import hashlib
import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pypdfium2
import yaml
from PIL import Image as Pil

from bench.measuring import cores
from bench.pages import SETS, Gathered, Known, SetName, Subject
from samples import SCORED, Degrade, ScoringPage, missing_fonts, scoring_document, scoring_forms

STANDARD = Path("scans-zh/GBT3620.1-2016.pdf")
FORM = Path("scans-zh/squeeze_error.jpeg")
"""Where the real files lie within the folder of test data."""

FORM_TRUTH = Path(__file__).parent / "data" / "squeeze_error.yaml"

STANDARD_DPI = 200
"""As offices scan."""

MIN_IDEOGRAPHS = 0.2
"""Part of a good layer's characters that are Chinese: the standard's sound pages have 0.26 and more, even those full
of grades and figures. Its pages of large tables have none, since their font maps every character to a mark of ASCII
that a filter by known characters does not notice."""

_POINTS_PER_INCH = 72

Step = Callable[[str], None]
"""Told the name of each document that was made."""


def gather(  # noqa: PLR0913 - which sets, from where, into where, how many
    names: Sequence[SetName],
    folder: Path,
    corpora: Path,
    *,
    seed: int,
    most: int = 0,
    step: Step = lambda _name: None,
) -> Gathered:
    """The documents of these sets, their pages written as images into `folder`; at most `most` of our own, 0 for all.

    The process must be one that may be imported again by its children, as every command line is.
    """
    subjects: list[Subject] = []
    left_out: list[str] = []
    for name in (name for name in SETS if name in names):
        path = corpora / (STANDARD if name == "gbt" else FORM)
        if name == "own":
            found = own_forms(folder, seed=seed, most=most, step=step)
        elif not path.is_file():
            found = Gathered((), (f"{name}: no file {path.name} in the folder of test data (--corpora)",))
        else:
            found = standard_pages(path, folder) if name == "gbt" else real_form(path)
        subjects += found.subjects
        left_out += found.left_out
    return Gathered(tuple(subjects), tuple(left_out))


def own_forms(folder: Path, *, seed: int, most: int, step: Step) -> Gathered:
    """Every scoring form in every degradation, in fonts, layouts and words that nothing was tuned on.

    `most` documents, 0 for all, of a mixture that has nothing to do with the forms' order. They are drawn in as many
    processes as there are cores, half a second a page.
    """
    if reason := missing_fonts():
        return Gathered((), (f"own: {reason}",))
    asked = list(itertools.product(scoring_forms(), SCORED))
    if most:
        asked = sorted(asked, key=lambda pair: hashlib.sha256(repr(pair).encode()).digest())[:most]
    subjects = []
    # Fresh processes, since a fork of one that has threads may hang.
    with ProcessPoolExecutor(cores(), mp_context=multiprocessing.get_context("spawn")) as pool:
        for subject in pool.map(functools.partial(_drawn, folder, seed), asked):
            subjects.append(subject)
            step(subject.name)
    return Gathered(tuple(subjects))


def _drawn(folder: Path, seed: int, asked: tuple[str, Degrade]) -> Subject:
    return _own(list(scoring_document(*asked, seed=seed)), folder)


def _own(pages: Sequence[ScoringPage], folder: Path) -> Subject:
    first = pages[0]
    document = first.document
    images = []
    for page in pages:
        # The image has been through the scanner's JPEG already.
        images.append(folder / f"{page.code}-{page.degrade}-{page.number}.png")
        Pil.fromarray(page.image).save(images[-1], compress_level=1, dpi=(page.dpi, page.dpi))
    return Subject(
        name=f"{document.name} {document.type} {first.degrade}",
        set="own",
        wear=first.degrade,
        images=tuple(images),
        texts=tuple(_known(name, value.printed, pages) for name, value in document.fields.items()),
        turned=document.rotation,
        type=document.type,
        fields={name: value.normalised for name, value in document.fields.items()},
        seals=document.seals,
    )


def _known(name: str, printed: str, pages: Sequence[ScoringPage]) -> Known:
    """The field with the first place where it is printed; one filled in by hand has none."""
    for page in pages:
        if name in page.boxes:
            return Known(name, printed, page.number, page.boxes[name][0])
    return Known(name, printed)


def standard_pages(path: Path, folder: Path) -> Gathered:
    """The standard's pages as pictures with the lines of their text layer; pages with a bad layer are named instead."""
    subjects, bad = [], []
    document = pypdfium2.PdfDocument(path)
    try:
        for number, page in enumerate(document, 1):
            lines = page.get_textpage().get_text_range().splitlines()
            if not sound_layer(lines):
                bad.append(number)
                continue
            image = folder / f"gbt-{number}.png"
            picture = page.render(scale=STANDARD_DPI / _POINTS_PER_INCH).to_pil()
            picture.save(image, dpi=(STANDARD_DPI, STANDARD_DPI))
            known = tuple(Known(f"第{n}行", line) for n, line in enumerate(lines, 1) if line.strip())
            subjects.append(Subject(f"GB/T 3620.1 第{number}页", "gbt", "", (image,), known, "whole"))
    finally:
        document.close()
    pages = ", ".join(map(str, bad))
    said = (f"gbt: pages {pages}: their text layer is bad (a font without a true character map)",) if bad else ()
    return Gathered(tuple(subjects), said)


def sound_layer(lines: Iterable[str]) -> bool:
    """Whether a Chinese page's text layer holds Chinese."""
    text = "".join("".join(lines).split())
    return sum("㐀" <= character <= "鿿" for character in text) >= MIN_IDEOGRAPHS * max(1, len(text))


def real_form(path: Path) -> Gathered:
    """The real form with the cells somebody typed from it; the truth holds for exactly this file."""
    truth: dict[str, Any] = yaml.safe_load(FORM_TRUTH.read_text("utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != truth["sha256"]:
        return Gathered((), (f"form: {path.name} is another file than the one its truth was typed from",))
    known = tuple(Known(row["field"], str(row["value"])) for row in truth["fields"])
    return Gathered((Subject(path.name, "form", "", (path,), known, "once"),))
