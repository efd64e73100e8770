"""Documents that come again, drawn from a seed: rescans of one paper, other instances of its form, one-field changes.

What a pair of them is follows from how they were drawn, not from reading them. A paper of a later version states
the same number and subject as the one before it; where the number or the subject differ, it is another document.
"""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from catalogue import load_catalogue
from samples.papers import Paper, PaperOrder, Print, Scanner, field_kinds, lay_paper
from samples.scoring import scoring_forms
from samples.worlds import drawn_world

Relation = Literal["same", "new-version", "different"]
"""What a later document is to the first of its family."""

Variant = Literal["first", "rescan", "instance", "number", "name", "date", "figure", "seal", "picture", "signature"]
"""How a document of a family was made."""

SCANNERS: tuple[Scanner, ...] = (
    Scanner("office", 150),
    Scanner("office", 200),
    Scanner("clean", 130),
    Scanner("clean", 200, quality=45),
    Scanner("grey", 150),
    Scanner("grey", 200, folded=True),
    Scanner("poor", 150),
    Scanner("office", 130, quality=35, folded=True),
    Scanner("photo", 150),
    Scanner("bitonal", 200),
)
FIRST_SCANNERS = 4
"""The first of a family comes from one of the better scanners, as what is archived does."""

KINDS: Mapping[Variant, tuple[str, ...]] = {
    "number": ("permit", "document-number", "uscc", "project-code", "land-title", "unit-number", "id-card"),
    "name": ("company", "person", "text"),
    "date": ("date",),
    "figure": ("amount", "area", "ratio", "percent", "phone"),
}
"""Kinds of fields that each one-field change is made in."""

_IDENTITY_KINDS = frozenset({"uscc", "id-card", "project-code"})
_NAMES = (
    "明朋",
    "国围",
    "建健",
    "伟纬",
    "海悔",
    "华毕",
    "丽俪",
    "文交",
    "静净",
    "峰锋",
    "江汪",
    "东车",
    "新斯",
    "大太",
)
"""Pairs of characters that look alike: half of the changed names are such."""
_OTHERS = "安博诚达恩方光和佳凯立美宁平仁升泰祥兴英远正"
_FIGURES = "〇一二三四五六七八九"
_SKETCHED = 4
"""One family in so many has a sketch on its papers."""
_PAGES = 3
"""Papers with more pages are not drawn: each page is read for seconds."""


@dataclasses.dataclass(frozen=True, slots=True)
class Draw:
    """One document to make: its name, how it was made, its paper and scanner, and what it is to the family's first.

    `field` is the one that was changed; empty where none was.
    """

    name: str
    family: int
    variant: Variant
    relation: Relation
    order: PaperOrder
    scanner: Scanner
    seed: int
    field: str = ""


def draw_family(printing: Print, number: int) -> list[Draw]:
    """The documents of one family; the same arguments give the same ones. Empty where the form has too many pages."""
    rng = np.random.default_rng((number, 0xA11C, len(printing)))
    forms = repeat_forms(printing)
    material = forms[number % len(forms)]
    sketch = int(rng.integers(1, 1 << 20)) if number % _SKETCHED == 0 else 0
    first = PaperOrder(printing, material, int(rng.integers(1 << 20)), int(rng.integers(1 << 20)), sketch=sketch)
    paper = lay_paper(first)
    if len(paper.pages) > _PAGES:
        return []
    drawn = list(_variants(first, paper, rng))
    documents = []
    for place, (variant, relation, order, field) in enumerate(drawn):
        scanners = SCANNERS[:FIRST_SCANNERS] if place == 0 else SCANNERS
        scanner = scanners[int(rng.integers(len(scanners)))]
        name = f"{printing}-{number:04d}-{place}-{variant}"
        documents.append(Draw(name, number, variant, relation, order, scanner, int(rng.integers(1 << 30)), field))
    return documents


@functools.cache
def repeat_forms(printing: Print) -> tuple[str, ...]:
    """The types that families are drawn of."""
    if printing == "scoring":
        return scoring_forms()
    return tuple(kind.code for kind in load_catalogue().material_types() if kind.fields)


