"""The picture of a difference: what both have in grey, the old in vermilion, the new in blue, changed places framed.

The two colours are of the palette of Okabe and Ito, which people with any kind of colour blindness tell apart; the new
is also drawn a little thicker, so that the two differ on a black-and-white print.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from ingest.sheets.changed_places import Ink, Mask, Spot

PAPER, COMMON = (255, 255, 255), (165, 165, 165)
OLD, NEW, FRAME = (0, 94, 213), (178, 114, 0), (0, 159, 230)
"""Blue green red: vermilion, blue, orange."""

MARGIN = 8
"""Pixels between a changed place and its frame."""


def overlay(old: Ink, new: Ink, gone: Mask, come: Mask, places: Sequence[Spot]) -> bytes:
    """The picture as PNG, of the size of the old version at working size."""
    colours = np.array([PAPER, COMMON, OLD, NEW], np.uint8)
    kinds = (old.strong | new.strong).astype(np.uint8)
    kinds[gone > 0] = 2
    kinds[cv2.dilate(come, np.ones((2, 2), np.uint8)) > 0] = 3
    picture = colours[kinds]
    for place in places:
        x0, y0, x1, y1 = place.box
        cv2.rectangle(picture, (x0 - MARGIN, y0 - MARGIN), (x1 + MARGIN, y1 + MARGIN), FRAME, 3)
    written, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not written:
        raise ValueError("a picture of our own making could not be written")
    return data.tobytes()
