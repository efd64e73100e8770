"""The queue of record against a broker that loses, repeats and reorders, and workers that die at any moment."""

import datetime as dt

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers.conftest import KIND, Trial
from workers import jobs, tasks
from workers.models import Job

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
THINGS, WORKERS = st.integers(0, 2), st.integers(0, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), THINGS),
        st.tuples(st.just("deliver"), WORKERS),
        st.tuples(st.just("repeat"), WORKERS),
        st.tuples(st.just("lose"), st.just(0)),
        st.tuples(st.just("finish"), WORKERS),
        st.tuples(st.just("fail"), WORKERS),
        st.tuples(st.just("wait"), WORKERS),
        st.tuples(st.just("die"), WORKERS),
        st.tuples(st.just("freeze"), WORKERS),
        st.tuples(st.just("sweep"), st.just(0)),
        st.tuples(st.just("time"), st.integers(1, 40)),
    ),
    max_size=40,
)


class World:
    """A broker as bad as brokers get, and three workers of which each holds at most one job."""

    def __init__(self, trial: Trial, clock: time_machine.Traveller) -> None:
        self.trial, self.clock = trial, clock
        self.asked: set[int] = set()
        self.messages: list[int] = []
        self.held: dict[int, Job] = {}
        self.silent: list[Job] = []

    def step(self, what: str, which: int) -> None:
        """One thing happens."""
        if what == "ask":
            self.asked.add(which)
            jobs.enqueue(KIND, thing=which)
        elif what in ("deliver", "repeat") and self.messages and which not in self.held:
            pk = self.messages[0] if what == "repeat" else self.messages.pop(0)
            if job := jobs.claim(pk):
                self.held[which] = job
        elif what == "lose" and self.messages:
            self.messages.pop()
        elif what == "sweep":
            tasks.sweep()
        elif what == "time":
            self.clock.shift(which)
            self._renew()
        elif which in self.held:
            self._end(what, self.held.pop(which))

    def _end(self, what: str, job: Job) -> None:
        try:
            if what == "finish":
                tasks._finish(job, tasks.STAGES[KIND], job.arguments["thing"])
            elif what == "fail":
                tasks._fail(job, tasks.STAGES[KIND], ValueError("tried"))
            elif what == "wait":
                jobs.put_back(job, {"code": "down"}, wait=jobs.WAIT_WHEN_UNAVAILABLE, counts=False)
            elif what == "freeze":
                self.silent.append(job)  # it will come back and believe that the job is still its own
        except jobs.LostLeaseError:
            pass

    def _renew(self) -> None:
        """Workers that live renew their lease, unless so long has passed that another has the job."""
        for job in self.held.values():
            jobs._mine(job).update(lease_until=jobs._lease_end())

    def thaw(self) -> None:
        """Those that were frozen wake and try to write what they have."""
        while self.silent:
            self._end("finish", self.silent.pop())

    def check(self) -> None:
        """What must hold at every moment."""
        done = self.trial.recorded
        assert len(done) == len(set(done)), "done twice"
        owners = [job.pk for job in self.held.values() if jobs._mine(job).exists()]
        assert len(owners) == len(set(owners)), "two owners at once"
        assert Job.objects.count() == len(self.asked), "a job was lost or doubled"
        assert set(done) == set(self._things(Job.State.DONE)), "a result without its job's end, or the reverse"

    def settle(self) -> None:
        """From now on nothing goes wrong any more."""
        self.held.clear()
        for _ in range(60):
            self.clock.shift(jobs.RESEND_AFTER * 100)
            tasks.sweep()
            while self.messages:
                tasks.run_job(self.messages.pop())

    def _things(self, state: Job.State) -> list[int]:
        return [job.arguments["thing"] for job in Job.objects.filter(state=state)]

    def ended(self) -> bool:
        """Everything asked for is done, or was given up after three tries and says so."""
        given_up = self._things(Job.State.QUARANTINED)
        all_told = set(self._things(Job.State.DONE)) | set(given_up) == self.asked
        return all_told and len(self.trial.given_up) == len(given_up)


@pytest.mark.stack  # long
@pytest.mark.django_db(transaction=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_never_two_owners_never_done_twice_nothing_lost(
    steps: list[tuple[str, int]], trial: Trial, monkeypatch: pytest.MonkeyPatch
):
    Job.objects.all().delete()
    trial.recorded.clear()
    trial.given_up.clear()
    with time_machine.travel(NOW, tick=False) as clock:
        world = World(trial, clock)
        monkeypatch.setattr(jobs, "send", lambda pk: _sent(world, pk))
        for what, which in steps:
            world.step(what, which)
            world.check()
        world.thaw()
        world.check()
        world.settle()
        world.check()
        assert world.ended()


def _sent(world: World, pk: int) -> None:
    Job.objects.filter(pk=pk).update(sent_at=dt.datetime.now(dt.UTC), sends=1)
    world.messages.append(pk)
