"""What a page says of its document: its page number, a running title, numbers on it, where it goes on, what it brings.

Each sign has a weight; `ocr.joining` adds them up for every document of the file and compares.
"""

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalogue import load_catalogue, parse_number
from ocr.fields import extract_fields
from ocr.folding import fold, within
from ocr.learned import model_in_use
from ocr.pagination import HEAD
from ocr.recognition import page_of
from ocr.results import PageReading, bounds

NUMBERED = 3.0
"""Weight of a page number that a document still lacks: 2 of 3, where its first page says 1 of 3."""

UNLIKE = -1.5
"""Weight of one bearing page numbers and the other none."""

SHARED = 2.0
"""Weight of a number that this document alone bears; of one that n documents bear an nth of it."""

MOST_SHARED = 4.0

ALIKE = 2.0
"""Weight of a text made of the words of the document's type, as far as the learned model says (0 to 1)."""

RUNNING = 3.0
"""Weight of a running title: the title of the document's type, small at the head of a later page. It speaks as much
against every document of another type."""

CONTINUES = 1.5
"""Weight of chapters or points (第八章, 三、, 3.) that count on from the page before, and against where they do not."""

BRINGS = 2.5
"""Weight of a required field that the document lacks and has with this page: the date of a letter on its last page."""

FULL, ROOM = 0.85, -2.0
"""Part of the page's height that text reaches on a page that goes on; weight against a further page, one without a
number, where it ends higher. A page does not lack its date for want of room then: it was not read."""

NEVER = -100.0

_NUMBER = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)+|[0-9A-Z]{8,}|〔[0-9]{4}〕[0-9]+|\([0-9]{4}\)[一-鿿第]*[0-9]+号")
_LEAST_DIGITS = 4
_LEAST_TITLE = 4
_MISREAD_TITLE = 8
"""Characters from which a running title may have one that was misread."""

_SENTENCE = re.compile("[,。;《》]")
_CHAPTER = re.compile(r"^第([一二三四五六七八九十]{1,3}|[0-9]{1,2})(章|条|节|部分)")
_POINT = re.compile(r"^(?:([一二三四五六七八九十]{1,3})、|([0-9]{1,2})[.、](?![0-9]))")
_RISING = frozenset({"章", "条", "部分", "一"})
"""Kinds of counting that begin once in a document; 节 and 1. begin anew in each chapter."""


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A page with its signs: number and total where it says both, numbers on it, running titles, how it counts.

    `running` are codes of types; `counts` has the first and last number of each kind of counting.
    """

    reading: PageReading
    label: tuple[int, int] | None
    numbers: frozenset[str]
    running: frozenset[str]
    counts: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, reading: PageReading) -> "Leaf":
        """The signs of a page as it was read."""
        folded = [fold(line.text) for line in reading.lines]
        numbers = {n for n in _NUMBER.findall("\n".join(folded)) if sum(map(str.isdigit, n)) >= _LEAST_DIGITS}
        head = [fold(line.text) for line in reading.lines if line.box[0][1] < HEAD * reading.height]
        running = frozenset(code for line in head if not _SENTENCE.search(line) for code in _types_named(line))
        return cls(reading, page_of(reading), frozenset(numbers), running, _counts(folded))

    @property
    def number(self) -> int:
        """The page's number in its file."""
        return self.reading.number

    @functools.cached_property
    def full(self) -> bool:
        """Whether the text reaches the foot of the page."""
        return any(bounds(line.box)[3] >= FULL * self.reading.height for line in self.reading.lines)

    @functools.cached_property
    def alike(self) -> Mapping[str, float]:
        """How much the words are those of each type, 0 to 1."""
        lines = [line.text for line in self.reading.lines]
        return {likeness.type: likeness.score for likeness in model_in_use().ranked(lines)}


@dataclasses.dataclass(slots=True)
class Group:
    """The pages that were found to be of one document, and its type, "" where none is known."""

    pages: list[Leaf]
    type: str = ""

    @property
    def total(self) -> int | None:
        """How many pages the document says that it has."""
        return next((page.label[1] for page in self.pages if page.label), None)

    @property
    def numbered(self) -> set[int]:
        """The page numbers that it has."""
        return {page.label[0] for page in self.pages if page.label}


