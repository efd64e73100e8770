"""数据共享交换: how the rows for the province stand, and why some do not go."""

from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import render

from exchange import ExchangeRow, standard
from ingest import Case
from portal.roles import Role, StaffRequest, require
from portal.sight import cases_seen

ROWS_SHOWN = 200
State = ExchangeRow.State


@require(Role.OFFICER, Role.SUPERVISOR, Role.ARCHIVIST)
def exchange(request: StaffRequest) -> HttpResponseBase:
    """Counts by state, the rows that need somebody with their reasons, and the newest of the others."""
    valid = ExchangeRow.objects.filter(_seen(request), valid=True).order_by("-pk")
    stopped = valid.filter(state__in=(State.NOT_PASSED, State.FAILED))
    titles = {table.name: table.title for table in standard().tables}
    counted = dict(valid.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "counts": [(state.label, counted.get(state.value, 0)) for state in State],
        "stopped": [_line(row, titles) for row in stopped[:ROWS_SHOWN]],
        "newest": [_line(row, titles) for row in valid.exclude(pk__in=stopped)[:ROWS_SHOWN]],
    }
    return render(request, "portal/exchange.html", context)


def _seen(request: StaffRequest) -> Q:
    """Rows of cases that the person may see, and those of no case."""
    return Q(case_number="") | Q(case_number__in=Case.objects.filter(cases_seen(request.user)).values("number"))


def _line(row: ExchangeRow, titles: dict[str, str]) -> tuple[ExchangeRow, str, str, list[str]]:
    """The row, its table's title, its state in words, and its reasons one by one."""
    state = "已上报，待回执" if row.under_way else str(row.get_state_display())
    return row, titles.get(row.table, row.table), state, [reason for reason in row.failure.split(";") if reason]
