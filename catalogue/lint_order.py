"""What the linter says of the order of items: circles, prerequisites of a later stage, outputs nobody waits for.

The rule is 营口2022: “彻底根除事项与阶段不对应、前后置事项倒叙办结”.
"""

from collections.abc import Iterator

from catalogue.book import Catalogue
from catalogue.findings import Finding
from catalogue.items import STAGES, Item


def order_findings(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """Findings about what comes before the item."""
    yield from _cycle(catalogue, item)
    yield from _later_stage(catalogue, item)
    yield from _unwaited(catalogue, item)


def earlier_items(catalogue: Catalogue, item: Item) -> set[str]:
    """Codes of all items that may have to come before this one, however far; of alternatives, all."""
    seen: set[str] = set()
    waiting = [item]
    while waiting:
        for code in {code for choice in waiting.pop().prerequisite_choices() for code in choice} - seen:
            seen.add(code)
            waiting.append(catalogue.item(code))
    return seen


def producers(catalogue: Catalogue) -> dict[str, list[str]]:
    """Material type to the codes of the items that issue it."""
    found: dict[str, list[str]] = {}
    for item in catalogue.items():
        for output in item.outputs:
            found.setdefault(output.material, []).append(item.code)
    return found


def _cycle(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    if item.code in earlier_items(catalogue, item):
        message = f"{item.code} comes before itself, so no case of it could ever be closed: drop a prerequisite."
        yield Finding("prerequisite-cycle", item.code, "prerequisites", message)


def _later_stage(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    for n, choice in enumerate(item.prerequisite_choices()):
        for before in map(catalogue.item, choice):
            if STAGES.index(before.stage) > STAGES.index(item.stage):
                message = (
                    f"{before.code} belongs to {before.stage}, which comes after {item.stage}: "
                    "the two would close in the wrong order. Correct the stage or drop the prerequisite."
                )
                yield Finding("order", item.code, f"prerequisites[{n}]", message)


def _unwaited(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """An item that must have what another issues, and never may go without it, has to wait for that other."""
    issued = producers(catalogue)
    before = earlier_items(catalogue, item)
    for n, need in enumerate(item.materials):
        origins = [code for code in issued.get(need.material, ()) if code != item.code]
        if origins and need.demanded and need.deficiency == "none" and not before & set(origins):
            message = (
                f"{need.name} is issued by {', '.join(origins)}, which is not among the prerequisites: this item could "
                "close first. Name it there, or say in deficiency that the material may come later."
            )
            yield Finding("closes-before-prerequisite", item.code, f"materials[{n}].material", message)
