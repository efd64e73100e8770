"""Rebuilding this installation's database from its archive, and comparing the two."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

import archive
import ingest
from archive.rebuilding import Difference, RebuildProgress, RebuildRun, compare_with_store, rebuild
from workers import findable, fixity, zones
from workers.exporting import log_public_key
from workers.holding import note_earlier_manifests

State = ingest.Case.State
REBUILT_EVENT = "database-rebuilt"


def rebuild_database(
    store_url: str = "", log_key: str = "", *, on_progress: RebuildProgress = lambda *_: None
) -> RebuildRun:
    """Restore an empty database from the archive, or from the store named; the log tells of it when it is done.

    Raises:
        DatabaseNotEmpty, NoPublishedLog, Unavailable, BadStoreUrl, BadCheckpoint (of the key).
    """
    store = archive.open_store(store_url) if store_url else zones.archive_site()
    key = archive.LogKey.parse(log_key or log_public_key())
    run = rebuild(store, key, timezone.now, replica=fixity.replica(), on_progress=on_progress)
    note_earlier_manifests()
    _find_again(run, on_progress)
    with transaction.atomic():
        lost = _close_without_papers()
        details = {"entries": run.entries, "steps": run.rows, "faults": len(run.faults), "healed": len(run.healed)}
        details |= {"cases_lost": lost}
        archive.append_event(REBUILT_EVENT, details=details, now=timezone.now())
    return run


def _close_without_papers() -> int:
    """Cases that came back for their reviewed drawings alone: nothing may be decided on papers that are not there."""
    lost = ingest.Case.objects.exclude(state__in=[State.ARCHIVED, State.LOST])
    for case in lost:
        case.state = State.LOST
        case.save(update_fields=["state"])
    return len(lost)


def _find_again(run: RebuildRun, on_progress: RebuildProgress) -> None:
    """Make every package findable by its words again; one whose texts cannot be read is named."""
    packages = archive.Package.objects.filter(entry=None, state__in=findable.IN_ARCHIVE).order_by("pk")
    for done, package in enumerate(packages, 1):
        links = [
            package.manifest_sha256,
            *package.follow_ups.order_by("order").values_list("manifest_sha256", flat=True),
        ]
        for sha256 in links:
            asked = {"package": package.number, "manifest": sha256}
            try:
                words = findable.read(asked)
            except (archive.NotFound, archive.BadDigest, archive.BadManifest) as reason:
                run.faults.append({"where": f"words of {package.archive_number}", "what": str(reason)})
                continue
            with transaction.atomic():
                findable.record(asked, words)
        on_progress("检索", done, len(packages))
    run.save()


def compare_database(
    store_url: str = "", log_key: str = "", *, on_progress: Callable[[str, int], None] = lambda *_: None
) -> list[Difference]:
    """Every difference between the database and the archive; for the nightly reconciliation as well.

    Raises:
        Unavailable, BadStoreUrl, BadCheckpoint (of the key).
    """
    store = archive.open_store(store_url) if store_url else zones.archive_site()
    return compare_with_store(store, archive.LogKey.parse(log_key or log_public_key()), on_progress=on_progress)
