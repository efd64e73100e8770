"""Text objects of OFD (GB/T 33190-2016, 11) as PDF operators: each glyph where the author put it."""

import dataclasses
import itertools
import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ingest.ofd.fonts import PdfFont
from ingest.ofd.values import deltas, is_true, number, numbers, written

MAX_CHARACTERS = 200_000
"""In one text object: twice what a whole page's text layer may hold."""

INVISIBLE = 3
"""PDF's text mode for text that is there and not drawn."""

_UNITS = 1000
_STRAIGHT = 1e-6


@dataclasses.dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph at its place in the object, with the font it comes from and the characters it stands for."""

    font: PdfFont
    number: int
    text: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Written:
    """A glyph before it has a place: -1 is a character that the font is asked for."""

    glyph: int
    text: str


def text_operators(element: Element, font: PdfFont, spare: PdfFont, name_of: dict[int, str]) -> list[str]:
    """The operators between BT and ET. `name_of` collects the fonts used: id of the font → its name in the page."""
    size = number(element.get("Size"), 0.0)
    stretch = number(element.get("HScale"), 1.0) or 1.0
    turn = math.radians(number(element.get("CharDirection"), 0.0))
    glyphs = list(_placed(element, font, spare, size, stretch))
    lines: list[str] = []
    for run in _runs(glyphs):
        chosen = run[0].font
        name = name_of.setdefault(id(chosen), f"F{len(name_of)}")
        cos, sin = math.cos(turn), math.sin(turn)
        place = (stretch * cos, stretch * sin, sin, -cos, run[0].x, run[0].y)
        lines.append(f"/{name} {written((size,))} Tf {written(place)} Tm")
        straight = abs(turn) < _STRAIGHT and all(abs(g.y - run[0].y) < _STRAIGHT for g in run)
        lines += [_one_line(run, size * stretch)] if straight else _one_by_one(run, place)
    return lines


def _one_line(run: list[Glyph], width: float) -> str:
    """Glyphs of one line in one operator, the offsets between them as corrections of their own widths."""
    parts = [_code(run[0])]
    for before, glyph in itertools.pairwise(run):
        correction = before.font.advance(before.number) - (glyph.x - before.x) / width
        parts.append(f"{correction * _UNITS:.1f}{_code(glyph)}")
    return f"[{''.join(parts)}] TJ"


def _one_by_one(run: list[Glyph], place: tuple[float, ...]) -> list[str]:
    return [f"{written((*place[:4], glyph.x, glyph.y))} Tm {_code(glyph)} Tj" for glyph in run]


def _code(glyph: Glyph) -> str:
    return f"<{glyph.font.code_of(glyph.number, glyph.text):04X}>"


def _runs(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs one after another from the same font."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and run[0].font is not glyph.font:
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _placed(element: Element, font: PdfFont, spare: PdfFont, size: float, stretch: float) -> Iterator[Glyph]:
    turned = _turned(element)
    position = 0
    x = y = 0.0
    reading = math.radians(number(element.get("ReadDirection"), 0.0))
    for code in element.iter("TextCode"):
        text = (code.text or "").strip("\r\n")[:MAX_CHARACTERS]
        x, y = number(code.get("X"), x), number(code.get("Y"), y)
        written_here = list(_glyphs(text, position, turned))
        position += len(text)
        across = deltas(code.get("DeltaX"), len(written_here) - 1)
        down = deltas(code.get("DeltaY"), len(written_here) - 1)
        for index, one in enumerate(written_here):
            chosen, glyph = _found(one, font, spare)
            if one.text.strip() or one.glyph >= 0:
                yield Glyph(chosen, glyph, one.text, x, y)
            if across or down:
                x += across[index] if index < len(across) else 0.0
                y += down[index] if index < len(down) else 0.0
            else:  # no offsets at all: programs mean the glyphs' own widths
                step = chosen.advance(glyph) * size * stretch
                x, y = x + step * math.cos(reading), y + step * math.sin(reading)


def _found(one: _Written, font: PdfFont, spare: PdfFont) -> tuple[PdfFont, int]:
    """The font and glyph for a character: its own font where that has it, else the one of ours."""
    if one.glyph >= 0 and font.has_glyph(one.glyph):
        return font, one.glyph
    character = one.text[:1] or " "
    own = font.glyph_of(character)
    return (font, own) if own else (spare, spare.glyph_of(character))


def _turned(element: Element) -> dict[int, tuple[int, list[int]]]:
    """Where glyphs are given by number (11.4): place of the first character → how many characters, which glyphs."""
    found: dict[int, tuple[int, list[int]]] = {}
    for turn in element.iter("CGTransform"):
        glyphs = [int(glyph) for glyph in numbers(turn.findtext("Glyphs"))][:MAX_CHARACTERS]
        count = int(number(turn.get("CodeCount"), 1))
        if glyphs and count > 0:
            found[int(number(turn.get("CodePosition"), 0))] = (count, glyphs)
    return found


def _glyphs(text: str, position: int, turned: dict[int, tuple[int, list[int]]]) -> Iterator[_Written]:
    index = 0
    while index < len(text):
        if (position + index) not in turned:
            yield _Written(-1, text[index])
            index += 1
            continue
        count, glyphs = turned[position + index]
        codes = text[index : index + count]
        # One glyph a character is the rule; where the numbers differ, the first glyph stands for all that are left.
        for place, glyph in enumerate(glyphs):
            last = place == len(glyphs) - 1
            yield _Written(glyph, codes[place:] if last else codes[place : place + 1])
        index += max(count, 1)


def is_visible(element: Element, opacity: float) -> bool:
    """Whether the text is drawn: not when it is neither filled nor stroked, nor where it is wholly transparent."""
    drawn = is_true(element, "Fill", otherwise=True) or is_true(element, "Stroke", otherwise=False)
    return drawn and opacity > 0
