"""A value made comparable, with how much its own form speaks for it."""

import dataclasses

from ocr.correcting import Correction

CHECKED, SHAPED, PLAIN, CORRECTED, WORN, DOUBTFUL = 1.0, 0.97, 0.95, 0.85, 0.75, 0.6
"""How much a value's own form speaks for it: passed a check character, has the right shape, is free text, passes once a
misread character is put right, has the shape but for a misread mark, fails its check. An order, not a probability."""

TRAIL = "。;,、:_ "
"""What a reader leaves at the ends of a value that is no part of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Normal:
    """The value and how much its own form speaks for it, 0 to 1.

    `note` says what a check did (``corrected O→0 at 5``, ``capitals differ: 1200000.00``); `read` is what stood there
    before a correction, empty where nothing was corrected.
    """

    value: str
    trust: float
    note: str = ""
    read: str = ""


def of_correction(found: Correction, trust: float = CORRECTED) -> Normal:
    """A corrected value, its reading kept; `trust` is less where only the shape spoke for it and no check character."""
    return Normal(found.value, trust, found.note, found.read)
