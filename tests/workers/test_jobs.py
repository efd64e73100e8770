"""The queue of record: what is written down is done once, whoever dies meanwhile."""

import datetime as dt
import errno
import sqlite3
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import OperationalError, connection, transaction

from archive import Unavailable
from ingest import Refusal
from ocr import EngineNotInstalled, WeightsMissing
from signing import TimestampUnavailable
from tests.workers.conftest import KIND, Trial
from workers import jobs, tasks
from workers.models import Job
from workers.stage import NotExpectedError, NotYetError

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
LEASE = dt.timedelta(seconds=30)


def test_the_same_work_on_the_same_input_is_one_job(trial: Trial, messages: Callable[[], int]):
    first = jobs.enqueue(KIND, thing=1)
    assert jobs.enqueue(KIND, thing=1).pk == first.pk
    assert jobs.enqueue(KIND, thing=2).pk != first.pk
    assert messages() == 2


def test_a_job_is_sent_when_its_transaction_commits_and_not_before(trial: Trial, messages: Callable[[], int]):
    with transaction.atomic():
        job = jobs.enqueue(KIND, thing=1)
        assert messages() == 0
    job.refresh_from_db()
    assert messages() == 1
    assert job.sent_at is not None


def test_a_transaction_that_is_rolled_back_leaves_no_job_and_sends_nothing(trial: Trial, messages: Callable[[], int]):
    class ChangedMindError(Exception):
        pass

    with pytest.raises(ChangedMindError), transaction.atomic():  # noqa: PT012 - the transaction is what is tested
        jobs.enqueue(KIND, thing=1)
        raise ChangedMindError
    assert messages() == 0
    assert not Job.objects.exists()


def test_a_broker_that_is_down_does_not_fail_the_one_who_asks(trial: Trial, monkeypatch: pytest.MonkeyPatch):
    def down(*_: object, **__: object) -> None:
        raise tasks.run_job.OperationalError

    monkeypatch.setattr(tasks.run_job, "apply_async", down)
    assert jobs.enqueue(KIND, thing=1).state == Job.State.QUEUED


def test_a_job_runs_and_its_result_is_written_in_the_transaction_that_ends_it(trial: Trial):
    job = jobs.enqueue(KIND, thing=7)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, trial.recorded) == (Job.State.DONE, 1, [7])
    tasks.run_job(job.pk)  # the broker repeats the message
    assert trial.recorded == [7]


def test_of_many_workers_one_gets_the_job(trial: Trial):
    job = jobs.enqueue(KIND, thing=1)
    together, got = threading.Barrier(8), []

    def take() -> None:
        try:
            together.wait()
            if jobs.claim(job.pk):
                got.append(threading.get_ident())
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_job_whose_worker_fell_silent_is_given_to_another_when_the_lease_is_over(trial: Trial):
    with time_machine.travel(NOW, tick=False) as clock:
        job = jobs.enqueue(KIND, thing=1)
        silent = jobs.claim(job.pk)
        clock.shift(LEASE - dt.timedelta(seconds=1))
        assert jobs.claim(job.pk) is None
        clock.shift(2)
        second = jobs.claim(job.pk)
    assert silent
    assert second
    assert (silent.attempt, second.attempt) == (1, 2)


def test_a_worker_that_lost_its_lease_cannot_write_its_result(trial: Trial):
    job = jobs.enqueue(KIND, thing=1)

    def be_overtaken(_: object) -> str:
        Job.objects.filter(pk=job.pk).update(owner="another", attempt=2)
        return "late"

    trial.act = be_overtaken
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert trial.recorded == []
    assert (job.state, job.owner) == (Job.State.RUNNING, "another")


@pytest.mark.parametrize("ending", [Unavailable("down"), Refusal("file-empty"), ValueError("ours"), NotExpectedError()])
def test_a_worker_that_lost_its_lease_changes_nothing_however_its_work_ends(trial: Trial, ending: Exception):
    job = jobs.enqueue(KIND, thing=1)

    def be_overtaken(_: object) -> None:
        Job.objects.filter(pk=job.pk).update(owner="another", attempt=2)
        raise ending

    trial.act = be_overtaken
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.owner, job.attempt, trial.given_up) == (Job.State.RUNNING, "another", 2, [])


