"""Materials that must not be asked for any more, by name, each with its reason (鞍山2020, item 七)."""

import re

from catalogue.items import Item

_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")


def plain_name(name: str) -> str:
    """A material's name without what stands in brackets, such as （原件）."""
    return _BRACKETS.sub("", name).strip()


def withdrawn_materials(item: Item) -> dict[str, str]:
    """Plain name to reason of what the item may not ask for; the reason stands after the colon of each entry."""
    parts = (entry.partition("：") for entry in item.withdrawn)
    return {plain_name(name): reason.strip() for name, _, reason in parts}
