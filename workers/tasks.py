"""The Celery tasks: run one job, and sweep. Everything a stage may end in is decided here, once."""

import logging
import time
import traceback
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from archive import BadCheckpoint, Unavailable
from ingest import Refusal, resemblance
from ocr import EngineUnavailable
from signing import KeyUnusable, SealNotInForce, SigningError, TimestampUnavailable
from workers import (
    attesting,
    dates,
    disposing,
    exchanging,
    findable,
    fixity,
    holding,
    inspecting,
    jobs,
    journalling,
    prints,
    probing,
    reconciling,
    renewing,
    retrieving,
    teaching,
    trust,
    two_sites,
    unfiled,
)
from workers.app import app
from workers.full_disks import full_disk
from workers.models import Job
from workers.pipeline import STAGES
from workers.stage import NotExpectedError, NotYetError, Stage

log = logging.getLogger(__name__)
# What is no fault of the work: it is put back without using up an attempt, and its row says what it waits for.
WAITING = (Unavailable, TimestampUnavailable, KeyUnusable, SealNotInForce, EngineUnavailable, NotYetError)


WRITABLE_SECONDS = 240.0
"""A job that took its longest, and then waits so long for a database without room, is still below the hard limit."""


@app.task(name="workers.run_job")  # type: ignore[untyped-decorator]
def run_job(pk: int) -> None:
    """Run one job to its end, if it is there to be taken."""
    job = jobs.claim(pk)
    if job is None:
        return
    try:
        try:
            _run(job, STAGES[job.kind])
        except WAITING as reason:
            _wait(job, {"code": reason.code, "message": str(reason)})
        except Exception as failure:
            if (error := full_disk(failure)) is None:
                raise
            _wait(job, error)
    except jobs.LostLeaseError:
        log.warning("%s was taken over by another worker", job)


def _wait(job: Job, error: dict[str, Any]) -> None:
    """Put the job back; while the database's own disk is full, for as long as a task may, until it takes that."""
    log.warning("%s waits: %s", job, error["message"])
    end = time.monotonic() + WRITABLE_SECONDS
    while True:
        try:
            return jobs.put_back(job, error, wait=jobs.WAIT_WHEN_UNAVAILABLE, counts=False)
        except DatabaseError as failure:
            if full_disk(failure) is None or time.monotonic() > end:
                raise
        time.sleep(jobs.WAIT_WHEN_UNAVAILABLE.total_seconds())


def _run(job: Job, stage: Stage) -> None:
    """Whatever the work ends in is written here; what is down outside, and a lost lease, are the caller's."""
    started = time.monotonic()
    try:
        with jobs.kept_alive(job):
            result = stage.work(job.arguments)
        _finish(job, stage, result)
    except NotExpectedError as reason:
        with transaction.atomic():
            jobs.close(job, Job.State.SKIPPED, {"code": "not-expected", "message": str(reason)})
    except Refusal as refusal:
        _give_up(job, stage, Job.State.REFUSED, refusal.to_json())
    except (jobs.LostLeaseError, *WAITING):
        raise
    except Exception as failure:
        if full_disk(failure):
            raise
        log.exception("%s failed", job)
        _fail(job, stage, failure)
    else:
        log.info("%s done in %.2f s", job, time.monotonic() - started)


