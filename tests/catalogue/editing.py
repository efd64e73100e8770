"""A copy of the shipped catalogue with files changed or added, as a test needs it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

import catalogue
from catalogue import Catalogue, load_catalogue

SHIPPED = Path(catalogue.__file__).parent / "data"

Data = dict[str, Any]


def changed(
    folder: Path, edits: dict[str, Callable[[Data], None]] | None = None, files: dict[str, Data] | None = None
) -> Path:
    """The shipped catalogue under `folder`, with `edits` made to its files and `files` written beside them."""
    target = folder / "data"
    shutil.copytree(SHIPPED, target)
    for name, edit in (edits or {}).items():
        data = yaml.safe_load((target / name).read_text("utf-8"))
        edit(data)
        _write(target / name, data)
    for name, data in (files or {}).items():
        _write(target / name, data)
    return target


def loaded(folder: Path, edits: dict[str, Callable[[Data], None]] | None = None, **files: Data) -> Catalogue:
    """The changed catalogue, loaded; a key ``S3_05_v2`` names the file ``S3-05.v2.yaml``."""
    named = {f"{k[:2]}-{k[3:5]}.{k[6:]}.yaml": v for k, v in files.items()}
    return load_catalogue(changed(folder, edits, named))


def shipped(name: str) -> Data:
    """One shipped file as data."""
    data: Data = yaml.safe_load((SHIPPED / name).read_text("utf-8"))
    return data


def _write(path: Path, data: Data) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
