"""Cases of one parallel case (并联实例) share what is handed in: who takes files, and what counts for whom.

A file is received once and read once; a document is filed under every case whose list asks for it. A case that was
accepted keeps what it was accepted on: later files concern it only where it still owes something (容缺).
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from archive.holdings import still_valid
from ingest.beside import application_forms
from ingest.models import Case, Material, MaterialUse, Promise, Upload

# A gap or promise in these still waits for its material.
AWAITED = (Promise.State.OPEN, Promise.State.EXPIRED)


def owes(case: Case) -> set[str]:
    """Entries for which the case still has an open promise or gap, in time or overdue, or uses what lapsed since."""
    return {*case.promises.filter(state__in=AWAITED).values_list("entry", flat=True), *_lapsed(case)}


def _lapsed(case: Case) -> set[str]:
    """Entries for which a case under way stands on a held material that no longer holds: a new one may be handed in."""
    if case.state not in {Case.State.ACCEPTED, Case.State.DECIDED}:
        return set()
    uses = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held__package")
    return {use.entry for use in uses if use.held and not still_valid(use.held, timezone.localdate()).holds}


def takes_files(case: Case) -> bool:
    """Whether something may still be handed in for the case: while it is open, and while it owes something."""
    return case.state == Case.State.OPEN or (case.state != Case.State.REFUSED and bool(owes(case)))


def takers(case: Case) -> list[Case]:
    """The cases beside it, and itself, that still take files, oldest first."""
    return [other for other in case.beside if takes_files(other)]


def takes(case: Case, entry: str) -> bool:
    """Whether a document newly filed under this entry counts for the case; one of its own always does."""
    return not case.parallel_id or case.state == Case.State.OPEN or entry in owes(case)


def counting_materials(case: Case) -> QuerySet[Material]:
    """The documents that the case's check looks at: its own, and those that stand for no entry of any case beside."""
    found = Material.objects.filter(upload__in=case.pile, upload__withdrawn_at=None, withdrawn_at=None)
    found = found.select_related("upload")
    if not case.parallel_id:
        return found
    mine = Q(uses__case=case, uses__withdrawn_at=None)
    return found.filter(mine | ~Q(pk__in=_uses(case.beside).values("material"))).distinct()


def uploads_filed_for(case: Case) -> list[Upload]:
    """The files that belong into the case's archive package: all it uses, and what was laid down for it and is unused.

    A file that only cases beside it use belongs into theirs; the one form of a joint acceptance belongs into all.
    """
    filed = case.pile.filter(withdrawn_at=None, state=Upload.State.FILED)
    if not case.parallel_id:
        return list(filed)
    by_all, by_it = _uses(case.beside), _uses([case]) | _joint_forms(case)
    mine = Q(pk__in=by_it.values("material__upload")) | Q(case=case) & ~Q(pk__in=by_all.values("material__upload"))
    return list(filed.filter(mine))


def users_of(upload: Upload) -> list[Case]:
    """The cases for which a document of the file stands for an entry."""
    uses = Q(uses__material__upload=upload, uses__withdrawn_at=None)
    return list(Case.objects.filter(uses).distinct().order_by("pk"))


def _joint_forms(case: Case) -> QuerySet[MaterialUse]:
    """The application form of the lead of a joint acceptance: it stands for those of all its parts."""
    lead = case.beside.filter(item_code=case.parallel.lead_item).first() if case.parallel else None
    if lead is None:
        return MaterialUse.objects.none()
    return _uses([lead]).filter(entry__in=application_forms(lead))


def _uses(cases: Iterable[Case]) -> QuerySet[MaterialUse]:
    return MaterialUse.objects.filter(case__in=list(cases), withdrawn_at=None, material__isnull=False)
