"""QR and bar codes on a page: what they say and where they stand.

A code is read, never followed and never believed: what it means is for the caller to look up.
"""

from typing import Any

import cv2
import numpy as np

from ocr.patches import find_patches
from ocr.pixels import Image
from ocr.results import CodeMark, Quad

FORMATS = {
    "QRCode": "qr",
    "Code128": "code-128",
    "Code39": "code-39",
    "EAN13": "ean-13",
}
"""What stands on approval papers: QR on certificates, Code 128 and 39 on file labels and separator sheets, EAN-13 on
bought forms. PDF417, Data Matrix and Aztec would cost four times as much to look for and are not printed on them."""

PATCH, PATCH_TEXT = "patch", "PATCHT"
"""Format of a Patch T, and what it says: the same as the bar code that is printed on most such sheets."""

LOOK_DPI_SHARE = 0.5
"""Of the picture's size at which bars are looked for where nothing was read."""

BARS_AREA = 0.0015
"""Part of the page that bars side by side fill at least; text has strokes both ways and fills less."""

AGAIN_AT = 0.75
"""Size at which bars that were not read are read again: of a bar code sampled badly at 200 dpi, 150 dpi is another
sampling. Only where there are bars, since it costs 15 ms."""

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"


def read_codes(image: Image) -> tuple[CodeMark, ...]:
    """The codes of a page, from top to bottom; boxes in pixels of the image. Costs 20 to 37 ms for A4 at 200 dpi.

    Only dark codes on light ground are looked for, turned by any angle. Codes that fail their own checksum are none.
    Patch T has no checksum; see `ocr.patches`.
    """
    marks = _read(image, 1.0)
    if not marks and has_bars(image):
        marks = _read(image, AGAIN_AT)
    marks += [CodeMark(PATCH, PATCH_TEXT, box) for box in find_patches(image)]
    return tuple(sorted(marks, key=lambda mark: (mark.box[0][1], mark.box[0][0], mark.text)))


def _read(image: Image, size: float) -> list[CodeMark]:
    import zxingcpp

    formats = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, name) for name in FORMATS])
    shown = image if size == 1 else cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    found = zxingcpp.read_barcodes(shown, formats=formats, text_mode=zxingcpp.TextMode.Plain, try_invert=False)
    return [CodeMark(_named(code.format), _clean(code.text), _box(code.position, size)) for code in found]


def has_bars(image: Image) -> bool:
    """Whether somewhere many strokes stand side by side in one direction, as in a bar code; costs 4 ms."""
    grey = cv2.resize(
        cv2.extractChannel(image, 1), None, fx=LOOK_DPI_SHARE, fy=LOOK_DPI_SHARE, interpolation=cv2.INTER_AREA
    )
    across, down = (
        np.abs(cv2.Sobel(grey, cv2.CV_16S, dx, dy, ksize=3)).astype(np.float32) for dx, dy in ((1, 0), (0, 1))
    )
    one_way = np.abs(cv2.blur(across - down, (25, 25)))
    both = cv2.blur(np.minimum(across, down), (25, 25))
    return bool(((one_way > _STEEP) & (one_way > _ONE_WAY * both)).mean() > BARS_AREA)


_STEEP, _ONE_WAY = 120.0, 12.0


def _named(found: Any) -> str:
    """Our name for a format; a kind within one, such as the first model of QR, goes by its family."""
    return next((ours for name, ours in FORMATS.items() if found.name.startswith(name)), found.name.lower())


def _clean(text: str) -> str:
    """The text without zero characters, which no database keeps."""
    return text.replace("\0", _NO_CHARACTER)


def _box(position: Any, size: float) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    first, second, third, fourth = ((corner.x / size, corner.y / size) for corner in corners)
    return first, second, third, fourth
