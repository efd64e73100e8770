"""Piles drawn from a seed: the same each time, and every defect can be planted in some paper of the catalogue."""

import dataclasses
import json
from pathlib import Path

import pytest

from catalogue import find_dates, load_catalogue
from samples import PLANTS, Shelf, draw_pile
from samples.piles_drawn import CHECKED_ON, grounds_of
from samples.piles_ground import Ground, begun_later, ended
from samples.piles_plants import Planting
from samples.piles_truth import Planted, verdict_of


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def grounds() -> list[Ground]:
    """Every paper of the catalogue as if one list asked for all of them as originals, without and with the others."""
    catalogue = load_catalogue()
    entry = catalogue.item("S3-05").materials[0]
    entries = [
        entry.model_copy(update={"material": kind.code, "name": kind.name}) for kind in catalogue.material_types()
    ]
    alone = grounds_of(entries, 0)
    return [*alone, *(dataclasses.replace(one, beside=tuple(o for o in alone if o is not one)) for one in alone)]


def test_the_same_seed_gives_the_same_files_and_the_same_truth(tmp_path: Path, shelf: Shelf):
    item = load_catalogue().item("S1-01")
    first = draw_pile(item, 7001, tmp_path / "first", shelf)
    again = draw_pile(item, 7001, tmp_path / "again", Shelf(tmp_path / "another shelf"))
    assert [file.name for file in first.files] == [file.name for file in again.files]
    assert [file.read_bytes() for file in first.files] == [file.read_bytes() for file in again.files]
    told, told_again = ((tmp_path / which / "truth.json").read_text("utf-8") for which in ("first", "again"))
    assert told == told_again
    assert json.loads(told)["planted"] == [
        {**dataclasses.asdict(one), "follows": list(one.follows), "elsewhere": list(one.elsewhere)}
        for one in first.planted
    ]


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_each_defect_can_be_planted_and_changes_what_is_handed_in(name: str, grounds: list[Ground]):
    plantings = [(one, planting) for one in grounds if (planting := _planted(name, one))]
    assert plantings
    for ground, planting in plantings:
        assert planting.planted
        assert planting.documents != (("", ground.order),)


def _planted(name: str, ground: Ground) -> Planting | None:
    # A type that asks for drawing every paper of the catalogue would take minutes: these look at few.
    if name.startswith("pages-") or name == "page-blank":
        return PLANTS[name](ground) if ground.kind.code == "M-SGHT" else None
    return PLANTS[name](ground)


def test_a_period_is_moved_to_before_or_after_the_day():
    printed = "自2025年3月1日至2027年2月28日"
    assert max(find_dates(ended(printed, CHECKED_ON))) < CHECKED_ON
    assert min(find_dates(begun_later(printed, CHECKED_ON))) > CHECKED_ON
    assert find_dates(ended("二〇二六年六月二十日", CHECKED_ON))[0] < CHECKED_ON
    assert not ended("长期", CHECKED_ON)


@pytest.mark.parametrize(
    ("planted", "verdict"),
    [
        ((), "complete"),
        ((Planted("gap", "M-SQWT"),), "gap"),
        ((Planted("gap", "M-SQWT"), Planted("seal-missing", "M-SQB")), "incomplete"),
        ((Planted("page-skewed", "M-SQB", "note"),), "complete"),
        ((Planted("page-blurred", "M-SQB", "reading"),), None),
        ((Planted("page-blurred", "M-SQB", "reading"), Planted("missing", "OUT-ZB")), "incomplete"),
    ],
)
def test_the_verdict_follows_from_what_was_planted(planted: tuple[Planted, ...], verdict: str | None):
    assert verdict_of(planted) == verdict
