"""Whether two documents are one: their key fields, then every other word at its place, then seals and pages.

Calibrated so that no other document is ever called the same (docs/measurements.md): anything that does not agree makes
it a question at least, and "same" itself is only proposed to a person.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from rapidfuzz import fuzz

from catalogue import load_catalogue
from ingest.report import Presented
from ingest.resemblance.differing import SURE_LINE, Differing, differing, other_digit
from ingest.resemblance.key_fields import identity_fields, key_fields, number_fields
from ingest.resemblance.laying import laid, lay, pieces
from ingest.resemblance.letters import folded
from ingest.resemblance.likeness import FieldLikeness, Likeness, Place
from ingest.resemblance.pictures import picture_differences
from ingest.resemblance.settling import Overlay, overlay
from ocr import Image, PageReading, Quad, bounds

LEAST_COMPARED = 30
"""Characters that two documents must have in common before words say that they are the same."""
OTHER_TEXT = 0.55
"""Part of the shorter document's words that must agree; below it is another document."""
SAME_OWNER = 75.0
"""Likeness (0 to 100) of the ring texts of two impressions of one seal, of which one or two characters are misread."""
MANY = 4
"""Places that surely differ from which it is no version of the same document, whatever its key fields."""

MOST_INK = 20
"""Places in which pictures differ that are worth showing one by one. Seals, signatures and a changed map are a few; a
patterned ground or another scanner makes a hundred (measured on a business licence: 112), which say nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Said:
    """What comparing two pages gave: characters that agree, the places that do not, and how many there are in all."""

    agreeing: int
    least: int
    places: tuple[tuple[int, int, Differing], ...]


class PagePictures(Protocol):
    """The pictures of the pages of a document, as they were read and in their order.

    One is asked for when it is looked at and kept no longer: a large sheet takes a hundred megabytes.
    """

    def __getitem__(self, place: int, /) -> Image:
        """The picture of the page at that place, from 0: height x width x 3."""
        ...


Pictures = tuple[PagePictures, PagePictures]
"""The pictures of either document."""
LAID = 2
"""Pages that stay laid on each other while places are looked at: fields stand on one page or two."""


def compare(one: Presented, other: Presented, look: Callable[[], Pictures] | None = None) -> Likeness:
    """How two documents stand to each other. It does not matter which is which, but for the order of what is shown.

    `look` gives the pictures of their pages, and is called where few places surely differ: words that were read
    differently may look the same, and a map, a seal or a signature is not text. Without it nothing but the same bytes
    is called the same.
    """
    if one.sha256 and one.sha256 == other.sha256 and one.pages == other.pages:
        return Likeness("same-bytes", why="两份文件的内容逐字节相同")
    fields = tuple(key_fields(one.type if one.type == other.type else "", one.fields, other.fields))
    paired = list(itertools.zip_longest(one.readings, other.readings))
    said = _words([(a, b) for a, b in paired if a and b])
    if one.readings and other.readings:
        fields = tuple(_borne_out(field, said) for field in fields)
    seals = tuple(_seals(one.readings, other.readings))
    verdict = _verdict(one, other, fields, said, seals)
    ink: tuple[FieldLikeness, ...] = ()
    if look and _worth_a_look(one, other, fields, said):
        pictures = look()
        fields, said = _settled(one.readings, other.readings, pictures, fields, said)
        verdict = _verdict(one, other, fields, said, seals)
        ink = tuple(_ink(one.readings, other.readings, pictures)) if verdict.verdict == "same" else ()
    if verdict.verdict == "same":
        verdict = _seen(verdict, ink, looked=look is not None)
        ink = ink if len(ink) <= MOST_INK else ()
    return dataclasses.replace(verdict, fields=fields, places=(*_shown(said), *seals, *ink))


def _worth_a_look(one: Presented, other: Presented, fields: Sequence[FieldLikeness], said: _Said) -> bool:
    """Whether so little surely differs that it may have been misread."""
    differing_fields = sum(field.agreement == "differ" for field in fields)
    differing_words = sum(found.weight == "sure" for _, _, found in said.places)
    few = differing_fields < MANY and differing_words < MANY
    return few and bool(one.readings) and len(one.readings) == len(other.readings)


def _settled(
    one: Sequence[PageReading],
    other: Sequence[PageReading],
    pictures: Pictures,
    fields: tuple[FieldLikeness, ...],
    said: _Said,
) -> tuple[tuple[FieldLikeness, ...], _Said]:
    """Fields and words after a look at their places on both pictures.

    A word that looks the same is none that differs; one that was read surely on both must look so better than others.
    A digit that looks the same is asked about instead of deciding, and never settled: 3 lies well on 8.
    """
    pages = {(a.number, b.number): (place, a, b) for place, (a, b) in enumerate(zip(one, other, strict=True))}

    @functools.lru_cache(LAID)
    def laid_on(at: tuple[int, int]) -> Overlay:  # only pages with something to look at
        place, a, b = pages[at]
        return overlay(pictures[0][place], pictures[1][place], a, b)

    def alike(boxes: tuple[Place | None, Place | None], *, surely: bool = False) -> bool:
        a, b = boxes
        here, there = (a or b), (b or a)
        if not here or not there or (at := (here.page, there.page)) not in pages:
            return False
        return laid_on(at).shows_the_same(a.box if a else None, b.box if b else None, surely=surely)

    places = []
    for page_a, page_b, found in said.places:
        boxes = _places((page_a, page_b, found))
        if found.weight == "sure" or found.digits:
            asked = found.weight == "sure" and alike(boxes)
            places.append((page_a, page_b, dataclasses.replace(found, weight="slight") if asked else found))
        elif not alike(boxes, surely=found.score >= SURE_LINE):
            places.append((page_a, page_b, found))
    said = dataclasses.replace(said, places=tuple(places))
    looks = (field.agreement != "agree" and alike(field.boxes) for field in fields)
    return tuple(_as_shown(field, said) if same else field for field, same in zip(fields, looks, strict=True)), said


def _as_shown(field: FieldLikeness, said: _Said) -> FieldLikeness:
    """A field that does not agree and whose place looks the same: no surer than the words there."""
    there = [place[2] for place in said.places if _stands_at(field, place)]
    if field.agreement == "differ":
        return (
            field if any(found.weight == "sure" for found in there) else dataclasses.replace(field, agreement="unsure")
        )
    settled = not there and not other_digit(field.one, field.other)
    return dataclasses.replace(field, agreement="agree") if settled else field


def _seen(verdict: Likeness, ink: Sequence[FieldLikeness], *, looked: bool) -> Likeness:
    """What is the same in words, after a look at the pictures."""
    if not looked:
        return Likeness("unsure", why="文字全部一致，图像尚未比对，请对照两份图像")
    if len(ink) > MOST_INK:
        return Likeness("unsure", why="文字全部一致，但底纹或扫描质量相差较大，印章和图形无法逐处比对，请对照两份图像")
    if ink:
        return Likeness("unsure", why=f"文字全部一致，但有{len(ink)}处印章、签字或图形不同，请核对")
    return verdict


def _words(pairs: Sequence[tuple[PageReading, PageReading]]) -> _Said:
    agreeing = least = 0
    places = []
    for a, b in pairs:
        for piece in pieces(a.lines, b.lines, lay(a, b)):
            found = differing(piece)
            if found is None:
                agreeing += sum(len(folded(line.text)) for line in piece.one)
            else:
                places.append((a.number, b.number, found))
        least += min(_length(a), _length(b))
    return _Said(agreeing, least, tuple(places))


def _borne_out(field: FieldLikeness, said: _Said) -> FieldLikeness:
    """A field that differs where the words at its place do not: one of the two was taken from the wrong place."""
    if field.agreement != "differ":
        return field
    if any(place[2].weight == "sure" and _stands_at(field, place) for place in said.places):
        return field
    return dataclasses.replace(field, agreement="unsure")


def _stands_at(field: FieldLikeness, place: tuple[int, int, Differing]) -> bool:
    """Whether a field was read at a place, on either page."""
    there = zip(field.boxes, _places(place), strict=True)
    return any(a and b and a.page == b.page and _one_place(a.box, b.box) for a, b in there)


def _verdict(
    one: Presented, other: Presented, fields: Sequence[FieldLikeness], said: _Said, seals: Sequence[FieldLikeness]
) -> Likeness:
    """The first that is found: another document, why nobody can tell, another version, a question."""
    found = itertools.chain(
        _another(one, other, fields, said),
        _untold(one, other, fields),
        _version(one, other, fields, said),
        _questions(one, other, fields, said, seals),
    )
    same = Likeness("same", why="关键信息和全部文字一致，应为同一材料的重新扫描件")
    return next(found, same)


def _another(one: Presented, other: Presented, fields: Sequence[FieldLikeness], said: _Said) -> Iterator[Likeness]:
    kind = load_catalogue().material_type(one.type) if one.type and one.type == other.type else None
    whose = identity_fields(kind) if kind else frozenset()
    for field in fields:
        if field.agreement == "differ" and field.name in whose:
            yield Likeness("different", why=f"{field.name}不同：一份为“{field.one}”，另一份为“{field.other}”")
    sure = [found for _, _, found in said.places if found.weight == "sure"]
    if said.agreeing < OTHER_TEXT * said.least and len(sure) >= MANY:
        yield Likeness("different", why=f"内容大部分不同，例如{_quoted(sure[0])}")


def _untold(one: Presented, other: Presented, fields: Sequence[FieldLikeness]) -> Iterator[Likeness]:
    """Why nobody can tell of what the two are versions: a number that was read unsurely, or no text on one of them."""
    kind = load_catalogue().material_type(one.type) if one.type and one.type == other.type else None
    numbers = number_fields(kind) if kind else frozenset()
    for field in fields:
        if field.agreement == "unsure" and field.name in numbers:
            yield _unsure(field)
    if not (one.readings and other.readings):
        differing_ = next((field for field in fields if field.agreement == "differ"), None)
        said = f"{differing_.name}不同（“{differing_.one}”与“{differing_.other}”），" if differing_ else ""
        yield Likeness("unsure", why=f"{said}其中一份没有可比对的文字，请对照两份原件")


def _version(one: Presented, other: Presented, fields: Sequence[FieldLikeness], said: _Said) -> Iterator[Likeness]:
    for field in fields:
        if field.agreement == "differ":
            yield Likeness("new-version", why=f"{field.name}不同：一份为“{field.one}”，另一份为“{field.other}”")
    if one.pages and other.pages and len(one.pages) != len(other.pages):
        yield Likeness("new-version", why=f"页数不同：一份{len(one.pages)}页，另一份{len(other.pages)}页")
    for _, _, found in said.places:
        if found.weight == "sure":
            yield Likeness("new-version", why=f"文字不同：{_quoted(found)}")


def _questions(
    one: Presented, other: Presented, fields: Sequence[FieldLikeness], said: _Said, seals: Sequence[FieldLikeness]
) -> Iterator[Likeness]:
    for field in fields:
        if field.agreement == "unsure":
            yield _unsure(field)
    if len(one.readings) != len(other.readings):
        yield Likeness("unsure", why="其中一份有未能识别的页，请对照两份图像")
    for _, _, found in said.places[:1]:
        yield Likeness("unsure", why=f"有{len(said.places)}处文字识别不一致，请核对：{_quoted(found)}")
    for seal in seals:
        yield Likeness("unsure", why=f"印章不一致，请核对：{seal.one or '无印章'}与{seal.other or '无印章'}")
    if said.agreeing < LEAST_COMPARED:
        yield Likeness("unsure", why="可比对的文字太少，请对照两份图像")
    if one.type != other.type:
        yield Likeness("unsure", why="文字一致，但识别为不同的材料类型，请核对")


def _unsure(field: FieldLikeness) -> Likeness:
    return Likeness("unsure", why=f"{field.name}识别不清，请核对：“{field.one}”与“{field.other}”")


def _quoted(found: Differing) -> str:
    return f"“{found.one}”与“{found.other}”" if found.one and found.other else f"仅一份有“{found.one or found.other}”"


def _shown(said: _Said) -> Iterator[FieldLikeness]:
    for a, b, found in said.places:
        boxes = _places((a, b, found))
        yield FieldLikeness("", found.one, found.other, "differ" if found.weight == "sure" else "unsure", boxes)


def _places(place: tuple[int, int, Differing]) -> tuple[Place | None, Place | None]:
    a, b, found = place
    one, other = found.boxes
    return Place(a, one) if one else None, Place(b, other) if other else None


def _seals(one: Sequence[PageReading], other: Sequence[PageReading]) -> Iterator[FieldLikeness]:
    """Seals that only one page has, or that are not surely of the same owner; a scan without colour shows none."""
    for a, b in zip(one, other, strict=False):
        left = list(b.seals)
        matrix = lay(a, b) if a.seals and b.seals else None
        for seal in a.seals:
            twin = next((s for s in left if matrix is not None and _one_place(seal.box, laid(s.box, matrix))), None)
            if twin:
                left.remove(twin)
            if twin is None or not _one_owner(seal.text, twin.text):
                there = Place(b.number, twin.box) if twin else None
                yield FieldLikeness(
                    "", seal.text, twin.text if twin else "", "unsure", (Place(a.number, seal.box), there)
                )
        yield from (FieldLikeness("", "", s.text, "unsure", (None, Place(b.number, s.box))) for s in left)


def _one_place(one: Quad, other: Quad) -> bool:
    (ax, ay, bx, by), (cx, cy, dx, dy) = bounds(one), bounds(other)
    return max(ax, cx) < min(bx, dx) and max(ay, cy) < min(by, dy)


def _one_owner(one: str, other: str) -> bool:
    return bool(one and other) and fuzz.ratio(folded(one), folded(other)) >= SAME_OWNER


def _ink(one: Sequence[PageReading], other: Sequence[PageReading], pictures: Pictures) -> Iterator[FieldLikeness]:
    """Places where only one of the pictures shows something besides text."""
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        here, there = picture_differences(pictures[0][place], pictures[1][place], a, b)
        yield from (FieldLikeness("", "图形", "", "unsure", (Place(a.number, box), None)) for box in here)
        yield from (FieldLikeness("", "", "图形", "unsure", (None, Place(b.number, box))) for box in there)


def _length(page: PageReading) -> int:
    return sum(len(folded(line.text)) for line in page.lines)
