"""A pile for one item, drawn from a seed: sound documents of one invented city, and in it a known list of defects."""

import dataclasses
import datetime as dt
import functools
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from catalogue import (
    Item,
    MaterialType,
    Requirement,
    add_months,
    applicable,
    find_dates,
    load_catalogue,
    open_questions,
)
from samples.making import SampleError
from samples.piles_forms import form_of
from samples.piles_ground import Ground, Planting
from samples.piles_orders import DocumentOrder, Shelf
from samples.piles_plants import PLANTS
from samples.piles_truth import DrawnPile, Planted, verdict_of
from samples.wording import worded
from samples.worlds import drawn_world

CHECKED_ON = dt.date(2026, 11, 24)
"""The day on which every drawn pile is checked."""

WORLDS = 3
"""Cities that the piles of one run are drawn from: so few that most sound documents are shared by many piles and read
once."""

RUN = 10_000
"""Seeds of one run, from 0, 10,000 and so on. Each run has cities of its own, so that what was learned from the papers
of one is measured on papers that nobody has looked at by another."""

_SHARES = (0.12, 0.4, 0.3, 0.18)
"""Of piles with no defect, one, two and three."""

_LEFT_OUT = 0.15
"""Share of the papers that may come later, or need not come at all, which are not in the pile."""

_SEARCHED = (100, 700)
"""Numbers of drawn cities that are looked through; about one in twelve has all its papers in force."""
_DIGITAL = 4
"""One sound document of so many is born digital."""


def draw_pile(item: Item, seed: int, folder: Path, shelf: Shelf) -> DrawnPile:
    """Draw the pile and write its files and `truth.json` into the folder.

    Args:
        item: whose list is to be met.
        seed: decides the city, what was answered about the project, what is left out, what is planted where.
        folder: where the files go, made where absent.
        shelf: where documents lie that other piles may share.
    """
    rng = np.random.default_rng((seed, 0x9E11, *item.code.encode()))
    number = first_world(seed, WORLDS) + int(rng.integers(WORLDS))
    answers = _answers(item, rng)
    grounds = grounds_of(applicable(item, answers), number)
    given = [one for one in grounds if _needed(one.entry) or rng.random() >= _LEFT_OUT]
    absent = [one for one in grounds if one not in given]
    plantings = _plantings(given, int(rng.choice(len(_SHARES), p=_SHARES)), rng)
    documents: dict[str, tuple[tuple[str, DocumentOrder], ...]]
    documents = {one.entry.material: (("", one.order),) for one in given}
    for material, planting in plantings.items():
        documents[material] = planting.documents
        for other, order in planting.others.items():
            documents[other] = (("", order),)
    names = {one.entry.material: one.entry.name for one in grounds}
    files = tuple(
        shelf.put_into(order, folder, _file_name(name or names[material]))
        for material, orders in documents.items()
        for name, order in orders
    )
    gaps = [Planted("gap", one.entry.material) for one in absent if one.entry.demanded]
    planted = (*itertools.chain.from_iterable(planting.planted for planting in plantings.values()), *gaps)
    facts = _facts(number)
    for planting in plantings.values():
        facts |= planting.facts
    pile = DrawnPile(folder, item.code, seed, number, CHECKED_ON, facts, files, planted, verdict_of(planted), answers)
    pile.write_truth()
    return pile


def first_world(seed: int, worlds: int) -> int:
    """The first of the cities (`worlds` in number) that piles of that seed are drawn from."""
    return seed // RUN * worlds


def sound_order(world: int, material: str) -> DocumentOrder:
    """The sound document of that type in that city; which of them are born digital is always the same."""
    digital = sum(material.encode()) % _DIGITAL == world % _DIGITAL
    return DocumentOrder(_world(world), material, side="digital" if digital else "scan")


def grounds_of(entries: Sequence[Requirement], number: int) -> list[Ground]:
    """Each entry with its sound document in the city of that number, from 0."""
    catalogue = load_catalogue()
    near = number + 1 if (number + 1) % WORLDS else number + 1 - WORLDS
    world, other = drawn_world(_world(number)), drawn_world(_world(near))
    found = [
        Ground(
            entry,
            catalogue.material_type(entry.material),
            form_of(entry.material),
            sound_order(number, entry.material),
            world,
            other,
            CHECKED_ON,
        )
        for entry in entries
    ]
    if len({one.entry.material for one in found}) < len(found):
        raise SampleError("samples.list", "a list that asks twice for one type cannot be drawn: name its entries once")
    return found


def _answers(item: Item, rng: np.random.Generator) -> dict[str, str]:
    """An answer to each question that the ones before it leave open; no pile is confidential: it would be refused."""
    answers: dict[str, str] = {}
    while questions := open_questions(item, answers):
        options = [option.key for option in questions[0].options]
        answers[questions[0].key] = "否" if questions[0].key == _CONFIDENTIAL else str(rng.choice(options))
    return answers


_CONFIDENTIAL = "sensitive"


def _plantings(given: Sequence[Ground], count: int, rng: np.random.Generator) -> dict[str, Planting]:
    """So many defects, kinds first and entries then, so that rare kinds are planted as often as others."""
    done: dict[str, Planting] = {}
    touched: set[str] = set()
    facts: set[str] = set()
    for code in rng.permutation(list(PLANTS)):
        if len(done) == count:
            break
        for at in rng.permutation(len(given)):
            free = [one for one in given if one.entry.material not in touched]
            ground = given[int(at)]
            if ground.entry.material in touched:
                continue
            beside = tuple(one for one in free if one is not ground)
            taken = tuple(one for one in given if one.entry.material in touched)
            planting = PLANTS[str(code)](dataclasses.replace(ground, beside=beside, spoken_for=taken))
            if planting is None or facts & set(planting.facts):
                continue
            done[ground.entry.material] = planting
            touched |= {ground.entry.material, *planting.others}
            facts |= set(planting.facts)
            break
    return done


def _needed(entry: Requirement) -> bool:
    return entry.demanded and entry.deficiency == "none"


def _facts(number: int) -> dict[str, object]:
    world = drawn_world(_world(number))
    return {
        "applicant_name": world.owner.name,
        "applicant_uscc": world.owner.code,
        "project_code": world.project_code,
        "project_name": world.project,
        "works_name": world.works.name,
    }


def _file_name(name: str) -> str:
    return "".join(letter for letter in name if letter not in '/\\:*?"<>|\n')[:60]


@functools.cache
def _world(number: int) -> int:
    """The drawn world of that number, from 0, among those fit for piles.

    All papers of such a world are in force, and none is dated later, on the day of the check.
    """
    begin = _world(number - 1) + 1 if number else _SEARCHED[0]
    found = next((one for one in range(begin, _SEARCHED[1]) if _in_force(one)), None)
    if found is None:
        raise SampleError("samples.worlds", f"only {number} drawn cities have all papers in force: widen the dates")
    return found


def _in_force(number: int) -> bool:
    world = drawn_world(number)
    return all(
        _holds(kind, spec.name, worded(form_of(kind.code).fields.get(spec.name, ""), world))
        for kind in load_catalogue().material_types()
        for spec in kind.fields
        if spec.kind == "date"
    )


def _holds(kind: MaterialType, name: str, printed: str) -> bool:
    """Whether nothing is wrong with that date of a paper on the day of the check."""
    days = find_dates(printed)
    rule = kind.validity
    if not days:
        return True
    if name == rule.field and rule.kind == "until":
        return days[-1] >= CHECKED_ON
    if name == rule.field and rule.kind == "months" and add_months(days[0], rule.months) < CHECKED_ON:
        return False
    return days[0] <= CHECKED_ON
