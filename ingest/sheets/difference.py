"""What changed between two versions of a sheet, shown: an overlay, the changed places, the changed texts.

Pictures are those that paging made. The comparing runs in the sandbox, within its limits of memory and time.
"""

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ingest.sandbox import DEFAULT_LIMITS, Limits, run_sandboxed
from ingest.sheets.difference_child import OVERLAY
from ingest.sheets.texts import Box, TextChange, text_changes
from ocr import Line


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A changed place: in pixels of the overlay and of the old picture, and whether ink came, went, or both."""

    box: Box
    old: Box
    kind: Literal["added", "removed", "changed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What changed. `picture` is the overlay (PNG), empty where the two could not be laid over each other.

    `registered` tells that they could; where not, they show different sheets or are unreadable, and nothing is known of
    a change. `changed` is the share (0 to 1) of all ink that changed. `scale` is the overlay's size over the old one's.
    """

    registered: bool
    picture: bytes = b""
    places: tuple[Place, ...] = ()
    texts: tuple[TextChange, ...] = ()
    changed: float = 0.0
    scale: float = 1.0

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The changed places in pixels of the overlay."""
        return tuple(place.box for place in self.places)

    @property
    def same(self) -> bool:
        """Whether the two show the same: laid over each other, and nothing changed."""
        return self.registered and not self.places and not self.texts


def sheet_difference(
    old: bytes,
    new: bytes,
    *,
    lines_old: Sequence[Line] = (),
    lines_new: Sequence[Line] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Difference:
    """Compare two page pictures (JPEG or PNG as paging wrote them) of versions of one sheet.

    The lines of both pages' readings, where given, tell the texts that changed.

    Raises:
        Refusal: `image-broken` where a picture cannot be decoded, or an end of the sandbox; `page` 1 is the old
            picture, 2 the new one.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-sheets-") as folder:
        room = Path(folder)
        paths = {"old": room / "old", "new": room / "new"}
        for name, data in (("old", old), ("new", new)):
            paths[name].write_bytes(data)
        order = {**{name: str(path) for name, path in paths.items()}, "out_dir": str(room)}
        said = run_sandboxed("sheet-difference", order, limits=limits)
        if not said["registered"]:
            return Difference(registered=False)
        picture = (room / OVERLAY).read_bytes()
    places = tuple(_place(place["box"], place["kind"], said["scale"]) for place in said["places"])
    matrix = np.array(said["matrix"], np.float64).reshape(3, 3)
    texts = text_changes(lines_old, lines_new, matrix, [place.old for place in places])
    return Difference(True, picture, places, texts, said["share"], said["scale"])


def _place(box: Sequence[int], kind: Literal["added", "removed", "changed"], scale: float) -> Place:
    x0, y0, x1, y1 = (float(edge) for edge in box)
    return Place((x0, y0, x1, y1), (x0 / scale, y0 / scale, x1 / scale, y1 / scale), kind)
