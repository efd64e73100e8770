"""Sharing rules (共享规则): on what condition others may have a kind of material; data, checked when read."""

import functools
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from catalogue.errors import CatalogueError
from catalogue.loading import DATA, load_catalogue
from catalogue.questions import Entry

FILE = "sharing.yaml"
SharingCategory = Literal["open", "on-request", "never"]
"""国发〔2016〕51号 clause 9."""
CATEGORY_NAMES: dict[SharingCategory, str] = {"open": "无条件共享", "on-request": "有条件共享", "never": "不予共享"}
UNNAMED = "规则表未列出的材料，须经归属部门同意"


class DefaultRule(Entry):
    """What holds for every type whose code begins so."""

    prefix: str = Field(min_length=1)
    category: SharingCategory
    reason: str = Field(min_length=4)
    sealed: bool = Field(default=True, description="Whether a copy for another department carries the archive's seal.")


class TypesRule(Entry):
    """What holds for the types it names."""

    category: SharingCategory
    reason: str = Field(min_length=4)
    sealed: bool = Field(default=True, description="As of a default.")
    codes: tuple[str, ...] = Field(min_length=1)


class SharingRules(Entry):
    """The whole table."""

    source: str
    verified: bool = Field(description="False until the owner departments have confirmed it.")
    defaults: tuple[DefaultRule, ...] = Field(min_length=1)
    types: tuple[TypesRule, ...] = ()

    def rule_for(self, code: str) -> tuple[SharingCategory, str]:
        """Category and reason of a type; one that nobody thought of is never open."""
        rule = self._rule(code)
        return (rule.category, rule.reason) if rule else ("on-request", UNNAMED)

    def is_sealed(self, code: str) -> bool:
        """Whether a copy of this type that is given to a department carries the archive's seal (盖章副本)."""
        rule = self._rule(code)
        return rule is None or rule.sealed

    def _rule(self, code: str) -> TypesRule | DefaultRule | None:
        named = next((rule for rule in self.types if code in rule.codes), None)
        return named or next((rule for rule in self.defaults if code.startswith(rule.prefix)), None)


def sharing_rules() -> SharingRules:
    """The table that ships, read once.

    Raises:
        CatalogueError: ``wrong-shape``, ``sharing-unknown-type``, ``sharing-twice`` or ``sharing-personal``.
    """
    return _read(DATA / FILE)


def is_personal(code: str) -> bool:
    """Whether a material of this type is a person's own paper."""
    return any(kind.code == code and kind.subject == "person" for kind in load_catalogue().material_types())


@functools.lru_cache(maxsize=4)
def _read(path: Path) -> SharingRules:
    try:
        rules = SharingRules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise CatalogueError("wrong-shape", error.errors()[0]["msg"], file=path.name) from error
    types = load_catalogue().material_types()
    personal = {kind.code for kind in types if kind.subject == "person"}
    check_sharing(rules, {kind.code for kind in types}, personal, path.name)
    return rules


def check_sharing(rules: SharingRules, known: Collection[str], personal: Collection[str], file: str = FILE) -> None:
    """Raise CatalogueError where a type is unknown, named twice, or a person's paper would be open to everybody."""
    seen: set[str] = set()
    for code in (code for rule in rules.types for code in rule.codes):
        if code not in known:
            raise CatalogueError("sharing-unknown-type", f"No type {code!r} is in the lists.", file=file)
        if code in seen:
            raise CatalogueError("sharing-twice", f"{code!r} has two rules.", file=file)
        seen.add(code)
    for code in sorted(personal):
        if rules.rule_for(code)[0] == "open":
            raise CatalogueError("sharing-personal", f"{code!r} is a person's paper and cannot be open.", file=file)
