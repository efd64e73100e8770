"""Findings about a catalogue that loads but should be looked at by whoever keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.book import Catalogue
from catalogue.items import Item


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        code: ``unverified``, ``prerequisite-cycle``, ``produced-earlier`` or ``withdrawn-demanded``.
        item: Code of the item, empty when it concerns the whole catalogue.
        field: Place in the item, such as ``materials[3].material``.
        message: What is the matter and what to do.
    """

    code: str
    item: str
    field: str
    message: str


def lint(catalogue: Catalogue) -> list[Finding]:
    """All findings in a catalogue, over the newest version of each item.

    Whatever would make the catalogue unusable is an error of loading instead (``CatalogueError``).
    """
    findings = [*_unverified(catalogue)]
    for item in catalogue.items():
        findings += [*_cycle(catalogue, item), *_produced_earlier(catalogue, item), *_withdrawn(catalogue, item)]
    return findings


def _unverified(catalogue: Catalogue) -> Iterator[Finding]:
    """One finding with the count: every entry starts unverified, one line each would hide the rest."""
    open_items = [i.code for i in catalogue.items() if not i.verified]
    if open_items:
        message = (
            f"{len(open_items)} of {len(catalogue.items())} items are not confirmed by the city: "
            f"{', '.join(open_items)}. Have each list confirmed, then set verified: true with its source."
        )
        yield Finding("unverified", "", "verified", message)


def _earlier(catalogue: Catalogue, item: Item) -> set[str]:
    """Codes of all items that come before this one, however far."""
    seen: set[str] = set()
    waiting = list(item.prerequisites)
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            waiting += catalogue.item(code).prerequisites
    return seen


def _cycle(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    if item.code in _earlier(catalogue, item):
        message = f"{item.code} comes before itself, so no case of it could ever be closed: drop a prerequisite."
        yield Finding("prerequisite-cycle", item.code, "prerequisites", message)


def _produced_earlier(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """A material that an earlier item issues must not be asked for again (S0: 重复提交的申报材料全部予以精简)."""
    produced = {o.material: code for code in sorted(_earlier(catalogue, item)) for o in catalogue.item(code).outputs}
    for n, need in enumerate(item.materials):
        origin = produced.get(need.material)
        if origin and need.demanded and need.material not in need.share_from:
            message = f"{need.name} is issued by {origin}: name it in share_from, so that it is reused, not asked for."
            yield Finding("produced-earlier", item.code, f"materials[{n}].material", message)


def _withdrawn(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """The name stands before the colon of a withdrawn entry, the reason after it."""
    reasons = dict(entry.partition("：")[::2] for entry in item.withdrawn)
    for n, need in enumerate(item.materials):
        names = {need.name, catalogue.material_type(need.material).name} & set(reasons)
        for name in sorted(names):
            message = f"{name} was withdrawn ({reasons[name]}) and must not be asked for: drop the entry."
            yield Finding("withdrawn-demanded", item.code, f"materials[{n}].material", message)
