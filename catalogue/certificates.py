"""How certificates are numbered and what stands on them: rules of the data, checked when they are read.

A number rule says what a number looks like and when its series begins anew. A certificate form says for each line of
a certificate where its value is found, best place first, and whether the certificate may go out without it.
"""

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from catalogue.chinese import find_document_numbers
from catalogue.errors import CatalogueError
from catalogue.forms import Fact, stage_form
from catalogue.identifiers import check_construction_permit, check_supervised_permit
from catalogue.items import STAGES
from catalogue.loading import DATA, load_catalogue
from catalogue.questions import Entry

FILE = "certificates.yaml"
_SAMPLE = ("990101", dt.date(2026, 11, 29))
"""A region and a day that every number rule must be able to number."""

Shown = Literal["text", "ten-thousands", "square-metres"]
"""How a certificate prints a value: as it is, yuan as 万元, or square metres with their unit."""


class NumberRule(Entry):
    """How one kind of certificate is numbered.

    `form` is filled with region (six digits), day (of issue) and serial; `last` is the highest serial that has room.
    """

    name: str
    form: str
    resets: Literal["daily", "yearly"]
    last: int = Field(gt=0)
    shape: Literal["construction-permit", "supervised-permit", "document-number"]
    source: str

    def number(self, region: str, day: dt.date, serial: int) -> str:
        """The number with this serial.

        Raises:
            ValueError: the serial has no room, or the region is none.
        """
        if not 1 <= serial <= self.last:
            raise ValueError(f"{serial}: {self.name} counts from 1 to {self.last}.")
        number = self.form.format(region=region, day=day, serial=serial)
        if not _CHECKS[self.shape](number):
            raise ValueError(f"{number!r} is no number of {self.name}: a region has 6 digits.")
        return number

    def period(self, day: dt.date) -> str:
        """The part of a series' name that changes when counting begins anew."""
        return f"{day:%Y%m%d}" if self.resets == "daily" else f"{day:%Y}"


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "construction-permit": lambda number: check_construction_permit(number).variant == "national",
    "supervised-permit": lambda number: check_supervised_permit(number).ok,
    "document-number": lambda number: len(find_document_numbers(number)) == 1,
}


class FormLine(Entry):
    """A line of a certificate: its official name and where its value is found, best place first.

    A place is ``fact.NAME`` (registered with the case), ``answer.QUESTION`` (as the situation was answered),
    ``form.FIELD`` (the stage form, 信息一次填报) or ``TYPE.FIELD`` (read from a material). A line without places is
    for the officer to fill.
    """

    name: str
    places: tuple[str, ...] = ()
    required: bool = False
    shown: Shown = "text"
    remedy: str = ""
    """What the officer is told to do when a required line is empty."""


class CertificateForm(Entry):
    """The lines of one kind of certificate, in their order."""

    material: str
    lines: tuple[FormLine, ...]
    source: str

    def line(self, name: str) -> FormLine:
        """One line.

        Raises:
            CatalogueError: ``unknown-line``.
        """
        found = next((line for line in self.lines if line.name == name), None)
        if found is None:
            known = "、".join(line.name for line in self.lines)
            raise CatalogueError("unknown-line", f"证照没有“{name}”一栏；有：{known}")
        return found


def number_rule(name: str) -> NumberRule:
    """The number rule of that name.

    Raises:
        CatalogueError: ``unknown-number-rule``, or the data are not as they must be.
    """
    rule = _book()[0].get(name)
    if rule is None:
        raise CatalogueError("unknown-number-rule", f"没有编号规则“{name}”；有：{'、'.join(_book()[0])}")
    return rule


def certificate_form(material: str) -> CertificateForm:
    """The lines of the certificate that is a material of this type.

    Raises:
        CatalogueError: ``unknown-certificate``, or the data are not as they must be.
    """
    form = _book()[1].get(material)
    if form is None:
        raise CatalogueError("unknown-certificate", f"没有 {material} 的照面；有：{'、'.join(_book()[1])}")
    return form


def has_form(material: str) -> bool:
    """Whether the data know what stands on such a certificate."""
    return material in _book()[1]


@functools.cache
def _book() -> tuple[Mapping[str, NumberRule], Mapping[str, CertificateForm]]:
    data = yaml.safe_load((Path(DATA) / FILE).read_text(encoding="utf-8"))
    try:
        rules = {name: NumberRule.model_validate({"name": name, **raw}) for name, raw in data["numbers"].items()}
        forms = {
            code: CertificateForm.model_validate({"material": code, **raw})
            for code, raw in data["certificates"].items()
        }
    except ValidationError as error:
        raise CatalogueError("wrong-shape", error.errors()[0]["msg"], file=FILE) from error
    for rule in rules.values():
        _check_rule(rule)
    for form in forms.values():
        _check_form(form)
    return rules, forms


def _check_rule(rule: NumberRule) -> None:
    try:
        first, last = rule.number(*_SAMPLE, 1), rule.number(*_SAMPLE, rule.last)
    except (ValueError, KeyError, IndexError) as error:
        raise CatalogueError("number-rule", str(error), file=FILE, field=f"numbers.{rule.name}") from error
    if first == last:
        raise CatalogueError("number-rule", "It has no serial.", file=FILE, field=f"numbers.{rule.name}")


def _check_form(form: CertificateForm) -> None:
    """Every place must exist, or a certificate would stay empty without anybody knowing why."""
    spoken = {
        "fact": set(Fact.__args__) - {""},  # type: ignore[attr-defined]
        "answer": set(load_catalogue().questions),
        "form": {field.name for stage in STAGES for field in stage_form(stage).fields},
    }
    for line in form.lines:
        for place in line.places:
            where, _, name = place.partition(".")
            known = spoken.get(where)
            if known is None:
                known = {spec.name for spec in load_catalogue().material_type(where).fields}
            if name not in known:
                message = f"{where} has no field {name!r}."
                raise CatalogueError("unknown-field", message, file=FILE, field=f"{form.material}.{line.name}")
