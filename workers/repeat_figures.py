"""What was caught of repeated uploads, counted from the log alone: it survives a rebuild of the database."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Self

from django.db.models import Max, QuerySet

from archive import Event
from ingest import Upload
from workers.models import Repeat

AT_ONCE = 500
"""Digests asked for in one question: databases limit how many values a question may have."""


@dataclasses.dataclass(frozen=True, slots=True)
class Caught:
    """`uploads`: repeats that were caught; `scanned` of them scanned anew. `sheets`: pages that were not read again.

    The bytes of a file with those sheets are kept once, however often it is handed in.
    """

    uploads: int = 0
    scanned: int = 0
    sheets: int = 0

    @classmethod
    def of(cls, kinds: Iterable[tuple[str, str]], pages: dict[str, int]) -> Self:
        """From the kind of each repeat and the digest of its file."""
        found = list(kinds)
        same = [sha256 for kind, sha256 in found if kind == Repeat.Kind.BYTES]
        return cls(len(found), len(found) - len(same), sum(pages.get(sha256, 0) for sha256 in same))


def caught(case_numbers: Iterable[str] | None = None, *, since: dt.datetime | None = None) -> Caught:
    """What was caught in these cases, or in all, since a time; a repeat that was taken back is none."""
    events = Event.objects.filter(kind__in=("repeat-caught", "repeat-undone")).order_by("pk")
    if case_numbers is not None:
        events = events.filter(case_number__in=list(case_numbers))
    if since is not None:
        events = events.filter(happened_at__gte=since)
    standing: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, sha256, details in events.values_list("kind", "object_sha256", "details").iterator():
        repeat = (
            details["upload"],
            details["repeat"],
        )  # numbers of rows begin anew after a rebuild, those of files not
        if kind == "repeat-caught":
            standing[repeat] = (details["what"], sha256)
        else:
            standing.pop(repeat, None)
    return Caught.of(standing.values(), _pages({sha256 for _, sha256 in standing.values()}))


def _pages(digests: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    ordered = sorted(digests)
    for start in range(0, len(ordered), AT_ONCE):
        rows: QuerySet[Upload] = Upload.objects.filter(sha256__in=ordered[start : start + AT_ONCE])
        counted = rows.values_list("sha256").annotate(most=Max("page_count"))
        found |= {sha256: most for sha256, most in counted if most}
    return found
