"""Many processes that draw numbers for certificates at once, some killed while they are at it.

Each child writes what a decision writes (certificate, number, the job that renders it) in one transaction after the
other, until the series has as many as were asked for. A killed child is replaced.
"""

import datetime as dt
import itertools
import multiprocessing
import os
import random
import re
import signal
import time

from django.conf import settings
from django.db import connections, transaction

from catalogue import Output
from signing import Certificate, NumberCounter, Seal, draft_certificate, series_of
from workers import Job

OUTPUT = Output(
    material="OUT-YDGH", template="land_permit", number_rule="supervised-land", licence_type="103", validity_months=24
)
REGION, DAY = "990101", dt.date(2026, 11, 29)
NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
SERIES = series_of(OUTPUT, REGION, DAY)
_SERIAL = re.compile(r"YG([0-9]{7})号")


def seal() -> Seal:
    """A seal for what is numbered."""
    facts = {"owner": "江澜市行政审批局", "owner_uscc": "119901010000000001", "items": ["S1-07"]}
    until = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)
    return Seal.objects.create(label="编号试验章", valid_until=until, **facts)


def draw_at_once(database: str, *, total: int, processes: int, kills: int) -> int:
    """Have `total` certificates numbered by so many processes, `kills` of which are killed on the way.

    Returns how many were killed before the last number was drawn. The caller has closed its connections.
    """
    context, chance, killed = multiprocessing.get_context("fork"), random.Random(7), 0  # noqa: S311 - when to kill
    children = [context.Process(target=_draw, args=(database, total, number)) for number in range(processes)]
    names = itertools.count(processes)
    for child in children:
        child.start()
    while any(child.is_alive() for child in children):
        time.sleep(chance.uniform(0.02, 0.3))
        alive = [child for child in children if child.is_alive()]
        if killed < kills and alive:
            victim = chance.choice(alive)
            os.kill(victim.pid or 0, signal.SIGKILL)
            victim.join()
            killed += victim.exitcode == -signal.SIGKILL
            another = context.Process(target=_draw, args=(database, total, next(names)))
            another.start()
            children = [*alive, another]
    for child in children:
        child.join()
        assert child.exitcode in {0, -signal.SIGKILL}
    return killed


def _draw(database: str, total: int, number: int) -> None:
    settings.DATABASES["default"]["NAME"] = database
    connections["default"].settings_dict["NAME"] = database
    issuer = Seal.objects.get(label="编号试验章")
    for turn in itertools.count():
        with transaction.atomic():
            made = draft_certificate(
                OUTPUT,
                issuer,
                case_number=f"{number:04d}-{turn:06d}",
                region=REGION,
                holder_name="江澜晨曦智能装备有限公司",
                holder_uscc="91990101MA0CX001",
                data={},
                issued_on=DAY,
            )
            if serial(made) > total or turn % 10 == 9:  # enough, or the officer changed his mind: the number goes back
                transaction.set_rollback(True)
            else:
                Job.objects.create(
                    kind="numbered", input_digest=f"{made.pk}", arguments={"certificate": made.pk}, created_at=NOW
                )
            over = serial(made) > total
        if over:
            break
    connections.close_all()


def serial(certificate: Certificate) -> int:
    """Its place in the series."""
    found = _SERIAL.search(certificate.number)
    assert found
    return int(found.group(1))


def faults(total: int) -> list[str]:
    """What is wrong with the series after all is over; nothing, if it is as it must be."""
    rows = list(Certificate.objects.all())
    found = []
    if sorted(serial(row) for row in rows) != list(range(1, total + 1)):
        found.append("a number is missing or there twice")
    if NumberCounter.objects.get(series=SERIES).last != total:
        found.append("the counter is not where the last number is")
    if len({row.identifier for row in rows}) != total:
        found.append("an identifier is there twice")
    jobs = set(Job.objects.filter(kind="numbered").values_list("input_digest", flat=True))
    if jobs != {str(row.pk) for row in rows}:
        found.append("a certificate is half written")
    return found
