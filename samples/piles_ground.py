"""Where a defect is planted: the entry, its document as it would be, the case around it; printed values changed."""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from catalogue import MaterialType, Requirement, find_dates
from samples.materials import Form
from samples.piles_orders import DocumentOrder
from samples.piles_truth import Planted
from samples.wording import worded
from samples.world import World

_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?=[年.\-/])|[〇一二三四五六七八九]{4}(?=年)")
_FIGURES = "〇一二三四五六七八九"


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """One entry of the list with its sound document.

    `beside` are the entries and documents of the rest of the pile that nothing is planted in, `spoken_for` the others.
    """

    entry: Requirement
    kind: MaterialType
    form: Form
    order: DocumentOrder
    world: World
    other: World
    day: dt.date
    beside: tuple["Ground", ...] = ()
    spoken_for: tuple["Ground", ...] = ()

    def printed(self, name: str) -> str:
        """What the sound document says in that field; "" where it does not print it."""
        return worded(self.form.fields[name], self.world) if name in self.form.fields else ""

    def saying(self, **fields: str) -> DocumentOrder:
        """The same document with other printed values; the whole field names are the keywords."""
        return dataclasses.replace(self.order, overrides=tuple(sorted(fields.items())))

    def planted(self, code: str, weight: Any = "serious", **more: Any) -> Planted:
        """A defect under this entry."""
        return Planted(code, self.entry.material, weight, **more)


@dataclasses.dataclass(frozen=True, slots=True)
class Planting:
    """A pile changed: the documents now handed in for the entry, those of other entries, facts, and what is wrong.

    `documents` are orders with the name of their file ("" for the entry's own).
    """

    documents: tuple[tuple[str, DocumentOrder], ...]
    planted: tuple[Planted, ...]
    others: Mapping[str, DocumentOrder] = dataclasses.field(default_factory=dict)
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def shifted(printed: str, years: int) -> str:
    """The printed value with every year so many later; a number divisible by four keeps 29 February a day."""

    def later(found: re.Match[str]) -> str:
        text = found[0]
        if text.isascii():
            return str(int(text) + years)
        year = int("".join(str(_FIGURES.index(letter)) for letter in text)) + years
        return "".join(_FIGURES[int(digit)] for digit in str(year))

    return _YEAR.sub(later, printed)


def ended(printed: str, day: dt.date) -> str:
    """The printed period or day moved back until its last day is well before `day`; "" where it names none."""
    dates = find_dates(printed)
    if not dates:
        return ""
    years = 0
    while dt.date(max(dates).year + years, 12, 31) >= day - dt.timedelta(days=30):
        years -= 4
    return shifted(printed, years)


def begun_later(printed: str, day: dt.date) -> str:
    """The printed period or day moved on until its first day is well after `day`; "" where it names none."""
    dates = find_dates(printed)
    if not dates:
        return ""
    years = 0
    while dt.date(min(dates).year + years, 1, 1) <= day + dt.timedelta(days=60):
        years += 4
    return shifted(printed, years)