def identity_fields(material: str) -> frozenset[str]:
    """Fields that say which document it is and whose: another value there is another document."""
    kind = load_catalogue().material_type(material)
    named = {kind.number_field, kind.applicant_field, kind.project_field, kind.works_field}
    return frozenset(named - {""} | {spec.name for spec in kind.fields if spec.kind in _IDENTITY_KINDS})


Drawn = tuple[Variant, Relation, PaperOrder, str]


def _variants(first: PaperOrder, paper: Paper, rng: np.random.Generator) -> Iterator[Drawn]:
    yield "first", "same", first, ""
    yield "rescan", "same", first, ""
    yield "rescan", "same", first, ""
    other = dataclasses.replace(first, world=int(rng.integers(1 << 20)), sketch=first.sketch and first.sketch + 7)
    yield "instance", "different", dataclasses.replace(other, seed=first.seed + _shift(rng)), ""
    for variant in KINDS:
        if change := _change(first, paper, variant, rng):
            field, value = change
            order = dataclasses.replace(first, changed={field: value}, seed=first.seed)
            yield variant, "different" if field in identity_fields(first.material) else "new-version", order, field
    if first.sketch and paper.drawn:
        yield "picture", "new-version", dataclasses.replace(first, sketch=first.sketch + 1), ""
    elif paper.seals and rng.integers(2):
        stranger = drawn_world(first.world + 1).supervisor.name
        yield "seal", "new-version", dataclasses.replace(first, seal=False if rng.integers(2) else stranger), ""
    else:
        signed = dataclasses.replace(first, signed=drawn_world(first.world).agent)
        if lay_paper(signed).drawn:
            yield "signature", "new-version", signed, ""


def _shift(rng: np.random.Generator) -> int:
    return int(rng.integers(1, 1 << 16))


def _change(first: PaperOrder, paper: Paper, variant: Variant, rng: np.random.Generator) -> tuple[str, str] | None:
    """A field of those kinds with another value that shows in print; None where the form has none."""
    kinds = field_kinds(first.material)
    fields = [name for name in paper.fields if kinds.get(name) in KINDS[variant]]
    for at in rng.permutation(len(fields)):
        name = fields[int(at)]
        value = _changed(paper.fields[name], variant, rng)
        if value and lay_paper(dataclasses.replace(first, changed={name: value})).lines != paper.lines:
            return name, value
    return None


def _changed(printed: str, variant: Variant, rng: np.random.Generator) -> str:
    """The value with one character another; empty where it has none to change."""
    if variant == "name":
        return _renamed(printed, rng)
    places = [at for at, letter in enumerate(printed) if letter in "0123456789" or letter in _FIGURES[1:]]
    if not places:
        return ""
    at = places[-1] if variant == "date" else places[int(rng.integers(len(places)))]
    alphabet = "0123456789" if printed[at] in "0123456789" else _FIGURES[1:]
    if variant == "date":  # the day of the month stays one that there is
        alphabet = "01" if printed[at - 1] == "3" else alphabet[1:] if alphabet[0] == "0" else alphabet
    others = [letter for letter in alphabet if letter != printed[at]]
    return printed[:at] + others[int(rng.integers(len(others)))] + printed[at + 1 :]


def _renamed(printed: str, rng: np.random.Generator) -> str:
    letters = [at for at, letter in enumerate(printed) if "一" <= letter <= "鿿"]
    if not letters:
        return ""
    like = {pair[a]: pair[1 - a] for pair in _NAMES for a in (0, 1)}
    near = [at for at in letters if printed[at] in like]
    if near and rng.integers(2):
        at = near[int(rng.integers(len(near)))]
        return printed[:at] + like[printed[at]] + printed[at + 1 :]
    at = letters[int(rng.integers(len(letters)))]
    others = [letter for letter in _OTHERS if letter != printed[at]]
    return printed[:at] + others[int(rng.integers(len(others)))] + printed[at + 1 :]
