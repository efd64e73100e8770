"""Fingerprints of what came before there were any: documents in batches, then packages without a row of their own."""

from collections.abc import Iterator

from archive import Package
from ingest import resemblance
from workers.findable import IN_ARCHIVE

AT_ONCE = 500
"""Documents at one look of the calendar; each takes some milliseconds."""


def make_prints(*, anew: bool, at_once: int = AT_ONCE) -> Iterator[int]:
    """Make the fingerprints that are missing, `anew` all of them; gives the number after each batch.

    Until it has run through, later documents are held against fewer: nothing else hangs on it.
    """
    if anew:
        resemblance.PrintRow.objects.all().delete()
    made = 0
    while some := resemblance.enter_missing(at_once):
        made += some
        yield made
    for package in Package.objects.filter(state__in=IN_ARCHIVE).order_by("pk").iterator():
        made += resemblance.enter_package(package)
        yield made
