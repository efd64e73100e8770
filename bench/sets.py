"""The scored sets: forms of our own making, pages of a printed standard with its text layer, and one real scan.

The real files lie outside the project and are not copied into it; where they are absent the set is left out and named.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import yaml

from bench.pages import SETS, Gathered, Known, SetName, Subject
from samples import TYPES, Sheet, make_document

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


def gather(
    names: Sequence[SetName], folder: Path, corpora: Path, *, seed: int, step: Step = lambda _name: None
) -> Gathered:
    """The documents of these sets, their pages written as images into `folder`."""
    subjects: list[Subject] = []
    left_out: list[str] = []
    for name in (name for name in SETS if name in names):
        if name == "own":
            subjects += own_forms(folder, seed=seed, step=step)
            continue
        path = corpora / (STANDARD if name == "gbt" else FORM)
        if not path.is_file():
            left_out.append(f"{name}: no file {path.name} in the folder of test data (--corpora)")
            continue
        found = standard_pages(path, folder) if name == "gbt" else real_form(path)
        subjects += found.subjects
        left_out += found.left_out
    return Gathered(tuple(subjects), tuple(left_out))


def own_forms(folder: Path, *, seed: int, step: Step = lambda _name: None) -> list[Subject]:
    """Scans of every sample form in every kind of wear, each page a JPEG as the scanner wrote it."""
    subjects = []
    for wear in ("clean", "office", "poor"):
        for code in TYPES:
            subjects.append(_own(make_document(code, degrade=wear, seed=seed), wear, folder))
            step(subjects[-1].name)
    return subjects


def _own(sheet: Sheet, wear: str, folder: Path) -> Subject:
    document = sheet.document
    images = []
    for number, page in enumerate(sheet.images, 1):
        images.append(folder / f"{document.type}-{wear}-{number}.jpg")
        page.save(images[-1], "JPEG", quality=sheet.quality, dpi=(sheet.dpi, sheet.dpi))
    return Subject(
        name=f"{document.type} {document.name} ({wear})",
        set="own",
        wear=wear,
        images=tuple(images),
        texts=tuple(Known(name, value.printed) for name, value in document.fields.items()),
        type=document.type,
        fields={name: value.normalised for name, value in document.fields.items()},
        seals=document.seals,
    )


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
            subjects.append(Subject(f"GB/T 3620.1 第{number}页", "gbt", "", (image,), known, whole=True))
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
    if not FORM_TRUTH.is_file():
        return Gathered((), (f"form: no {FORM_TRUTH.name} with what stands on it",))
    truth: dict[str, Any] = yaml.safe_load(FORM_TRUTH.read_text("utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != truth["sha256"]:
        return Gathered((), (f"form: {path.name} is another file than the one its truth was typed from",))
    known = tuple(Known(name, text) for name, text in truth["fields"].items())
    return Gathered((Subject(path.name, "form", "", (path,), known),))
