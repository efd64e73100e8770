"""From the readings of a file's pages to its sheets: one for each page that has a title block or is a drawing list."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from catalogue import squeeze
from ocr import PageReading, Quad, TitleBlock, read_title_block

LIST_TITLES = ("图纸目录", "施工图目录", "图纸总目录", "设计文件目录")
"""What the sheet is called that lists the others (GB/T 50001-2017, appendix: 图纸目录)."""

Kind = Literal["drawing", "list"]


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing sheet as its title block says; "" where a value does not stand there or could not be read.

    `page` counts from 1 within its file. `number` is in one spelling (建施-01), `date` is 2026-03-15 or 2026-03,
    `discipline` a word (建筑, 结构, 给水排水 …). `review_seal` is what the seal of the drawing review says, "" where
    none was found; `signed` the roles with a name beside them. `scores` (0 to 1) and `boxes` (pixels of the page's
    reading) are by the names of these values; `unsure` names the values a person has to look at. `block` is where the
    title block lies.
    """

    page: int
    kind: Kind
    number: str = ""
    title: str = ""
    revision: str = ""
    date: str = ""
    discipline: str = ""
    scale: str = ""
    phase: str = ""
    project: str = ""
    works: str = ""
    client: str = ""
    design_unit: str = ""
    review_seal: str = ""
    signed: tuple[str, ...] = ()
    scores: Mapping[str, float] = dataclasses.field(default_factory=dict)
    boxes: Mapping[str, Quad] = dataclasses.field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    block: Quad | None = None


VALUES = (
    "number", "title", "revision", "date", "discipline", "scale", "phase", "project", "works", "client", "design_unit",
)  # fmt: skip
"""The values of a title block that a sheet has."""


def read_sheets(pages: Sequence[PageReading]) -> tuple[Sheet, ...]:
    """The sheets among the pages, in their order; pages without a title block (a cover, a letter) are none."""
    found = ((page, read_title_block(page)) for page in pages)
    return tuple(_sheet(page, block) for page, block in found if block is not None or is_list(page, None))


def is_list(page: PageReading, block: TitleBlock | None) -> bool:
    """Whether a page is a drawing list: by the title in its title block, or by its heading."""
    title = block.values.get("title") if block else None
    if title is not None:
        return any(word in squeeze(title.value) for word in LIST_TITLES)
    return any(squeeze(line.text) in LIST_TITLES for line in page.lines)


def _sheet(page: PageReading, block: TitleBlock | None) -> Sheet:
    kind: Kind = "list" if is_list(page, block) else "drawing"
    if block is None:
        return Sheet(page.number, kind)
    said = {name: block.values[name] for name in VALUES if name in block.values}
    seal = block.review_seal
    scores = {name: value.score for name, value in said.items()}
    boxes = {name: value.box for name, value in said.items()}
    if seal is not None:
        scores["review_seal"], boxes["review_seal"] = seal.confidence, seal.box
    return Sheet(
        page.number,
        kind,
        **{name: value.value for name, value in said.items()},
        review_seal=" ".join(part for part in (seal.text, seal.caption) if part) if seal else "",
        signed=block.signed,
        scores=scores,
        boxes=boxes,
        unsure=tuple(name for name in block.unsure if name in said),
        block=block.box,
    )
