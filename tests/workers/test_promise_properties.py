"""Whatever happens to a case in whatever order, some things hold of its gaps, its clock, its archive and its record."""

import contextlib
import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from archive import Event
from ingest import Case, CreditRecord, MaterialUse, Notice, Pause, Promise, open_gaps
from signing import Seal
from tests.portal import factories
from tests.workers.casework import MONDAY, handed_in, report, reported
from workers import (
    Job,
    NotPossibleError,
    accept,
    decide,
    keep_dates,
    notify,
    pause,
    promise,
    recheck,
    resume,
    undo_promise,
)
from workers.keeping import package, request_package
from workers.stage import NotYetError

ENTRIES = ("M-SQWT", "M-CNS")
ACTS = ("gap", "promise", "undo", "accept", "days", "night", "comes", "taken back", "pause", "resume")
ACTS += ("notify", "decide", "issue", "kept", "broken")
ACCEPTED = (("gap", "M-SQWT"), ("promise", "M-CNS"), ("accept", ""))
BEGINNINGS = ((), ACCEPTED, (*ACCEPTED, ("decide", ""), ("issue", "")))
"""How far the case is before anything may happen: few stories drawn blindly come beyond the acceptance."""
LAST_WORDS = frozenset({"kept", "broken", "void"})


class Story:
    """One case, and what may be done to it by name; what is not possible then is refused and changes nothing."""

    def __init__(self, clock: time_machine.Traveller, by: User) -> None:
        self.clock, self.by = clock, by
        self.case = factories.case(by)
        facts = {
            "owner": "江澜市行政审批局",
            "owner_uscc": "119901010000000001",
            "valid_until": timezone.now() + dt.timedelta(days=365),
        }
        Seal.objects.create(label="审批章", items=["S3-05"], **facts)
        self.expired: set[int] = set()
        self.ended: dict[int, str] = {}

    def act(self, name: str, entry: str) -> None:
        self.case.refresh_from_db()
        standing = self.case.promises.filter(entry=entry).exclude(state="void").first()
        with contextlib.suppress(NotPossibleError), transaction.atomic():
            self._do(name, entry, standing)
        self.holds()

    def _do(self, name: str, entry: str, standing: Promise | None) -> None:
        acts = {
            "gap": lambda: promise(self.case, entry, by=self.by, kind="gap"),
            "promise": lambda: promise(self.case, entry, by=self.by, kind="promise"),
            "undo": lambda: standing and undo_promise(standing, by=self.by),
            "accept": lambda: accept(reported(self.case), by=self.by),
            "days": lambda: self._wait(4),
            "night": lambda: self._wait(1),
            "comes": lambda: handed_in(self.case, entry),
            "taken back": lambda: self._take_back(entry),
            "pause": lambda: pause(self.case, "special", reason="听证", evidence="文号", by=self.by),
            "resume": lambda: resume(self.case, evidence="结论", by=self.by),
            "notify": lambda: notify(reported(self.case, "incomplete", OUT_ZB={"state": "missing"}), by=self.by),
            "decide": lambda: decide(self.case, by=self.by),
            "issue": self._issue,
            "kept": lambda: standing and recheck(standing, kept=True, evidence="核查记录", by=self.by),
            "broken": lambda: standing and recheck(standing, kept=False, evidence="核查记录", by=self.by),
        }
        acts[name]()

    def _wait(self, days: int) -> None:
        self.clock.shift(dt.timedelta(days=days))
        keep_dates()

    def _take_back(self, entry: str) -> None:
        MaterialUse.objects.filter(case=self.case, entry=entry).update(withdrawn_at=MONDAY)
        report(self.case, entry)

    def _issue(self) -> None:
        """The certificate is valid: from here the archive asks for the case."""
        if self.case.state == "decided":
            Case.objects.filter(pk=self.case.pk).update(state="issued", issued_at=MONDAY)
            self.case.refresh_from_db()
            request_package(self.case)

    def holds(self) -> None:
        """What must be so after every act."""
        self.case.refresh_from_db()
        promises = list(self.case.promises.all())
        self._holds_of_archiving()
        assert Pause.objects.filter(case=self.case, ended_at=None).count() <= 1
        running = self.case.pauses.filter(ended_at=None).first()
        if self.case.state == "accepted":
            assert (self.case.due_on is None) is (running is not None)
        for one in promises:
            self._holds_of(one)
        on_record = set(CreditRecord.objects.values_list("promise_id", flat=True))
        assert {one.pk for one in promises if one.state == "broken"} <= on_record
        numbers = [notice.number for notice in Notice.objects.order_by("pk")]
        for word in {number[6:8] for number in numbers}:
            mine = [int(number.split("〕")[1][:-1]) for number in numbers if number[6:8] == word]
            assert mine == list(range(1, len(mine) + 1))

    def _holds_of_archiving(self) -> None:
        """Nothing is archived over a gap: also a package asked for before its paper was taken back waits."""
        for job in Job.objects.filter(kind="package") if open_gaps(self.case) else ():
            with pytest.raises(NotYetError):
                package(job.arguments)

    def _holds_of(self, one: Promise) -> None:
        if one.pk in self.ended:
            assert one.state == self.ended[one.pk], "a last word was taken back"
        if one.state in LAST_WORDS:
            self.ended[one.pk] = one.state
        if one.state == "expired":
            self.expired.add(one.pk)
        if one.kind == "gap":
            assert one.state not in {"kept", "broken"}
        if one.state == "closed":
            assert one.closed_by
        if one.pk in self.expired:
            assert Event.objects.filter(kind=f"{one.kind}-expired", case_number=self.case.number).exists()
        assert (one.state == "open") <= (one.closed_at is None)


class AnyOrder(TestCase):
    """Each example begins with an empty database."""

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.sampled_from(BEGINNINGS),
        st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(ENTRIES)), min_size=2, max_size=8),
    )
    def test_in_any_order(self, begun: tuple[tuple[str, str], ...], acts: list[tuple[str, str]]) -> None:
        with time_machine.travel(MONDAY, tick=False) as clock:
            story = Story(clock, factories.user())
            for name, entry in [*begun, *acts]:
                story.act(name, entry)

    def test_a_late_paper_that_is_taken_back_stops_the_package_that_was_asked_for(self) -> None:
        acts = (("comes", "M-SQWT"), ("taken back", "M-SQWT"))
        with time_machine.travel(MONDAY, tick=False) as clock:
            story = Story(clock, factories.user())
            for name, entry in (*BEGINNINGS[-1], *acts):
                story.act(name, entry)
        assert open_gaps(story.case)
        assert Job.objects.filter(kind="package").exists()

    def test_the_whole_way_with_a_late_paper(self) -> None:
        """The acts do what their names say: otherwise the property above would hold of nothing."""
        with time_machine.travel(MONDAY, tick=False) as clock:
            story = Story(clock, factories.user())
            way = [("gap", "M-SQWT"), ("promise", "M-CNS"), ("accept", ""), ("days", ""), ("days", ""), ("decide", "")]
            for name, entry in way:
                story.act(name, entry)
            assert [one.state for one in story.case.promises.all()] == ["expired", "expired"]
            assert story.case.state == "accepted"  # the clock stands, so nothing was decided
            rest = [("comes", "M-SQWT"), ("comes", "M-CNS"), ("decide", ""), ("issue", ""), ("broken", "M-CNS")]
            for name, entry in rest:
                story.act(name, entry)
            assert [one.state for one in story.case.promises.all()] == ["closed", "broken"]
            assert story.case.state == "issued"
            assert Job.objects.filter(kind="package").count() == 1
