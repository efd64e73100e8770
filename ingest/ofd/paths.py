"""Paths of OFD (GB/T 33190-2016, 9.3 and 10) as PDF operators, its elliptic arcs as curves."""

import math

from ingest.ofd.values import number, written

MAX_WORDS = 2_000_000
"""In one path: a map's densest layer has 300,000."""

_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_EIGHTH = math.pi / 2
_FLAT = 1e-9

Point = tuple[float, float]


def path_operators(data: str) -> str:
    """The operators that build the path of an AbbreviatedData; "" when there is none. Unknown words are passed over."""
    words = data.split(maxsplit=MAX_WORDS)[:MAX_WORDS]
    lines: list[str] = []
    here: Point = (0.0, 0.0)
    start = here
    place, begun = 0, False
    while place < len(words):
        word = words[place]
        place += 1
        if word not in _TAKES:
            continue
        given = [number(value, 0.0) for value in words[place : place + _TAKES[word]]]
        if len(given) < _TAKES[word]:
            break
        place += _TAKES[word]
        if word == "C":
            if begun:
                lines.append("h")
                here = start
            continue
        if word in "SM":
            here = start = (given[0], given[1])
            begun = False
            continue
        if not begun:
            lines.append(f"{written(here)} m")
            begun = True
        lines += _drawn(word, here, given)
        here = (given[-2], given[-1])
    return "\n".join(lines)


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """The operator that builds a rectangle."""
    return f"{written((x, y, width, height))} re"


def _drawn(word: str, here: Point, given: list[float]) -> list[str]:
    if word == "L":
        return [f"{written(given)} l"]
    if word == "B":
        return [f"{written(given)} c"]
    if word == "Q":
        (x0, y0), (x1, y1, x2, y2) = here, given
        curve = (x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3, x2 + (x1 - x2) * 2 / 3, y2 + (y1 - y2) * 2 / 3, x2, y2)
        return [f"{written(curve)} c"]
    rx, ry, turn, large, sweep, x, y = given
    return _arc(here, (x, y), (abs(rx), abs(ry)), math.radians(turn), large=large != 0, sweep=sweep != 0)


def _arc(  # noqa: PLR0913 - an arc's own figures
    start: Point, end: Point, radii: Point, turn: float, *, large: bool, sweep: bool
) -> list[str]:
    """An elliptic arc as curves of an eighth turn at most (SVG 1.1, F.6: OFD's arcs are the same)."""
    rx, ry = radii
    if rx < _FLAT or ry < _FLAT or start == end:
        return [f"{written(end)} l"]
    cos, sin = math.cos(turn), math.sin(turn)
    half = ((start[0] - end[0]) / 2, (start[1] - end[1]) / 2)
    x, y = cos * half[0] + sin * half[1], -sin * half[0] + cos * half[1]
    grown = math.sqrt(max(1.0, (x / rx) ** 2 + (y / ry) ** 2))
    rx, ry = rx * grown, ry * grown
    under = (rx * ry) ** 2 / max((rx * y) ** 2 + (ry * x) ** 2, _FLAT) - 1
    factor = math.sqrt(max(0.0, under)) * (1 if large != sweep else -1)
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    middle = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    span = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
    if sweep and span < 0:
        span += 2 * math.pi
    elif not sweep and span > 0:
        span -= 2 * math.pi
    pieces = max(1, math.ceil(abs(span) / _EIGHTH))
    step = span / pieces
    bow = 4 / 3 * math.tan(step / 4)

    def on(angle: float, along: float) -> Point:
        px, py = rx * (math.cos(angle) - along * math.sin(angle)), ry * (math.sin(angle) + along * math.cos(angle))
        return cos * px - sin * py + middle[0], sin * px + cos * py + middle[1]

    lines = []
    for piece in range(pieces):
        a, b = first + piece * step, first + (piece + 1) * step
        last = end if piece == pieces - 1 else on(b, 0)
        lines.append(f"{written((*on(a, bow), *on(b, -bow), *last))} c")
    return lines
