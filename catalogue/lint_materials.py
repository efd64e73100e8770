"""What the linter says of the materials that an item asks for."""

from collections.abc import Iterator

from catalogue.book import Catalogue
from catalogue.findings import Finding
from catalogue.items import STAGES, Item, Requirement
from catalogue.lint_order import earlier_items, producers
from catalogue.withdrawn import plain_name, withdrawn_materials

_MODE_OF = {"later": "容缺受理", "commit": "告知承诺"}


def material_findings(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """Findings about the entries of the list."""
    yield from _produced_earlier(catalogue, item)
    yield from _withdrawn(catalogue, item)
    yield from _shared_from_nowhere(catalogue, item)
    for n, need in enumerate(item.materials):
        yield from _unrecognisable(catalogue, item, need, n)
        yield from _deficiency(item, need, n)


def _produced_earlier(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """A material that an earlier item issues must not be asked for again (S0: 重复提交的申报材料全部予以精简)."""
    before = earlier_items(catalogue, item)
    stage = STAGES.index(item.stage)
    for n, need in enumerate(item.materials):
        if not need.demanded or need.material in need.share_from:
            continue
        origins = [
            code
            for code in producers(catalogue).get(need.material, ())
            if code in before or STAGES.index(catalogue.item(code).stage) < stage
        ]
        if origins:
            message = f"{need.name} is issued by {', '.join(origins)}: name it in share_from, so that it is reused."
            yield Finding("produced-earlier", item.code, f"materials[{n}].material", message)


def _withdrawn(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """What was withdrawn is known with its reason, and not on the list."""
    reasons = withdrawn_materials(item)
    for n, entry in enumerate(item.withdrawn):
        if not entry.partition("：")[2].strip():
            message = f"{entry!r} does not say why it was withdrawn: write it as name：reason."
            yield Finding("withdrawn-unexplained", item.code, f"withdrawn[{n}]", message)
    for n, need in enumerate(item.materials):
        names = {plain_name(need.name), plain_name(catalogue.material_type(need.material).name)} & set(reasons)
        for name in sorted(names):
            message = f"{name} was withdrawn ({reasons[name]}) and must not be asked for: drop the entry."
            yield Finding("withdrawn-demanded", item.code, f"materials[{n}].material", message)


def _shared_from_nowhere(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    issued = producers(catalogue)
    for n, need in enumerate(item.materials):
        for source in need.share_from:
            if source.startswith("OUT-") and source not in issued:
                message = f"No item issues {source}, so it can never be shared from there: correct share_from."
                yield Finding("share-from-unissued", item.code, f"materials[{n}].share_from", message)


def _unrecognisable(catalogue: Catalogue, item: Item, need: Requirement, n: int) -> Iterator[Finding]:
    """A demanded material is sorted by title and cues; a type without them leaves every pile with strangers in it."""
    kind = catalogue.material_type(need.material)
    if need.demanded and not (kind.titles and kind.cues):
        message = f"{kind.code} has no {'cues' if kind.titles else 'titles'} to know it by: add them to its type."
        yield Finding("no-recognisable-type", item.code, f"materials[{n}].material", message)


def _deficiency(item: Item, need: Requirement, n: int) -> Iterator[Finding]:
    place = f"materials[{n}].deficiency"
    if (need.deficiency == "none") != (need.deficiency_days == 0):
        message = f"{need.name}: 'later' and 'commit' say within how many working days, 'none' says 0."
        yield Finding("deficiency-days", item.code, f"{place}_days", message)
    mode = _MODE_OF.get(need.deficiency)
    if mode and mode not in item.modes:
        message = f"{need.name} may be deferred, but the item's modes do not offer {mode}: add it, or set 'none'."
        yield Finding("mode-not-offered", item.code, place, message, level="notice")
