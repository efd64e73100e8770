"""Loading the catalogue from its YAML files, and checking that every reference in it leads somewhere."""

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalogue.errors import CatalogueError
from catalogue.items import Item, MaterialType

DATA = Path(__file__).parent / "data"
"""The catalogue that ships with the program."""

TYPE_FILES = "types-*.yaml"
"""The files of material types, one for each stage, read in the order of their names."""

_M = TypeVar("_M", bound=BaseModel)

_ITEM_FILE = re.compile(r"(?P<code>[A-Z]\d-\d{2})(?:\.v(?P<version>\d+))?\.yaml")


class Catalogue:
    """Everything that is listed: items in all their versions, and the material types they name.

    The list is closed: what is not in it may not be asked for (清单之外无审批).
    """

    def __init__(self, items: Sequence[Item], material_types: Sequence[MaterialType]) -> None:
        self._versions: dict[str, list[Item]] = {}
        for item in sorted(items, key=lambda i: (i.code, i.version)):
            self._versions.setdefault(item.code, []).append(item)
        self._types = {t.code: t for t in material_types}

    def item(self, code: str, version: int | None = None, on: dt.date | None = None) -> Item:
        """One item.

        Args:
            code: The item's code, such as ``S3-05``.
            version: This version exactly; a case keeps the version it was opened with.
            on: Without a version, the newest one valid on this date; without a date, the newest there is.

        Raises:
            CatalogueError: ``unknown-item``, ``unknown-version`` or ``not-yet-valid``.
        """
        versions = self._versions.get(code)
        if not versions:
            raise CatalogueError("unknown-item", f"There is no item {code!r}; known are {', '.join(self._versions)}.")
        if version is not None:
            found = next((i for i in versions if i.version == version), None)
            if found is None:
                known = ", ".join(str(i.version) for i in versions)
                raise CatalogueError("unknown-version", f"Item {code} has no version {version}; it has {known}.")
            return found
        valid = [i for i in versions if on is None or i.valid_from <= on]
        if not valid:
            raise CatalogueError("not-yet-valid", f"Item {code} is valid only from {versions[0].valid_from}.")
        return valid[-1]

    def items(self, on: dt.date | None = None) -> tuple[Item, ...]:
        """All items by code, each in the newest version valid on the date (or the newest there is)."""
        codes = [c for c, versions in self._versions.items() if on is None or versions[0].valid_from <= on]
        return tuple(self.item(code, on=on) for code in codes)

    def versions(self, code: str) -> tuple[Item, ...]:
        """All versions of an item, oldest first; empty if there is no such item."""
        return tuple(self._versions.get(code, ()))

    def material_type(self, code: str) -> MaterialType:
        """One material type.

        Raises:
            CatalogueError: ``unknown-material``.
        """
        found = self._types.get(code)
        if found is None:
            raise CatalogueError("unknown-material", f"There is no material type {code!r} in {TYPE_FILES}.")
        return found

    def material_types(self) -> tuple[MaterialType, ...]:
        """All material types in the order of the files."""
        return tuple(self._types.values())


@functools.lru_cache(maxsize=8)
def load_catalogue(directory: Path | None = None) -> Catalogue:
    """The catalogue in a directory, read once and kept; nothing in it can be changed.

    Args:
        directory: Where the files of material types and of items lie, by default the one that ships.

    Raises:
        CatalogueError: A file is missing, is no YAML, has a wrong shape, or names something that does not exist.
    """
    folder = directory or DATA
    types = _read_all_types(folder)
    files = sorted(p for p in folder.glob("*.yaml") if _ITEM_FILE.fullmatch(p.name))
    items = {path.name: _read_item(path) for path in files}
    _check_versions(items)
    for name, item in items.items():
        _check_references(name, item, {t.code for t in types}, {i.code for i in items.values()})
    return Catalogue(list(items.values()), types)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError("missing-file", "The file is missing.", file=path.name) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError("not-yaml", f"The file is not UTF-8 YAML: {error}", file=path.name) from error
    if not isinstance(data, dict):
        raise CatalogueError("wrong-shape", "The file must hold one mapping.", file=path.name)
    return data


def _shape_error(error: ValidationError, path: Path, prefix: str = "") -> NoReturn:
    first = error.errors()[0]
    field = prefix + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
    raise CatalogueError("wrong-shape", first["msg"], file=path.name, field=field.lstrip(".")) from error


