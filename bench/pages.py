"""What is read and scored: documents whose text, fields, type and seals are known, and their pages as image files."""

import dataclasses
import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from samples import SealTruth

SetName = Literal["own", "gbt", "form"]
SETS: tuple[SetName, ...] = ("own", "gbt", "form")

Counted = Literal["apart", "once", "whole"]
"""How texts are sought: each for itself; so that no read character serves two of them; or as that and all the text
there is, so that what an engine adds counts too."""

SET_NAMES: dict[SetName, str] = {
    "own": "自制表单（留作评分的字体与版式）",
    "gbt": "国家标准 GB/T 3620.1-2016，200 dpi，对照其文字层",
    "form": "真实扫描表单 squeeze_error.jpeg，对照人工录入",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A text that stands on the document: what it is called (a field, a line, a cell) and what it says, as printed.

    `page` is on which of the document's pages, from 1, and `box` where on it, upright; 0 and None where not known.
    """

    name: str
    text: str
    page: int = 0
    box: tuple[float, float, float, float] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """One document to be read: its page images, and what is known of it.

    `texts` are what errors are counted on, in the way that `counted` says. `turned` is how far its pages lie turned
    clockwise. `type` is "" where none is expected; `fields` are normalised values; `seals` is None where the seals are
    not known.
    """

    name: str
    set: SetName
    wear: str
    images: tuple[Path, ...]
    texts: tuple[Known, ...]
    counted: Counted = "apart"
    turned: int = 0
    type: str = ""
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    seals: tuple[SealTruth, ...] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Gathered:
    """The documents of the chosen sets, and what was left out with its reason."""

    subjects: tuple[Subject, ...]
    left_out: tuple[str, ...] = ()


def image_count(subjects: Iterable[Subject]) -> int:
    """Pages of all these documents."""
    return sum(len(subject.images) for subject in subjects)


def spread(subjects: Sequence[Subject], pages: int) -> tuple[Subject, ...]:
    """Documents with together at most so many pages, a mixture of sets, forms and kinds of wear; 0 for all.

    Each set gives its share, at least one document. The same subjects and number give the same documents.
    """
    total = image_count(subjects)
    if not pages or pages >= total:
        return tuple(subjects)
    chosen: set[str] = set()
    left = pages
    sets = sorted(SETS, key=lambda name: image_count(s for s in subjects if s.set == name))
    for name in sets:  # the small sets first: what they need is taken off what the largest may have
        of_set = [subject for subject in subjects if subject.set == name]
        share = left if name == sets[-1] else max(1, round(pages * image_count(of_set) / total))
        taken = _mixed(of_set, share)
        left -= image_count(taken)
        chosen |= {subject.name for subject in taken}
    return tuple(subject for subject in subjects if subject.name in chosen)


def _mixed(subjects: Sequence[Subject], pages: int) -> list[Subject]:
    """Documents in an order that has nothing to do with how they were made, kinds of wear in turn, while they fit."""
    shuffled = sorted(subjects, key=lambda subject: hashlib.sha256(subject.name.encode()).digest())
    lanes = [[s for s in shuffled if s.wear == wear] for wear in sorted({s.wear for s in shuffled})]
    taken: list[Subject] = []
    for subject in (s for row in itertools.zip_longest(*lanes) for s in row if s is not None):
        if image_count(taken) + len(subject.images) <= pages:
            taken.append(subject)
    return taken
