"""Figures of 只提交一次: what was met without the applicant, by month, stage, item and department; counted in SQL."""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncMonth

import ingest
from catalogue import STAGES, CatalogueError, Item, applicable, load_catalogue
from ingest import MaterialUse
from workers.ledger import HANDED_IN, SPARED
from workers.repeat_figures import Caught, caught

ItemKey = tuple[str, int, str]
"""Code, version and region: what decides a list."""


@dataclasses.dataclass(frozen=True, slots=True)
class Met:
    """How many sheets the applicant brought, and how many were met without, by the way."""

    name: str
    ways: Mapping[str, int]

    @property
    def handed_in(self) -> int:
        """Sheets brought."""
        return sum(self.ways.get(how, 0) for how in HANDED_IN)

    @property
    def spared(self) -> int:
        """Sheets not brought."""
        return sum(self.ways.get(how, 0) for how in SPARED)

    @property
    def share(self) -> float | None:
        """The spared among all; None: nothing was needed."""
        whole = self.handed_in + self.spared
        return self.spared / whole if whole else None

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "name": self.name,
            "handed_in": self.handed_in,
            "spared": self.spared,
            "share": self.share,
            "ways": dict(self.ways),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class ReuseFigures:
    """Everything since a day: in all, by stage, item and department, and by month (the first day of each)."""

    whole: Met
    stages: tuple[Met, ...]
    items: tuple[Met, ...]
    departments: tuple[Met, ...]
    months: tuple[tuple[dt.date, Met], ...]
    caught: Caught


def reuse_figures(since: dt.datetime) -> ReuseFigures:
    """Count the sheets of all lists since a time by how they were met."""
    counted: Counter[tuple[ItemKey, dt.date, str]] = Counter()
    given: Counter[tuple[ItemKey, str]] = Counter()
    for key, month, entry, how, n in _uses(since):
        counted[key, month, how] += n
        given[key, entry] += n
    for key, month, n in _never_asked(since, given):
        counted[key, month, "register"] += n
    by: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in ("stage", "item", "department")}
    months: dict[dt.date, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for (key, month, how), n in counted.items():
        if (item := _item(key)) is None:
            continue
        for name, value in (
            ("stage", item.stage),
            ("item", f"{item.code} {item.name}"),
            ("department", item.lead_dept),
        ):
            by[name][value][how] += n
        months[month][how] += n
        whole[how] += n
    return ReuseFigures(
        Met("合计", whole),
        _ordered(by["stage"]),
        _ordered(by["item"]),
        _ordered(by["department"]),
        tuple((month, Met(f"{month:%Y-%m}", ways)) for month, ways in sorted(months.items())),
        caught(since=since),
    )


def _ordered(found: Mapping[str, Counter[str]]) -> tuple[Met, ...]:
    """Stages in their order, the others by what was spared."""
    order: dict[str, int] = {stage: n for n, stage in enumerate(STAGES)}
    rows = [Met(name, ways) for name, ways in found.items()]
    return tuple(sorted(rows, key=lambda row: (order.get(row.name, 0), -row.spared, row.name)))


def _uses(since: dt.datetime) -> Iterator[tuple[ItemKey, dt.date, str, str, int]]:
    """Uses by list, month, entry and way; of a file for several cases beside each other the first is handed in."""
    rows = MaterialUse.objects.filter(withdrawn_at=None, used_at__gte=since)
    first = MaterialUse.objects.filter(material=OuterRef("material"), withdrawn_at=None, pk__lt=OuterRef("pk"))
    grouped = (
        rows.annotate(month=TruncMonth("used_at"), beside=Exists(first))
        .values_list(
            "case__item_code", "case__item_version", "case__project__region", "month", "entry", "how", "beside"
        )
        .annotate(n=Count("pk"))
        .order_by()
    )
    for code, version, region, month, entry, how, beside, n in grouped:
        way = "beside" if how == MaterialUse.How.UPLOADED and beside else how
        yield (code, version, region), month.date(), entry, way, n


def _never_asked(
    since: dt.datetime, given: Mapping[tuple[ItemKey, str], int]
) -> Iterator[tuple[ItemKey, dt.date, int]]:
    """Sheets that the list needs and nobody is asked for: looked up in a register, unless something was given."""
    grouped = (
        ingest.Case.objects.filter(opened_at__gte=since)
        .annotate(month=TruncMonth("opened_at"))
        .values_list("item_code", "item_version", "project__region", "month", "answers")
        .annotate(n=Count("pk"))
        .order_by("month")
    )
    left = dict(given)
    for code, version, region, month, answers, n in grouped:
        key = (code, version, region)
        if (item := _item(key)) is None:
            continue
        looked_up = 0
        for entry in applicable(item, answers):
            if not entry.demanded:
                used = min(n, left.get((key, entry.material), 0))
                left[key, entry.material] = left.get((key, entry.material), 0) - used
                looked_up += n - used
        if looked_up:
            yield key, month.date(), looked_up


def _item(key: ItemKey) -> Item | None:
    """The list; None where the catalogue does not have it any more."""
    code, version, region = key
    try:
        return load_catalogue().item(code, version, region=region)
    except CatalogueError:
        return None
