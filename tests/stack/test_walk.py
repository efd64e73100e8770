"""A project from its filing to its construction permit is asked for nothing twice; the 提交账 proves it sheet by sheet.

Every case takes what is on offer before anything is brought, and brings only what is still asked. Papers are born
digital, so that reading them is quick; sorting, checking, deciding, sealing and archiving are those of every day.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from ingest import filled_form
from samples.world import PROJECT_CODE
from tests.workers.walked import beside, bring, conclude, opened, take_offers
from workers import LedgerSheet, prepare, project_ledger

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
DAY = dt.timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[Any]:
    """From this moment on, forward only: the keys of this installation are not older."""
    with time_machine.travel(dt.datetime.now(dt.UTC)) as traveller:
        prepare()
        yield traveller


def sheets(item: str) -> dict[str, LedgerSheet]:
    """The sheets of the newest case of an item, by entry."""
    return {
        sheet.entry: sheet for case in project_ledger(PROJECT_CODE).cases if case.item == item for sheet in case.sheets
    }


def letter(until: dt.date) -> dict[str, dict[str, str]]:
    """A letter of attorney that holds until a day."""
    return {"M-SQWT": {"有效期至": f"{until.year}年{until.month}月{until.day}日"}}


def met_without(item: str, *entries: str) -> None:
    """These entries of the item were met by what was there, and nothing of the item came twice."""
    found = sheets(item)
    for entry in entries:
        assert found[entry].how in {"reused", "issued", "joint", "beside"}, (item, entry, found[entry].how)
    assert not any(sheet.twice for sheet in found.values()), item


def test_a_project_up_to_its_construction_permit_is_asked_for_nothing_twice(clock: Any) -> None:
    today = dt.datetime.now(dt.UTC).date()
    first = beside(["S1-01", "S1-07"])
    assert take_offers(first) == []
    brought = bring(first, overrides=letter(today + 400 * DAY))
    assert [conclude(case) is not None for case in first] == [True, True]

    clock.shift(DAY)
    second = opened("S2-02")
    assert {"OUT-LX", "OUT-YDGH", "OUT-CRHT", "M-SQWT", "M-FRZM", "M-DXT"} <= set(take_offers([second]))
    brought += bring([second])
    conclude(second)

    clock.shift(DAY)
    review = opened("S3-01", works=True)
    assert {"OUT-GCGH", "M-SQWT"} <= set(take_offers([review]))
    brought += bring([review])
    conclude(review)
    permit = opened("S3-05", works=True)
    assert {"OUT-YDGH", "OUT-GCGH", "OUT-CRHT", "M-SQWT"} <= set(take_offers([permit]))
    brought += bring([permit])
    conclude(permit)

    assert sorted(brought) == sorted(set(brought)), "a type was asked for in two submissions"
    ledger = project_ledger(PROJECT_CODE)
    assert ledger.once, [(case.item, sheet.entry, sheet.before) for case, sheet in ledger.repeated]
    assert len(ledger.stages_once) == 3
    assert ledger.count("missing", "awaited") == 0
    assert ledger.handed_in == len(brought)
    assert all(sheet.ref and sheet.at for _, sheet in ledger.lines if sheet.how in {"uploaded", "reused", "issued"})
    met_without("S2-02", "OUT-LX", "OUT-YDGH", "OUT-CRHT", "M-SQWT", "M-FRZM", "M-DXT")
    met_without("S3-05", "OUT-YDGH", "OUT-GCGH", "OUT-CRHT", "M-SQWT")
    form = {line.field.name: line for line in filled_form(permit)}
    assert form["建设用地规划许可证号"].chosen.origin == "read"  # off the permit that was reused; nobody typed it
