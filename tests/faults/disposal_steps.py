"""Steps of a disposal, each run in a process of the installation that is tested: `python -m … STEP`."""

import datetime as dt
import json
import sys
from typing import Any

import django

django.setup()

import time_machine  # noqa: E402
from django.utils import timezone  # noqa: E402

from archive import Event, Package, check_log, digest_bytes, object_key  # noqa: E402
from archive.retention import DisposalList, DisposalObject, Ruling  # noqa: E402
from portal.roles import Role  # noqa: E402
from tests.portal import factories  # noqa: E402
from tests.workers.archived import archived  # noqa: E402
from workers import Job, appraise_disposal, approve_disposal, carry_out, draw_disposal, zone  # noqa: E402

CLOSED = dt.datetime(2014, 3, 10, 2, 0, tzinfo=dt.UTC)
"""So long ago that ten years and the locks are over today."""
MANY = 24
"""Objects: enough that a worker can be killed between two of them."""


def approved() -> str:
    """A package whose period is over, and a kept one that shares an object with it; the list approved a month ago."""
    people = [factories.user(Role.ARCHIVIST), factories.user(Role.SUPERVISOR)]
    with time_machine.travel(CLOSED):
        archived(people[0], b"common", *(b"%d" % n for n in range(MANY)), closed=CLOSED)
        archived(people[0], b"common", code="Y", closed=CLOSED)
    with time_machine.travel(timezone.now() - dt.timedelta(days=31)):
        drawn = draw_disposal(by=people[0])
        said = {line.pk: Ruling("destroy", "无保存价值") for line in drawn.lines.all()}  # type: ignore[arg-type]
        appraise_disposal(drawn, said, by=people[0])
        approve_disposal(drawn, "archivist", by=people[0])
        approve_disposal(drawn, "supervisor", by=people[1])
    return drawn.number


def begin() -> int:
    """What the night does."""
    return carry_out()


def facts() -> dict[str, Any]:
    """What is left, and what the account says."""
    drawn, vault = DisposalList.objects.get(), zone("archive")
    left = [n for n in range(MANY) if vault.versions(object_key(digest_bytes(b"%d" % n).sha256))]
    rows = DisposalObject.objects.order_by("pk")
    return {
        "list": drawn.state,
        "packages": sorted(Package.objects.values_list("state", flat=True)),
        "left": len(left),
        "common": len(vault.versions(object_key(digest_bytes(b"common").sha256))),
        "destroyed": rows.filter(state="destroyed").count(),
        "kept": rows.filter(state="kept").count(),
        "tombs": Event.objects.filter(kind="package-destroyed").count(),
        "certificates": Event.objects.filter(kind="disposal-certified").count(),
        "attempts": list(Job.objects.filter(kind="destroy").values_list("attempt", flat=True)),
        "faults": check_log(),
    }


if __name__ == "__main__":
    step = {"approved": approved, "begin": begin, "facts": facts}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(), ensure_ascii=False, default=str) + "\n")
