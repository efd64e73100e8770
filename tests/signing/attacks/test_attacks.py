import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signing.attacks import raw
from tests.signing.attacks.ground import Ground
from tests.signing.attacks.table import HONEST, TABLE, Row, page
from tests.signing.attacks.updates import with_lists

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("ground"))


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=f"{row.words}/{row.of}", marks=[] if row.quick else pytest.mark.stack) for row in TABLE],
)
def test_a_forgery_is_answered_as_the_table_says(ground: Ground, row: Row) -> None:
    found = ground.judge(row.make(ground), row.of)
    assert (found.verdict, {reason.code for reason in found.reasons}) == (row.verdict, row.codes)


def test_no_forgery_of_the_table_is_accepted() -> None:
    accepted = [row for row in TABLE if row.verdict == "valid"]
    assert all(row.words.startswith("埋") or row.codes & HONEST for row in accepted)


def test_the_page_of_forgeries_is_the_table() -> None:
    assert (_ROOT / "docs" / "forgeries.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("of", ["one", "two"])
def test_what_the_forgers_start_from_is_valid_without_a_remark(ground: Ground, of: str) -> None:
    found = ground.judge(getattr(ground, of), of)
    assert (found.verdict, found.reasons) == ("valid", ())
    assert {seal.level for seal in found.seals} == {"B-LTA"}


def test_a_forged_list_revokes_nothing(ground: Ground) -> None:
    """Somebody adds a list, and his own authority of our name that signed it, to a true file: it says nothing."""
    ground.forger.revoke(ground.forged_key.serial, ground.now)
    found = ground.judge(with_lists(ground.sealed, *ground.forger.crls()), "handed")
    assert (found.verdict, found.reasons) == ("valid", ())


def _flips(ground: Ground, count: int, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  the same places in every run
    for name, (start, end) in raw.regions(ground.one).items():
        for _ in range(count):
            place, mask = draw.randrange(start, end), draw.choice((1, 2, 4, 8, 16, 32, 64, 128))
            found = ground.judge(raw.flipped(ground.one, place, mask), "one")
            assert found.verdict != "valid", (name, place - start, mask)


def test_a_flipped_byte_is_never_valid_in_any_region(ground: Ground) -> None:
    _flips(ground, 1, 20261122)


@pytest.mark.stack
def test_a_flipped_byte_is_never_valid_in_any_region_in_many_places(ground: Ground) -> None:
    _flips(ground, 30, 20261123)


@pytest.mark.stack
def test_a_file_cut_anywhere_is_never_valid(ground: Ground) -> None:
    pdf, draw = ground.one, random.Random(5)  # noqa: S311
    ends = {match.end() + shift for match in raw.END.finditer(pdf) for shift in (-1, 0, 1, 2)} - {len(pdf)}
    for end in sorted({*ends, *(draw.randrange(len(pdf)) for _ in range(150))}):
        if pdf[:end] != pdf:
            assert ground.judge(pdf[:end], "one").verdict != "valid", end


_PLACE = st.integers(0, 1 << 20)
_MUTATION = st.one_of(
    st.tuples(st.just("put"), _PLACE, st.binary(min_size=1, max_size=30)),
    st.tuples(st.just("cut"), _PLACE, st.integers(1, 3000)),
    st.tuples(st.just("copy"), _PLACE, _PLACE),
    st.tuples(st.just("insert"), _PLACE, st.binary(min_size=1, max_size=200)),
    st.tuples(st.just("append"), _PLACE, st.binary(min_size=1, max_size=200)),
)


def _mutated(pdf: bytes, kind: str, place: int, what: bytes | int) -> bytes:
    place %= len(pdf)
    if kind == "append":
        return pdf + what
    if kind == "cut":
        return pdf[:place] + pdf[place + what :]
    if kind == "copy":
        start = what % len(pdf)
        return pdf[:place] + pdf[start : start + 100] + pdf[place + 100 :]
    return pdf[:place] + what + pdf[place + (len(what) if kind == "put" else 0) :]


def _never_valid(ground: Ground, mutations: list[tuple]) -> None:
    for of in ("one", "two"):
        pdf = getattr(ground, of)
        for mutation in mutations:
            pdf = _mutated(pdf, *mutation)
        if pdf != getattr(ground, of):
            assert ground.judge(pdf, of).verdict != "valid"


@settings(max_examples=8, deadline=None, derandomize=True)
@given(mutations=st.lists(_MUTATION, min_size=1, max_size=3))
def test_a_file_changed_at_random_is_never_valid(ground: Ground, mutations: list[tuple]) -> None:
    _never_valid(ground, mutations)


@pytest.mark.stack
@settings(max_examples=200, deadline=None)
@given(mutations=st.lists(_MUTATION, min_size=1, max_size=3))
def test_a_file_changed_at_random_many_times_is_never_valid(ground: Ground, mutations: list[tuple]) -> None:
    _never_valid(ground, mutations)
