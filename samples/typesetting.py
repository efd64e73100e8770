"""Setting a form: from the texts to a PDF with a text layer, its pages as images, and the places for seals."""

import dataclasses
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_MADE_AT = 1_795_305_600
"""Fixed creation time of the PDFs (2026-11-22 in seconds of Unix time): the same data must give the same bytes."""

Image = npt.NDArray[np.uint8]
"""A page in colour: height × width × 3, red green blue, 0 to 255."""


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A place on a page: its kind, whose (what is written by hand, a check box's option), page from 1, x and y.

    Kinds are "seal", "sign", "hand", and "ticked" and "unticked" for check boxes.

    x and y in points from the top left corner; the middle of a seal or signature, the left end of what is written.
    """

    kind: str
    role: str
    page: int
    x: float
    y: float


@dataclasses.dataclass(frozen=True, slots=True)
class TypeSet:
    """A form that was set: the PDF, where seals and signatures belong, and its text lines page after page."""

    pdf: bytes
    marks: tuple[Mark, ...]
    lines: tuple[str, ...]
    pages: int


@dataclasses.dataclass(frozen=True, slots=True)
class House:
    """Where a form is printed: the folder of its templates and those of its fonts. System fonts are never used."""

    templates: Path
    fonts: tuple[Path, ...]


@functools.cache
def fonts_folder() -> Path:
    """Where the Chinese fonts lie: they come with a wheel, nothing of the system is used."""
    import pylopdf_fonts_zh_cn

    return Path(pylopdf_fonts_zh_cn.__file__).parent


@functools.cache
def our_house() -> House:
    """The templates and fonts that everything but the scoring set is printed with."""
    return House(Path(__file__).parent / "forms", (fonts_folder(),))


def set_form(template: str, data: Mapping[str, Any], house: House | None = None) -> TypeSet:
    """Set the form `<template>.typ` of a house with data: title, fields, extra, images by role (PNG as integers), qr.

    Data for templates that many forms share has `blocks` and `style`, too.
    """
    import pypdfium2
    import typst

    house = house or our_house()
    compiler = typst.Compiler(
        str(house.templates / f"{template}.typ"),
        root=str(house.templates),
        font_paths=[str(folder) for folder in house.fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    pdf = compiler.compile(format="pdf", timestamp=_MADE_AT)
    if not isinstance(pdf, bytes):
        raise TypeError(f"the typesetter gave {type(pdf).__name__} for one PDF: its interface changed, see the pin")
    marks = tuple(Mark(**mark) for mark in json.loads(compiler.query("<mark>", field="value")))
    reader = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_range() for page in reader]
    finally:
        reader.close()
    lines = tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())
    return TypeSet(pdf, marks, lines, len(texts))


def page_images(pdf: bytes, dpi: int) -> list[Image]:
    """The pages of a PDF as images."""
    import pypdfium2

    reader = pypdfium2.PdfDocument(pdf)
    try:
        return [np.array(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in reader]
    finally:
        reader.close()