def test_a_result_that_cannot_be_written_leaves_the_job_to_be_tried_again(trial: Trial):
    job = jobs.enqueue(KIND, thing=1)
    trial.recorded = None  # type: ignore[assignment]  # so that writing fails
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.QUEUED, 1)
    assert job.error["code"] == "failed"


def test_a_lease_is_renewed_while_the_work_goes_on(trial: Trial, settings: pytest.FixtureRequest):
    settings.JOB_LEASE_SECONDS = 1.5
    job = jobs.enqueue(KIND, thing=1)

    def take_long(_: object) -> bool:
        threading.Event().wait(2.5)
        return jobs.claim(job.pk) is None

    trial.act = take_long
    tasks.run_job(job.pk)
    assert trial.recorded == [True]


def test_a_renewal_that_meets_a_busy_database_is_tried_again(
    trial: Trial, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    settings.JOB_LEASE_SECONDS = 3
    job = jobs.enqueue(KIND, thing=1)
    ends, tries = jobs._lease_end, []

    def busy_once() -> dt.datetime:
        if threading.current_thread() is not threading.main_thread():
            tries.append(1)
            if len(tries) == 1:
                raise OperationalError("database is locked")
        return ends()

    monkeypatch.setattr(jobs, "_lease_end", busy_once)

    def take_long(_: object) -> bool:
        threading.Event().wait(4)
        return jobs.claim(job.pk) is None

    trial.act = take_long
    tasks.run_job(job.pk)
    assert trial.recorded == [True]
    assert len(tries) > 1


def test_the_sweeper_sends_again_what_was_never_picked_up_each_time_more_patiently(
    trial: Trial, messages: Callable[[], int]
):
    with time_machine.travel(NOW, tick=False) as clock:
        jobs.enqueue(KIND, thing=1)
        seen = []
        for _ in range(60):
            clock.shift(1)
            jobs.sweep()
            seen.append(messages())
    assert seen[9] == 1
    assert seen[-1] == 3


def test_the_sweeper_sends_a_job_again_whose_worker_fell_silent(trial: Trial, messages: Callable[[], int]):
    with time_machine.travel(NOW, tick=False) as clock:
        job = jobs.enqueue(KIND, thing=1)
        jobs.claim(job.pk)
        assert jobs.sweep() == {"resent": 0, "abandoned": 0}
        clock.shift(LEASE + dt.timedelta(seconds=1))
        assert jobs.sweep() == {"resent": 0, "abandoned": 1}
    assert messages() == 2


def test_a_document_that_silenced_three_workers_is_quarantined(trial: Trial):
    with time_machine.travel(NOW, tick=False) as clock:
        job = jobs.enqueue(KIND, thing=1)
        for _ in range(3):
            assert jobs.claim(job.pk)
            clock.shift(LEASE + dt.timedelta(seconds=1))
        assert jobs.claim(job.pk) is None
        tasks.sweep()
        tasks.sweep()
    job.refresh_from_db()
    assert job.state == Job.State.QUARANTINED
    assert [error["code"] for error in trial.given_up] == ["quarantined"]


def test_one_thing_that_cannot_be_given_up_does_not_stop_the_sweeper(trial: Trial, monkeypatch: pytest.MonkeyPatch):
    def give_up(error: dict[str, str]) -> None:
        if not given:
            given.append("failed")
            raise Unavailable("down")
        given.append(error["code"])

    given: list[str] = []
    monkeypatch.setattr(trial, "given_up", type("Sink", (), {"append": staticmethod(give_up)})())
    with time_machine.travel(NOW, tick=False) as clock:
        for thing in (1, 2):
            job = jobs.enqueue(KIND, thing=thing)
            Job.objects.filter(pk=job.pk).update(state="running", attempt=3, lease_until=NOW)
        clock.shift(1)
        tasks.sweep()
        assert given == ["failed", "quarantined"]
        tasks.sweep()
    assert given == ["failed", "quarantined", "quarantined"]
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.QUARANTINED}


