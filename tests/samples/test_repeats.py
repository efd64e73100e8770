"""Documents that come again: one paper under many scanners, and changed ones whose relation follows from the field."""

import dataclasses

import pytest

from samples import Draw, PaperOrder, Scanner, draw_family, lay_paper, scan_page


@pytest.fixture(scope="module")
def family() -> list[Draw]:
    """A business licence: number, name, date and amount changed, and a seal."""
    return draw_family("own", 0)


def test_a_family_has_rescans_another_instance_and_one_field_changes(family: list[Draw]):
    assert [draw.variant for draw in family[:4]] == ["first", "rescan", "rescan", "instance"]
    assert {draw.variant for draw in family[4:]} >= {"number", "name", "date", "figure"}
    assert len({draw.name for draw in family}) == len(family)


def test_only_one_field_is_changed_and_its_kind_says_what_the_paper_then_is(family: list[Draw]):
    changed = {draw.variant: draw for draw in family if draw.field}
    assert all(list(draw.order.changed) == [draw.field] for draw in changed.values())
    assert changed["number"].relation == "different"
    assert changed["date"].relation == "new-version"
    first = family[0].order
    assert all(dataclasses.replace(draw.order, changed={}) == first for draw in changed.values())


def test_a_changed_value_shows_in_print_and_nothing_else_does(family: list[Draw]):
    draw = next(draw for draw in family if draw.variant == "number")
    before, after = lay_paper(family[0].order), lay_paper(draw.order)
    differing = [(a, b) for a, b in zip(before.lines, after.lines, strict=True) if a != b]
    assert differing
    assert all(draw.order.changed[draw.field] in b for _, b in differing)


def test_one_paper_scanned_twice_is_other_bytes_each_time_and_the_same_for_the_same_seed():
    (page,) = lay_paper(PaperOrder("own", "M-CNS", 3, 3)).pages
    scanner = Scanner("office", 75, folded=True)
    scans = [scan_page(page, scanner, seed) for seed in (1, 1, 2)]
    assert scans[0] == scans[1] != scans[2]
