"""Departments (部门) as the lists name them: who is responsible for an item, read out of its `lead_dept`.

“自然资源局（行政审批局）” names two: the one handles the item, or, where a city has gathered its permits, the other.
"""

import functools
import re

from catalogue.loading import load_catalogue

_NAMED = re.compile(r"([^（）、]+)(?:（([^（）]*)）)?")
_SHORTEST = 3
"""Characters of a name; what is shorter in brackets (牵头, 局) says something of the name before it."""


@functools.lru_cache(maxsize=256)
def departments_of(lead_dept: str) -> tuple[str, ...]:
    """The departments that a `lead_dept` names, the first one leading."""
    found: list[str] = []
    for name, inside in _NAMED.findall(lead_dept):
        found += [name.strip(), *(part.strip() for part in inside.split("、"))]
    return tuple(dict.fromkeys(name for name in found if len(name) >= _SHORTEST))


def department_names() -> tuple[str, ...]:
    """Every department that an item of the lists names, in the order of the items."""
    return tuple(dict.fromkeys(name for names in _by_item().values() for name in names))


def departments_of_item(code: str) -> tuple[str, ...]:
    """Who is responsible for an item as its newest version has it; none for an item that no list knows."""
    return _by_item().get(code, ())


def items_of(department: str) -> frozenset[str]:
    """Codes of the items that a department is responsible for."""
    return frozenset(code for code, names in _by_item().items() if department in names)


@functools.cache
def _by_item() -> dict[str, tuple[str, ...]]:
    return {item.code: departments_of(item.lead_dept) for item in load_catalogue().items()}
