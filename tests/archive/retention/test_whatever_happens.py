"""Whatever the order of filing, holding, changing, approving, destroying and dying: what must stay stays."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from archive import digest_bytes, object_key
from archive.retention import (
    DisposalList,
    DisposalObject,
    DriftRun,
    Hold,
    KeptPeriod,
    RetentionError,
    Ruling,
    appraise,
    approve,
    change_period,
    compare_protection,
    conclude,
    confirm_change,
    destroy_next,
    draw_list,
    release_hold,
    set_hold,
    withdraw_list,
)
from tests.archive.retention.world import DESTROY, LOCK_DAYS, World, nothing

CONTENTS = [b"c%d" % n for n in range(5)]
COMPANIES, PROJECTS = ("company-A", "company-B"), ("project-1", "project-2")
WHO = st.integers(0, 3)


class KilledError(Exception):
    """The worker died here."""


class Archive(RuleBasedStateMachine):
    """Beside the tables, a plain account of what was filed and what is held, from which the answer is known."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.filed: dict[int, tuple[KeptPeriod, set[str], str, str]] = {}
        self.ends: dict[int, dt.date] = {}
        self.holds: list[tuple[Hold, str, str]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.folder.cleanup()

    @rule(which=st.sets(st.sampled_from(CONTENTS), min_size=1), code=st.sampled_from(["D10", "D10", "D30", "Y"]),
          company=st.sampled_from(COMPANIES), project=st.sampled_from(PROJECTS))  # fmt: skip
    def file(self, which: set[bytes], code: Any, company: str, project: str) -> None:
        period = self.world.file(sorted(which), code=code, company=company, project=project)
        named = {digest_bytes(data).sha256 for data in which} | {period.package.manifest_sha256}
        self.filed[period.pk] = (period, named, company, project)
        self.ends[period.pk] = period.until or dt.date.max

    @rule(days=st.sampled_from([1, 31, 366, 3700]))
    def time_passes(self, days: int) -> None:
        self.world.now += dt.timedelta(days=days)

    @precondition(lambda self: self.filed)
    @rule(data=st.data(), scope=st.sampled_from(list(Hold.Scope)), by=WHO)
    def hold(self, data: Any, scope: Hold.Scope, by: int) -> None:
        period, _, company, project = self.filed[data.draw(st.sampled_from(sorted(self.filed)))]
        target = {"package": period.package.number, "case": period.package.case_number, "project": project}
        target["company"] = company
        placed = set_hold(
            scope, target[scope], reason="诉讼", authority="函", by=self.world.people[by], now=self.world.now
        )
        self.holds.append((placed, scope, target[scope]))

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), by=WHO)
    def release(self, data: Any, by: int) -> None:
        at = data.draw(st.integers(0, len(self.holds) - 1))
        if self.tried(
            lambda: release_hold(self.holds[at][0], reason="撤", by=self.world.people[by], now=self.world.now)
        ):
            self.holds.pop(at)

    @precondition(lambda self: self.filed)
    @rule(data=st.data(), years=st.sampled_from([-9, -1, 1, 20]), by=WHO, second=WHO)
    def change(self, data: Any, years: int, by: int, second: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.filed)))
        period = KeptPeriod.objects.get(pk=key)
        until = (period.until or self.world.today).replace(month=12, day=31)
        until = until.replace(year=max(2027, until.year + years))
        people, now = self.world.people, self.world.now

        def changed() -> None:
            made = change_period(period, "D10", until, reason="变更", authority="文", by=people[by], now=now)
            if made.confirmed_at is None:
                confirm_change(made, by=people[second], now=now)

        if self.tried(changed):
            self.ends[key] = until

    @rule(by=WHO, second=WHO)
    def approve_all_that_may_go(self, by: int, second: int) -> None:
        people, now, today = self.world.people, self.world.now, self.world.today

        def approved() -> None:
            drawn = draw_list(nothing, by=people[by], now=now, today=today)
            said = {}
            for line in drawn.lines.all():
                forbidden = any(one["forbids"] for one in line.against)
                said[line.pk] = Ruling("keep" if forbidden else DESTROY, "鉴定")
            appraise(drawn, said, nothing, by=people[by], now=now, today=today)
            approve(drawn, "archivist", by=people[by], now=now)
            approve(drawn, "supervisor", by=people[second], now=now)

        self.tried(approved)

    @rule()
    def begin(self) -> None:
        for drawn in DisposalList.objects.filter(state="approved"):
            self.tried(lambda drawn=drawn: self.world.begun(drawn))

    @rule()
    def withdraw(self) -> None:
        if drawn := DisposalList.objects.filter(state="approved").first():
            self.tried(lambda: withdraw_list(drawn, why="异议", by=self.world.people[0], now=self.world.now))

    @rule(steps=st.integers(1, 4), dies=st.booleans())
    def destroy(self, steps: int, dies: bool) -> None:  # noqa: FBT001 - drawn
        for drawn in DisposalList.objects.filter(state="begun"):
            for _ in range(steps):
                self.one_goes(drawn, dies=dies)
            self.tried(lambda drawn=drawn: conclude(drawn, now=self.world.now))

    @rule()
    def nightly(self) -> None:
        compare_protection(self.world.stores, self.world.now, LOCK_DAYS, seconds=60, run=DriftRun())

    def one_goes(self, drawn: DisposalList, *, dies: bool) -> None:
        """One object: whatever must stay and was there is there after it, also where the worker dies half-way."""
        must_stay = {sha256 for sha256 in self.protected() if self.world.has_object(sha256)}
        stores: list[Any] = self.world.stores
        if dies:
            stores[1] = Dying(stores[1])
        try:
            with transaction.atomic():
                destroy_next(drawn, stores, lambda: self.world.now)
        except KilledError:
            pass
        lost = {sha256 for sha256 in must_stay if not self.in_both(sha256)}
        assert not lost

    def protected(self) -> set[str]:
        """By the plain account: what a package names that is held, not over, or not being destroyed."""
        lines = DisposalList.objects.filter(state="begun", lines__decision=DESTROY, lines__outcome="")
        going = set(lines.values_list("lines__period", flat=True))
        gone = set(KeptPeriod.objects.exclude(destroyed_at=None).values_list("pk", flat=True))
        stays: set[str] = set()
        for key, (_, named, _, _) in self.filed.items():
            over = self.ends[key] < self.world.today
            if key not in gone and (key not in going or not over or self.is_held(key)):
                stays |= named
        return stays

    def is_held(self, key: int) -> bool:
        period, _, company, project = self.filed[key]
        mine = {"package": period.package.number, "case": period.package.case_number}
        mine |= {"company": company, "project": project}
        return any(mine[scope] == target for _, scope, target in self.holds)

    def in_both(self, sha256: str) -> bool:
        return all(store.versions(object_key(sha256)) for store in self.world.stores)

    @invariant()
    def what_never_was_on_a_list_is_whole(self) -> None:
        listed = set(DisposalObject.objects.values_list("line__period", flat=True))
        kept = self.filed.keys() - listed
        assert all(self.in_both(sha256) for key in kept for sha256 in self.filed[key][1])

    @staticmethod
    def tried(act: Any) -> bool:
        try:
            with transaction.atomic():
                act()
        except RetentionError:
            return False
        return True


class Dying:
    """A store in front of which the worker dies when it is about to delete."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def delete_version(self, *_: Any, **__: Any) -> None:
        raise KilledError


CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.django_db
def test_nothing_held_or_not_over_or_named_by_a_kept_package_is_ever_deleted() -> None:
    run_state_machine_as_test(
        Archive,
        settings=settings(
            max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=CHECKS, derandomize=True
        ),
    )


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_and_not_in_many_more_orders() -> None:
    run_state_machine_as_test(
        Archive,
        settings=settings(max_examples=75, stateful_step_count=40, deadline=None, suppress_health_check=CHECKS),
    )
