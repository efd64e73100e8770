"""Files read once: what was read is kept by the digest of the file and of the reader, so that a run can be repeated.

Sorting, fields and the check are done anew each time, from the kept pages. Change the reader (engine, weights, a line
of what `ocr.reading` imports) and everything is read again.
"""

import ast
import dataclasses
import functools
import hashlib
import json
import os
from pathlib import Path

import ocr
from ingest import FileReading, read_file, sort_documents
from ocr import Engine, from_json, to_json


@dataclasses.dataclass(slots=True)
class KeptReadings:
    """Reads files, or takes what the same reader read from the same bytes before. `read` counts pages really read."""

    folder: Path
    engine: Engine
    read: int = 0

    def of(self, path: Path) -> FileReading:
        """The file as it reads. Raises `Refusal` as `read_file` does."""
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        reader = f"{self.engine.name} {reader_digest()}"
        kept = self.folder / f"{sha256[:32]}-{hashlib.sha256(reader.encode()).hexdigest()[:16]}.json"
        if kept.exists():
            data = json.loads(kept.read_text("utf-8"))
            pages = tuple(from_json(page) for page in data["pages"])
            return FileReading(
                str(path), sha256, self.engine.name, data["signed"], pages, tuple(sort_documents(pages)),
                data["validation"],
            )  # fmt: skip
        reading = read_file(path, self.engine)
        self.read += len(reading.pages)
        said = {
            "pages": [to_json(page) for page in reading.pages],
            "signed": reading.signed,
            "validation": reading.validation,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        beside.replace(kept)
        return reading


@functools.cache
def reader_digest() -> str:
    """A digest of the code that a page's reading hangs on: `ocr.reading`, the engines, and all that they import."""
    room = Path(ocr.__file__).parent
    files, left = set(room.glob("engine*.py")), [room / "reading.py", *room.glob("engine*.py")]
    while left:
        path = left.pop()
        files.add(path)
        imported = {room / f"{name.removeprefix('ocr.')}.py" for name in _imports(path) if name.startswith("ocr.")}
        left += [one for one in imported - files if one.exists()]
    said = "".join(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in sorted(files))
    return hashlib.sha256(said.encode()).hexdigest()


def _imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    named = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return named
