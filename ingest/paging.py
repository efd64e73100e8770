"""From a file to one picture a page, with the text layer that came with it: what recognition reads.

Pictures are derived objects; the file itself is only read. The work runs in the sandbox, a few pages a child, so that
a page that breaks the parser is known by its number.
"""

import dataclasses
from pathlib import Path
from typing import Any

from ingest.inspection import MAX_PAGES, MAX_PIXELS
from ingest.inspection_magic import OFD, PDF
from ingest.inspection_types import Inspection
from ingest.refusals import Refusal
from ingest.sandbox import DEFAULT_LIMITS, Limits, run_sandboxed

PAGES_PER_CHILD = 4
"""Starting a child costs about 0.3 s, as much as two or three pages; four share it and stay within its time."""

# Pages a caller asks for at once: a bad one is blamed within its batch, a long document shows its first pages early.
PAGES_A_BATCH = 8

FIRST_PAGES = 2
"""The first batch of a file: as many as there are readers, so that reading begins while the rest is being paged."""


@dataclasses.dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as an upright JPEG: page number from 1, file name in the folder, size in pixels, dots an inch if known.

    `text_lines` are JSON-ready `{"text", "box": [[x, y] × 4], "score": 1.0}` of the text layer, in pixels of this
    picture, empty where there is none that can be read. `scanned` tells that an image covers the page, so that its
    text layer, if any, is somebody's recognition and not the page's own text.
    """

    number: int
    file: str
    width: int
    height: int
    dpi: int | None
    text_lines: tuple[dict[str, Any], ...] = ()
    scanned: bool = True

    @property
    def own_text(self) -> tuple[dict[str, Any], ...]:
        """The lines of the page's own text.

        Text under a scanned picture is somebody else's recognition: our own reading is the one we answer for.
        """
        return () if self.scanned else self.text_lines

    def to_json(self) -> dict[str, Any]:
        """The page as JSON-ready data."""
        return dataclasses.asdict(self)


def paginate(  # noqa: PLR0913 - which pages of which file go where, and within what
    path: Path,
    inspection: Inspection,
    out_dir: Path,
    first: int = 1,
    count: int | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> list[PagePicture]:
    """Write the pictures `%06d.jpg` of `count` pages from `first` on (all that follow when None) to `out_dir`.

    Near the end of the file there are fewer than `count`. `limits` hold for each child,
    that is for `PAGES_PER_CHILD` pages.

    Raises:
        Refusal: `page-missing` where the file has no page `first`; else with the page's number `page-broken`,
            `image-broken`, `image-too-large` or an end of the sandbox. The pictures of pages before it stay; the
            caller may go on behind it.
    """
    if not 1 <= first <= inspection.page_count:
        raise Refusal("page-missing", page=first)
    last = inspection.page_count if count is None else min(first + count - 1, inspection.page_count)
    pictures: list[PagePicture] = []
    for start in range(first, last + 1, PAGES_PER_CHILD):
        numbers = list(range(start, min(start + PAGES_PER_CHILD, last + 1)))
        arguments = {"path": str(path.resolve()), "out_dir": str(out_dir.resolve()), "numbers": numbers}
        pictures += _in_child(inspection, arguments, limits)
    return pictures


def _in_child(inspection: Inspection, arguments: dict[str, Any], limits: Limits) -> list[PagePicture]:
    kind = PDF if inspection.converted else inspection.media_type
    task, more = {
        PDF: ("page-pdf", {"max_pixels": MAX_PIXELS}),
        OFD: ("page-ofd", {"max_pixels": MAX_PIXELS, "max_pages": MAX_PAGES}),
    }.get(kind, ("page-image", {"media_type": kind}))
    found = run_sandboxed(task, {**arguments, **more}, limits=limits)
    return [PagePicture(**{**page, "text_lines": tuple(page["text_lines"])}) for page in found]
