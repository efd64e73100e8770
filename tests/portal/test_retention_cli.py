"""`yidang archive` for retention: the schedule, a hold, a disposal by two persons, and what is said of what is gone."""

import json
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from archive.retention import DisposalList, Hold, KeptPeriod
from catalogue import period_end
from portal.cli import retention
from portal.roles import Role
from tests.portal import factories
from tests.workers.archived import CLOSED, DUE, archived
from tests.workers.casework import run
from workers import carry_out, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(CLOSED, tick=False) as traveller:
        yield traveller


def do(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)


def test_the_schedule_says_how_far_each_rule_is_grounded() -> None:
    said = json.loads(do(retention.schedule, "--json").output)
    assert {rule["mark"] for rule in said["rules"]} <= {"found", "memory", "city"}
    assert "凭记忆" in do(retention.schedule).output


def test_a_disposal_by_two_persons_ends_in_a_tombstone(clock: Any) -> None:
    prepare()
    people = {role: factories.user(role) for role in (Role.ARCHIVIST, Role.SUPERVISOR)}
    one, two = people[Role.ARCHIVIST].username, people[Role.SUPERVISOR].username
    package = archived(people[Role.ARCHIVIST], b"one")
    clock.move_to(DUE)
    assert json.loads(do(retention.due, "--json").output)[0]["against"] == []
    do(retention.dispose, "draw", "--as", one)
    number = DisposalList.objects.get().number
    assert do(retention.dispose, "approve", number, "--role", "archivist", "--as", one).return_value == 1
    rule = ("--rule", package.archive_number, "destroy", "无保存价值")
    assert do(retention.dispose, "appraise", number, *rule, "--as", one).return_value == 0
    with pytest.raises(Exception, match="不是监察人员"):
        do(retention.dispose, "approve", number, "--role", "supervisor", "--as", one)
    for role, name in (("archivist", one), ("supervisor", two)):
        assert do(retention.dispose, "approve", number, "--role", role, "--as", name).return_value == 0
    assert do(retention.destroyed, package.archive_number).return_value == 1
    clock.shift(31 * 86400)
    carry_out()
    for kind in ("condemn", "destroy", "certify"):
        run(kind)
    for known_by in (package.archive_number, package.case_number, package.manifest_sha256):
        said = json.loads(do(retention.destroyed, known_by, "--json").output)
        assert (said["archive_number"], said["certificate"], said["logged"]) == (package.archive_number, number, True)
    assert "依法销毁" in do(retention.destroyed, package.archive_number).output


def test_a_period_is_shortened_by_two_persons_and_a_document() -> None:
    one, two = factories.user(Role.ARCHIVIST).username, factories.user(Role.SUPERVISOR).username
    clerk = factories.user(Role.CLERK)
    package = archived(clerk, b"one", code="D30")
    period, number = KeptPeriod.objects.get(), package.archive_number
    words = ("--reason", "调整", "--authority", "档函1号")
    assert do(retention.shorten, "propose", number, "D30", *words, "--as", one).return_value == 1
    with pytest.raises(Exception, match="不是档案人员"):
        do(retention.shorten, "propose", number, "D10", *words, "--as", clerk.username)
    with pytest.raises(Exception, match="没有待批准"):
        do(retention.shorten, "confirm", number, "--as", two)
    assert do(retention.shorten, "propose", number, "D10", *words, "--as", one).return_value == 0
    assert do(retention.shorten, "confirm", number, "--as", one).return_value == 1
    before = period.until
    period.refresh_from_db()
    assert (period.code, period.until) == ("D30", before)
    assert do(retention.shorten, "confirm", number, "--as", two).return_value == 0
    period.refresh_from_db()
    assert (period.code, period.until) == ("D10", period_end("D10", period.closed_on))


def test_a_hold_is_placed_seen_and_released(clock: Any) -> None:
    person, other = factories.user(Role.ARCHIVIST).username, factories.user(Role.ARCHIVIST).username
    package = archived(factories.user(Role.CLERK), b"one")
    words = ("--reason", "诉讼", "--authority", "法院函", "--as", person)
    assert do(retention.hold, "package", "J9", *words).return_value == 1
    assert do(retention.hold, "package", package.archive_number, *words).return_value == 0
    assert json.loads(do(retention.drift, "--json").output)["held"] == 3
    number = Hold.objects.get().number
    assert do(retention.release, number, "--reason", "撤诉", "--as", other).return_value == 0
    clock.shift(1)
    assert do(retention.drift).return_value == 1  # the marks are there until the job of the release has run
    run("protect")
    clock.shift(1)
    assert do(retention.drift).return_value == 0
