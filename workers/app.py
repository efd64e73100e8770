"""The Celery application: queues, limits and the schedule. A message carries a job's number and nothing else."""

import contextlib
import os
from typing import Any

import django
from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if not settings.configured or not django.apps.apps.ready:
    django.setup(set_prefix=False)


class QueueNames:
    """Every queue there is. A worker listens to all of them unless told otherwise."""

    DEFAULT = "default"
    READING = "reading"  # pages through the recogniser: slow, many
    SEALING = "sealing"  # needs a key
    COPYING = "copying"  # searchable copies: nobody waits for them

    @classmethod
    def of(cls, kind: str) -> str:
        """The queue that jobs of a kind wait in."""
        return {
            "read": cls.READING,
            "seal": cls.SEALING,
            "notice": cls.SEALING,
            "renew": cls.SEALING,
            "edition": cls.SEALING,
            "seal-copy": cls.SEALING,
            "handover-list": cls.SEALING,
            "copy": cls.COPYING,
            "sheet-difference": cls.COPYING,
            "replicate": cls.COPYING,
        }.get(kind, cls.DEFAULT)


# The longest honest piece of work is a batch of pages of one document; a worker that needs longer hangs in native
# code. RabbitMQ would take the message back after 30 minutes, so this stays well below.
HARD_LIMIT_SECONDS = 600

TEACHING_HOUR = 19
"""UTC, three in the morning at the windows: the recogniser is taught when nobody hands anything in."""

RENEWING_HOUR = 18
"""UTC, two in the morning at the windows: archive timestamps that end within the year are renewed."""

PROBING_HOUR = 17
"""UTC, one in the morning at the windows: the lock of the archive store is tried."""

RETENTION_HOUR = 16
"""UTC, midnight at the windows: locks and holds are compared, and what two persons approved is carried out."""

FIXITY_SECONDS = 3600.0
"""Every hour a share of the archive is read again, and some packages inspected, however busy the windows are."""

STAMPING_HOUR = 16
"""UTC, midnight at the windows: the log's head of the day is timestamped."""

RECONCILING_HOUR = 20
"""UTC, four in the morning at the windows: database, log and store are held against each other."""

WITNESS_SECONDS = 3600.0
"""As often as a witness looks."""

JOURNAL_SECONDS = 300.0
"""What a lost database may take with it of looks at packages and acts on seals; each step is an object for ever."""

REPLICATE_SECONDS = 60.0
"""How long the second site may be behind the first at the most, while both are there."""

EXCHANGE_SECONDS = 300.0
"""As often as provinces collect (domain reference 5.1)."""

TRANSPORT_ALIASES["folder"] = "workers.folder_transport:Transport"
app = Celery("yidang")
app.conf.update(
    broker_url="folder://localhost//" if settings.BROKER_URL.startswith("folder://") else settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    task_default_queue=QueueNames.DEFAULT,
    task_create_missing_queues=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    # The database decides what is done; the broker may lose or repeat a message at any time.
    task_acks_late=False,
    task_time_limit=HARD_LIMIT_SECONDS,
    worker_prefetch_multiplier=1,
    beat_scheduler="workers.scheduling:LastingScheduler",
    # Native readers keep their high-water mark of memory; a fresh child every few hundred pages gives it back.
    worker_max_tasks_per_child=500,
    # A child loads the recogniser before it says that it is up; Celery's four seconds are too few on a busy machine.
    worker_proc_alive_timeout=120,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    beat_schedule={
        "sweep": {"task": "workers.sweep", "schedule": settings.SWEEP_SECONDS},
        "teach": {"task": "workers.teach", "schedule": crontab(hour=TEACHING_HOUR, minute=0)},
        "renew": {"task": "workers.renew", "schedule": crontab(hour=RENEWING_HOUR, minute=0)},
        "inspection": {"task": "workers.inspect_archive", "schedule": FIXITY_SECONDS},
        "fixity": {"task": "workers.check_archive", "schedule": FIXITY_SECONDS},
        "journal": {"task": "workers.journal", "schedule": JOURNAL_SECONDS},
        "retention": {"task": "workers.keep_retention", "schedule": crontab(hour=RETENTION_HOUR, minute=0)},
        "replicate": {"task": "workers.replicate", "schedule": REPLICATE_SECONDS},
        "sites": {"task": "workers.compare_sites", "schedule": FIXITY_SECONDS},
        "probe": {"task": "workers.probe", "schedule": crontab(hour=PROBING_HOUR, minute=0)},
        "stamp": {"task": "workers.stamp_head", "schedule": crontab(hour=STAMPING_HOUR, minute=0)},
        "witnesses": {"task": "workers.collect_cosignatures", "schedule": WITNESS_SECONDS},
        "reconcile": {"task": "workers.reconcile", "schedule": crontab(hour=RECONCILING_HOUR, minute=0)},
        "filing": {"task": "workers.file_closed", "schedule": settings.DATES_SECONDS},
        "exchange": {"task": "workers.exchange", "schedule": EXCHANGE_SECONDS},
        "dates": {"task": "workers.keep_dates", "schedule": settings.DATES_SECONDS},
    },
    imports=["workers.tasks"],
)
if settings.BROKER_URL.startswith("folder://"):
    app.conf.broker_transport_options = {"folder": settings.BROKER_URL.removeprefix("folder://")}
if settings.BROKER_URL.startswith("amqp"):
    # Both: the second is for the queues that are named to a worker, which Celery takes for missing ones.
    app.conf.task_default_queue_type = app.conf.task_create_missing_queue_type = "quorum"
    app.conf.broker_transport_options = {"confirm_publish": True}


@worker_process_init.connect  # type: ignore[untyped-decorator]
def warm_up(**_: Any) -> None:
    """A worker that reads pages is ready for the first one. What is missing for it is told by the job that needs it."""
    from ocr import EngineUnavailable
    from workers import warming

    if QueueNames.READING in app.amqp.queues.consume_from:
        with contextlib.suppress(EngineUnavailable):
            warming.warm_up()
