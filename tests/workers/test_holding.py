"""A hold is on every object it covers, on later ones too, until the last one ends; drift is put right or told."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction

from archive import Event, FollowUp, LocalStore, Lock, Package, object_key
from archive.retention import Hold, NamedObject, RetentionError, protection
from portal.roles import Role
from tests.portal import factories
from tests.workers.archived import CLOSED, archived, versions
from tests.workers.casework import run
from workers import (
    NotPossibleError,
    add_supplement,
    compare_retention,
    hold,
    holds_in_force,
    lift_hold,
    prepare,
    zone,
)
from workers.made_elements import kept_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> time_machine.Traveller:
    with time_machine.travel(CLOSED, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people() -> list[Any]:
    return [factories.user(Role.ARCHIVIST), factories.user(Role.ARCHIVIST)]


def held(data: bytes) -> bool:
    return all(version.legal_hold for version in versions(data))


def test_a_hold_marks_what_is_there_and_what_comes_and_ends_with_the_last(
    clock: time_machine.Traveller, people: list[Any]
) -> None:
    prepare()
    package, other = archived(people[0], b"one", b"common"), archived(people[0], b"common", b"two")
    first = hold("package", package.archive_number, reason="诉讼", authority="法院函1号", by=people[0])
    second = hold("company", "91990101MA00000000", reason="审计", authority="审计函", by=people[0])
    assert second.target == "91990101MA00000000"
    third = hold("case", other.case_number, reason="复议", authority="复议函", by=people[0])
    run("protect")
    assert [held(data) for data in (b"one", b"common", b"two")] == [True, True, True]
    with transaction.atomic():
        element = kept_json(32, "过程文件", "检测报告", 1, {"key": "later"})
        kind = FollowUp.Kind.INSPECTION
        add_supplement(package, kind=kind, title="检测", elements=[element], key="GD:1", now=CLOSED)
    run("supplement")
    run("protect")
    key = object_key(element.sha256)
    assert all(version.legal_hold for version in zone("archive").versions(key))
    lift_hold(first, reason="撤诉", by=people[1])
    run("protect")
    assert [held(data) for data in (b"one", b"common", b"two")] == [False, True, True]
    lift_hold(third, reason="复议终结", by=people[1])
    run("protect")
    assert [held(data) for data in (b"one", b"common", b"two")] == [False, False, False]
    applied = Event.objects.filter(kind="hold-applied").order_by("pk").values_list("details__let_go", flat=True)
    assert [count > 0 for count in applied] == [False, False, False, False, True, True]
    assert [row.hold for row in holds_in_force()] == [second]


def test_a_hold_names_something_that_is_there(people: list[Any]) -> None:
    for scope in ("package", "case", "project"):
        with pytest.raises(NotPossibleError, match="没有"):
            hold(scope, "nothing", reason="诉讼", authority="函", by=people[0])
    for words in ({"reason": " ", "authority": "函"}, {"reason": "诉讼", "authority": ""}):
        with pytest.raises(RetentionError):
            hold("company", "91990101MA00000000", by=people[0], **words)
    assert not Hold.objects.exists()


def test_a_lock_is_renewed_before_it_ends_and_never_beyond_the_period(
    clock: time_machine.Traveller, people: list[Any], settings: Any
) -> None:
    settings.ARCHIVE_LOCK_DAYS = 1000
    archived(people[0], b"ten", code="D10")
    archived(people[0], b"ever", code="Y")
    assert compare_retention().locked == []
    clock.shift(dt.timedelta(days=600))
    run = compare_retention()
    assert len(run.locked) == 6
    assert run.whole
    assert versions(b"ever")[0].retain_until == CLOSED + dt.timedelta(days=1600)
    clock.move_to(dt.datetime(2036, 9, 1, tzinfo=dt.UTC))
    assert compare_retention().faults == {}
    assert versions(b"ten")[0].retain_until == dt.datetime(2036, 12, 31, 16, 0, tzinfo=dt.UTC)
    assert Event.objects.filter(kind="retention-drift").count() == 2


def test_a_mark_without_a_hold_is_told_and_left(clock: time_machine.Traveller, people: list[Any]) -> None:
    archived(people[0], b"one")
    version = versions(b"one")[0]
    zone("archive").set_legal_hold(version.key, version.version, on=True)
    assert list(compare_retention().faults) == [version.sha256]
    assert held(b"one")
    assert "没有对应的冻结记录" in NamedObject.objects.exclude(fault="").get().fault


def test_a_store_that_forgets_holds_and_locks_is_told(
    clock: time_machine.Traveller, people: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = archived(people[0], b"one", code="Y")
    hold("project", package.project_code, reason="诉讼", authority="函", by=people[0])
    monkeypatch.setattr(LocalStore, "set_legal_hold", lambda *_, **__: None)
    run("protect")
    assert Event.objects.get(kind="hold-applied").details["faults"] == 3
    assert "不支持法律保留" in NamedObject.objects.filter(size=3).get().fault
    [row] = holds_in_force()
    assert (row.packages, row.faults) == (1, 3)
    clock.shift(dt.timedelta(days=3000))
    monkeypatch.setattr(LocalStore, "extend_retention", lambda *_: None)
    assert "锁定续期未生效" in next(iter(compare_retention().faults.values()))


def test_a_hold_that_comes_while_another_goes_keeps_its_mark(
    clock: time_machine.Traveller, people: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = archived(people[0], b"one")
    first = hold("package", package.number, reason="诉讼", authority="函", by=people[0])
    run("protect")
    lift_hold(first, reason="撤诉", by=people[1])
    taken_off = LocalStore.set_legal_hold

    def meanwhile(store: LocalStore, key: str, version: str, *, on: bool) -> None:
        taken_off(store, key, version, on=on)
        if not on and not Hold.objects.filter(released_at=None).exists():
            hold("project", package.project_code, reason="审计", authority="函", by=people[0])

    monkeypatch.setattr(LocalStore, "set_legal_hold", meanwhile)
    run("protect")
    assert held(b"one")


def test_what_is_stored_when_its_period_is_all_but_over_is_locked_for_a_month() -> None:
    end = protection.lock_end(CLOSED.date(), CLOSED, 3650)
    assert end == CLOSED + protection.LEAST_LOCK
    assert Lock(end).mode == "COMPLIANCE"
    assert Package.State.DESTROYED.label == "已销毁"
