"""Whether the text layer that came with a page can be used instead of reading the page.

It is used where it holds the page's text in known characters. It is not where it is empty, is only a stamp or a
header over a scan, or was mapped to nonsense (a font without a proper character map).
"""

import unicodedata
from collections.abc import Sequence

from ocr.layout import place
from ocr.results import Line

MIN_CHARACTERS = 30
"""Fewer is a page number, a stamp or a scanner's header, over a page that may hold much more."""

MIN_KNOWN = 0.95
"""Share of characters a Chinese form is printed with; a broken map gives symbols and foreign letters."""

MAX_BROKEN = 0.02
"""Share of characters that stand for "not known": replacement, private use, unassigned, control."""

MIN_COMMON = 0.6
"""Share of ideographs from the 6 763 of GB/T 2312; running Chinese has above 0.98, a shifted map below 0.4."""

MIN_SPREAD = 0.12
"""Part of the page's height between the first and the last line; a stamp or a header spans less."""


def trustworthy(lines: Sequence[Line], page_size: tuple[float, float]) -> bool:
    """Whether these lines of the text layer (upright page pixels) may stand for the page of that width and height."""
    text = "".join(character for line in lines for character in line.text if not character.isspace())
    if len(text) < MIN_CHARACTERS or not _covers(lines, page_size):
        return False
    broken = sum(_broken(character) for character in text)
    known = sum(_known(character) for character in text)
    if broken > MAX_BROKEN * len(text) or known < MIN_KNOWN * len(text):
        return False
    ideographs = [character for character in text if _ideograph(character)]
    return sum(map(_common, ideographs)) >= MIN_COMMON * len(ideographs)


def _covers(lines: Sequence[Line], page_size: tuple[float, float]) -> bool:
    width, height = page_size
    placed = [p for p in place(lines) if p.line.text.strip()]
    inside = [p for p in placed if 0 <= p.x0 <= width and 0 <= p.y0 <= height]
    if not inside or len(inside) < len(placed) / 2:
        return False
    return max(p.y1 for p in inside) - min(p.y0 for p in inside) >= MIN_SPREAD * height


def _broken(character: str) -> bool:
    return character == "�" or unicodedata.category(character) in {"Co", "Cn", "Cc", "Cs"}


def _ideograph(character: str) -> bool:
    return "㐀" <= character <= "鿿" or character >= "\U00020000"


def _known(character: str) -> bool:
    """ASCII, ideographs, full-width forms, and the punctuation, numbers and units of printed forms."""
    return (
        character.isascii()
        or _ideograph(character)
        or "　" <= character <= "〿"
        or "＀" <= character <= "￯"
        or "‐" <= character <= "⁄"
        or "①" <= character <= "◿"
        or character in "¥£°±²³·×÷℃№≤≥√✓☑☐㎡㎥"
        or "Ⅰ" <= character <= "ⅿ"
    )


def _common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
