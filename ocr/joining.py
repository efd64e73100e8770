"""The documents in a file whose pages lie in any order: pages of one document are joined though others lie between.

A page with a title, or one that says it is the first, opens a document; every other page follows one. Which one is
told by what it says of its number (第2页共3页), by a running title, by numbers that only that document bears, by the
kind of text, and by the page before it. Where pages lie in order the page before decides, as when a person leafs
through a file; where a page number shows that they do not, it is the weakest of these signs.
"""

import dataclasses
import functools
import itertools
import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from catalogue import load_catalogue
from ocr.folding import fold
from ocr.learned import model_in_use
from ocr.pagination import HEAD
from ocr.recognition import Segment, bears_title, page_of, recognise
from ocr.results import MaterialGuess, PageReading

NUMBERED = 3.0
"""Weight of a page number that a document still lacks: 2 of 3, where its first page says 1 of 3."""

UNLIKE = -1.5
"""Weight of one bearing page numbers and the other none."""

SHARED = 2.0
"""Weight of a number that this document alone bears; of one that n documents bear an nth of it."""

MOST_SHARED = 4.0

NEXT_IN_ORDER, NEXT = 4.0, 1.0
"""Weight of the page before: for a page without a number where pages lie in order, and for any other."""

ALIKE = 2.0
"""Weight of a text made of the words of the document's type, as far as the learned model says (0 to 1)."""

ENOUGH = 0.8
"""Weight from which a page is joined to a document; below it nobody can say where it belongs."""

RUNNING = 3.0
"""Weight of a running title: the title of the document's type, small at the head of a later page."""

TWICE = 90.0
"""Likeness (0 to 100) from which two pages in a row with the same number are one page scanned twice."""

NEVER = -100.0

UNPLACED = MaterialGuess("", 0.0, "no page number, number or kind of text joins this page to a document of the file")

_NUMBER = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)+|[0-9A-Z]{8,}|〔[0-9]{4}〕[0-9]+|\([0-9]{4}\)[一-鿿第]*[0-9]+号")
_LEAST_DIGITS = 4
_LEAST_TITLE = 4


@functools.cache
def _long_titles() -> tuple[tuple[str, str], ...]:
    """Titles that are long enough to be known beside other words, with their types."""
    kinds = load_catalogue().material_types()
    titles = ((fold(title), kind.code) for kind in kinds for title in kind.titles)
    return tuple((title, code) for title, code in titles if len(title) >= _LEAST_TITLE)


@dataclasses.dataclass(frozen=True, slots=True)
class _Page:
    reading: PageReading
    label: tuple[int, int] | None
    numbers: frozenset[str]
    running: frozenset[str]

    @classmethod
    def of(cls, reading: PageReading) -> "_Page":
        text = "\n".join(fold(line.text) for line in reading.lines)
        numbers = {n for n in _NUMBER.findall(text) if sum(map(str.isdigit, n)) >= _LEAST_DIGITS}
        head = [line for line in reading.lines if line.box[0][1] < HEAD * reading.height]
        said = "\n".join(fold(line.text) for line in head)
        running = {code for title, code in _long_titles() if title in said}
        return cls(reading, page_of(reading), frozenset(numbers), frozenset(running))

    @property
    def number(self) -> int:
        return self.reading.number


@dataclasses.dataclass(slots=True)
class _Group:
    pages: list[_Page]
    type: str = ""

    @property
    def total(self) -> int | None:
        return next((page.label[1] for page in self.pages if page.label), None)

    @property
    def numbered(self) -> set[int]:
        return {page.label[0] for page in self.pages if page.label}


def join(readings: Sequence[PageReading]) -> list[Segment]:
    """The documents in a file's pages, by their first page; the pages of each in the order in which they lie.

    Blank pages belong to the document before them. A page that nothing joins to a document stands alone, and its
    guess says so where no type can be named.
    """
    pages = [_Page.of(reading) for reading in readings]
    twins = _twins(pages)
    opened = _opened(pages) - twins.keys()
    groups = [_Group([page], recognise([page.reading]).type) for page in pages if page.number in opened]
    followers = [page for page in pages if page.number not in opened | twins.keys() and page.reading.lines]
    home: dict[int, _Group] = {group.pages[0].number: group for group in groups}
    alone = _place(followers, groups, pages, home)
    for number, first in twins.items():
        home[number] = home[first.number]
        home[first.number].pages.append(next(page for page in pages if page.number == number))
    for before, page in zip([None, *pages], pages, strict=False):
        if not page.reading.lines:  # blank: with the page before it
            into = home.get(before.number) if before else None
            home[page.number] = into or _new(groups, page)
            if into:
                into.pages.append(page)
    found = [_segment(group, alone) for group in groups]
    return sorted(found, key=lambda segment: segment.pages[0])


