"""Lint finds what a keeper of the catalogue should look at."""

from typing import Any

from catalogue import Catalogue, Item, lint, load_catalogue


def _with(changes: dict[str, dict[str, Any]]) -> Catalogue:
    book = load_catalogue()
    items = [i.model_copy(update=changes.get(i.code, {})) for i in book.items()]
    return Catalogue(items, book.material_types())


def _codes(book: Catalogue) -> list[tuple[str, str]]:
    return [(f.code, f.item) for f in lint(book)]


def _asking(item: Item, **update: Any) -> tuple[Any, ...]:
    return tuple(r.model_copy(update=update) if r.material == "OUT-GCGH" else r for r in item.materials)


def test_unverified_entries_are_counted_in_one_finding() -> None:
    (finding,) = [f for f in lint(load_catalogue()) if f.code == "unverified"]
    assert finding.message.startswith("4 of 4")


def test_verified_entries_are_not_reported() -> None:
    book = _with({code: {"verified": True} for code in ("S1-01", "S1-07", "S2-02", "S3-05")})
    assert "unverified" not in {f.code for f in lint(book)}


def test_items_that_wait_for_each_other_are_a_cycle() -> None:
    found = _codes(_with({"S1-01": {"prerequisites": ("S3-05",)}}))
    assert ("prerequisite-cycle", "S3-05") in found
    assert ("prerequisite-cycle", "S1-01") in found


def test_asking_for_what_an_earlier_item_issued_is_reported_unless_it_is_shared() -> None:
    item = load_catalogue().item("S3-05")
    asked = _with({"S3-05": {"materials": _asking(item, share_from=())}})
    shared = _with({"S3-05": {"materials": _asking(item, share_from=("OUT-GCGH",))}})
    assert ("produced-earlier", "S3-05") in _codes(asked)
    assert ("produced-earlier", "S3-05") not in _codes(shared)


def test_asking_for_a_withdrawn_material_is_reported() -> None:
    assert ("withdrawn-demanded", "S3-05") in _codes(_with({"S3-05": {"withdrawn": ("中标通知书：取消",)}}))
    assert not any(code == "withdrawn-demanded" for code, _ in _codes(load_catalogue()))
