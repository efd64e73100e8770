"""Regional overrides: what a county or zone does differently from the city's list (县(市)区事项配置明细表).

A file ``regions/<6 digits>/S3-05.v1.yaml`` holds only what differs from version 1 of the city's S3-05. Simple values
and lists of names replace the city's; limits are changed one by one; materials, outputs and questions are matched by
their key: a known one has the given fields changed, or goes with ``drop: true``; an unknown one is added at the end.
A region that changes its rules later does so with a new version of the item, so that open cases keep theirs.
"""

from collections.abc import Mapping
from typing import Any

from catalogue.errors import CatalogueError

KEYS: Mapping[str, str] = {"materials": "material", "outputs": "material", "questions": "key"}
"""The lists whose entries are matched, with the field that tells one entry from another."""

FIXED = ("code", "version", "valid_from", "region", "overrides")
"""What an override can never change: it belongs to the version that it overrides."""

OWN = ("source", "source_date", "verified")
"""What an override must say for itself: the city's source does not vouch for the region's change."""


def merge_override(base: Mapping[str, Any], change: Mapping[str, Any], region: str, file: str) -> dict[str, Any]:
    """The region's item as data: the city's with the change laid over it, and `overrides` naming what differs.

    Raises:
        CatalogueError: ``override-fixed``, ``override-unsourced``, ``override-unknown`` or ``wrong-shape``.
    """
    for name in FIXED:
        if name in change and change[name] != base.get(name):
            raise CatalogueError("override-fixed", "A region cannot change this.", file=file, field=name)
    for name in OWN:
        if name not in change:
            message = "An override states its own source, source_date and verified."
            raise CatalogueError("override-unsourced", message, file=file, field=name)
    merged, places = dict(base), []
    for name, value in change.items():
        if name in FIXED:
            continue
        if name in KEYS:
            merged[name], changed = _merge_list(base.get(name, []), value, KEYS[name], name, file)
            places += changed
        elif name == "limits" and isinstance(value, Mapping):
            merged[name] = {**base.get(name, {}), **value}
            places += [f"limits.{part}" for part in value]
        else:
            merged[name] = value
            places += [] if name in OWN else [name]
    return merged | {"region": region, "overrides": places}


def _merge_list(
    base: list[dict[str, Any]], changes: Any, key: str, name: str, file: str
) -> tuple[list[dict[str, Any]], list[str]]:
    if not isinstance(changes, list) or not all(isinstance(c, dict) and key in c for c in changes):
        raise CatalogueError("wrong-shape", f"It must be a list of entries with {key}.", file=file, field=name)
    entries = {entry[key]: dict(entry) for entry in base}
    places = []
    for change in changes:
        which = change[key]
        fields = {k: v for k, v in change.items() if k not in {key, "drop"}}
        if change.get("drop"):
            if which not in entries or fields:
                message = f"{which} can be dropped only where the city asks for it, and with nothing else said."
                raise CatalogueError("override-unknown", message, file=file, field=f"{name}[{which}]")
            del entries[which]
            places.append(f"{name}[{which}]")
        elif which in entries:
            entries[which].update(fields)
            places += [f"{name}[{which}].{field}" for field in fields]
        else:
            entries[which] = {key: which, **fields}
            places.append(f"{name}[{which}]")
    return list(entries.values()), places
