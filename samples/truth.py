"""What a sample really says: the answers that recognition and completeness are measured against."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Batch = Literal["first", "second"]


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A field as it stands on the form, and as a program compares it.

    `normalised`: dates as ISO 8601, of a period its last day; amounts in yuan with two decimals ("86500000.00");
    areas in square metres with two decimals; document numbers without a 第 after the year (〔2026〕107号); everything
    else in half-width forms (NFKC) without white space.
    """

    printed: str
    normalised: str


@dataclasses.dataclass(frozen=True, slots=True)
class SealTruth:
    """A seal stamped on a page: in which role, whose, on which page of the document (from 1), where and how wide.

    `center` and `diameter` are in pixels of the upright page image; (0, 0) and 0 in a born-digital file.
    """

    role: str
    owner: str
    page: int
    center: tuple[int, int] = (0, 0)
    diameter: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class BoxTruth:
    """A check box: the option it stands before, whether it is ticked, its page from 1, its middle in pixels upright."""

    text: str
    ticked: bool
    page: int
    center: tuple[int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """One document as it really is: material type code and name, fields, text lines page after page, page count.

    `rotation` is how far the scan was turned clockwise, in degrees. `defects` are stable words for what was planted:
    "unsealed", "wrong-seal", "expired". `handwritten` names the fields that were filled in by hand. `boxes` are the
    check boxes of a scan, `written` the places in it where a pen wrote: page from 1, middle in pixels upright.
    """

    type: str
    name: str
    fields: Mapping[str, Value]
    lines: tuple[str, ...]
    pages: int
    seals: tuple[SealTruth, ...]
    rotation: int = 0
    defects: tuple[str, ...] = ()
    handwritten: tuple[str, ...] = ()
    boxes: tuple[BoxTruth, ...] = ()
    written: tuple[tuple[int, tuple[int, int]], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class SampleFile:
    """A file of a pile with the documents in it, in page order, and when it is handed in."""

    path: Path
    documents: tuple[Document, ...]
    batch: Batch = "first"

    @property
    def pages(self) -> int:
        """Pages in the file."""
        return sum(document.pages for document in self.documents)


@dataclasses.dataclass(frozen=True, slots=True)
class Pile:
    """The scans of one case. `missing` are the material types that the first batch leaves out on purpose.

    `answers` are those given about the project, by question.
    """

    root: Path
    project_code: str
    works: str
    files: tuple[SampleFile, ...]
    missing: tuple[str, ...] = ()
    answers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def batch(self, name: Batch) -> tuple[SampleFile, ...]:
        """The files handed in together."""
        return tuple(file for file in self.files if file.batch == name)

    def file(self, name: str, batch: Batch = "first") -> SampleFile:
        """The file of that name, for example "申请表.jpg"; KeyError when the pile has none."""
        for file in self.batch(batch):
            if file.path.name == name:
                return file
        raise KeyError(f"no file {name!r} in batch {batch!r}; it has {[f.path.name for f in self.batch(batch)]}")

    def write_truth(self) -> Path:
        """Write `truth.json` beside the files, paths relative to it, and say where it lies."""
        path = self.root / "truth.json"
        path.write_text(json.dumps(self._plain(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        return path

    def _plain(self) -> dict[str, object]:
        files = [
            {
                "path": file.path.relative_to(self.root).as_posix(),
                "batch": file.batch,
                "documents": [dataclasses.asdict(document) for document in file.documents],
            }
            for file in self.files
        ]
        return {
            "project_code": self.project_code,
            "works": self.works,
            "missing": list(self.missing),
            "answers": dict(self.answers),
            "files": files,
        }
