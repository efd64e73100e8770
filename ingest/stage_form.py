"""The stage form (一张表单) filled in: for every fact of the project what was read, registered or typed, and where.

Pure. What a person typed holds, here or in an earlier case; then what the documents of the case say, the form's own
order of sources first; then what was registered; then what the project's archive, documents of its earlier cases and,
for facts of the company, its other projects say. What has lapsed or changed since comes last and is asked. Nothing is
thrown away: where they differ, all are shown.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from catalogue import FormField, StageForm, squeeze
from ocr import Quad

Origin = Literal["typed", "carried", "read", "fact", "archive", "earlier", "company"]

ORIGINS: Mapping[Origin, str] = {
    "typed": "人工填写",
    "carried": "以往填写",
    "read": "识别",
    "fact": "收件登记",
    "archive": "档案材料",
    "earlier": "以往材料",
    "company": "本单位其他项目",
}
"""Origins of a value, strongest first, with their names on the screen."""

FORM_STATES: Mapping[str, str] = {
    "confirmed": "已确认",
    "differs": "不一致",
    "lapsed": "来源已失效",
    "filled": "已填",
    "missing": "缺填",
    "empty": "未填",
}
"""What a line of the form is called in each state."""

_RANK = {origin: rank for rank, origin in enumerate(ORIGINS)}


@dataclasses.dataclass(frozen=True, slots=True)
class FormValue:
    """A value with its origin: the printed field (`source`), file, page and box it was read from, or who typed it.

    `ref` is ours for the document (``material:5``, ``held:7``); `case_number` the case of an earlier or typed value.
    `lapsed` says why it may no longer be so; empty: nothing speaks against it.
    """

    value: str
    origin: Origin
    source: str = ""
    file: str = ""
    page: int | None = None
    box: Quad | None = None
    score: float = 0.0
    rule: str = ""
    ref: str = ""
    by: str = ""
    at: str = ""
    case_number: str = ""
    lapsed: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data; what does not apply to the origin is left out."""
        found = {key: value for key, value in dataclasses.asdict(self).items() if value not in ("", None, 0.0)}
        return {"value": self.value, "origin": self.origin, **found}


@dataclasses.dataclass(frozen=True, slots=True)
class FormLine:
    """One field of the form: the value it has, and every value found for it, best first."""

    section: str
    field: FormField
    values: tuple[FormValue, ...]

    @property
    def chosen(self) -> FormValue | None:
        """The value that the form has."""
        return self.values[0] if self.values else None

    @property
    def typed(self) -> bool:
        """A person has confirmed it or put it right in this form, so that it can be undone here."""
        return self.chosen is not None and self.chosen.origin == "typed"

    @property
    def others(self) -> tuple[FormValue, ...]:
        """Other values than the chosen one, each once, best first."""
        seen = {_comparable(self.chosen.value)} if self.chosen else set()
        found = []
        for value in self.values:
            if (key := _comparable(value.value)) not in seen:
                seen.add(key)
                found.append(value)
        return tuple(found)

    @property
    def evidence(self) -> FormValue | None:
        """The best reading that says what the form says, to be looked at on its page."""
        same = _comparable(self.chosen.value) if self.chosen else ""
        return next((v for v in self.values if v.page is not None and _comparable(v.value) == same), None)

    @property
    def state(self) -> str:
        """Confirmed (by a person), differs, lapsed (only what may no longer be so), filled, missing or empty."""
        if self.chosen is None:
            return "missing" if self.field.required else "empty"
        if self.typed:
            return "confirmed"
        if self.others:
            return "differs"
        if self.chosen.lapsed:
            return "lapsed"
        return "confirmed" if self.chosen.origin == "carried" else "filled"

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "section": self.section,
            "field": self.field.name,
            "required": self.field.required,
            "state": self.state,
            "value": self.chosen.value if self.chosen else "",
            "origin": self.chosen.to_json() if self.chosen else None,
            "evidence": self.evidence.to_json() if self.evidence else None,
            "candidates": [value.to_json() for value in self.values],
        }


def fill_form(form: StageForm, found: Mapping[str, Sequence[FormValue]]) -> tuple[FormLine, ...]:
    """Fill the form: `found` gives for each field's name every value there is, in any order."""
    return tuple(
        FormLine(section.title, field, _ordered(field, found.get(field.name, ())))
        for section in form.sections
        for field in section.fields
    )


def _ordered(field: FormField, values: Sequence[FormValue]) -> tuple[FormValue, ...]:
    """Best first: what holds, by origin, by the field's own order of sources, the newest, then the surer reading."""
    place = {source: n for n, source in enumerate(field.sources)}
    surest = sorted(values, key=lambda v: (-v.score, v.file, v.page or 0, v.value))
    newest = sorted(surest, key=lambda v: v.at, reverse=True)
    return tuple(sorted(newest, key=lambda v: (bool(v.lapsed), _RANK[v.origin], place.get(v.source, len(place)))))


def quad(box: Any) -> Quad:
    """The box as it was before the database made lists of it."""
    (a, b), (c, d), (e, f), (g, h) = box
    return (a, b), (c, d), (e, f), (g, h)


def same_value(one: str, other: str) -> bool:
    """Whether two values differ at most in how they are written."""
    return _comparable(one) == _comparable(other)


def _comparable(value: str) -> str:
    """Values that differ only in spaces or in full-width and half-width characters are one."""
    return squeeze(value)
