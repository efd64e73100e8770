"""The outbox: what the tables of the cases say now is compared with the rows we hold, and checked before it goes.

Nothing is overwritten. A row whose content changed ends, with the reason, and another takes its place; where the old
one was sent already, its end is sent too. Call these in a transaction.
"""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ingest
from exchange.models import ExchangeRow
from exchange.rows import Draft, drafts_of, listed_materials, parent_key
from exchange.rules import PROJECTS, ParentState, Row, World, check_row
from exchange.tables import standard

State = ExchangeRow.State
CORRECTED, WITHDRAWN = "数据已更正", "业务数据已撤回"


@dataclasses.dataclass
class Changes:
    """How many rows were made, and how many ended."""

    made: int = 0
    ended: int = 0


def refresh(project: ingest.Project, now: dt.datetime, *, given_up: str = "") -> Changes:
    """Bring the rows of a project up to what its tables say, those under a code that it gave up with them."""
    ingest.Project.objects.select_for_update().get(pk=project.pk)
    drafts, changes = {(draft.table, draft.key): draft for draft in drafts_of(project)}, Changes()
    shared = [draft.key for draft in drafts.values() if not draft.project_code]
    codes = {*project.codes, given_up} - {""}
    held = ExchangeRow.objects.filter(valid=True, project_code__in=codes)
    stage_items = ExchangeRow.objects.filter(valid=True, project_code="", key__in=shared)
    for row in [*held, *stage_items]:
        draft = drafts.get((row.table, row.key))
        if draft is not None and dict(draft.data) == row.data:
            del drafts[row.table, row.key]
            continue
        _end(row, CORRECTED if draft else WITHDRAWN, now)
        changes.ended += 1
    for draft in drafts.values():
        _make(draft, now)
        changes.made += 1
    return changes


def check_waiting(has_object: Callable[[str], bool]) -> list[ExchangeRow]:
    """Check every row that is not handed out yet; returns those that must not go, with their reasons in `failure`."""
    rules, world, failed = standard(), _world(has_object), []
    waiting = ExchangeRow.objects.filter(valid=True, batch=None, state__in=(State.WAITING, State.NOT_PASSED))
    for row in sorted(waiting, key=lambda one: (rules.order(one.table), one.pk)):
        reasons = check_row(rules, rules.table(row.table), row.data, world)
        state = State.NOT_PASSED if reasons else State.WAITING
        failure = ";".join(dict.fromkeys(reason.words for reason in reasons))
        if (row.state, row.failure) != (state, failure):
            row.state, row.failure = state, failure
            row.save(update_fields=["state", "failure"])
        if reasons:
            failed.append(row)
    return failed


def ready_rows() -> list[ExchangeRow]:
    """What may go now, in its order: ends of what was sent, and rows whose parents are all accepted.

    They are locked: two exports at once take no row twice. Call it in a transaction.
    """
    rules, world = standard(), _world(lambda _: True)
    waiting = ExchangeRow.objects.select_for_update().filter(batch=None, state=State.WAITING)
    found = [row for row in waiting if (row.sent if not row.valid else _parents_accepted(row, world))]
    return sorted(found, key=lambda row: (rules.order(row.table), row.valid, row.pk))


def send_again(row: ExchangeRow) -> None:
    """Have a row that the province refused sent once more, as it is: what was wrong was on their side.

    Raises:
        ValueError: it was not refused, or has ended.
    """
    if row.state != State.FAILED or not row.valid:
        raise ValueError(f"流水号 {row.serial} 没有被退回，不能重新上报")
    row.state, row.failure, row.batch = State.WAITING, "", None
    row.save(update_fields=["state", "failure", "batch"])


def row_json(row: ExchangeRow) -> dict[str, Any]:
    """A row with how it stands, for the archive and for programs."""
    return {
        "table": row.table,
        "serial": row.serial,
        "key": row.key,
        "data": row.data,
        "valid": row.valid,
        "invalid_why": row.invalid_why,
        "state": int(row.state),
        "failure": row.failure,
        "recorded_at": row.recorded_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "batch": row.batch.number if row.batch else None,
    }


def _make(draft: Draft, now: dt.datetime) -> ExchangeRow:
    return ExchangeRow.objects.create(
        table=draft.table,
        key=draft.key,
        project_code=draft.project_code,
        case_number=draft.case_number,
        data=dict(draft.data),
        recorded_at=now,
    )


def _end(row: ExchangeRow, why: str, now: dt.datetime) -> None:
    row.valid, row.invalid_why, row.ended_at = False, why, now
    if row.sent:  # its end is a message of its own
        row.state, row.batch, row.failure = State.WAITING, None, ""
    row.save()


def _parents_accepted(row: ExchangeRow, world: World) -> bool:
    parents = standard().table(row.table).parents
    return all(
        world.parent(one.table, {code: row.data.get(code, "") for code in one.by}) == "accepted" for one in parents
    )


def _world(has_object: Callable[[str], bool]) -> World:
    """The rows and cases that a row is held against, each asked for once."""

    @functools.cache
    def state_of(table: str, key: str) -> ParentState:
        states = set(ExchangeRow.objects.filter(table=table, key=key, valid=True).values_list("state", flat=True))
        if State.ACCEPTED in states:
            return "accepted"
        return "under-way" if State.WAITING in states else "missing"

    @functools.cache
    def siblings(table: str, number: str) -> Sequence[Row]:
        named = {"project_code": number} if table == PROJECTS else {"case_number": number}
        return [row.data for row in ExchangeRow.objects.filter(table=table, valid=True, **named)]

    @functools.cache
    def listed(number: str) -> Mapping[str, str]:
        case = ingest.Case.objects.select_related("project").filter(number=number).first()
        return listed_materials(case) if case and case.accepted_at else {}

    return World(
        parent=lambda table, values: state_of(table, parent_key(values)),
        siblings=siblings,
        listed=listed,
        has_object=functools.cache(has_object),
    )
