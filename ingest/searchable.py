"""A searchable copy of what was handed in: PDF/A-2b, the pictures as they came, what was read invisibly over them.

The original is never touched; the copy is a derived object and says so. Selecting a line in a viewer selects the text
that was read there.
"""

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.inspection_types import Inspection
from ingest.sandbox import DEFAULT_LIMITS, MEBI, Limits, run_sandboxed
from ocr import PageReading

COPY_LIMITS = dataclasses.replace(DEFAULT_LIMITS, cpu_seconds=180, wall_seconds=240.0, output_bytes=640 * MEBI)
"""All pages go through one child: 1,000 scans take about 30 s to look through and copy. The largest file taken has
300 MB, and each page that cannot go over as it is adds a picture of at most 20 MB, usually under 1."""


def searchable_copy(  # noqa: PLR0913 - what it is made of, and what it says of itself
    path: Path,
    inspection: Inspection,
    pictures: Mapping[int, Path],
    readings: Sequence[PageReading],
    *,
    name: str,
    sha256: str,
    created: dt.datetime,
    limits: Limits = COPY_LIMITS,
) -> bytes:
    """The copy as bytes; the same original and readings give the same bytes.

    Args:
        path: the original, only read.
        inspection: what it was found to be.
        pictures: for each page's number, the picture that paging made and that was read.
        readings: the pages in order.
        name: the original's file name, for the title.
        sha256: the original's digest, stated in the copy.
        created: aware; the date the copy states.
        limits: what the sandbox may use.

    Raises:
        Refusal: an end of the sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-copy-") as folder:
        out = Path(folder) / "copy.pdf"
        arguments = {
            "path": str(path.resolve()),
            "media_type": inspection.media_type,
            "pages": [_page(reading, pictures[reading.number]) for reading in readings],
            "out": str(out),
            "source": {
                "sha256": sha256,
                "name": name,
                "created": created.isoformat(timespec="seconds"),
                "engine": next((r.engine for r in readings if r.engine), ""),
            },
        }
        run_sandboxed("searchable", arguments, limits=limits)
        return out.read_bytes()


def _page(reading: PageReading, picture: Path) -> dict[str, object]:
    return {
        "number": reading.number,
        "picture": str(picture.resolve()),
        "width": reading.width,
        "height": reading.height,
        "dpi": reading.quality.dpi,
        "rotation": reading.rotation,
        "lines": [{"text": line.text, "box": line.box} for line in reading.lines],
    }
