"""Everything a rebuild restores, in a form that can be compared, and a database that was dropped."""

from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import models

NOT_REBUILT = {
    # what the machine itself keeps, and what runs: jobs under way belong to live cases
    "contenttypes.contenttype", "auth.permission", "admin.logentry", "sessions.session", "workers.job",
    "rebuilding.journalmark", "rebuilding.rebuildrun", "rebuilding.waitingcopy", "rebuilding.sitecomparison",
    "archive.storeprobe", "archive.reconciliation",
    # noted again from the manifests, every night
    "retention.namedobject", "retention.objectuse", "retention.turnstile",
    # read again from the pictures, if ever
    "ingest.page", "ingest.pagetext", "ingest.correction", "ingest.step", "ingest.stageformvalue",
    "drawings.sheetdifference",
    # made again from what is held, under other numbers; those of open cases with the cases themselves
    "resemblance.printrow", "resemblance.printkey",
}  # fmt: skip
NOT_KEPT = {
    "auth.user": {"password", "last_login", "is_active", "is_staff", "is_superuser", "email", "groups"},
    "signing.seal": {"key_place"},
    "archive.keptobject": {"id", "checked_at"},
    "archive.event": {"id"},
    "ingest.material": {"fields", "number"},
    "workers.repeat": {"why", "likeness"},
    "lookup.packageentry": {"id"},
    "lookup.archivedtext": {"id"},
}
"""Fields that are said to stay behind: secrets and rights, and numbers that nothing refers to."""


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every table with its rows."""
    found = {}
    for table in apps.get_models():
        label = table._meta.label_lower
        if label in NOT_REBUILT:
            continue
        rows = [_row(label, row) for row in table._base_manager.all()]
        found[label] = sorted(rows, key=str)
    return found


def drop() -> None:
    """An empty, migrated database."""
    call_command("flush", interactive=False, verbosity=0)


def _row(label: str, row: models.Model) -> dict[str, Any]:
    left = NOT_KEPT.get(label, set())
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in left}
