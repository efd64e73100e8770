"""From the due list to the tombstone: who decides, what stands against it, what goes and what stays."""

import datetime as dt
import json
from pathlib import Path

import pytest

from archive import Event, Lock, Package, object_key, parse_canonical
from archive.retention import (
    OBJECTION_DAYS,
    Against,
    DisposalObject,
    Hold,
    KeptPeriod,
    RetentionError,
    Ruling,
    appraise,
    approve,
    certificate_bytes,
    certificate_words,
    change_period,
    conclude,
    destroy_next,
    draw_list,
    release_hold,
    set_hold,
    withdraw_list,
)
from tests.archive.retention.world import DESTROY, EXTEND, KEEP, World, nothing

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def refused(code: str) -> pytest.RaisesExc[RetentionError]:
    return pytest.RaisesExc(RetentionError, check=lambda error: error.code == code)


def hold(world: World, period: KeptPeriod) -> Hold:
    number = period.package.number
    return set_hold(Hold.Scope.PACKAGE, number, reason="诉讼", authority="法院函", by=world.people[2], now=world.now)


def test_only_what_is_over_is_drawn_and_each_line_says_since_when(world: World) -> None:
    due = world.file([b"one"])
    world.file([b"two"], code="D30")
    world.file([b"three"], code="Y")
    with refused("nothing-due"):
        draw_list(nothing, by=world.people[0], now=world.now, today=dt.date(2036, 12, 31))
    world.pass_years(11)
    [line] = draw_list(nothing, by=world.people[0], now=world.now, today=world.today).lines.all()
    assert (line.period, line.due_on) == (due, dt.date(2036, 12, 31))
    with refused("nothing-due"):
        draw_list(nothing, by=world.people[0], now=world.now, today=world.today)


def test_what_was_approved_by_two_is_gone_in_every_version_in_both_sites(world: World) -> None:
    period = world.file([b"alone", b"common"])
    stays = world.file([b"common"], code="Y")
    world.pass_years(11)
    drawn = world.carried_out(world.approved())
    key = object_key(DisposalObject.objects.get(size=5).sha256)
    assert [store.versions(key) for store in world.stores] == [[], []]
    assert world.has(b"common")
    assert not world.has_object(period.package.manifest_sha256)
    period.refresh_from_db()
    assert (period.destroyed_at, period.certificate) == (world.now, drawn.number)
    assert Package.objects.get(pk=period.package_id).state == "destroyed"
    assert Package.objects.get(pk=stays.package_id).state == "logged"
    [tomb] = Event.objects.filter(kind="package-destroyed")
    assert tomb.object_sha256 == period.package.manifest_sha256
    assert tomb.details["archive_number"] == period.package.archive_number
    assert tomb.details["approved_by"] == [world.people[0].pk, world.people[1].pk]


def test_the_certificate_names_what_is_gone_and_what_stayed_and_is_the_same_every_time(world: World) -> None:
    period = world.file([b"alone", b"common"])
    world.file([b"common"], code="Y")
    world.pass_years(11)
    drawn = world.carried_out(world.approved())
    said = parse_canonical(certificate_bytes(drawn))
    [one] = said["packages"]
    assert one["archive_number"] == period.package.archive_number
    assert one["manifest_sha256"] == period.package.manifest_sha256
    assert [row["size"] for row in one["destroyed"]].count(5) == 1
    assert [row["why"] for row in one["stayed"]] == ["其他在库档案仍在使用"]
    assert [row["role"] for row in said["approvals"]] == ["archivist", "supervisor"]
    assert certificate_bytes(drawn) == certificate_bytes(drawn)
    assert "alone" not in json.dumps(said)
    words = certificate_words(drawn, "江澜市档案馆")
    assert words["表"][0][0] == period.package.archive_number
    assert "甲" in words["正文"][1]


def test_one_person_cannot_approve_twice_nor_who_released_its_hold(world: World) -> None:
    period = world.file([b"one"])
    world.pass_years(11)
    placed = hold(world, period)
    release_hold(placed, reason="撤诉", by=world.people[3], now=world.now)
    drawn = draw_list(nothing, by=world.people[0], now=world.now, today=world.today)
    said = {drawn.lines.get().pk: Ruling(DESTROY, "无保存价值")}
    with refused("not-appraised"):
        approve(drawn, "archivist", by=world.people[0], now=world.now)
    appraise(drawn, said, nothing, by=world.people[0], now=world.now, today=world.today)
    with refused("released-it"):
        approve(drawn, "supervisor", by=world.people[3], now=world.now)
    approve(drawn, "archivist", by=world.people[0], now=world.now)
    with refused("same-person"):
        approve(drawn, "supervisor", by=world.people[0], now=world.now)
    with refused("approved"):
        approve(drawn, "archivist", by=world.people[1], now=world.now)
    with refused("not-approved"):
        world.begun(drawn)