def _twins(pages: Sequence[_Page]) -> dict[int, _Page]:
    """Pages that were scanned twice in a row: by number, with the page before that is the same one."""
    twins: dict[int, _Page] = {}
    for before, page in itertools.pairwise(pages):
        same = page.label is not None and page.label == before.label and page.label[1] > 1
        if same and fuzz.ratio(page.reading.text, before.reading.text) >= TWICE:
            twins[page.number] = twins.get(before.number, before)
    return twins


def _opened(pages: Sequence[_Page]) -> set[int]:
    """Numbers of the pages that open a document."""
    firsts = Counter(page.label[1] for page in pages if page.label and page.label[0] == 1)
    opened: set[int] = set()
    for n, page in enumerate(pages):
        if not page.reading.lines:
            continue
        if page.label and page.label[0] > 1:
            number, total = page.label
            goes_on = n > 0 and pages[n - 1].label == (number - 1, total)
            if goes_on or firsts[total]:
                continue
        if (page.label and page.label[0] == 1) or bears_title(page.reading):
            opened.add(page.number)
    return opened


def _place(
    followers: Sequence[_Page], groups: list[_Group], pages: Sequence[_Page], home: dict[int, _Group]
) -> set[int]:
    """Join each follower to a group, or open one for it; gives the numbers of pages that nothing joined.

    Those with a page number come first, in its order, so that what they bring counts for the others.
    """
    order = _in_order(pages)
    before = {page.number: previous for previous, page in itertools.pairwise(pages)}
    borne = Counter(number for group in groups for number in group.pages[0].numbers)
    alone: set[int] = set()
    for page in sorted(followers, key=lambda p: (p.label is None, p.label or (0, 0), p.number)):
        near = home.get(before[page.number].number) if page.number in before else None
        if page.label is None and near is None and order and page.number in before:
            near = _group_before(page, before, home)
        closeness = NEXT_IN_ORDER if order and page.label is None else NEXT
        alike = _alike(page)
        judged = [
            (_weight(page, group, borne, alike) + (closeness if group is near else 0.0), n)
            for n, group in enumerate(groups)
        ]
        best = max(judged, key=lambda pair: (pair[0], -pair[1]), default=(NEVER, 0))
        if best[0] >= ENOUGH:
            group = groups[best[1]]
            group.pages.append(page)
            home[page.number] = group
        else:
            home[page.number] = _new(groups, page)
            alone.add(page.number)
    return alone


def _group_before(page: _Page, before: dict[int, _Page], home: dict[int, _Group]) -> _Group | None:
    """The group of the nearest page before that has one: pages that follow in a row follow the same document."""
    at: _Page | None = before.get(page.number)
    while at is not None and at.number not in home:
        at = before.get(at.number)
    return home[at.number] if at is not None else None


def _new(groups: list[_Group], page: _Page) -> _Group:
    groups.append(_Group([page]))
    return groups[-1]


def _in_order(pages: Sequence[_Page]) -> bool:
    """Whether no page number shows that pages were mixed: a later page of a document comes right after its last one."""
    last: tuple[int, int] | None = None
    for page in pages:
        if not page.reading.lines:
            continue
        if page.label and page.label[0] > 1 and last != (page.label[0] - 1, page.label[1]):
            return False
        last = page.label
    return True


def _weight(page: _Page, group: _Group, borne: Counter[str], alike: dict[str, float]) -> float:
    weight = _by_number(page, group)
    ours = frozenset[str]().union(*(member.numbers for member in group.pages))
    weight += min(MOST_SHARED, sum(SHARED / max(1, borne[number]) for number in page.numbers & ours))
    weight += RUNNING if group.type in page.running else 0.0
    return weight + ALIKE * alike.get(group.type, 0.0)


def _by_number(page: _Page, group: _Group) -> float:
    if page.label is None:
        if group.total is None:
            return 0.0
        return NEVER if len(group.pages) >= group.total else UNLIKE
    number, total = page.label
    if group.total is None:
        return UNLIKE
    return NUMBERED if group.total == total and number not in group.numbered else NEVER


def _alike(page: _Page) -> dict[str, float]:
    lines = [line.text for line in page.reading.lines]
    return {likeness.type: likeness.score for likeness in model_in_use().ranked(lines)}


def _segment(group: _Group, alone: set[int]) -> Segment:
    """What the document is, read in the order of its own page numbers where it has them."""
    by_label = sorted(group.pages, key=lambda page: (page.label or (page.number, 0), page.number))
    told = by_label if all(page.label for page in group.pages) else sorted(group.pages, key=lambda p: p.number)
    guess = recognise([page.reading for page in told])
    if not guess.type and group.pages[0].number in alone:
        guess = UNPLACED
    return Segment(tuple(sorted(page.number for page in group.pages)), guess)
