"""What a file is, found by its content before anything else is done with it: type, pages, signature, sizes.

The file is only ever opened for reading. All parsing happens in the sandbox.
"""

from collections.abc import Iterable
from pathlib import Path

from ingest.inspection_types import Inspection
from ingest.refusals import Refusal
from ingest.sandbox import DEFAULT_LIMITS, MEBI, Limits, run_sandboxed

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


def inspect(path: Path, *, seal_roots: Iterable[bytes] = (), limits: Limits = DEFAULT_LIMITS) -> Inspection:
    """Inspect one file by its content, whatever its name says.

    `seal_roots` are the certificates (DER) of the authorities whose seals are trusted: an OFD's are judged on the way.

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
    arguments = {
        "path": str(path.resolve()),
        "seal_roots": [root.hex() for root in seal_roots],
        "limits": {
            "pages": MAX_PAGES,
            "pixels": MAX_PIXELS,
            "stream_bytes": MAX_STREAM_BYTES,
            "text_stream_bytes": MAX_TEXT_STREAM_BYTES,
        },
    }
    return Inspection.from_json({"size": size, **run_sandboxed("inspect", arguments, limits=limits)})
