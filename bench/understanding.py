"""What the project makes of its own reading: which way up, which type, which fields. Peers do none of this."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from PIL import Image as Pil

from bench.comparing import SubjectRead
from bench.measuring import PageTaken
from bench.pages import Subject
from bench.scoring import plain
from catalogue import squeeze
from ocr import FieldValue, MaterialGuess, PageReading, Rotation, extract_fields, from_json, recognise, segment

ROTATIONS: tuple[Rotation, ...] = get_args(Rotation)


@dataclasses.dataclass(frozen=True, slots=True)
class Turned:
    """A page as it was laid, clockwise by `laid` degrees, and how far the reader turned it; None where it failed."""

    image: Path
    laid: Rotation
    found: Rotation | None

    @property
    def right(self) -> bool:
        """Whether it came to stand upright."""
        return self.found is not None and (self.laid + self.found) % 360 == 0


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """A document, what it was taken for and why, and into how many documents its pages were cut."""

    read: SubjectRead
    guess: MaterialGuess
    parts: int

    @property
    def right(self) -> bool:
        """Whether the type is the true one."""
        return self.guess.type == self.read.subject.type


@dataclasses.dataclass(frozen=True, slots=True)
class Fielded:
    """One field of a document: what it truly is, normalised, and what was found; None where nothing was."""

    read: SubjectRead
    name: str
    expected: str
    found: FieldValue | None

    @property
    def right(self) -> bool:
        """Whether the value is the true one."""
        return self.found is not None and squeeze(self.found.value) == squeeze(self.expected)


@dataclasses.dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that was judged: pages turned, documents typed, fields read, cells of the real form of so many."""

    turned: tuple[Turned, ...] = ()
    typed: tuple[Typed, ...] = ()
    fielded: tuple[Fielded, ...] = ()
    cells: tuple[int, int] = (0, 0)


def readings(read: SubjectRead) -> list[PageReading]:
    """The document's pages as our engine read them, numbered within the document; pages that failed are left out."""
    found = []
    for number, page in enumerate(read.pages, 1):
        if page.read.reading is not None:
            found.append(dataclasses.replace(from_json(page.read.reading), number=number))
    return found


def understand(reads: Sequence[SubjectRead], turned: Iterable[Turned]) -> Understanding:
    """Types and fields of the documents that have them, from their readings; fields are sought as of the true type."""
    typed, fielded = [], []
    for read in (read for read in reads if read.subject.type):
        pages = readings(read)
        typed.append(Typed(read, recognise(pages), len(segment(pages))))
        values = extract_fields(read.subject.type, pages)
        fielded += [Fielded(read, name, expected, values.get(name)) for name, expected in read.subject.fields.items()]
    own = [page for read in reads for page in _as_laid(read)]
    return Understanding((*own, *turned), tuple(typed), tuple(fielded), _cells(reads))


def _as_laid(read: SubjectRead) -> Iterator[Turned]:
    """How the document's pages were turned, as they lay."""
    laid = next(rotation for rotation in ROTATIONS if rotation == read.subject.turned)
    for image, page in zip(read.subject.images, read.pages, strict=True):
        yield Turned(image, laid, page.read.reading["rotation"] if page.read.reading else None)


def _cells(reads: Iterable[SubjectRead]) -> tuple[int, int]:
    """Of the real form's known texts, how many are the whole text of a cell of a table, each cell serving once."""
    right = known = 0
    for read in (read for read in reads if read.subject.set == "form"):
        tables = (table for page in readings(read) for table in page.tables)
        cells = collections.Counter(plain(cell.text) for table in tables for cell in table.cells)
        wanted = collections.Counter(plain(text.text) for text in read.subject.texts)
        right += (cells & wanted).total()
        known += wanted.total()
    return right, known


def lay_turned(subjects: Sequence[Subject], folder: Path) -> list[tuple[Path, Rotation]]:
    """Every page of these documents laid in all four ways, as lossless images in `folder`."""
    laid = []
    for subject in subjects:
        for image in subject.images:
            with Pil.open(image) as opened:
                dpi: dict[str, Any] = {"dpi": opened.info["dpi"]} if "dpi" in opened.info else {}
                page = opened.convert("RGB")
            for rotation in ROTATIONS:
                path = folder / f"{image.stem}-turned-{rotation}.png"
                # Fast to write and read: this set is about which way up, not about files.
                page.rotate(-rotation, expand=True).save(path, compress_level=1, **dpi)
                laid.append((path, rotation))
    return laid


def found_turned(laid: Sequence[tuple[Path, Rotation]], pages: Sequence[PageTaken]) -> Iterator[Turned]:
    """How each laid page was turned by the reader."""
    for (path, rotation), page in zip(laid, pages, strict=True):
        yield Turned(path, rotation, page.read.reading["rotation"] if page.read.reading else None)


def by_rotation(turned: Iterable[Turned]) -> dict[int, tuple[int, int]]:
    """Right and all, by how the page was laid."""
    counts: dict[int, list[int]] = {}
    for page in turned:
        count = counts.setdefault(page.laid, [0, 0])
        count[0] += page.right
        count[1] += 1
    return {laid: (right, known) for laid, (right, known) in counts.items()}


def confusion(typed: Iterable[Typed]) -> Mapping[tuple[str, str], int]:
    """How many documents of a true type were taken for which."""
    return collections.Counter((one.read.subject.type, one.guess.type) for one in typed)


def by_field(fielded: Iterable[Fielded]) -> dict[str, tuple[int, int]]:
    """Right and all, by the field's name, the worst first."""
    counts: dict[str, list[int]] = {}
    for field in fielded:
        count = counts.setdefault(field.name, [0, 0])
        count[0] += field.right
        count[1] += 1
    ordered = sorted(counts.items(), key=lambda item: (item[1][0] - item[1][1], item[0]))
    return {name: (right, known) for name, (right, known) in ordered}
