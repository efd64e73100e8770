"""Comparing two pictures of a sheet, inside the sandbox: registered, compared, drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np

from ingest.refusals import Refusal
from ingest.sheets.changed_places import Mask, Spot, changes, ink_of, spots
from ingest.sheets.overlay import overlay
from ingest.sheets.registering import Grey, Matrix, laid_over, register

WORK_PIXELS = 12_000_000
"""Of the old picture while comparing: A3 at 200 dpi is whole (8 million), A1 has 125 dpi. Ten arrays of this size and
the library fit the sandbox's memory."""

OVERLAY = "overlay.png"

EDGE = 0.008
"""Part of the longer side: 3.4 mm of A3, within the 5 mm that GB/T 50001-2017, 3.1.1 keeps free of the drawing."""

MIN_COMMON = 0.6
"""Share of the lesser ink that both have, below which the two do not show the same sheet."""


def compare_pictures(*, old: str, new: str, out_dir: str, begin: Callable[[int], None]) -> dict[str, Any]:
    """What changed between two pictures; writes `OVERLAY` to `out_dir`. See `ingest.sheets.difference`.

    `matrix` maps pixels of the new picture to pixels of the old; `scale` is the overlay's size over the old picture's.
    """
    cv2.setNumThreads(1)  # threads would each take address space of their own
    begin(1)
    one, scale = _grey(old)
    begin(2)
    other, scale_other = _grey(new)
    matrix = register(one, other)
    if matrix is None:
        return {"registered": False}
    laid = laid_over(other, matrix, one)
    inks = ink_of(one), ink_of(laid)
    seen = _seen(other.shape, matrix, one.shape)
    gone, come = (part & seen for part in changes(*inks))
    ink = [int(part.strong.sum()) for part in inks]
    common = 1 - max(int(gone.sum()) / max(1, ink[0]), int(come.sum()) / max(1, ink[1]))
    if common < MIN_COMMON:
        return {"registered": False}
    places = spots(*inks, gone, come)
    (Path(out_dir) / OVERLAY).write_bytes(overlay(*inks, gone, come, places))
    to_old = np.diag([1 / scale, 1 / scale, 1.0]) @ matrix @ np.diag([scale_other, scale_other, 1.0])
    return {
        "registered": True,
        "scale": scale,
        "matrix": to_old.ravel().tolist(),
        "share": _share(places, ink),
        "places": [{"box": place.box, "gone": place.gone, "come": place.come, "kind": place.kind} for place in places],
    }


def _seen(shape: tuple[int, ...], matrix: Matrix, onto: tuple[int, ...]) -> Mask:
    """Where both pictures show the sheet, less its very edge, where a scanner shows its lid or cuts the paper."""
    height, width = onto
    rim = max(1, round(EDGE * max(height, width)))
    seen = np.zeros(shape, np.uint8)
    edge = max(1, round(EDGE * max(shape)))
    seen[edge:-edge, edge:-edge] = 1
    laid = cv2.warpPerspective(seen, matrix, (width, height), flags=cv2.INTER_NEAREST)
    laid[:rim], laid[-rim:], laid[:, :rim], laid[:, -rim:] = 0, 0, 0, 0
    return cast("Mask", laid)


def _share(places: list[Spot], ink: list[int]) -> float:
    """Part of all ink of both versions that changed."""
    return sum(place.gone + place.come for place in places) / max(1, sum(ink))


def _grey(path: str) -> tuple[Grey, float]:
    """A picture in grey at working size, and how far it was shrunk."""
    picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise Refusal("image-broken")
    height, width = picture.shape
    scale = min(1.0, (WORK_PIXELS / (height * width)) ** 0.5)
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cast("Grey", picture), scale
