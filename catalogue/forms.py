"""One form a stage (一张表单): the union of the fields of its application forms, each fact of the project once.

The data say which printed fields are the same fact (建设位置, 用地位置 and 工程地址 are all 建设地点). A field of an
application form that the data do not name is added by itself, so that the form is never less than the union.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from catalogue.errors import CatalogueError
from catalogue.items import MaterialType, Stage, is_application
from catalogue.loading import DATA, load_catalogue
from catalogue.questions import Entry

FILE = "forms.yaml"
OTHER_SECTION = "其他申请事项"

Fact = Literal["", "project_name", "project_code", "works_name", "applicant_name", "applicant_uscc"]


class FormField(Entry):
    """A fact of the project: every printed field that states it (``TYPE.field``, best first), and whose it is.

    What is the company's fills the forms of all its projects, what is the works' only those of the same works.
    """

    name: str
    kind: str = "text"
    subject: Literal["company", "project", "works"] = "project"
    fact: Fact = ""
    required: bool = False
    sources: tuple[str, ...] = ()


class FormSection(Entry):
    """A part of the form under its own heading."""

    title: str
    fields: tuple[FormField, ...]


class StageForm(Entry):
    """The form of a stage."""

    stage: str
    sections: tuple[FormSection, ...]

    @property
    def fields(self) -> tuple[FormField, ...]:
        """All fields in the order of the form."""
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, name: str) -> FormField:
        """One field.

        Raises:
            CatalogueError: ``unknown-form-field``.
        """
        found = next((field for field in self.fields if field.name == name), None)
        if found is None:
            known = "、".join(field.name for field in self.fields)
            raise CatalogueError("unknown-form-field", f"表单没有“{name}”一栏；有：{known}")
        return found


def stage_form(stage: str, materials: Iterable[str] = ()) -> StageForm:
    """The form of a stage, with what the application forms among the `materials` (type codes) ask besides.

    Raises:
        CatalogueError: ``unknown-stage``, or the data are not as they must be.
    """
    form = _forms().get(stage)
    if form is None:
        raise CatalogueError("unknown-stage", f"没有“{stage}”阶段的表单；有：{'、'.join(_forms())}")
    kinds = (load_catalogue().material_type(code) for code in sorted(set(materials)))
    known, unknown = _more_sources(kinds)
    sections = [
        FormSection(title=section.title, fields=tuple(_with_sources(field, known) for field in section.fields))
        for section in form.sections
    ]
    here = {field.name for field in form.fields}
    others = [_with_sources(field, known) for name, field in _fields().items() if name in known and name not in here]
    more = (*others, *unknown)
    if more:
        sections.append(FormSection(title=OTHER_SECTION, fields=more))
    return StageForm(stage=stage, sections=tuple(sections))


def _more_sources(kinds: Iterable[MaterialType]) -> tuple[dict[str, list[str]], tuple[FormField, ...]]:
    """For each field of the data the places on these application forms that state it; and what no field knows.

    A place that the data do not name belongs to the field that is called so, or that is printed so elsewhere.
    """
    own, known = set(_data()["own_to_each"]), _names()
    more: dict[str, list[str]] = {}
    added: dict[str, FormField] = {}
    for kind in filter(is_application, kinds):
        for spec in kind.fields:
            source = f"{kind.code}.{spec.name}"
            if spec.name in own:
                continue
            named = spec.name if spec.name in _fields() else known.get((spec.name, spec.kind))
            if field := _stated().get(source) or named:
                more.setdefault(field, []).append(source)
                continue
            before = added[spec.name].sources if spec.name in added else ()
            added[spec.name] = FormField(name=spec.name, kind=spec.kind, subject="works", sources=(*before, source))
    return more, tuple(added.values())


def _with_sources(field: FormField, more: Mapping[str, Sequence[str]]) -> FormField:
    found = tuple(source for source in more.get(field.name, ()) if source not in field.sources)
    return field.model_copy(update={"sources": (*field.sources, *found)}) if found else field


@functools.cache
def _stated() -> dict[str, str]:
    """Every place that the data name, with the field it states."""
    return {source: name for name, field in _fields().items() for source in field.sources}


@functools.cache
def _names() -> dict[tuple[str, str], str]:
    """What a fact is called on forms, with its kind, and the field that it is; a name that two share is left out."""
    called: dict[tuple[str, str], set[str]] = {}
    for source, name in _stated().items():
        code, _, printed = source.partition(".")
        if is_application(load_catalogue().material_type(code)):
            called.setdefault((printed, _fields()[name].kind), set()).add(name)
    unique = {key: next(iter(names)) for key, names in called.items() if len(names) == 1}
    return unique | {(name, field.kind): name for name, field in _fields().items()}


@functools.cache
def _fields() -> dict[str, FormField]:
    return {raw["name"]: _field(raw, n) for n, raw in enumerate(_data()["fields"])}


@functools.cache
def _forms() -> dict[str, StageForm]:
    fields = _fields()
    forms: dict[str, StageForm] = {}
    for stage, sections in _data()["stages"].items():
        if stage not in Stage.__args__:  # type: ignore[attr-defined]
            raise CatalogueError("unknown-stage", f"There is no stage {stage!r}.", file=FILE, field="stages")
        unknown = [name for section in sections for name in section["fields"] if name not in fields]
        if unknown:
            message = f"No field is called {'、'.join(unknown)}."
            raise CatalogueError("unknown-field", message, file=FILE, field=f"stages.{stage}")
        parts = tuple(
            FormSection(title=section["title"], fields=tuple(fields[name] for name in section["fields"]))
            for section in sections
        )
        forms[stage] = StageForm(stage=stage, sections=parts)
    return forms


def _field(raw: dict[str, Any], n: int) -> FormField:
    """One field of the data; every place that it names must exist."""
    place = f"fields[{n}]"
    try:
        field = FormField.model_validate({**{k: v for k, v in raw.items() if k != "is"}, "sources": raw.get("is", ())})
    except ValidationError as error:
        raise CatalogueError("wrong-shape", error.errors()[0]["msg"], file=FILE, field=place) from error
    for source in field.sources:
        code, _, name = source.partition(".")
        if name not in {spec.name for spec in load_catalogue().material_type(code).fields}:
            raise CatalogueError("unknown-field", f"{code} has no field {name!r}.", file=FILE, field=place)
    return field


@functools.cache
def _data() -> dict[str, Any]:
    try:
        data = yaml.safe_load((Path(DATA) / FILE).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError("not-yaml", f"The file cannot be read: {error}", file=FILE) from error
    if not isinstance(data, dict) or not {"fields", "stages", "own_to_each"} <= set(data):
        raise CatalogueError("wrong-shape", "It needs fields, stages and own_to_each.", file=FILE)
    return data
