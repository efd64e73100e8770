"""Waiting for the workers, for callers that have nothing else to do: the command line and tests."""

import time
from collections.abc import Callable

from ingest import Case, Page
from workers.issuing import progress

POLL_SECONDS = 0.2


class StillBusyError(Exception):
    """The workers did not finish in time: are they running, and is something they need down?"""


def wait_until_idle(case: Case, *, seconds: float, on_change: Callable[[int, int], None] | None = None) -> None:
    """Return when no job of the case waits or runs; `on_change` is told (pages read, pages known) meanwhile.

    Raises:
        StillBusyError: after so many seconds; the message says what is waiting and why.
    """
    end = time.monotonic() + seconds
    while jobs := progress(case):
        if time.monotonic() > end:
            raise StillBusyError("；".join(f"{job.kind} {job.get_state_display()} {job.error or ''}" for job in jobs))
        if on_change:
            on_change(*pages_read(case))
        time.sleep(POLL_SECONDS)
    if on_change:
        on_change(*pages_read(case))


def pages_read(case: Case) -> tuple[int, int]:
    """How many pages of the case are read, of how many known so far."""
    pages = Page.objects.filter(upload__in=case.pile)
    return pages.filter(reading__isnull=False).count(), pages.count()
