"""区域评估: which areas a project lies in on a day, so that their results serve it."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from archive.holdings.models import Area, AreaProject


def stays_on(day: dt.date) -> Q:
    """Stays in areas that count on a day, for a query over `AreaProject`: its first and its last day both do."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def areas_of(codes: Iterable[str], on: dt.date) -> tuple[str, ...]:
    """Codes of the areas that the project, under any of its codes, lies in on this day."""
    found = AreaProject.objects.filter(stays_on(on), project_code__in=list(codes))
    return tuple(found.order_by("area__code").values_list("area__code", flat=True).distinct())


def place_project(area: Area, project_code: str, since: dt.date, until: dt.date | None = None) -> AreaProject:
    """Say that a project lies in an area from this day on; said again it is the same stay, with the end given last."""
    stay, made = AreaProject.objects.get_or_create(
        area=area, project_code=project_code, since=since, defaults={"until": until}
    )
    if not made and stay.until != until:
        stay.until = until
        stay.save(update_fields=["until"])
    return stay