@app.task(name="workers.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send forgotten jobs again; quarantine what has used up three workers."""
    jobs.sweep()
    for job in jobs.worn_out():
        try:
            _quarantine(job)
        except Exception:  # the next sweep tries again; the other jobs shall not wait for this one
            log.exception("%s cannot be quarantined yet", job)


@app.task(name="workers.keep_dates")  # type: ignore[untyped-decorator]
def keep_dates() -> None:
    """Remind, let expire, warn, publish the revocation lists of today: whatever the calendar asks for."""
    dates.keep_dates()
    trust.publish_trust()
    with transaction.atomic():
        findable.request_missing_words()
    resemblance.enter_missing(prints.AT_ONCE)
    retrieving.clean_copies()


@app.task(name="workers.file_closed")  # type: ignore[untyped-decorator]
def file_closed() -> None:
    """File what is closed and not filed; tell of what is late."""
    if asked := unfiled.file_closed():
        log.info("%d closed cases are filed now", asked)


@app.task(name="workers.probe")  # type: ignore[untyped-decorator]
def probe() -> None:
    """Try the lock of the archive store; what does not hold stops the archiving."""
    try:
        row = probing.probe_archive()
    except Unavailable as reason:
        log.warning("the archive store could not be tried: %s", reason)
    else:
        log.log(logging.INFO if row.trusted else logging.ERROR, "%s: lock held: %s", row.store, row.trusted)


@app.task(name="workers.keep_retention")  # type: ignore[untyped-decorator]
def keep_retention() -> None:
    """Compare schedule, holds and locks; have approved disposals carried out whose waiting time is over."""
    log.info("%d disposals are carried out", disposing.carry_out())
    try:
        run = holding.compare_retention()
    except Unavailable as reason:
        log.warning("locks and holds cannot be compared now: %s", reason)
    else:
        level = logging.ERROR if run.faults else logging.INFO
        log.log(
            level, "%d objects compared, %d locks renewed, %d amiss", run.looked_at, len(run.locked), len(run.faults)
        )


@app.task(name="workers.check_archive")  # type: ignore[untyped-decorator]
def check_archive() -> None:
    """Read a share of the archive again; what is damaged is healed or told."""
    try:
        run = fixity.check_archive()
    except Unavailable as reason:
        log.warning("the archive cannot be read now: %s", reason)
    else:
        level = logging.ERROR if len(run.damaged) > len(run.healed) else logging.INFO
        log.log(level, "%d objects read, %d damaged, %d healed", run.checked, len(run.damaged), len(run.healed))


@app.task(name="workers.stamp_head")  # type: ignore[untyped-decorator]
def stamp_head() -> None:
    """Have the log's head of the day timestamped."""
    try:
        done = attesting.stamp_head()
    except (Unavailable, TimestampUnavailable) as reason:
        log.warning("the log's head could not be timestamped: %s", reason)
    else:
        log.info("the log's head %s", "was timestamped" if done else "has its timestamp")


@app.task(name="workers.collect_cosignatures")  # type: ignore[untyped-decorator]
def collect_cosignatures() -> None:
    """Take in what the witnesses say of the log."""
    try:
        said = attesting.collect_cosignatures()
    except (Unavailable, BadCheckpoint) as reason:
        log.warning("the witnesses could not be asked: %s", reason)
    else:
        log.info("witnesses: %s", said)


@app.task(name="workers.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Hold database, log and store against each other."""
    try:
        run = reconciling.reconcile_log()
    except Unavailable as reason:
        log.warning("the log could not be reconciled: %s", reason)
    else:
        level = logging.ERROR if run.faults else logging.INFO
        log.log(level, "entries %d to %d of %d: %d differ", run.checked_from, run.checked_to, run.size, len(run.faults))


@app.task(name="workers.journal")  # type: ignore[untyped-decorator]
def journal() -> None:
    """Have what changed since the last head of the log written into the journal."""
    with transaction.atomic():
        journalling.request_journal()


@app.task(name="workers.inspect_archive")  # type: ignore[untyped-decorator]
def inspect_archive() -> None:
    """Ask for the inspections that are due."""
    log.info("%d inspections are due", inspecting.request_due_inspections(timezone.now()))


@app.task(name="workers.replicate")  # type: ignore[untyped-decorator]
def replicate() -> None:
    """Have copied to the second site what is not there yet."""
    two_sites.catch_up()


@app.task(name="workers.compare_sites")  # type: ignore[untyped-decorator]
def compare_sites() -> None:
    """A share of the day's comparison of both sites."""
    try:
        run = two_sites.compare_daily()
    except Unavailable as reason:
        log.warning("the sites cannot be compared now: %s", reason)
    else:
        if run:
            level = logging.ERROR if run.found > run.healed else logging.INFO
            log.log(level, "%d objects compared, %d differ, %d healed", run.compared, run.found, run.healed)


@app.task(name="workers.exchange")  # type: ignore[untyped-decorator]
def exchange() -> None:
    """Take the province's answers and hand out what may go, where a folder for it is set."""
    if settings.EXCHANGE_DIR:
        exchanging.exchange_round(Path(settings.EXCHANGE_DIR), settings.EXCHANGE_FORMAT)


@app.task(name="workers.renew")  # type: ignore[untyped-decorator]
def renew() -> None:
    """Ask for the renewal of archive timestamps that end within the year."""
    log.info("%d archive timestamps are due", renewing.look_for_renewals())


@app.task(name="workers.teach")  # type: ignore[untyped-decorator]
def teach() -> None:
    """Let the recogniser learn from what clerks named today."""
    done = teaching.teach()
    log.info("taught with %d documents, %s: %s", done.confirmed, "in use" if done.used else "not used", done.judged)


def _quarantine(job: Job) -> None:
    with transaction.atomic():
        taken = Job.objects.filter(pk=job.pk, attempt=job.attempt, lease_until=job.lease_until).update(
            state=Job.State.QUARANTINED, finished_at=timezone.now(), lease_until=None, error=WORN_OUT
        )
        if taken:
            STAGES[job.kind].give_up(job.arguments, WORN_OUT)


WORN_OUT: dict[str, Any] = {
    "code": "quarantined",
    "message": "处理该文件的进程三次异常中断，文件已隔离，原件保留",
    "remedy": "请用其他软件打开核对文件，重新扫描后再提交",
}


def _finish(job: Job, stage: Stage, result: Any) -> None:
    with transaction.atomic():
        jobs.close(job, Job.State.DONE)
        stage.record(job.arguments, result)


def _give_up(job: Job, stage: Stage, state: Job.State, error: dict[str, Any]) -> None:
    with transaction.atomic():
        jobs.close(job, state, error)
        stage.give_up(job.arguments, error)


def _fail(job: Job, stage: Stage, failure: Exception) -> None:
    error = {
        "code": "failed",
        # what sealing cannot do, it says in words for the officer
        "message": str(failure) if isinstance(failure, SigningError) else f"处理失败：{type(failure).__name__}",
        "remedy": "系统将自动重试；仍失败时请联系管理员",
        "trace": "".join(traceback.format_exception(failure))[-4000:],
    }
    if job.attempt >= jobs.MAX_ATTEMPTS:
        _give_up(job, stage, Job.State.QUARANTINED, error | {"code": "quarantined"})
    else:
        jobs.put_back(job, error, wait=jobs.WAIT_WHEN_UNAVAILABLE * job.attempt, counts=True)
