"""What one item of a parallel case issues goes to the others by itself (结果共享): nobody carries it over."""

from django.utils import timezone

import archive
import ingest
from ingest import item_of
from workers.groundwork import request_check
from workers.offering import use_held
from workers.stage import Arguments, NotExpectedError

WAITING = (ingest.Case.State.OPEN, ingest.Case.State.ACCEPTED)


def look(arguments: Arguments) -> None:
    """Nothing to prepare: what is archived is in the reuse index."""
    if not ingest.Case.objects.filter(pk=arguments["case_id"], state=ingest.Case.State.ARCHIVED).exists():
        raise NotExpectedError("the case is not archived")


def record(arguments: Arguments, _: None) -> None:
    """Pass the result on."""
    feed_outputs(ingest.Case.objects.get(pk=arguments["case_id"]))


def feed_outputs(case: ingest.Case) -> list[ingest.MaterialUse]:
    """Let the archived result of the case stand for its entry in every undecided case beside it that asks for it.

    An entry that is filled already is left as it is.
    """
    results = {output.material for output in item_of(case).outputs}
    mine = archive.HeldMaterial.objects.filter(package__case_number=case.number, type__in=results)
    uses = []
    for other in case.beside.filter(state__in=WAITING).exclude(pk=case.pk):
        filled = set(other.uses.filter(withdrawn_at=None).values_list("entry", flat=True))
        for held in mine.filter(type__in=_asked(other) - filled).select_related("package"):
            uses.append(use_held(other, held, by=None, how=ingest.MaterialUse.How.ISSUED))
            archive.append_event(
                "output-fed",
                case_number=other.number,
                object_sha256=held.sha256,
                details={"from": case.number, "entry": held.type},
                now=timezone.now(),
            )
            request_check(other)
    return uses


def _asked(case: ingest.Case) -> set[str]:
    return {entry.material for entry in item_of(case).materials}
