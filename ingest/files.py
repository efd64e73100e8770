"""A file read on its own, outside any case: inspected, paged in the sandbox, each page read, documents sorted."""

import dataclasses
import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.inspection import inspect
from ingest.inspection_types import Inspection
from ingest.office import inspect_with_office
from ingest.paging import PAGES_A_BATCH, paginate
from ingest.pictures import load_picture
from ingest.report import Presented
from ingest.searchable import searchable_copy
from ingest.sorting import SortedDocument, sort_documents
from ocr import Engine, Line, PageReading, key_values, read_page, to_json


@dataclasses.dataclass(frozen=True, slots=True)
class FileReading:
    """Everything read from one file."""

    file: str
    sha256: str
    engine: str
    signed: bool
    pages: tuple[PageReading, ...]
    documents: tuple[SortedDocument, ...]
    validation: dict[str, Any] | None = None

    def presented(self) -> list[Presented]:
        """Its documents as the completeness check takes them."""
        return [
            d.presented(self.file, signed=self.signed, validation=self.validation, sha256=self.sha256)
            for d in self.documents
        ]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data, in the shape that `yidang read --json` prints; material and fields of the first document."""
        documents = [
            {
                "pages": list(d.pages),
                "pairs": [
                    {"page": page.number, **dataclasses.asdict(pair)}
                    for page in self.pages
                    if page.number in d.pages
                    for pair in key_values(page)
                ],
                "material": {"type": d.type, "score": round(d.score, 3), "why": d.why},
                "fields": {name: dataclasses.asdict(value) for name, value in d.fields.items()},
            }
            for d in self.documents
        ]
        first = documents[0] if documents else {"material": {"type": "", "score": 0.0, "why": "no page"}, "fields": {}}
        return {
            "file": self.file,
            "sha256": self.sha256,
            "engine": self.engine,
            "signed": self.signed,
            "validation": self.validation,
            "pages": [to_json(page) for page in self.pages],
            "material": first["material"],
            "fields": first["fields"],
            "documents": documents,
        }


def copy_file(
    path: Path, engine: Engine, *, created: dt.datetime, on_page: Callable[[int, int], None] | None = None
) -> tuple[FileReading, bytes]:
    """Read a file and make its searchable copy, dated `created` (aware). Raises as `read_file`."""
    found = inspect(path)
    with tempfile.TemporaryDirectory() as folder:
        pictures: dict[int, Path] = {}
        reading = _read(path, found, engine, Path(folder), on_page, pictures)
        copy = searchable_copy(
            path, found, pictures, reading.pages, name=path.name, sha256=reading.sha256, created=created
        )
    return reading, copy


def read_file(
    path: Path, engine: Engine, *, office: str = "", on_page: Callable[[int, int], None] | None = None
) -> FileReading:
    """Read a file. `on_page` is told (page, pages) as each is done; `office` is LibreOffice's program, if any.

    Raises:
        Refusal: the file cannot be taken; code, message and remedy say why and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        found, shown = inspect_with_office(path, Path(folder), office=office)
        reading = _read(shown, found, engine, Path(folder), on_page)
    return dataclasses.replace(reading, file=str(path), sha256=_sha256(path))


def _read(  # noqa: PLR0913, PLR0917 - the two uses above
    path: Path,
    found: Inspection,
    engine: Engine,
    folder: Path,
    on_page: Callable[[int, int], None] | None,
    keep: dict[int, Path] | None = None,
) -> FileReading:
    """Read page by page; the pictures stay in `folder`, told in `keep`, where that is given, else each goes at once."""
    pages: list[PageReading] = []
    for first in range(1, found.page_count + 1, PAGES_A_BATCH):
        for picture in paginate(path, found, folder, first=first, count=PAGES_A_BATCH):
            shown = folder / picture.file
            image = load_picture(shown.read_bytes())
            layer = [Line(**line) for line in picture.own_text] or None
            pages.append(read_page(image, number=picture.number, dpi=picture.dpi, engine=engine, text_layer=layer))
            if keep is None:
                shown.unlink()
            else:
                keep[picture.number] = shown
            if on_page:
                on_page(len(pages), found.page_count)
    documents = tuple(sort_documents(pages))
    return FileReading(str(path), _sha256(path), engine.name, found.signed, tuple(pages), documents, found.validation)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
