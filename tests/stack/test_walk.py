"""Done-when 3: a project through all four stages is asked for nothing twice, and the 提交账 proves it sheet by sheet.

Every case takes what is on offer before anything is brought, and brings only what is still asked. Papers are born
digital, so that reading them is quick; sorting, checking, deciding, sealing and archiving are those of every day.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from archive import HeldMaterial
from archive.holdings import still_valid
from ingest import filled_form
from samples import World
from samples.world import BUILDER_OWNER, PROJECT_CODE, known_world
from signing import Act, Certificate, Decision
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from tests.workers.walked import beside, bring, conclude, opened, rows, still_asked, take_offers
from workers import LedgerSheet, accept, decide_on, held_for, prepare, project_ledger

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
RENAMED = "江澜晨曦智能科技股份有限公司"
DAY = dt.timedelta(days=1)
BUILT = dt.datetime(2028, 1, 10, tzinfo=dt.UTC)
"""The works of the samples is finished by then; its papers of acceptance bear days until a week before."""


@pytest.fixture
def clock() -> Iterator[Any]:
    """From this moment on, forward only: the keys of this installation are not older."""
    with time_machine.travel(dt.datetime.now(dt.UTC)) as traveller:
        prepare()
        yield traveller


AFTER = max(BUILT, dt.datetime.now(dt.UTC)).date() + 300 * DAY


def built(clock: Any) -> None:
    """The works is built in the meantime."""
    clock.move_to(max(BUILT, dt.datetime.now(dt.UTC) + DAY))


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


def test_a_project_through_four_stages_is_asked_for_nothing_twice(clock: Any) -> None:
    first = beside(["S1-01", "S1-07"])
    assert take_offers(first) == []
    brought = bring(first, overrides=letter(AFTER))
    assert [conclude(case) is not None for case in first] == [True, True]

    clock.shift(DAY)
    second = opened("S2-02")
    assert {"OUT-LX", "OUT-YDGH", "OUT-CRHT", "M-SQWT", "M-FRZM", "M-DXT"} <= set(take_offers([second]))
    brought += bring([second])
    planning = conclude(second)
    assert planning

    clock.shift(DAY)
    review = opened("S3-01", works=True)
    assert {"OUT-GCGH", "M-SQWT"} <= set(take_offers([review]))
    brought += bring([review])
    conclude(review)
    permit = opened("S3-05", works=True)
    assert {"OUT-YDGH", "OUT-GCGH", "OUT-CRHT", "M-SQWT"} <= set(take_offers([permit]))
    brought += bring([permit])
    conclude(permit)
    planning.refresh_from_db()
    assert planning.used_in_time  # it would lapse after a year, and need not be extended

    built(clock)
    last = beside(["S4-01", "S4-02", "S4-03", "S4-06"], works=True)
    assert {"OUT-GCGH", "OUT-SGXK", "OUT-ST", "M-SQWT"} <= set(take_offers(last))
    brought += bring(last)
    for case in last:
        accept(case, by=account("clerk"))
    drain()
    lead, verification, fire, filing = last
    for case in (fire, filing, verification, lead):
        conclude(case)

    assert sorted(brought) == sorted(set(brought)), "a type was asked for in two submissions"
    ledger = project_ledger(PROJECT_CODE)
    assert ledger.once, [(case.item, sheet.entry, sheet.before) for case, sheet in ledger.repeated]
    assert len(ledger.stages_once) == 4
    assert ledger.count("missing", "awaited") == 0
    assert ledger.handed_in == len(brought)
    assert all(sheet.ref and sheet.at for _, sheet in ledger.lines if sheet.how in {"uploaded", "reused", "issued"})
    met_without("S2-02", "OUT-LX", "OUT-YDGH", "OUT-CRHT", "M-SQWT", "M-FRZM", "M-DXT")
    met_without("S3-05", "OUT-YDGH", "OUT-GCGH", "OUT-CRHT", "M-SQWT")
    met_without("S4-02", "OUT-GCGH", "M-SQWT", "OUT-DC")
    form = {line.field.name: line for line in filled_form(permit)}
    assert form["建设用地规划许可证号"].chosen.origin == "read"  # off the permit that was reused; nobody typed it


def test_a_new_name_a_revoked_permit_and_a_lapsed_letter_ask_for_what_they_must_and_no_more(
    clock: Any,
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    filing, land = beside(["S1-01", "S1-07"])
    bring([filing, land], overrides=letter(today + 10 * DAY))
    conclude(filing)
    permit = conclude(land)
    assert permit

    clock.shift(DAY)
    reason = Decision("申请材料不实", basis="《中华人民共和国行政许可法》第六十九条")
    decide_on(permit, Act.REVOKE, reason, by=account("officer"))
    drain()
    second = opened("S2-02", name=RENAMED)
    taken = take_offers([second])
    assert {"OUT-LX", "OUT-CRHT", "M-SQWT", "M-DXT"} <= set(taken)  # the code of a company stays
    assert not {"OUT-YDGH", "M-FRZM"} & set(taken)  # revoked; and a paper of the company under its former name
    assert {"OUT-YDGH", "M-FRZM"} <= set(still_asked(second))
    renamed_letter = rows(second)["M-SQWT"]
    assert renamed_letter["state"] == "question"
    assert [one["code"] for one in renamed_letter["defects"]] == ["applicant-renamed"]
    form = {line.field.name: line for line in filled_form(second)}
    assert (form["建设单位"].chosen.value, form["建设单位"].state) == (RENAMED, "differs")
    number = form["建设用地规划许可证号"]
    assert (number.chosen.value, number.state) == (permit.number, "lapsed")  # shown with why, and never taken as it is
    assert "已撤销" in number.chosen.lapsed
    [gone] = HeldMaterial.objects.filter(type="OUT-YDGH")
    assert (still_valid(gone, today + DAY).code, gone.number) == ("revoked", permit.number)

    new_permit(second, permit)
    bring([second], world=renamed())
    conclude(second)
    met_without("S2-02", "OUT-LX", "OUT-YDGH", "OUT-CRHT", "M-SQWT", "M-FRZM", "M-DXT")
    assert "内容已变更" in sheets("S1-07")["M-FRZM"].note

    clock.shift(12 * DAY)
    review = opened("S3-01", works=True, name=RENAMED)
    assert "M-SQWT" not in take_offers([review])
    assert "M-SQWT" in still_asked(review)
    bring([review], world=renamed(), overrides=letter(AFTER))
    conclude(review)
    again = sheets("S3-01")["M-SQWT"]
    assert (again.how, again.twice) == ("uploaded", False)
    assert "到期" in again.note

    built(clock)
    last = opened("S4-06", works=True, name=RENAMED)
    assert "M-SQWT" in take_offers([last])
    bring([last], world=renamed())
    conclude(last)
    ledger = project_ledger(PROJECT_CODE)
    assert ledger.once, [(case.item, sheet.entry, sheet.before) for case, sheet in ledger.repeated]
    assert len(ledger.stages_once) == 4


def new_permit(waiting: Any, revoked: Certificate) -> None:
    """In place of the revoked one another permit is applied for: only its form is new, and only it is offered then."""
    anew = opened("S1-07", name=RENAMED)
    take_offers([anew])
    assert sorted(bring([anew], world=renamed())) == ["M-FRZM", "M-YDSQB"]  # what bears the name, and the form
    issued = conclude(anew)
    assert issued
    assert [held.number for held in held_for(waiting) if held.type == "OUT-YDGH"] == [issued.number]
    assert issued.number != revoked.number
    assert set(take_offers([waiting])) == {"OUT-YDGH", "M-FRZM"}


def renamed() -> World:
    """The demonstration's city after the company changed its name; its code stayed."""
    world = known_world("1号厂房")
    return dataclasses.replace(world, owner=dataclasses.replace(BUILDER_OWNER, name=RENAMED))
