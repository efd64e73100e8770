"""Seals on a page: their shape, place, colour and text, put together from the finders and readers beside this file."""

import re
import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ocr.pixels import Image
from ocr.results import SealMark, quad
from ocr.seals_outline import Outline
from ocr.seals_print import face_of
from ocr.seals_rows import name_in_order, square_letters
from ocr.seals_text import Strips, ring_strips

if TYPE_CHECKING:
    from ocr.engine import Engine

MIN_TEXT_SCORE = 0.5
"""Below this the ring text is guessed, and a guess is worse than none."""

MIN_CAPTION_SCORE = 0.6
"""A caption is a bonus: better none than a wrong one."""

PROBABLE = 0.5
"""Highest confidence of a seal that is not in colour: a copy, a printed picture and a real seal scanned in grey look
alike, so only a person with the original can say."""

MIN_GREY_LETTERS = 4
"""Han characters that must be read on a ring without colour: dials, logos and wheels have none."""

MIN_GREY_SCORE = 0.55
"""Least score of that reading; print that happens to lie under a circle scores less."""

MIN_CAPTION_LETTERS = 2
"""Han characters of a caption at least: 公章; one alone is a stroke of the star."""

MIN_SQUARE_LETTERS = 2
"""Han characters in a square seal at least; a frame with fewer is a box of a form, a code or a picture."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_OF_NAMES = re.compile(r"[\u3400-\u9fffA-Za-z0-9()\uff08\uff09\u00b7]")
_LATIN = string.ascii_letters + string.digits
_CODE = re.compile(r"[0-9]{9,14}")


def mark_seals(image: Image, outlines: Iterable[Outline], engine: "Engine") -> tuple[SealMark, ...]:
    """What the seals of an upright page say: shape, box, and text as far as it could be read.

    An outline without colour that does not read like a seal is none, nor is a frame without letters: both are left out.
    """
    marks = (_square_mark(image, o, engine) if o.square else _ring_mark(image, o, engine) for o in outlines)
    return tuple(mark for mark in marks if mark is not None)


def _ring_mark(image: Image, ring: Outline, engine: "Engine") -> SealMark | None:
    strips = ring_strips(image, ring)
    text, score, caption, number = _read_ring(strips, engine)
    if ring.colour == "grey" and (len(_HAN.findall(text)) < MIN_GREY_LETTERS or score < MIN_GREY_SCORE):
        return None
    if ring.shape == "oval" and not text and not caption:  # a smear of red print fills a flat ring by chance
        return None
    return _mark(image, ring, text, score, caption, number)


def _read_ring(strips: Strips, engine: "Engine") -> tuple[str, float, str, str]:
    """Name with its score, caption, and code."""
    there = [strip for strip in (strips.name, strips.caption, strips.number) if strip is not None]
    read = iter(engine.read_strips(there))
    name, caption, number = (
        next(read) if strip is not None else ("", 0.0) for strip in (strips.name, strips.caption, strips.number)
    )
    text = plain_name(name[0]) if name[1] >= MIN_TEXT_SCORE else ""
    line = plain_name(caption[0])
    said = line if caption[1] >= MIN_CAPTION_SCORE and len(_HAN.findall(line)) >= MIN_CAPTION_LETTERS else ""
    code = _CODE.search("".join(number[0].split())) if number[1] >= MIN_CAPTION_SCORE else None
    return text, name[1], said, code.group() if code else ""


def _square_mark(image: Image, square: Outline, engine: "Engine") -> SealMark | None:
    letters = square_letters(image, square)
    read = engine.read_strips(letters.strips)
    rows = [(plain_name(text), score) for text, score in read if score >= MIN_TEXT_SCORE]
    text = "".join(row for row, _ in rows)
    if len(_HAN.findall(text)) < MIN_SQUARE_LETTERS:
        return None
    if letters.layout == "columns":
        text = name_in_order(text, letters.first)
    return _mark(image, square, text, min(score for _, score in rows), "", "")


def _mark(  # noqa: PLR0913, PLR0917 - what a mark is made of
    image: Image, outline: Outline, text: str, score: float, caption: str, number: str
) -> SealMark:
    across, down = outline.reach()
    corners = (outline.x - across, outline.y - down, outline.x + across, outline.y + down)
    sure = min(1.0, outline.inked) * (0.5 + 0.5 * score)
    confidence = round(sure if outline.colour == "red" else min(sure, PROBABLE), 3)
    box = quad(*(round(c, 1) for c in corners))
    return SealMark(outline.shape, box, text, confidence, outline.colour, caption, number, face_of(image, outline))


def plain_name(text: str) -> str:
    """What was read without the marks that dirt leaves, nor the digits of a code that reach into a Chinese name."""
    kept = "".join(_OF_NAMES.findall(text))
    return kept.strip(_LATIN) if len(_HAN.findall(kept)) >= MIN_GREY_LETTERS else kept
