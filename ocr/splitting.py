"""A line cut into parts: its text by the width of its characters, its box by the same shares."""

import dataclasses
import itertools
from collections.abc import Sequence

from ocr.results import Line, Point, Quad

NEAR_SPACE = 3
"""Half characters from the place of a cut within which a space, where the reader saw one, is the truer place."""


def units(text: str) -> int:
    """Width in half characters."""
    return sum(1 if character.isascii() else 2 for character in text)


def part_of(box: Quad, start: float, end: float) -> Quad:
    """The part of a box between two shares (0 to 1) of its length, as read."""
    a, b, c, d = box

    def along(first: Point, last: Point, share: float) -> Point:
        return first[0] + (last[0] - first[0]) * share, first[1] + (last[1] - first[1]) * share

    return along(a, b, start), along(a, b, end), along(d, c, end), along(d, c, start)


def split_at(line: Line, shares: Sequence[float]) -> list[Line]:
    """The line cut at these shares (0 to 1, rising) of its length: one part more than there are cuts, some empty."""
    if not shares:
        return [line]
    cuts = [0, *(_place(line.text, share) for share in shares), len(line.text)]
    ends = [0.0, *shares, 1.0]
    return [
        dataclasses.replace(line, text=line.text[begin:end].strip(), box=part_of(line.box, first, last))
        for (begin, end), (first, last) in zip(itertools.pairwise(cuts), itertools.pairwise(ends), strict=True)
    ]


def _place(text: str, share: float) -> int:
    """The index in the text nearest to that share of its width; that of a space, where one is near."""
    wanted = share * units(text)
    edges = [0]
    for character in text:
        edges.append(edges[-1] + units(character))
    nearest = min(range(len(edges)), key=lambda n: abs(edges[n] - wanted))
    spaces = [n for n, character in enumerate(text) if character == " " and abs(edges[n] - wanted) <= NEAR_SPACE]
    return min(spaces, key=lambda n: abs(edges[n] - wanted), default=nearest)
