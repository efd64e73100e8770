"""The empty back of a thin sheet, through which the print of its front shows: faint, and mirrored."""

from typing import TYPE_CHECKING

import numpy as np

from ocr.orientation import mean_score, read_upright
from ocr.pixels import Image
from ocr.quality import LOW_CONTRAST
from ocr.results import Line, Quality

if TYPE_CHECKING:
    from ocr.engine import Engine

UNREAD = 0.85
"""Mean score below which faint print may be mirrored. Measured on a text and a form at 10 to 30 % of full contrast:
mirrored 0.69 to 0.76, straight 0.99 and above."""

READ = 0.9
"""Mean score of the mirrored page from which its print surely is that of the other side. Pencil and a worn stamp score
low both ways, and such a page is never called empty."""


def shows_through(page: Image, quality: Quality, lines: tuple[Line, ...], engine: "Engine") -> bool:
    """Whether all that `lines` were read from is the other side's print: faint, misread, and read well in a mirror.

    Costs a second reading, but only for a page that is faint and was read badly.
    """
    if not lines or quality.contrast >= LOW_CONTRAST or mean_score(lines) >= UNREAD:
        return False
    _, mirrored = read_upright(np.ascontiguousarray(page[:, ::-1]), engine)
    return mean_score(mirrored) >= READ
