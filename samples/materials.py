"""What each material says: its form, its fields, the rest of its text, and whose seals it bears."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

from catalogue import load_catalogue
from samples.world import WorksName

Text = Mapping[str, str]
Block = Any
"""A part of a page: a paragraph as text, or one kind with what it holds, as `forms/paper.typ` says."""

_WORDS = Path(__file__).parent / "words"


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """A kind of form: `template` in `forms/`, the words of its fields and of its other text, and the seals.

    `fields` and `rest` are words of `samples.wording`. `seals` maps a role to the field (or other text) that names
    whose seal it is; `lapsed` are the printed values that make it one that ran out before 2026-11-22, the day of all
    stories, empty when the material has no end. `blocks` and `style` are what a template shared by many forms sets.
    """

    code: str
    name: str
    template: str
    fields: Text
    rest: Text
    seals: Text
    lapsed: Text = dataclasses.field(default_factory=dict)
    caption: str = ""
    blocks: Sequence[Block] = ()
    style: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def read_words(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the YAML files of a folder say of each form, by material code."""
    for file in sorted(folder.glob("*.yaml")):
        yield from yaml.safe_load(file.read_text("utf-8")).items()


def _forms() -> dict[str, Form]:
    """Our forms; each bears the name that the catalogue gives its type."""
    known = load_catalogue()
    given: dict[str, Any] = {"template": "paper", "rest": {}, "seals": {}}
    return {code: Form(code, known.material_type(code).name, **(given | words)) for code, words in read_words(_WORDS)}


FORMS: Mapping[str, Form] = _forms()
TYPES: tuple[str, ...] = tuple(FORMS)
"""Codes of the material types that samples can be made of."""
WORKS_NAMES: tuple[WorksName, ...] = get_args(WorksName)
