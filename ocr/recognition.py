"""Which material a document is, and where one document ends and the next begins.

A title counts by how large it is printed and how near the top it stands; cue phrases add to it, and phrases that
belong to another form (a form often quotes another's title) take away.
"""

import dataclasses
import functools
import re
import statistics
from collections.abc import Collection, Iterator, Sequence

from catalogue import load_catalogue
from ocr.folding import fold
from ocr.headings import OPENS, Heading, headings_of
from ocr.layout import laid, rows
from ocr.learned import Likeness, Model, model_in_use
from ocr.pagination import page_label
from ocr.results import MaterialGuess, PageReading
from ocr.titles import titles_in

NO_MATERIAL = MaterialGuess("", 0.0, "no title or cue of a known material")

ENOUGH = 0.45
"""Score from which a type is named: a clear title alone gives 0.65, three cues without a title 0.36."""

CLOSE = 0.08
"""Score between the first two types below which the rules alone do not tell them apart."""

WORTH_ASKING = 0.2
"""Score from which a type is offered to a person: one cue and a little likeness, or half a title."""

LEARNED_SHARE, CLEAR = 0.4, 0.15
"""Weight of the learned likeness, and how clear of the next the best must then be. Of 396 drawn pages without a title,
worn and partly covered, 175 are named so and none wrongly, nor any whose type was taken out of the catalogue."""

TITLE_SHARE, CUE_SHARE = 0.7, 0.12
"""Weights of a perfect title and of each cue (at most three count)."""

MAX_CUES = 3
TITLE_PAGES = 2
"""Pages of a document on which its title may stand: a cover may come first."""

AGAINST_SHARE = 0.15
"""What a phrase against the type takes away, when it stands as large as a title; a third of it in running text."""

FOREIGN_TALL, FOREIGN_REGION, FOREIGN_CENTRED = 1.7, 0.25, 0.08
"""A title of no known material: so much taller than the text, within this part of the page's height, this near its
middle (of its width). Stricter than for known titles, since a wrong cut tears a document apart."""

ANOTHER_TALL = 1.25
"""The same for a line that ends as titles do (…请示, …合同): smaller ones count, since no document is cut by it."""

_ANOTHER = re.compile(
    r"^[一-鿿()]{2,40}(?:请示|报告|通知|公告|纪要|合同|协议|表|书|证|证明|函|意见|批复|决定|说明|清单|目录|方案|总结|申请)$"
)
_FOREIGN = re.compile(r"^(?!第.{1,4}[部分章节编]|附件|附录|附表|[一二三四五六七八九十]+、|续)[一-鿿()]{4,24}$")


@dataclasses.dataclass(frozen=True, slots=True)
class _Phrases:
    code: str
    cues: tuple[str, ...]
    against: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Scored:
    code: str
    score: float
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """Pages of a file that are one document: their numbers, in order, and what it is."""

    pages: tuple[int, ...]
    guess: MaterialGuess


def recognise(pages: Sequence[PageReading], model: Model | None = None) -> MaterialGuess:
    """What the document on these pages is; type "" where nothing fits well enough.

    The first page with a title decides; cues count on all pages. Where that names no type, or two nearly alike, the
    learned model (the one in use by default) has a say, and `why` tells that it had.
    """
    ranked = _ranked(pages)
    if not ranked or not pages:
        return NO_MATERIAL
    best, second = ranked[0], ranked[1].score if len(ranked) > 1 else 0.0
    unsure = best.score < ENOUGH or best.score - second < CLOSE
    if unsure and not _bears_another_title(pages[0]):
        best = _with_learned(ranked, pages, model or model_in_use())
    if best.score < ENOUGH:
        return NO_MATERIAL
    return MaterialGuess(best.code, round(min(1.0, best.score), 3), best.why)


def nearest(pages: Sequence[PageReading]) -> MaterialGuess:
    """The type that comes nearest, however far it is: something to show where `recognise` names none."""
    ranked = _ranked(pages)
    if not ranked or ranked[0].score <= 0:
        return NO_MATERIAL
    return MaterialGuess(ranked[0].code, round(min(1.0, ranked[0].score), 3), ranked[0].why)


def likeliest(pages: Sequence[PageReading], among: Collection[str], model: Model | None = None) -> MaterialGuess:
    """The best of those types for pages that `recognise` gives no name: worth a question to a person, no more.

    The learned likeness counts as far as it does there; below `WORTH_ASKING` nothing is said.
    """
    lines = [line.text for page in pages for line in page.lines]
    alike = {likeness.type: likeness.score for likeness in (model or model_in_use()).ranked(lines)}
    scored = [(entry.score + LEARNED_SHARE * alike.get(entry.code, 0.0), entry) for entry in _ranked(pages)]
    best = max((pair for pair in scored if pair[1].code in among), key=lambda pair: pair[0], default=None)
    if best is None or best[0] < WORTH_ASKING:
        return NO_MATERIAL
    return MaterialGuess(best[1].code, round(min(1.0, best[0]), 3), best[1].why)


def _bears_another_title(page: PageReading) -> bool:
    """Whether a title was read that is no listed one: then the words below it must not decide."""
    return any(_ANOTHER.match(text) and not titles_in(text) for text in _centred(page, ANOTHER_TALL))


