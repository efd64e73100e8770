"""Drawing the documents of the duplicates' benchmark and reading each page once; what was read is kept.

A family is one file; a run that is stopped goes on where it was.
"""

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr import Engine, load_engine, read_page, to_json
from samples import Draw, Print, draw_family, lay_paper, scan_page

ENGINE, TIER = "paddle", "tiny"
"""What the installation uses unless it is told otherwise."""


def read_families(folder: Path, printing: Print, numbers: range, weights: Path) -> Iterator[int]:
    """Read the families that are not read yet; gives the number of documents after each.

    Each page's picture is kept beside its reading, since pictures are compared, too.
    """
    engine: Engine | None = None
    for number in numbers:
        path = folder / f"{printing}-{number:04d}.json"
        if path.exists():
            continue
        engine = engine or load_engine(ENGINE, TIER, weights, 1)
        rows = [_read(draw, folder, engine) for draw in draw_family(printing, number)]
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        unfinished.rename(path)
        yield len(rows)


def family_files(folder: Path, printing: Print) -> list[Path]:
    """The families of that printing that were read, in order."""
    return sorted(folder.glob(f"{printing}-[0-9][0-9][0-9][0-9].json"))


def _read(draw: Draw, folder: Path, engine: Engine) -> dict[str, Any]:
    pages = []
    for number, page in enumerate(lay_paper(draw.order).pages, 1):
        scan = scan_page(page, draw.scanner, draw.seed + number)
        (folder / f"{draw.name}-{number}.jpg").write_bytes(scan)
        image: Any = cv2.imdecode(np.frombuffer(scan, np.uint8), cv2.IMREAD_COLOR)
        pages.append(to_json(read_page(image, number=number, dpi=draw.scanner.dpi, engine=engine)))
    return {**dataclasses.asdict(draw), "pages": pages}