def weight(page: Leaf, group: Group, borne: Counter[str], known: frozenset[str]) -> float:
    """How much speaks for the page being of that document.

    `borne` says how many documents bear each number, `known` are the types of all documents in the file.
    """
    ours = frozenset[str]().union(*(member.numbers for member in group.pages))
    found = _by_number(page, group) + _by_running_title(page, group, known) + _by_counting(page, group)
    found += min(MOST_SHARED, sum(SHARED / max(1, borne[number]) for number in page.numbers & ours))
    return found + ALIKE * page.alike.get(group.type, 0.0)


def brought(page: Leaf, group: Group) -> float:
    """The weight of what the document lacks and has with this page; asked for few pages, since fields take time."""
    if not group.type or group.total is not None or not group.pages[-1].full:
        return 0.0
    kind = load_catalogue().material_type(group.type)
    required = {spec.name for spec in kind.fields if spec.required}
    before = [member.reading for member in group.pages]
    lacking = required - extract_fields(group.type, before).keys()
    found = extract_fields(group.type, [*before, page.reading]) if lacking else {}
    return BRINGS if any(name in found and found[name].page == page.number for name in lacking) else 0.0


def _by_number(page: Leaf, group: Group) -> float:
    if page.label is None:
        if group.total is None:
            return 0.0 if group.pages[-1].full or group.type in page.running else ROOM
        return NEVER if len(group.pages) >= group.total else UNLIKE
    number, total = page.label
    if group.total is None:
        return UNLIKE
    return NUMBERED if group.total == total and number not in group.numbered else NEVER


def _by_running_title(page: Leaf, group: Group, known: frozenset[str]) -> float:
    if group.type in page.running:
        return RUNNING
    return -RUNNING if group.type and page.running & known else 0.0


def _by_counting(page: Leaf, group: Group) -> float:
    signs = [sign for before, after in _neighbours(page, group) for sign in _steps(before, after)]
    return max(signs, default=0.0)


def _neighbours(page: Leaf, group: Group) -> Iterator[tuple[Leaf, Leaf]]:
    """The page with each that may come right before or after it in the document; any may where it has no number."""
    for member in group.pages:
        step = page.label[0] - member.label[0] if page.label and member.label else 0
        if step == 1 or not page.label:
            yield member, page
        if step == -1 or not page.label:
            yield page, member


def _steps(before: Leaf, after: Leaf) -> Iterator[float]:
    """For each kind of counting on both pages, whether it goes on."""
    for kind in before.counts.keys() & after.counts.keys():
        last, first = before.counts[kind][1], after.counts[kind][0]
        if first == last + 1:
            yield CONTINUES
        elif kind in _RISING:
            yield -CONTINUES


def _counts(lines: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        if match := _CHAPTER.match(line):
            kind, number = match[2], parse_number(match[1])
        elif match := _POINT.match(line):
            kind, number = ("一", parse_number(match[1])) if match[1] else ("1", int(match[2]))
        else:
            continue
        if number is not None:
            found[kind] = (found.get(kind, (number, number))[0], number)
    return found


@functools.lru_cache(maxsize=4096)
def _types_named(line: str) -> frozenset[str]:
    """The types whose titles stand in a line of a page's head; not those that are but a part of a longer one there."""
    found = [(title, code) for title, code in _long_titles() if title in line]
    if not found:
        letters = set(line)
        found = [
            (title, code)
            for title, code in _long_titles()
            if len(title) >= _MISREAD_TITLE and len(set(title) - letters) <= 1 and within(title, line) <= 1
        ]
    return frozenset(code for title, code in found if not any(title != more and title in more for more, _ in found))


@functools.cache
def _long_titles() -> Sequence[tuple[str, str]]:
    """Titles that are long enough to be known beside other words, with their types."""
    kinds = load_catalogue().material_types()
    titles = ((fold(title), kind.code) for kind in kinds for title in kind.titles)
    return tuple((title, code) for title, code in titles if len(title) >= _LEAST_TITLE)