def test_our_own_failure_is_tried_three_times_then_quarantined(trial: Trial):
    def fail(_: object) -> None:
        raise ValueError("ours")

    trial.act = fail
    with time_machine.travel(NOW, tick=False) as clock:
        job = jobs.enqueue(KIND, thing=1)
        for _ in range(3):
            tasks.run_job(job.pk)
            clock.shift(60)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.QUARANTINED, 3)
    assert "ValueError: ours" in job.error["trace"]
    assert len(trial.given_up) == 1


@pytest.mark.parametrize(
    "down",
    [
        Unavailable("no store"),
        TimestampUnavailable("no time"),
        WeightsMissing("no weights"),
        EngineNotInstalled("no engine"),
        NotYetError("no notice"),
    ],
)
def test_waiting_for_something_outside_uses_up_no_attempt(trial: Trial, down: Exception):
    def wait(_: object) -> None:
        raise down

    trial.act = wait
    with time_machine.travel(NOW, tick=False) as clock:
        job = jobs.enqueue(KIND, thing=1)
        for _ in range(5):
            tasks.run_job(job.pk)
            assert jobs.claim(job.pk) is None  # not before it has waited
            clock.shift(jobs.WAIT_WHEN_UNAVAILABLE)
        job.refresh_from_db()
        assert (job.state, job.attempt) == (Job.State.QUEUED, 0)
        assert job.error == {"code": down.code, "message": str(down)}  # type: ignore[attr-defined]
        trial.act = lambda _: "done"
        tasks.run_job(job.pk)
    assert trial.recorded == ["done"]


def test_a_refusal_ends_the_job_with_its_code(trial: Trial):
    def refuse(_: object) -> None:
        raise Refusal("file-empty")

    trial.act = refuse
    job = jobs.enqueue(KIND, thing=1)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error["code"]) == (Job.State.REFUSED, "file-empty")
    assert [error["code"] for error in trial.given_up] == ["file-empty"]


def test_a_refusal_that_cannot_be_said_yet_waits(trial: Trial, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: object) -> None:
        raise Refusal("file-empty")

    def down(_: object) -> None:
        raise Unavailable("the zone of the refused is down")

    trial.act = refuse
    monkeypatch.setattr(trial, "given_up", type("Sink", (), {"append": staticmethod(down)})())
    job = jobs.enqueue(KIND, thing=1)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error["code"]) == (Job.State.QUEUED, 0, "store-unavailable")


def test_a_full_disk_below_the_work_is_waited_for_as_a_store_is(trial: Trial):
    def scratch(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "scratch/original")

    def database(_: object) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$")
        with connection.wrap_database_errors, sqlite3.connect(":memory:") as small:
            small.execute("PRAGMA max_page_count=1")
            small.execute("CREATE TABLE t (x)")

    for thing, (act, code) in enumerate([(scratch, "disk-full"), (database, "database-full")]):
        trial.act = act
        job = jobs.enqueue(KIND, thing=thing)
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt, job.error["code"]) == (Job.State.QUEUED, 0, code)
        assert "磁盘已满" in job.error["message"]


def test_what_was_done_or_overtaken_is_skipped(trial: Trial):
    def done_already(_: object) -> None:
        raise NotExpectedError("done already")

    trial.act = done_already
    job = jobs.enqueue(KIND, thing=1)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, trial.recorded, trial.given_up) == (Job.State.SKIPPED, [], [])


def test_a_number_is_drawn_once_and_a_rollback_gives_it_back():
    from signing import draw_number

    with transaction.atomic():
        assert draw_number("tests") == 1
    with pytest.raises(ValueError, match="no"), transaction.atomic():  # noqa: PT012 - as above
        assert draw_number("tests") == 2
        raise ValueError("no")
    with transaction.atomic():
        assert draw_number("tests") == 2
