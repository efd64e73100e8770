"""Loading the catalogue from its YAML files, and checking that every reference in it leads somewhere."""

import functools
import re
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalogue.book import Catalogue
from catalogue.errors import CatalogueError
from catalogue.items import Item, MaterialType
from catalogue.questions import Question, QuestionBook
from catalogue.references import (
    check_item,
    check_material_type,
    check_question_book,
    check_questions,
    check_versions,
    no_duplicates,
)
from catalogue.regions import merge_override

DATA = Path(__file__).parent / "data"
"""The catalogue that ships with the program."""

TYPE_FILES = "types-*.yaml"
"""The files of material types, one for each stage, read in the order of their names."""

QUESTION_FILE = "questions.yaml"
"""Questions shared by many items, and the project classes; a catalogue without situations needs none."""

REGION_FOLDER = "regions"
"""Holds one folder for each region that has overrides, named by its six digits."""

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where the package has it: 43 items and 178 types take 0.1 s instead of 0.6 s."""

_M = TypeVar("_M", bound=BaseModel)

_ITEM_FILE = re.compile(r"(?P<code>[A-Z]\d-\d{2})(?:\.v(?P<version>\d+))?\.yaml")
_REGION = re.compile(r"\d{6}")


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
    book = _read_question_book(folder)
    shared = {question.key: question for question in book.questions}
    data = {path.name: _read_yaml(path) for path in _item_files(folder)}
    items = {name: _read_item(folder / name, content, shared) for name, content in data.items()}
    check_versions(items)
    items |= _read_overrides(folder, data, items, shared)
    for name, item in items.items():
        check_item(name, item, {t.code for t in types}, {i.code for i in items.values()}, book)
    return Catalogue(list(items.values()), types, book.questions, book.classes)


def _item_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.yaml") if _ITEM_FILE.fullmatch(p.name))


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
    except FileNotFoundError as error:
        raise CatalogueError("missing-file", "The file is missing.", file=path.name) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError("not-yaml", f"The file is not UTF-8 YAML: {error}", file=path.name) from error
    if not isinstance(data, dict):
        raise CatalogueError("wrong-shape", "The file must hold one mapping.", file=path.name)
    return data


def _shape_error(error: ValidationError, file: str, prefix: str = "") -> NoReturn:
    first = error.errors()[0]
    field = prefix + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
    raise CatalogueError("wrong-shape", first["msg"], file=file, field=field.lstrip(".")) from error


def _validated(model: type[_M], data: object, file: str, prefix: str = "") -> _M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        _shape_error(error, file, prefix)


def _read_all_types(folder: Path) -> list[MaterialType]:
    paths = sorted(folder.glob(TYPE_FILES))
    if not paths:
        raise CatalogueError("missing-file", "There is no file of material types.", file=TYPE_FILES)
    types: list[MaterialType] = []
    for path in paths:
        types += _read_material_types(path)
        no_duplicates([t.code for t in types], path.name, "material_types")
    return types


def _read_material_types(path: Path) -> list[MaterialType]:
    entries = _read_yaml(path).get("material_types")
    if not isinstance(entries, list):
        raise CatalogueError("wrong-shape", "It must be a list.", file=path.name, field="material_types")
    types = [_validated(MaterialType, e, path.name, f"material_types[{n}]") for n, e in enumerate(entries)]
    for n, kind in enumerate(types):
        check_material_type(kind, path.name, f"material_types[{n}]")
    return types


def _read_question_book(folder: Path) -> QuestionBook:
    path = folder / QUESTION_FILE
    if not path.exists():
        return QuestionBook(source="", verified=False)
    book = _validated(QuestionBook, _read_yaml(path), path.name)
    check_question_book(book, path.name)
    return book


def _read_item(path: Path, data: dict[str, Any], shared: dict[str, Question]) -> Item:
    item = _validated(Item, data, path.name)
    match = _ITEM_FILE.fullmatch(path.name)
    named = (match["code"], int(match["version"] or item.version)) if match else None
    if named != (item.code, item.version):
        message = f"The file name does not agree with item {item.code} version {item.version}."
        raise CatalogueError("file-name", message, file=path.name, field="code")
    return _with_questions(item, shared, path.name)


def _with_questions(item: Item, shared: dict[str, Question], file: str) -> Item:
    """The item with its questions in the order of `situations`, its own before shared ones of the same key.

    What may mean that a case cannot be taken in here at all (涉密) is asked first, of every item.
    """
    no_duplicates(item.situations, file, "situations")
    check_questions(item.questions, file, "questions")
    known = shared | {question.key: question for question in item.questions}
    for question in item.questions:
        if question.key not in item.situations:
            message = f"{question.key!r} is never asked: name it in situations."
            raise CatalogueError("unknown-question", message, file=file, field="questions")
    refusing = [q.key for q in shared.values() if any(option.refusal for option in q.options)]
    asked = [*(key for key in refusing if key not in item.situations), *item.situations]
    return item.model_copy(update={"questions": tuple(known[key] for key in asked if key in known)})


def _read_overrides(
    folder: Path, data: dict[str, dict[str, Any]], items: dict[str, Item], shared: dict[str, Question]
) -> dict[str, Item]:
    """Every region's items, by their place below the catalogue's folder."""
    by_version = {(item.code, item.version): name for name, item in items.items()}
    found = {}
    for path in sorted((folder / REGION_FOLDER).glob("*/*.yaml")):
        region, file = path.parent.name, f"{REGION_FOLDER}/{path.parent.name}/{path.name}"
        match = _ITEM_FILE.fullmatch(path.name)
        if not _REGION.fullmatch(region) or match is None or not match["version"]:
            message = f"Overrides lie in {REGION_FOLDER}/<6 digits>/<item>.v<version>.yaml."
            raise CatalogueError("file-name", message, file=file)
        base = by_version.get((match["code"], int(match["version"])))
        if base is None:
            message = f"The city has no {match['code']} version {match['version']} to override."
            raise CatalogueError("unknown-version", message, file=file)
        merged = merge_override(data[base], _read_yaml(path), region, file)
        found[file] = _with_questions(_validated(Item, merged, file), shared, file)
    return found
