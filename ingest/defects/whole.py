"""What only several documents together show: one handed in twice, one impression of a seal on several papers."""

import itertools
from collections.abc import Sequence
from pathlib import PurePath

from catalogue import MaterialType, load_catalogue
from ingest.defects.names import same_works
from ingest.defects.pages import same_page, same_text
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import SealMark, page_label, same_impression

_Place = tuple[int, int, SealMark]

SAME_DOCUMENT_TEXT = 90.0
"""Likeness (0 to 100) of the texts of one document scanned twice."""


def find_repeats(documents: Sequence[Presented]) -> dict[int, list[Defect]]:
    """By place in `documents`: that an earlier one of them is the same document once more."""
    found: dict[int, list[Defect]] = {}
    for n, later in enumerate(documents):
        for earlier in documents[:n]:
            how = _same_document(earlier, later)
            if how:
                page = later.pages[0] if later.pages else None
                other, pages = PurePath(earlier.file).name, "、".join(map(str, earlier.pages))
                told = defect("document-repeated", page=page, at=later, how=how, other=other, other_pages=pages)
                found.setdefault(n, []).append(told)
                break
    return merged(found, _strays(documents))


def _strays(documents: Sequence[Presented]) -> dict[int, list[Defect]]:
    """Pages that stand alone though they are pages of another document: a first page twice begins a document twice."""
    found: dict[int, list[Defect]] = {}
    for (n, one), (_, other) in itertools.permutations(enumerate(documents), 2):
        mixed = n not in found and one.type and one.type == other.type and not (one.reused or other.reused)
        if not mixed or not 0 < len(one.readings) < len(other.readings):
            continue
        if all(any(same_page(page, whole) for whole in other.readings) for page in one.readings):
            page = one.readings[0]
            place = next(whole for whole in other.readings if same_page(page, whole))
            label = page_label(place)
            number = label.number if label and label.number else place.number
            found.setdefault(n, []).append(defect("pages-repeated", page=page.number, at=documents[n], number=number))
    return found


def _same_document(one: Presented, other: Presented) -> str:
    """How they are the same: the words for it, "" where they are not."""
    if one.reused or other.reused:
        return ""
    if one.sha256 and one.sha256 == other.sha256:
        return "（文件完全相同）" if one.pages == other.pages else ""
    if not one.type or one.type != other.type or not (one.readings and other.readings):
        return ""
    alike = (
        len(one.pages) == len(other.pages)
        and len(one.seals) == len(other.seals)
        and _same_fields(load_catalogue().material_type(one.type), one, other)
        and same_text(_text(one), _text(other), SAME_DOCUMENT_TEXT)
    )
    return "（内容相同）" if alike else ""


def _same_fields(kind: MaterialType, one: Presented, other: Presented) -> bool:
    """Whether no field tells them apart; one that a reader missed tells nothing, but some must be told."""
    names = [spec.name for spec in kind.fields if spec.name in one.fields and spec.name in other.fields]
    return bool(names) and all(same_works(one.fields[name].value, other.fields[name].value) for name in names)


def _text(document: Presented) -> str:
    return "\n".join(reading.text for reading in document.readings)


def find_pasted_seals(documents: Sequence[Presented], repeated: dict[int, list[Defect]]) -> dict[int, list[Defect]]:
    """By place in `documents`: impressions that stand on another of them too, dot for dot.

    Signed documents bear one picture of an electronic seal by design, and a document handed in twice bears its own.
    """
    places = [
        (n, page, mark)
        for n, document in enumerate(documents)
        if not (document.signed or document.reused) and n not in repeated
        for page, mark in document.seals
        if mark.face
    ]
    found: dict[int, list[Defect]] = {}
    told: set[int] = set()
    for a, b in itertools.combinations(range(len(places)), 2):
        (n, _, one), (m, _, other) = places[a], places[b]
        if n != m and same_impression(one.face, other.face):
            for here, there in ((a, b), (b, a)):
                if here not in told:
                    told.add(here)
                    found.setdefault(places[here][0], []).append(_pasted(documents, places[here], places[there]))
    return found


def _pasted(documents: Sequence[Presented], here: _Place, there: _Place) -> Defect:
    _, page, mark = here
    place, other_page, _ = there
    return defect("seal-pasted", page=page, box=mark.box, other=name_of(documents[place]), other_page=other_page)


def name_of(document: Presented) -> str:
    """What to call a document: its material's name, or its file's."""
    return load_catalogue().material_type(document.type).name if document.type else PurePath(document.file).name


def merged(*found: dict[int, list[Defect]]) -> dict[int, list[Defect]]:
    """What several checks found, together, by place."""
    together: dict[int, list[Defect]] = {}
    for one in found:
        for place, defects in one.items():
            together.setdefault(place, []).extend(defects)
    return together
