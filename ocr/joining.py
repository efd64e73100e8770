"""The documents in a file whose pages lie in any order: pages of one document are joined though others lie between.

A page with a title, or one that says it is the first, opens a document; every other page follows one. Which one is
told by its signs (`ocr.joining_signs`) and by the page before it. Where pages lie in order the page before decides, as
when a person leafs through a file; the more page numbers show that they do not, the less it says. The page that is
clearest is placed first, since what it takes is no longer free for the others.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from ocr.folding import fold
from ocr.joining_signs import NEVER, Group, Leaf, brought, weight
from ocr.recognition import Segment, bears_title, recognise
from ocr.results import MaterialGuess, PageReading

NEXT_IN_ORDER, NEXT = 4.0, 1.0
"""Weight of the page before: for a page without a number where pages lie in order; for any other, as far as later
pages come right after their last ones (0 to 1 of it)."""

ENOUGH = 0.8
"""Weight from which a page is joined to a document; below it nobody can say where it belongs."""

DOUBTFUL = 1.5
"""Weight below which a page without a number is also asked what it brings that a document lacks."""

TWICE = 90.0
"""Likeness (0 to 100) from which two pages in a row with the same number are one page scanned twice."""

UNPLACED = MaterialGuess("", 0.0, "no page number, number or kind of text joins this page to a document of the file")

_LETTERHEAD = re.compile(r"^[一-鿿]{4,24}文件$")
"""The red head of an official document (GB/T 9704-2012, 7.2.4), above its number and its subject."""

_LETTERHEAD_LINES = 3
"""Lines at the top of a page among which it stands."""


def join(readings: Sequence[PageReading]) -> list[Segment]:
    """The documents in a file's pages, by their first page; the pages of each in the order in which they lie.

    Blank pages belong to the document before them. A page that nothing joins to a document stands alone, and its
    guess says so where no type can be named.
    """
    pages = [Leaf.of(reading) for reading in readings]
    twins = _twins(pages)
    opened = _opened(pages) - twins.keys()
    groups = [Group([page], recognise([page.reading]).type) for page in pages if page.number in opened]
    followers = [page for page in pages if page.number not in opened | twins.keys() and page.reading.lines]
    placing = _Placing(groups, pages)
    placing.place(followers)
    home, alone = placing.home, placing.alone
    for number, first in twins.items():
        home[number] = home[first.number]
        home[first.number].pages.append(next(page for page in pages if page.number == number))
    for before, page in zip([None, *pages], pages, strict=False):
        if not page.reading.lines:  # blank: with the page before it
            into = home.get(before.number) if before else None
            home[page.number] = into or placing.new(page)
            if into:
                into.pages.append(page)
    found = [_segment(group, alone) for group in groups]
    return sorted(found, key=lambda segment: segment.pages[0])


def _twins(pages: Sequence[Leaf]) -> dict[int, Leaf]:
    """Pages that were scanned twice in a row: by number, with the page before that is the same one."""
    twins: dict[int, Leaf] = {}
    for before, page in itertools.pairwise(pages):
        same = page.label is not None and page.label == before.label and page.label[1] > 1
        if same and page.running == before.running and _alike(page.reading, before.reading):
            twins[page.number] = twins.get(before.number, before)
    return twins


def _alike(one: PageReading, other: PageReading) -> bool:
    """Whether two pages say the same, in their first line and in all."""
    return all(fuzz.ratio(a, b) >= TWICE for a, b in ((one.lines[0].text, other.lines[0].text), (one.text, other.text)))


def _opened(pages: Sequence[Leaf]) -> set[int]:
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
        if (page.label and page.label[0] == 1) or bears_title(page.reading) or _bears_letterhead(page.reading):
            opened.add(page.number)
    return opened


def _bears_letterhead(page: PageReading) -> bool:
    return any(_LETTERHEAD.match(fold(line.text)) for line in page.lines[:_LETTERHEAD_LINES])


class _Placing:
    """Followers being joined to groups. `home` is where each page went, `alone` are those that nothing joined."""

    def __init__(self, groups: list[Group], pages: Sequence[Leaf]) -> None:
        self.home: dict[int, Group] = {group.pages[0].number: group for group in groups}
        self.alone: set[int] = set()
        self._groups = groups
        self._before = {page.number: previous for previous, page in itertools.pairwise(pages)}
        self._order = _order(pages)
        self._borne = Counter(number for group in groups for number in group.pages[0].numbers)
        self._known = frozenset(group.type for group in groups if group.type)

    def place(self, followers: Sequence[Leaf]) -> None:
        """Join each follower to a group, or open one for it.

        Those with a page number come first, so that what they bring counts for the others.
        """
        numbered = [page for page in followers if page.label is not None]
        others = [page for page in followers if page.label is None]
        self._clearest_first(numbered)
        if self._order < 1:
            self._clearest_first(others)
            return
        for page in others:
            self._put(page, self._weights(page))

    def new(self, page: Leaf) -> Group:
        """A group of that page."""
        self._groups.append(Group([page]))
        return self._groups[-1]

    def _clearest_first(self, pages: Sequence[Leaf]) -> None:
        """Place the page that leads by most, weigh the others against what it joined anew, and so on."""
        weights = {page.number: self._weights(page) for page in pages}
        left = {page.number: page for page in pages}
        while left:
            number = max(left, key=lambda n: (max(weights[n], default=NEVER) >= ENOUGH, _lead(weights[n]), -n))
            page = left.pop(number)
            at = self._put(page, weights[number])
            for other in left.values():
                if at == len(weights[other.number]):
                    weights[other.number].append(0.0)
                weights[other.number][at] = self._weight(other, self._groups[at])

    def _put(self, page: Leaf, weights: Sequence[float]) -> int:
        """Join the page to the group of the most weight; gives its place among the groups."""
        best = max(range(len(weights)), key=lambda n: (weights[n], -n), default=None)
        if best is not None and weights[best] >= ENOUGH:
            self._groups[best].pages.append(page)
            self.home[page.number] = self._groups[best]
            return best
        self.home[page.number] = self.new(page)
        self.alone.add(page.number)
        return len(self._groups) - 1

    def _weights(self, page: Leaf) -> list[float]:
        found = [self._weight(page, group) for group in self._groups]
        if page.label is None and self._order < 1 and max(found, default=NEVER) < DOUBTFUL:
            return [by_signs + brought(page, group) for by_signs, group in zip(found, self._groups, strict=True)]
        return found

    def _weight(self, page: Leaf, group: Group) -> float:
        near = self.home.get(self._before[page.number].number) if page.number in self._before else None
        closeness = NEXT * self._order
        if self._order == 1 and page.label is None:
            closeness = NEXT_IN_ORDER
            near = near or self._group_before(page)
        return weight(page, group, self._borne, self._known) + (closeness if group is near else 0.0)

    def _group_before(self, page: Leaf) -> Group | None:
        """The group of the nearest page before that has one: pages that follow in a row follow the same document."""
        at = self._before.get(page.number)
        while at is not None and at.number not in self.home:
            at = self._before.get(at.number)
        return self.home[at.number] if at is not None else None


def _lead(weights: Sequence[float]) -> float:
    """By how much the best of these stands before the next."""
    first, second, *_ = (*sorted(weights, reverse=True)[:2], NEVER, NEVER)
    return first - second


def _order(pages: Sequence[Leaf]) -> float:
    """Share of the later pages that come right after their document's last one; 1 where there are none."""
    later = right = 0
    last: tuple[int, int] | None = None
    for page in pages:
        if not page.reading.lines:
            continue
        if page.label and page.label[0] > 1:
            later += 1
            right += last == (page.label[0] - 1, page.label[1])
        last = page.label
    return right / later if later else 1.0


def _segment(group: Group, alone: set[int]) -> Segment:
    """What the document is, read in the order of its own page numbers where it has them; else what opened it first."""
    first, *rest = group.pages
    told = [first, *sorted(rest, key=lambda page: page.number)]
    if all(page.label for page in group.pages):
        told = sorted(group.pages, key=lambda page: (page.label or (0, 0), page.number))
    guess = recognise([page.reading for page in told])
    if not guess.type and group.pages[0].number in alone:
        guess = UNPLACED
    return Segment(tuple(sorted(page.number for page in group.pages)), guess)
