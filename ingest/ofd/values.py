"""The simple values of OFD's XML (GB/T 33190-2016, 7.3): arrays of numbers, boxes, matrices, and PDF's way of writing.

Broken numbers read as absent: one bad attribute costs its object's place, never the page.
"""

import math
from collections.abc import Iterable
from xml.etree.ElementTree import Element

Matrix = tuple[float, float, float, float, float, float]
"""a b c d e f, as in PDF: x' = a·x + c·y + e, y' = b·x + d·y + f."""

Box = tuple[float, float, float, float]
"""x, y, width, height in millimetres, y downwards."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_LARGEST = 1e7
"""Millimetres: ten kilometres. Larger numbers overflow the drawing program's own."""


def number(word: str | None, otherwise: float) -> float:
    """A number, `otherwise` where it is none or beyond what can be drawn."""
    try:
        value = float(word) if word else otherwise
    except ValueError:
        return otherwise
    return value if math.isfinite(value) and abs(value) < _LARGEST else otherwise


def numbers(words: str | None) -> list[float]:
    """An array of numbers; what is none reads as 0."""
    return [number(word, 0.0) for word in (words or "").replace(",", " ").split()]


def box(words: str | None) -> Box | None:
    """A box with an area, None where it is missing or has none."""
    found = numbers(words)
    if len(found) != 4 or found[2] <= 0 or found[3] <= 0:  # noqa: PLR2004 - x y width height
        return None
    return found[0], found[1], found[2], found[3]


def matrix(words: str | None) -> Matrix:
    """A matrix, the identity where it is missing or incomplete."""
    found = numbers(words)
    if len(found) != 6:  # noqa: PLR2004 - a to f
        return IDENTITY
    return found[0], found[1], found[2], found[3], found[4], found[5]


def is_true(element: Element, name: str, *, otherwise: bool) -> bool:
    """A truth value of an attribute."""
    word = element.get(name)
    return otherwise if word is None else word.strip().lower() in {"true", "1"}


def deltas(words: str | None, count: int) -> list[float]:
    """Offsets between `count` + 1 characters (11.3): `g n v` stands for n times v; the last goes on where some miss."""
    found: list[float] = []
    rest = iter((words or "").split())
    for word in rest:
        if word == "g":
            times, value = number(next(rest, None), 0), number(next(rest, None), 0)
            found += [value] * min(max(int(times), 0), count)
        else:
            found.append(number(word, 0.0))
        if len(found) >= count:
            break
    if found and len(found) < count:
        found += [found[-1]] * (count - len(found))
    return found[:count]


def written(values: Iterable[float]) -> str:
    """Numbers as a PDF content stream writes them."""
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") if value else "0" for value in values)
