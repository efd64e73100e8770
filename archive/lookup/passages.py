"""Where a page holds what is looked for: the words around it, and the boxes of its lines."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from archive.lookup.bigrams import Phrase, occurrences, tokenize
from ocr import Quad

# About a line of the page on either side of a hit.
CONTEXT_CHARACTERS = 30
# Between the words of a seal or a code and what was read before them: no phrase goes from one into the other.
MARK_BREAK = "· "


@dataclasses.dataclass(frozen=True, slots=True)
class Snippet:
    """The first place that was found, with what stands around it."""

    before: str
    hit: str
    after: str

    @property
    def text(self) -> str:
        """All three as one line."""
        return self.before + self.hit + self.after


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A hit on one page: its words, and the boxes of the lines, seals and codes that hold it, in upright pixels."""

    snippet: Snippet
    boxes: tuple[Quad, ...]


def reading_text(reading: Mapping[str, Any]) -> str:
    """Everything read from a page, given as JSON: its lines in reading order, then what its seals and codes say."""
    return "\n".join(text for text, _ in reading_parts(reading))


def find_in_text(text: str, wanted: Phrase) -> Snippet | None:
    """The first place of a phrase in a text, with what stands around it."""
    place = next(occurrences(tokenize(text), wanted), None)
    return _snippet(text, *place) if place else None


def find_passage(reading: Mapping[str, Any], wanted: Sequence[Phrase]) -> Passage | None:
    """Where the page holds all phrases; None when one of them is not there."""
    parts = reading_parts(reading)
    text = "\n".join(part for part, _ in parts)
    tokens = tokenize(text)
    places = [list(occurrences(tokens, phrase)) for phrase in wanted]
    if not places or not all(places):
        return None
    spans = [span for found in places for span in found]
    boxes, start = [], 0
    for part, box in parts:
        end = start + len(part)
        if any(first < end and last > start for first, last in spans):
            boxes.append(box)
        start = end + 1
    return Passage(_snippet(text, *places[0][0]), tuple(boxes))


def reading_parts(reading: Mapping[str, Any]) -> list[tuple[str, Quad]]:
    """What was read, piece by piece, each with its box; numbers may be given as text, as packages hold them."""
    lines = [(line["text"], _quad(line["box"])) for line in reading["lines"]]
    marks = [*reading["seals"], *reading.get("codes", ())]  # readings from before codes were read have none
    return lines + [(MARK_BREAK + mark["text"], _quad(mark["box"])) for mark in marks if mark["text"]]


def _quad(points: Any) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def _snippet(text: str, start: int, end: int) -> Snippet:
    before = text[max(0, start - CONTEXT_CHARACTERS) : start]
    after = text[end : end + CONTEXT_CHARACTERS]
    return Snippet(
        ("…" if start > CONTEXT_CHARACTERS else "") + _one_line(before),
        _one_line(text[start:end]),
        _one_line(after) + ("…" if end + CONTEXT_CHARACTERS < len(text) else ""),
    )


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
