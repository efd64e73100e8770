"""Who opens the files of a case that is archived is written down, as every use of the archive is."""

from typing import Any

from django.utils import timezone

import ingest
from archive import Access, HeldMaterial, Package
from archive.holdings import record_access

LOOK_PURPOSE = "查看经办的已归档办件"
"""The purpose of looking at a case again on its own pages; other purposes are stated when a copy is asked for."""
HELD_PURPOSE = "核对可以采用或已采用的材料"
"""The purpose of looking at an archived material that is on offer for a case, or stands in it."""


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


def note_page_look(page: ingest.Page, case: ingest.Case, by: Any) -> None:
    """The same of a page; one of an archived material of another case is told to its owner, once a case and person."""
    note_look(case, by)
    if case.pile.filter(pk=page.upload_id).exists():
        return
    held = HeldMaterial.objects.filter(sha256=page.upload.sha256).select_related("package")
    found = held.filter(uses__case=case).first() or held.filter(package__case_number=page.upload.case.number).first()
    if found and not found.accesses.filter(user=by, case_number=case.number).exists():
        record_access(found, by=by, case_number=case.number, purpose=HELD_PURPOSE, now=timezone.now())
