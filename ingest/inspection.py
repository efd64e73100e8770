"""What a file is, found by its content before anything else is done with it: type, pages, signature, sizes.

The file is only ever opened for reading. All parsing happens in the sandbox.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ingest.inspection_magic import PDF
from ingest.inspection_types import Inspection
from ingest.refusals import Refusal
from ingest.sandbox import DEFAULT_LIMITS, MEBI, Limits, run_sandboxed
from signing import not_judged

MAX_FILE_BYTES = 300 * MEBI
"""A thousand pages of grey A4 at 300 dpi in JPEG; what the window's upload limit lets through."""

MAX_PAGES = 1000
"""The thickest single material of a case is a bill of quantities of some hundred pages; a thousand pages keep one
recognition worker busy for about ten minutes, and one file shall not hold up the pile for longer."""

MAX_PIXELS = 150_000_000
"""For one image: an A0 drawing at 300 dpi has 139 million. Decoded in four channels it takes 600 MB (`sandbox`)."""

MAX_STREAM_BYTES = 512 * MEBI
"""For one image stream of a PDF, unpacked: the largest image in three channels."""

MAX_TEXT_STREAM_BYTES = 128 * MEBI
"""For any other stream of a PDF, unpacked: the drawing commands of a dense CAD sheet take 50 MB, a Chinese font 20."""


def inspect(
    path: Path, *, seal_roots: Iterable[bytes] = (), seal_lists: Iterable[bytes] = (), limits: Limits = DEFAULT_LIMITS
) -> Inspection:
    """Inspect one file by its content, whatever its name says.

    `seal_roots` are the certificates (DER) of the authorities whose seals are trusted, `seal_lists` their revocation
    lists (DER): the seals of an OFD or PDF are judged on the way. Whatever they are worth, the file is taken.

    Raises:
        Refusal: with `file-missing`, `file-empty`, `file-too-large`, `type-not-accepted`, `office-not-paged`,
            `drawing-not-viewable`, `ofd-…`, `pdf-…`, `too-many-pages`, `image-broken`, `image-too-large`,
            `decompression-bomb`, or an end of the sandbox.
    """
    if not path.is_file():
        raise Refusal("file-missing")
    size = path.stat().st_size
    if size == 0:
        raise Refusal("file-empty")
    if size > MAX_FILE_BYTES:
        raise Refusal("file-too-large", megabytes=size // MEBI, limit=MAX_FILE_BYTES // MEBI)
    roots = [root.hex() for root in seal_roots]
    arguments = {
        "path": str(path.resolve()),
        "seal_roots": roots,
        "limits": {
            "pages": MAX_PAGES,
            "pixels": MAX_PIXELS,
            "stream_bytes": MAX_STREAM_BYTES,
            "text_stream_bytes": MAX_TEXT_STREAM_BYTES,
        },
    }
    found = run_sandboxed("inspect", arguments, limits=limits)
    if found["media_type"] == PDF and found["signed"]:
        found["validation"] = _judged(path, roots, [one.hex() for one in seal_lists], limits)
    return Inspection.from_json({"size": size, **found})


def _judged(path: Path, roots: list[str], lists: list[str], limits: Limits) -> dict[str, Any]:
    """In a child of its own: a signature that takes too long to judge shall not keep the pages from being read."""
    now = dt.datetime.now(dt.UTC).isoformat()
    arguments = {"path": str(path.resolve()), "roots": roots, "lists": lists, "at": now}
    try:
        judged: dict[str, Any] = run_sandboxed("judge-seals", arguments, limits=limits)
    except Refusal:
        return not_judged()
    return judged