def test_nothing_is_begun_before_the_waiting_time_is_over(world: World) -> None:
    world.file([b"one"])
    world.pass_years(11)
    drawn = world.approved()
    assert drawn.not_before == world.now + dt.timedelta(days=OBJECTION_DAYS)
    with refused("too-soon"):
        world.begun(drawn)
    withdraw_list(drawn, why="有人异议", by=world.people[2], now=world.now)
    world.now += dt.timedelta(days=OBJECTION_DAYS)
    with refused("not-approved"):
        world.begun(drawn)


def test_an_appraisal_gives_every_package_its_ruling_and_reason(world: World) -> None:
    kept, longer = world.file([b"one"]), world.file([b"two"])
    world.pass_years(11)
    drawn = draw_list(nothing, by=world.people[0], now=world.now, today=world.today)
    first, second = (line.pk for line in drawn.lines.order_by("period"))
    keep, extend = Ruling(KEEP, "仍有查考价值"), Ruling(EXTEND, "诉讼时效", dt.date(2050, 12, 31))

    def appraised(**said: Ruling) -> None:
        rulings = {int(key[1:]): ruling for key, ruling in said.items()}
        appraise(drawn, rulings, nothing, by=world.people[0], now=world.now, today=world.today)

    for code, said in (
        ("not-all", {f"_{first}": keep}),
        ("no-reason", {f"_{first}": keep, f"_{second}": Ruling(DESTROY, " ")}),
        ("bad-extension", {f"_{first}": keep, f"_{second}": Ruling(EXTEND, "诉讼", world.today)}),
    ):
        with refused(code):
            appraised(**said)
    appraised(**{f"_{first}": keep, f"_{second}": extend})
    approve(drawn, "archivist", by=world.people[0], now=world.now)
    assert approve(drawn, "supervisor", by=world.people[1], now=world.now).state == "closed"
    for period in (kept, longer):
        period.refresh_from_db()
    assert (kept.until, longer.until) == (dt.date(2036, 12, 31), dt.date(2050, 12, 31))


def test_what_stands_against_it_is_on_the_line_and_forbids_destruction(world: World) -> None:
    period = world.file([b"one"])
    world.pass_years(11)
    hold(world, period)

    def outside(_: Package) -> list[Against]:
        return [Against("certificate", "证照 7 仍然有效")]

    drawn = draw_list(outside, by=world.people[0], now=world.now, today=world.today)
    line = drawn.lines.get()
    assert [one["code"] for one in line.against] == ["hold", "certificate"]
    with refused("forbidden"):
        appraise(
            drawn, {line.pk: Ruling(DESTROY, "到期")}, outside, by=world.people[0], now=world.now, today=world.today
        )


def test_a_package_whose_object_is_still_locked_is_refused_and_the_object_named(world: World) -> None:
    free, locked = world.file([b"free"]), world.file([b"locked"])
    world.pass_years(11)
    store = world.sites[1]
    key = object_key(locked.uses.get(object__size=6).object.sha256)
    store.extend_retention(key, store.stat(key).version, Lock(world.now + dt.timedelta(days=90)))
    drawn = world.carried_out(world.approved())
    line = drawn.lines.get(period=locked)
    assert line.outcome == "refused"
    assert key.rpartition("/")[2] in line.outcome_why
    assert world.has(b"locked")
    assert drawn.lines.get(period=free).outcome == "destroyed"
    assert parse_canonical(certificate_bytes(drawn))["not_destroyed"][0]["package"] == locked.package.number


def test_a_hold_or_a_longer_period_in_the_middle_stops_what_is_left(world: World) -> None:
    periods = [world.file([b"a%d" % n, b"b%d" % n]) for n in range(2)]
    world.pass_years(11)
    drawn = world.approved()
    world.now += dt.timedelta(days=31)
    drawn = world.begun(drawn)
    assert destroy_next(drawn, world.stores, lambda: world.now)
    hold(world, periods[0])
    change_period(periods[1], "D10", dt.date(2060, 12, 31), reason="续存", by=world.people[0], now=world.now)
    while destroy_next(drawn, world.stores, lambda: world.now):
        pass
    conclude(drawn, now=world.now)
    assert [line.outcome for line in drawn.lines.order_by("pk")] == ["stopped", "stopped"]
    assert sum(world.has(data) for data in (b"a0", b"b0", b"a1", b"b1")) >= 3
    assert Package.objects.filter(state="destroyed").count() == 0
    assert "1个对象已先行销毁" in drawn.lines.order_by("pk")[0].outcome_why


def test_who_approved_the_destruction_may_not_release_the_hold(world: World) -> None:
    period = world.file([b"one"])
    world.pass_years(11)
    world.approved()
    placed = hold(world, period)
    for person, code in ((world.people[0], "same-person"), (world.people[1], "same-person")):
        with refused(code):
            release_hold(placed, reason="解除", by=person, now=world.now)
    with refused("no-reason"):
        release_hold(placed, reason="", by=world.people[2], now=world.now)
    release_hold(placed, reason="撤诉", by=world.people[2], now=world.now)
    with refused("released"):
        release_hold(placed, reason="撤诉", by=world.people[2], now=world.now)
