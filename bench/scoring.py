"""How far what was read is from what stands there.

Every known text is sought at its best place in what was read, so that reading order is not punished: a table may be
read by rows or by columns. Compared half-width, without spaces, and with look-alike punctuation made one, for all
engines alike.
"""

import dataclasses
import re
from collections.abc import Iterable, Sequence

from bench.pages import Known
from catalogue import squeeze

_ALIKE = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "〔": "(", "〕": ")", "[": "(", "]": ")"})
_ALIKE |= str.maketrans({"【": "(", "】": ")", "∶": ":", "·": ".", "•": ".", "。": ".", "、": ","})
_ALIKE |= str.maketrans(dict.fromkeys("—–‐‑‒―−─", "-"))
"""Marks that a person would not call misread. Dashes come as one, two or three characters of the same stroke."""

_USED = "\n"
"""Stands where a known text was found; `plain` leaves no such character in any text."""

_FREE = re.compile(f"[^{_USED}]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """A known text, how many of its characters are wrong or missing, and where in the read text it was found."""

    known: Known
    errors: int
    start: int
    end: int
    found: str


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up over documents: wrong characters of so many, texts without error of so many, and surplus.

    `surplus` counts read characters that belong to no known text, of `whole` characters of documents whose text is
    known as a whole.
    """

    wrong: int = 0
    characters: int = 0
    right: int = 0
    known: int = 0
    surplus: int = 0
    whole: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Tally(*(mine + its for mine, its in pairs))

    @property
    def cer(self) -> float:
        """Wrong or missing characters, as a part of all."""
        return self.wrong / max(1, self.characters)

    @property
    def exact(self) -> float:
        """Texts read without an error, as a part of all."""
        return self.right / max(1, self.known)

    @property
    def added(self) -> float:
        """Characters read that are not there, as a part of those that are; 0 where the whole text is not known."""
        return self.surplus / max(1, self.whole)


def plain(text: str) -> str:
    """Half-width, no spaces, one kind of quote, bracket and dash, and each run of dashes as one."""
    folded = squeeze(text).translate(_ALIKE)
    while "--" in folded:
        folded = folded.replace("--", "-")
    return folded


def nearest(needle: str, text: str) -> tuple[int, int, int]:
    """That part of `text` which comes nearest to `needle`: its edit distance, start and end. The leftmost of equals.

    The distance is at most the length of `needle`, which an empty part has. Bit-parallel (Myers 1999, in the form of
    Hyyrö 2003): one step on whole numbers for each character of `text`.
    """
    at = text.find(needle)
    if at >= 0 or not needle:
        return 0, max(at, 0), max(at, 0) + len(needle)
    errors, end = _best_end(needle, text)
    if errors >= len(needle):
        return len(needle), 0, 0
    _, length = _best_end(needle[::-1], text[:end][::-1], anchored=True)
    return errors, end - length, end


def _best_end(needle: str, text: str, *, anchored: bool = False) -> tuple[int, int]:
    """Least distance of `needle` to a part of `text` that ends at the place given; `anchored`: that begins at 0."""
    ones, top = (1 << len(needle)) - 1, 1 << (len(needle) - 1)
    places: dict[str, int] = {}
    for index, character in enumerate(needle):
        places[character] = places.get(character, 0) | (1 << index)
    up, down, score = ones, 0, len(needle)
    best, best_end = score, 0
    for end, character in enumerate(text, 1):
        here = places.get(character, 0)
        diagonal = ((((here & up) + up) ^ up) | here | down) & ones
        rising, falling = down | (ones & ~(diagonal | up)), up & diagonal
        score += bool(rising & top) - bool(falling & top)
        rising, falling = ((rising << 1) | anchored) & ones, (falling << 1) & ones
        up, down = (falling | (ones & ~(diagonal | rising))), rising & diagonal
        if score < best:
            best, best_end = score, end
    return best, best_end


def match_texts(known: Iterable[Known], read: Sequence[str]) -> list[Match]:
    """Each known text at its best place in the lines that were read, whatever else was matched there."""
    text = plain("".join(read))
    return [_match(item, plain(item.text), text) for item in known]


def match_whole(known: Iterable[Known], read: Sequence[str]) -> tuple[list[Match], int]:
    """The same, but no read character serves twice. Also: how many characters were left over.

    The longest texts choose first, so that a page number does not take its digit out of the middle of a sentence.
    """
    text = plain("".join(read))
    matches: dict[int, Match] = {}
    items = list(known)
    for index in sorted(range(len(items)), key=lambda index: (-len(plain(items[index].text)), index)):
        match = _match(items[index], plain(items[index].text), text)
        text = text[: match.start] + _USED * (match.end - match.start) + text[match.end :]
        matches[index] = match
    return [matches[index] for index in range(len(items))], len(text) - text.count(_USED)


def tally(matches: Sequence[Match], surplus: int | None = None) -> Tally:
    """What these matches count; `surplus` where the text is known as a whole."""
    lengths = [len(plain(match.known.text)) for match in matches]
    return Tally(
        wrong=sum(match.errors for match in matches),
        characters=sum(lengths),
        right=sum(match.errors == 0 for match in matches),
        known=len(matches),
        surplus=surplus or 0,
        whole=0 if surplus is None else sum(lengths),
    )


def _match(item: Known, needle: str, text: str) -> Match:
    """The nearest part that goes over no used character; the leftmost of equals."""
    best = (len(needle), 0, 0)
    for free in _FREE.finditer(text):
        errors, start, end = nearest(needle, free.group())
        if errors < best[0]:
            best = (errors, free.start() + start, free.start() + end)
    return Match(item, *best, text[best[1] : best[2]])
