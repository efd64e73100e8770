"""Text that our fonts can set: what has no glyph, or cannot be seen, is printed as its code point.

PDF/A forbids text without a glyph, so one emoji in a project's name would keep a certificate from ever being made; and
a character that is not seen (a control, a mark that turns the direction of writing) must not change what a reader
takes the text for. Both are set as ``[U+1F600]``.
"""

import functools
import unicodedata
from collections.abc import Mapping
from typing import Any

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

_BREAKS = {"\n": "\n", "\r": "\n", "\t": " ", "\u2028": "\n", "\u2029": "\n", "\xa0": " ", "\u3000": "\u3000"}
"""White space that text from forms brings along, as it is set."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    """The text with every character that cannot be set, or not be seen, as its code point."""
    return "".join(_BREAKS.get(one) or (one if _can_be_set(one) else f"[U+{ord(one):04X}]") for one in text)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that are set as code points, each once, as they are printed."""
    return tuple(dict.fromkeys(printable(one) for one in text if one not in _BREAKS and not _can_be_set(one)))


def printable_data(value: Any) -> Any:
    """Data for a template with every text in it made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: printable_data(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(one) for one in value]
    return value


def _can_be_set(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and ord(character) in _glyphs()


@functools.cache
def _glyphs() -> frozenset[int]:
    """Code points that each font of our templates has."""
    paths = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
    return frozenset.intersection(*(frozenset(TTFont(path, lazy=True).getBestCmap()) for path in paths))
