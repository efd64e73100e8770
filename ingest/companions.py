"""A drawing file (DWG, DXF, DWF) is kept and not shown; a PDF or OFD of the same name beside it shows its sheets."""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

from ingest.models import Upload

SHOWN_BY = frozenset({"application/pdf", "application/ofd"})
_UNSHOWN = "drawing-not-viewable"


def is_drawing(upload: Upload) -> bool:
    """Whether the upload is a drawing file that was kept as it is."""
    return (upload.refusal or {}).get("code") == _UNSHOWN


def companions(uploads: Iterable[Upload]) -> dict[int, Upload]:
    """Which upload shows which drawing: key of the drawing file → the first PDF or OFD of its name that was taken.

    Names are compared without their ending, without regard to case and to how a character is composed.
    """
    rows = [upload for upload in uploads if upload.withdrawn_at is None]
    shown = {_stem(row): row for row in reversed(rows) if row.media_type in SHOWN_BY and not row.refusal}
    return {row.pk: shown[_stem(row)] for row in rows if is_drawing(row) and _stem(row) in shown}


def _stem(upload: Upload) -> str:
    return unicodedata.normalize("NFKC", PurePath(upload.file_name).stem).strip().casefold()
