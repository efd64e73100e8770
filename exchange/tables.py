"""The exchange standard as data: tables, fields, code sets and parents, from `data/tables.yaml`."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any, Literal

import pydantic
import yaml

Kind = Literal["text", "int", "decimal", "date", "time"]
Check = Literal["", "uscc", "project-code", "licence", "region", "object"]


class _Frozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Field(_Frozen):
    """One column. `source`: found in use, or guessed. `empty` is the sentence where it is blank."""

    code: str = pydantic.Field(alias="n")
    name: str
    source: str
    kind: Kind = "text"
    length: int = pydantic.Field(default=0, alias="len")
    required: bool = pydantic.Field(default=False, alias="req")
    when: Mapping[str, tuple[str, ...]] = {}
    values: str = pydantic.Field(default="", alias="code")
    check: Check = ""
    fact: str = pydantic.Field(default="", alias="from")
    value: str = ""
    empty: str = ""
    dummy: tuple[str, ...] = ()

    def needed(self, row: Mapping[str, str]) -> bool:
        """Whether the row must fill it."""
        return self.required and all(row.get(other, "") in allowed for other, allowed in self.when.items())


class Parent(_Frozen):
    """The table whose row must be accepted first, the fields that name it, and the reason where it is not there."""

    table: str
    by: tuple[str, ...]
    words: str

    @pydantic.field_validator("by", mode="before")
    @classmethod
    def _as_tuple(cls, by: Any) -> Any:
        return (by,) if isinstance(by, str) else by


class Table(_Frozen):
    """One table with its fields, the common ones first; `unbound` where a row belongs to no works."""

    name: str
    title: str
    source: str
    fields: tuple[Field, ...]
    parents: tuple[Parent, ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    unbound: bool = False

    def field(self, code: str) -> Field:
        """The field of that code."""
        return next(one for one in self.fields if one.code == code)


class CodeSet(_Frozen):
    """The values that a coded field may have, with their meanings."""

    source: str
    values: Mapping[str, str]

    @pydantic.field_validator("values", mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        return {str(code): meaning for code, meaning in values.items()}


class Steps(_Frozen):
    """Which events and pauses are steps of a case, which must come before which, and which end it."""

    events: Mapping[str, tuple[int, ...]]
    pauses: Mapping[str, tuple[int, int]]
    needs: Mapping[int, tuple[int, ...]]
    finished: tuple[int, ...]
    opinions: Mapping[int, str]


class Standard(_Frozen):
    """All of it. `status` are the fields that say how a row stands; they are ours to keep, not facts of the case."""

    tables: tuple[Table, ...]
    status: tuple[Field, ...]
    codes: Mapping[str, CodeSet]
    steps: Steps
    answers: Mapping[str, Mapping[str, str]]
    procedures: Mapping[str, str]
    parties: Mapping[str, str]

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(one for one in self.tables if one.name == name)

    def order(self, name: str) -> int:
        """When it is sent: parents before children."""
        return [one.name for one in self.tables].index(name)

    @pydantic.model_validator(mode="after")
    def _holds_together(self) -> "Standard":
        known: set[str] = set()
        for table in self.tables:
            if missing := {parent.table for parent in table.parents} - known:
                raise ValueError(f"{table.name} is sent before its parent {missing}")
            if unknown := {field.values for field in table.fields if field.values} - set(self.codes):
                raise ValueError(f"{table.name} uses unknown codes {unknown}")
            known.add(table.name)
        return self


@functools.cache
def standard() -> Standard:
    """The standard as the file has it."""
    told = yaml.safe_load((resources.files("exchange") / "data" / "tables.yaml").read_text())
    common = told.pop("common")
    for table in told["tables"]:
        first = [field for field in common if not (table.get("unbound") and field["n"] == "GCDM")]
        table["fields"] = [*first, *table["fields"]]
    return Standard.model_validate(told)
