"""Colours of OFD (GB/T 33190-2016, 8.3) as red, green, blue and opacity, 0 to 1 each.

Patterns and shadings are drawn in one colour, the middle of theirs: what is read and sealed does not hang on them.
"""

from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ingest.ofd.document import Resource
from ingest.ofd.values import number


class Colour(NamedTuple):
    """Red, green, blue and opacity, 0 to 1 each."""

    red: float
    green: float
    blue: float
    opacity: float = 1.0


BLACK = Colour(0.0, 0.0, 0.0)

_FULL = 255.0
_SHADINGS = ("AxialShd", "RadialShd", "GouraudShd", "LaGourandShd")


def colour_of(element: Element | None, resources: Mapping[str, Resource], otherwise: Colour | None) -> Colour | None:
    """The colour of a FillColor or StrokeColor; `otherwise` where there is none, or it names none."""
    if element is None:
        return otherwise
    opacity = min(max(number(element.get("Alpha"), _FULL), 0.0), _FULL) / _FULL
    shaded = _shaded(element)
    if shaded is not None:
        inner = colour_of(shaded, resources, None)
        return None if inner is None else inner._replace(opacity=inner.opacity * opacity)
    space = resources.get(element.get("ColorSpace", ""))
    kind = space.element.get("Type", "RGB").upper() if space else ""
    words = (element.get("Value") or "").split()
    if not words and space is not None and element.get("Index"):
        palette = [colour.text or "" for colour in space.element.iter("CV")]
        index = int(number(element.get("Index"), -1))
        words = palette[index].split() if 0 <= index < len(palette) else []
    bits = number(space.element.get("BitsPerComponent"), 8) if space else 8
    return _from_parts([_part(word) for word in words], kind, opacity, 2 ** min(max(bits, 1), 16) - 1, otherwise)


def _shaded(element: Element) -> Element | None:
    """The colour in the middle of a shading, None where the element is a plain colour."""
    for name in _SHADINGS:
        shading = element.find(name)
        if shading is not None:
            stops = list(shading.iter("Color"))
            return stops[len(stops) // 2] if stops else None
    return None


def _part(word: str) -> float:
    if word.startswith("#"):
        try:
            return float(int(word[1:], 16))
        except ValueError:
            return 0.0
    return number(word, 0.0)


def _from_parts(parts: list[float], kind: str, opacity: float, full: float, otherwise: Colour | None) -> Colour | None:
    shares = [min(max(part / full, 0.0), 1.0) for part in parts]
    if len(shares) == 4:  # noqa: PLR2004 - cyan magenta yellow black
        black = 1 - shares[3]
        return Colour((1 - shares[0]) * black, (1 - shares[1]) * black, (1 - shares[2]) * black, opacity)
    if len(shares) == 1 or (shares and kind == "GRAY"):
        return Colour(shares[0], shares[0], shares[0], opacity)
    if len(shares) == 3:  # noqa: PLR2004 - red green blue
        return Colour(shares[0], shares[1], shares[2], opacity)
    return otherwise._replace(opacity=opacity) if otherwise is not None else None
