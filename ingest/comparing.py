"""Cross-document check: the same fact read in several materials, side by side, and whether they agree.

Which fields state which fact is data (`facts.yaml`). Areas agree within their rounding, amounts whatever their unit
(fields are read in yuan and square metres), names and places as far as they were read; codes letter by letter.
"""

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

from catalogue import MaterialType, clean_identifier, load_catalogue, squeeze
from ingest.defects.names import digits_of, surely_read
from ingest.defects.words import defect
from ingest.report import Agreement, Compared, Comparison, Defect, Presented
from ocr import FieldValue

UNSURE_NAME = 70.0
"""Likeness (0 to 100) from which two names that are not the same may be one, misread or shortened."""

AREA_ROUNDING = Decimal("0.005")
"""Part by which areas may differ: papers round to square metres, to tens, or to hundredths of a hectare (0.5 %)."""

AMOUNT_ROUNDING = Decimal("0.0005")
"""Part by which amounts may differ: one paper in yuan, another in units of ten thousand with two decimals."""


class Fact(BaseModel):
    """One fact: its name, how its values are compared, and the fields that state it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    kind: Literal["name", "place", "area", "amount", "code"]
    values: tuple[str, ...]
    of: bool = False
    defect: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class _Stated:
    """A value with the document that states it and its place among the documents."""

    at: int
    document: Presented
    kind: MaterialType
    value: FieldValue


@functools.cache
def facts() -> tuple[Fact, ...]:
    """Every fact that is compared, in the order in which they are shown."""
    listed = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text(encoding="utf-8"))
    return tuple(Fact.model_validate(entry) for entry in listed)


def compare(documents: Sequence[Presented]) -> tuple[tuple[Comparison, ...], dict[int, list[Defect]]]:
    """Every fact that two or more documents state; and by place in `documents`, what to ask about one that differs."""
    comparisons: list[Comparison] = []
    questions: dict[int, list[Defect]] = {}
    for fact in facts():
        for stated in _groups(fact, documents):
            agreement = _agreement(fact, stated)
            comparisons.append(_shown(fact, stated, agreement))
            if agreement == "differ" and fact.defect:
                for place, found in _questions(fact, stated):
                    questions.setdefault(place, []).append(found)
    return tuple(comparisons), questions


def _groups(fact: Fact, documents: Sequence[Presented]) -> Iterator[list[_Stated]]:
    """The values to hold against each other: all, or those of the project and those of the works apart."""
    stated = [s for n, document in enumerate(documents) if document.type for s in _stated(fact, n, document)]
    apart = [bool(s.kind.works_field) for s in stated] if fact.of else [False] * len(stated)
    for side in (False, True):
        group = [s for s, own in zip(stated, apart, strict=True) if own is side]
        if len({s.at for s in group}) > 1:
            yield group


def _stated(fact: Fact, n: int, document: Presented) -> Iterator[_Stated]:
    kind = load_catalogue().material_type(document.type)
    for named in fact.values:
        of, _, field = named.rpartition(".")
        if of and of != document.type:
            continue
        name = str(getattr(kind, field[1:])) if field.startswith("@") else field
        value = document.fields.get(name)
        if value is not None:
            yield _Stated(n, document, kind, value)
            return


def _agreement(fact: Fact, stated: Sequence[_Stated]) -> Agreement:
    found = {_pair(fact, a, b) for a, b in itertools.combinations(stated, 2)}
    return "differ" if "differ" in found else "unsure" if "unsure" in found else "agree"


def _pair(fact: Fact, one: _Stated, other: _Stated) -> Agreement:
    verdict = _same(fact.kind, one.value.value, other.value.value)
    if verdict == "differ" and not all(surely_read(stated.document, stated.value) for stated in (one, other)):
        return "unsure"
    return verdict


def _same(kind: str, one: str, other: str) -> Agreement:
    match kind:
        case "code":
            return "agree" if clean_identifier(one) == clean_identifier(other) else "differ"
        case "area" | "amount":
            return _numbers(one, other, AREA_ROUNDING if kind == "area" else AMOUNT_ROUNDING)
        case _:
            return _names(squeeze(one), squeeze(other), place=kind == "place")


def _names(one: str, other: str, *, place: bool) -> Agreement:
    """Names letter by letter, digits exactly; of two places one may be named more fully (江澜市高新区…, 高新区…)."""
    if one == other or (place and (one in other or other in one)):
        return "agree"
    if digits_of(one) != digits_of(other):
        return "differ"
    alike = fuzz.partial_ratio(one, other) if place else fuzz.ratio(one, other)
    return "unsure" if alike >= UNSURE_NAME else "differ"


def _numbers(one: str, other: str, rounding: Decimal) -> Agreement:
    try:
        a, b = Decimal(one), Decimal(other)
    except InvalidOperation:
        return "unsure"
    return "agree" if abs(a - b) <= rounding * max(abs(a), abs(b)) else "differ"


def _shown(fact: Fact, stated: Sequence[_Stated], agreement: Agreement) -> Comparison:
    values = tuple(
        Compared(
            s.document.type,
            s.kind.name,
            s.value.value,
            s.document.file,
            s.document.ref,
            s.value.page,
            s.value.box,
            s.value.score,
        )
        for s in stated
    )
    return Comparison(fact.fact, agreement, values)


def _questions(fact: Fact, stated: Sequence[_Stated]) -> Iterator[tuple[int, Defect]]:
    """A question on each paper that differs from what most say; where none is more often, from what was issued."""
    against = _reference(fact, stated)
    told: set[int] = set()
    for s in stated:
        if s.at not in told and _pair(fact, s, against) == "differ":
            told.add(s.at)
            yield (
                s.at,
                defect(
                    "fact-differs",
                    s.value,
                    fact=fact.fact,
                    seen=s.value.value,
                    other=against.kind.name,
                    expected=against.value.value,
                ),
            )


def _reference(fact: Fact, stated: Sequence[_Stated]) -> _Stated:
    """The value most papers give; among equals one that an authority issued, then the first."""

    def weight(s: _Stated) -> tuple[int, bool, int]:
        agreeing = sum(_same(fact.kind, s.value.value, other.value.value) != "differ" for other in stated)
        return agreeing, s.kind.code.startswith("OUT-"), -s.at

    return max(stated, key=weight)