def _with_learned(ranked: Sequence[_Scored], pages: Sequence[PageReading], model: Model) -> _Scored:
    """The best type once the words of the whole text count too, if it then stands clear; else the rules' best."""
    alike = {likeness.type: likeness for likeness in model.ranked([line.text for page in pages for line in page.lines])}
    none = Likeness("", 0.0, ())
    summed = sorted(ranked, key=lambda entry: -entry.score - LEARNED_SHARE * alike.get(entry.code, none).score)
    scores = [entry.score + LEARNED_SHARE * alike.get(entry.code, none).score for entry in summed]
    learned = alike.get(summed[0].code, none)
    if scores[0] < ENOUGH or scores[0] - max(scores[1:], default=0.0) < CLEAR or not learned.score:
        return ranked[0]
    told = f"learned {learned.score:.2f} by {'、'.join(learned.telling)} (model {model.digest[:8]})"
    return _Scored(summed[0].code, scores[0], f"{summed[0].why}; {told}")


def segment(pages: Sequence[PageReading]) -> list[Segment]:
    """The documents in a file's pages, in order; blank pages belong to the document before them.

    A page with a title of its own starts a document, unless it says that it is page 2 or later of several; a page
    that says it is page 1 starts one even without a title.
    """
    groups: list[list[PageReading]] = []
    for page in pages:
        if not groups or _starts(page, groups[-1]):
            groups.append([page])
        else:
            groups[-1].append(page)
    return [Segment(tuple(page.number for page in group), recognise(group)) for group in groups]


def page_of(page: PageReading) -> tuple[int, int] | None:
    """Which page of how many the page says it is (第2页共3页), read from its foot or head."""
    label = page_label(page)
    return (label.number, label.total) if label and label.number and label.total else None


def bears_title(page: PageReading) -> bool:
    """Whether the page bears a title as a heading, of some type or of none that the catalogue knows."""
    return _has_title(page) or _has_foreign_title(page)


def _starts(page: PageReading, before: Sequence[PageReading]) -> bool:
    if not page.lines:
        return False
    said, previous = page_of(page), page_of(before[-1])
    if said is not None and said[0] > 1 and previous is not None and previous == (said[0] - 1, said[1]):
        return False
    if said is not None and said[0] == 1:
        return True
    return bears_title(page)


def _has_title(page: PageReading) -> bool:
    """Whether the page bears the title of some type as a heading."""
    return any(likeness >= OPENS for likeness, _ in _titles(headings_of(page)).values())


def _has_foreign_title(page: PageReading) -> bool:
    """A title that no catalogue knows: large, alone, in the middle of the head of the page."""
    return any(_FOREIGN.match(text) for text in _centred(page, FOREIGN_TALL))


def _centred(page: PageReading, tall: float) -> Iterator[str]:
    """The folded lines that stand alone in the middle of the head of the page, so much taller than its text."""
    placed = [p for p in laid(page) if p.line.text.strip()]
    usual = statistics.median(p.height for p in placed) if placed else 0.0
    for row in rows(placed):
        only = row[0]
        at_head = len(row) == 1 and only.middle < FOREIGN_REGION * page.height
        centred = abs((only.x0 + only.x1) / 2 - page.width / 2) < FOREIGN_CENTRED * page.width
        if at_head and centred and only.height >= tall * usual:
            yield fold(only.line.text)


def _ranked(pages: Sequence[PageReading]) -> list[_Scored]:
    """Every type with its score, best first; among equals the order of the catalogue."""
    text = "\n".join(fold(line.text) for page in pages for line in page.lines)
    headings = [heading for page in pages[:TITLE_PAGES] for heading in headings_of(page)]
    titles = _titles(headings)
    scored = [_score(phrases, titles.get(phrases.code, (0.0, "")), headings, text) for phrases in _all_phrases()]
    return sorted(scored, key=lambda entry: -entry.score)


@functools.cache
def _all_phrases() -> tuple[_Phrases, ...]:
    """The cues of all types, folded once."""
    return tuple(
        _Phrases(kind.code, tuple(map(fold, kind.cues)), tuple(map(fold, kind.against)))
        for kind in load_catalogue().material_types()
    )


def _titles(headings: Sequence[Heading]) -> dict[str, tuple[float, str]]:
    """For each type the best of its titles on all headings: how alike, times how much the line looks like a title."""
    best: dict[str, tuple[float, str]] = {}
    for heading in headings:
        for match in titles_in(heading.text, sure=heading.sure):
            likeness = match.likeness * heading.weight
            if likeness > best.get(match.code, (0.0, ""))[0]:
                best[match.code] = (likeness, heading.text)
    return best


def _score(phrases: _Phrases, title: tuple[float, str], headings: Sequence[Heading], text: str) -> _Scored:
    likeness, seen = title
    cues = [cue for cue in phrases.cues if cue in text]
    against = sum(_weight_against(phrase, headings, text) for phrase in phrases.against)
    score = TITLE_SHARE * likeness + CUE_SHARE * min(MAX_CUES, len(cues)) - AGAINST_SHARE * min(against, 2.0)
    reasons = ([f"title “{seen}”"] if likeness else []) + ([f"cues {'、'.join(cues[:MAX_CUES])}"] if cues else [])
    return _Scored(phrases.code, score, "; ".join(reasons) or "nothing")


def _weight_against(phrase: str, headings: Sequence[Heading], text: str) -> float:
    if phrase not in text and not any(phrase in heading.text for heading in headings):
        return 0.0
    return max((h.weight for h in headings if phrase in h.text), default=0.0) or 1 / 3
