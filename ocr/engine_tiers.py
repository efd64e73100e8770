"""Reading the lines of a page in two tiers: found and read once, and the doubtful ones read again by a better model.

What finds and what reads is handed in, so this is the same for every engine. Measured: detector side at most 960 pixels
(full page costs twice the CPU and four times the memory for 0.2 % fewer errors), no 0/180 line classifier (it flips
good lines; the page is turned once instead), no unwarping.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from ocr.layout import reading_order
from ocr.orientation import OrientationModel
from ocr.pixels import Image, cut
from ocr.results import Line, Quad, Rotation
from ocr.second_look import MIN_LINE_SCORE, Read, better, doubtful_lines
from ocr.variants import one_script
from ocr.weights import Tier

DETECTOR_SIDE = 960
"""Longer side handed to the detector, pixels: 12-point text is then still 14 pixels high on A4."""

BETTER: Tier = "small"
"""The tier for what deserves a second look and for single strips. Those are seal rings: worn, overprinted names, of
which small reads 20 of 24 rightly and tiny 14. Loaded when first needed."""

MIN_STRIP_SIDE = 3
"""Pixels; a thinner crop holds no character."""

Detect = Callable[[Image], Sequence[Quad]]
"""Where the lines of a page are: four corners each, clockwise from the top left."""

Recognise = Callable[[Sequence[Image]], Sequence[Read]]
"""Text and score, 0 to 1, of strips that hold one line each; never called with none."""


@dataclasses.dataclass(eq=False)
class TieredEngine:
    """An `Engine` of a detector and one or two recognisers. Not for use by two threads at once.

    `characters` are those that `recognise` knows. `load_better` is called when the better recogniser is first needed;
    it is None where `recognise` is the best.
    """

    name: str
    orientation: OrientationModel
    detect: Detect
    recognise: Recognise
    characters: frozenset[str]
    load_better: Callable[[], Recognise] | None
    _better: Recognise | None = dataclasses.field(default=None, init=False)

    def rank_rotations(self, image: Image) -> tuple[tuple[Rotation, float], ...]:
        """See `Engine.rank_rotations`."""
        return self.orientation.rank(image)

    def read_lines(self, image: Image) -> tuple[Line, ...]:
        """See `Engine.read_lines`."""
        found = [(quad, cut(image, quad)) for quad in self.detect(image)]
        found = [(quad, crop) for quad, crop in found if min(crop.shape[:2]) >= MIN_STRIP_SIDE]
        crops = [crop for _, crop in found]
        read = _texts(self.recognise, crops)
        lines = [Line(text, quad, score) for (quad, _), (text, score) in zip(found, read, strict=True)]
        return reading_order(
            dataclasses.replace(line, score=round(line.score, 4))
            for line in self._again(lines, crops)
            if line.text.strip() and line.score >= MIN_LINE_SCORE
        )

    def read_strips(self, strips: Sequence[Image]) -> tuple[Read, ...]:
        """See `Engine.read_strips`."""
        return _texts(self._better_recogniser(), strips) if strips else ()

    def _again(self, lines: list[Line], crops: Sequence[Image]) -> list[Line]:
        """Doubtful lines read again by the better recogniser; of both readings the better one is kept."""
        if self.load_better is None:
            return lines
        doubtful = doubtful_lines(lines)
        again = self.read_strips([crops[index] for index in doubtful])
        kept = list(lines)
        for index, second in zip(doubtful, again, strict=True):
            text, score = better((lines[index].text, lines[index].score), second, self.characters)
            kept[index] = Line(text, lines[index].box, score)
        return kept

    def _better_recogniser(self) -> Recognise:
        if self._better is None:
            self._better = self.load_better() if self.load_better else self.recognise
        return self._better


def clockwise(poly: NDArray[Any]) -> Quad:
    """Corners as a detector gives them, clockwise from the top left, as plain numbers."""
    a, b, c, d = ((float(x), float(y)) for x, y in poly)
    return a, b, c, d


def _texts(recognise: Recognise, strips: Sequence[Image]) -> tuple[Read, ...]:
    return tuple((one_script(text), score) for text, score in recognise(strips)) if strips else ()
