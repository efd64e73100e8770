"""Who opens the files of a case that is archived is written down, as every use of the archive is."""

from typing import Any

from django.utils import timezone

import ingest
from archive import Access, Package

LOOK_PURPOSE = "查看经办的已归档办件"
"""The purpose of looking at a case again on its own pages; other purposes are stated when a copy is asked for."""


def note_look(case: ingest.Case, by: Any) -> None:
    """Note that somebody opened a file of an archived case: once a day for each person and case."""
    if case.state != ingest.Case.State.ARCHIVED:
        return
    package = Package.objects.filter(case_number=case.number).first()
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if package is None:
        return
    seen = Access.objects.filter(package=package, user=by, purpose=LOOK_PURPOSE, accessed_at__gte=today)
    if not seen.exists():
        Access.objects.create(package=package, user=by, case_number=case.number, purpose=LOOK_PURPOSE, accessed_at=now)
