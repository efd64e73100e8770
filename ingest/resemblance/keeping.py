"""Writing fingerprints down: when a document was sorted or archived, and for what came before there were any."""

from collections.abc import Iterator

from django.db import models, transaction

from archive import HeldMaterial
from ingest.models import Material
from ingest.report import Presented
from ingest.resemblance.fingerprint import Fingerprint, fingerprint, fingerprint_of
from ingest.resemblance.models import PrintKey, PrintRow


def enter_material(material: Material) -> PrintRow:
    """Have later documents held against this one; again gives the same row, with the keys of what is read now."""
    found = fingerprint(material)
    return _enter(PrintRow(material=material), PrintRow.objects.filter(material=material), found)


def enter_held(held: HeldMaterial, document: Presented) -> PrintRow:
    """The same of an archived material that no upload here tells of; `document` as its package has it."""
    return _enter(PrintRow(held=held), PrintRow.objects.filter(held=held), fingerprint_of(document))


def missing_prints() -> Iterator[Material]:
    """Documents that have no fingerprint yet, oldest first."""
    return Material.objects.filter(print=None, withdrawn_at=None).select_related("upload").order_by("pk").iterator()


@transaction.atomic
def _enter(new: PrintRow, there: models.QuerySet[PrintRow], found: Fingerprint) -> PrintRow:
    row = there.select_for_update().first() or new
    row.sha256, row.type, row.page_count = found.sha256, found.type, found.page_count
    row.save()
    row.keys.all().delete()
    PrintKey.objects.bulk_create([PrintKey(key=key, print=row) for key in found.keys])
    return row
