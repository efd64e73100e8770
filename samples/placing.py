"""Where on its pages a value was printed, from the text layer of the typesetter's PDF."""

import dataclasses
from collections.abc import Iterator, Mapping

_POINTS_PER_INCH = 72


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One printing of a value: page from 1; left, top, right, bottom in points from the top left corner."""

    page: int
    box: tuple[float, float, float, float]


def places_of(pdf: bytes, values: Mapping[str, str]) -> dict[str, tuple[Place, ...]]:
    """Every place where each value stands, wrapped ones included; none for what is written by hand.

    A value that stands in a longer one is found there, too: "项目" within the name of a works.
    """
    import pypdfium2

    found: dict[str, list[Place]] = {name: [] for name in values}
    reader = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(reader, 1):
            layer = page.get_textpage()
            count = layer.count_chars()
            letters = [(index, letter) for index, letter in enumerate(layer.get_text_range(0, count)) if letter.strip()]
            text = "".join(letter for _, letter in letters)
            for name, printed in values.items():
                for start, end in _each(text, "".join(printed.split())):
                    boxes = [layer.get_charbox(index) for index, _ in letters[start:end]]
                    found[name].append(Place(number, _around(boxes, page.get_height())))
    finally:
        reader.close()
    return {name: tuple(places) for name, places in found.items()}


def _each(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start, start + len(wanted)
        start = text.find(wanted, start + len(wanted))


def _around(boxes: list[tuple[float, float, float, float]], height: float) -> tuple[float, float, float, float]:
    """The box around boxes that PDF counts from the bottom (left, bottom, right, top)."""
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), height - max(top), max(right), height - min(bottom)