def _validated(model: type[_M], data: object, path: Path, prefix: str = "") -> _M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        _shape_error(error, path, prefix)


def _read_all_types(folder: Path) -> list[MaterialType]:
    paths = sorted(folder.glob(TYPE_FILES))
    if not paths:
        raise CatalogueError("missing-file", "There is no file of material types.", file=TYPE_FILES)
    types: list[MaterialType] = []
    for path in paths:
        types += _read_material_types(path)
        _no_duplicates([t.code for t in types], path.name, "material_types")
    return types


def _read_material_types(path: Path) -> list[MaterialType]:
    entries = _read_yaml(path).get("material_types")
    if not isinstance(entries, list):
        raise CatalogueError("wrong-shape", "It must be a list.", file=path.name, field="material_types")
    types = [_validated(MaterialType, e, path, f"material_types[{n}]") for n, e in enumerate(entries)]
    for n, kind in enumerate(types):
        _check_material_type(kind, path.name, f"material_types[{n}]")
    return types


def _check_material_type(kind: MaterialType, file: str, place: str) -> None:
    names = [f.name for f in kind.fields]
    _no_duplicates(names, file, f"{place}.fields")
    for role in ("number_field", "applicant_field", "project_field", "works_field"):
        name = getattr(kind, role)
        if name and name not in names:
            message = f"{kind.code} has no field {name!r}."
            raise CatalogueError("unknown-field", message, file=file, field=f"{place}.{role}")
    rule = kind.validity
    if rule.kind != "none" and rule.field not in names:
        message = f"{kind.code} has no field {rule.field!r} to take its validity from."
        raise CatalogueError("unknown-field", message, file=file, field=f"{place}.validity.field")
    if (rule.kind == "months") != (rule.months > 0):
        message = "months must be above 0 with kind 'months', and 0 otherwise."
        raise CatalogueError("validity-months", message, file=file, field=f"{place}.validity.months")


def _read_item(path: Path) -> Item:
    item = _validated(Item, _read_yaml(path), path)
    match = _ITEM_FILE.fullmatch(path.name)
    named = (match["code"], int(match["version"] or item.version)) if match else None
    if named != (item.code, item.version):
        message = f"The file name does not agree with item {item.code} version {item.version}."
        raise CatalogueError("file-name", message, file=path.name, field="code")
    return item


def _check_versions(items: dict[str, Item]) -> None:
    """A version exists once, and a higher version is never valid from an earlier day."""
    last: dict[str, Item] = {}
    for name, item in sorted(items.items(), key=lambda pair: (pair[1].code, pair[1].version)):
        before = last.get(item.code)
        if before and before.version == item.version:
            message = f"Item {item.code} version {item.version} is there twice."
            raise CatalogueError("duplicate", message, file=name, field="version")
        if before and before.valid_from >= item.valid_from:
            message = f"Version {item.version} must be valid from later than version {before.version}."
            raise CatalogueError("version-order", message, file=name, field="valid_from")
        last[item.code] = item


def _check_references(file: str, item: Item, types: set[str], codes: set[str]) -> None:
    _no_duplicates([r.material for r in item.materials], file, "materials")
    _no_duplicates([o.material for o in item.outputs], file, "outputs")
    for n, code in enumerate(item.prerequisites):
        _must_know("unknown-item", code, codes, file, f"prerequisites[{n}]")
    for n, output in enumerate(item.outputs):
        _must_know("unknown-material", output.material, types, file, f"outputs[{n}].material")
    for n, need in enumerate(item.materials):
        place = f"materials[{n}]"
        _must_know("unknown-material", need.material, types, file, f"{place}.material")
        if (need.deficiency == "none") != (need.deficiency_days == 0):
            message = "deficiency 'later' and 'commit' need working days above 0, 'none' needs 0."
            raise CatalogueError("deficiency-days", message, file=file, field=f"{place}.deficiency_days")
        for source in need.share_from:
            if source.startswith("OUT-"):
                _must_know("unknown-material", source, types, file, f"{place}.share_from")


def _must_know(code: str, name: str, known: set[str], file: str, field: str) -> None:
    if name not in known:
        message = f"{name!r} does not exist; known are {', '.join(sorted(known))}."
        raise CatalogueError(code, message, file=file, field=field)


def _no_duplicates(names: Iterable[str], file: str, field: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise CatalogueError("duplicate", f"Listed twice: {', '.join(twice)}.", file=file, field=field)
