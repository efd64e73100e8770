"""`yidang check` on drawn piles of many items, and a mixed file of 40 pages: verdict and codes as planted."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.piles_scoring import Outcome, found_in
from catalogue import load_catalogue
from samples import DrawnPile, Shelf, draw_mixed, draw_pile, write_mixed

pytestmark = pytest.mark.stack
ROOT = Path(__file__).resolve().parents[2]
PILES = [
    ("S1-01", 7000),
    ("S1-02", 7001),
    ("S1-06", 7002),
    ("S1-07", 7003),
]
"""Item and seed; what is planted in each is in its truth."""

FILED = 0.95
"""Share of the pages of a mixed file that must be filed under their material."""


def yidang(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "yidang"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def checked(pile: DrawnPile) -> dict[str, object]:
    facts = pile.facts
    ran = yidang(
        *("check", "--item", pile.item, "--json", "--today", pile.today.isoformat()),
        *("--applicant", facts["applicant_name"], "--uscc", facts["applicant_uscc"]),
        *("--project-code", facts["project_code"]),
        *("--answers", ",".join(f"{question}={answer}" for question, answer in pile.answers.items())),
        *(argument for name in facts.get("former_names", ()) for argument in ("--former-name", name)),
        *(str(file) for file in pile.files),
    )
    assert ran.returncode in {0, 1}, ran.stderr
    report: dict[str, object] = json.loads(ran.stdout)
    return report


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize(("item", "seed"), PILES)
def test_a_pile_is_judged_as_it_was_planted(item: str, seed: int, shelf: Shelf, tmp_path: Path):
    pile = draw_pile(load_catalogue().item(item), seed, tmp_path / "pile", shelf)
    report = checked(pile)
    outcome = Outcome(item, seed, pile.planted, found_in(report), pile.verdict, str(report["verdict"]))
    assert not outcome.missed
    assert not outcome.false
    assert outcome.verdict in {None, outcome.judged}


def test_a_mixed_file_is_sorted_page_by_page(shelf: Shelf, tmp_path: Path):
    pages = draw_mixed(401, shelf)
    path = write_mixed(pages, tmp_path / "mixed.pdf")
    ran = yidang("read", "--json", str(path))
    assert ran.returncode == 0, ran.stderr
    reading = json.loads(ran.stdout)
    filed = {n: one["material"]["type"] for one in reading["documents"] for n in one["pages"]}
    assert sorted(filed) == list(range(1, len(pages) + 1))
    right = Counter(filed[n] == page.material for n, page in enumerate(pages, 1))
    assert right[True] >= FILED * len(pages)
