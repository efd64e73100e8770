"""Writing fingerprints down: when a document was sorted or archived, and for what came before there were any."""

from collections.abc import Sequence

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from archive import HeldMaterial, Package
from archive.lookup import ArchivedText
from ingest.models import Material, Page
from ingest.report import Presented
from ingest.resemblance.fingerprints import Fingerprint, fingerprint, fingerprint_of
from ingest.resemblance.models import PrintKey, PrintRow
from ocr import FieldValue


def enter_material(material: Material) -> PrintRow:
    """Have later documents held against this one; again gives the same row, with the keys of what is read now."""
    found = fingerprint(material)
    return _enter(PrintRow(material=material), PrintRow.objects.filter(material=material), found)


def enter_held(held: HeldMaterial, document: Presented, texts: Sequence[str] | None = None) -> PrintRow:
    """The same of an archived material that no upload here tells of; `document` as its package has it."""
    return _enter(PrintRow(held=held), PrintRow.objects.filter(held=held), fingerprint_of(document, texts=texts))


def enter_package(package: Package) -> int:
    """Fingerprints of the materials of a package, from the words it is found by; how many.

    Those that were handed in here have theirs already. What an office issued, what came from another archive and what
    was restored from the store has none but this.
    """
    entered = 0
    for held in package.materials.all():
        handed_in = Material.objects.filter(upload__sha256=held.sha256, pages=held.pages)
        if handed_in.filter(withdrawn_at=None, upload__withdrawn_at=None).exists():
            continue
        words = ArchivedText.objects.filter(package=package, sha256=held.sha256, page__in=held.pages).order_by("page")
        enter_held(
            held, _as_held(held), [text for text in words.values_list("text", flat=True) if text] or [held.number]
        )
        entered += 1
    return entered


def _as_held(held: HeldMaterial) -> Presented:
    fields = {name: FieldValue(**value) for name, value in held.fields.items()}
    return Presented(held.name, tuple(held.pages), held.type, fields=fields, ref=f"held:{held.pk}", sha256=held.sha256)


def forget_package(package: Package) -> None:
    """What was destroyed is not found by its marks any more."""
    of_case = Q(material__upload__case__number=package.case_number)
    PrintRow.objects.filter(of_case | Q(held__package=package)).delete()


def enter_missing(most: int) -> int:
    """Fingerprints of so many documents that have none, oldest first; how many were made."""
    read = Exists(Page.objects.filter(upload=OuterRef("upload"), reading__isnull=False))  # of the destroyed, none is
    missing = (
        Material.objects.filter(read, print=None, withdrawn_at=None).select_related("upload").order_by("pk")[:most]
    )
    for material in missing:
        enter_material(material)
    return len(missing)


@transaction.atomic
def _enter(new: PrintRow, there: models.QuerySet[PrintRow], found: Fingerprint) -> PrintRow:
    row = there.select_for_update().first() or new
    row.sha256, row.type, row.page_count = found.sha256, found.type, found.page_count
    row.save()
    row.keys.all().delete()
    PrintKey.objects.bulk_create([PrintKey(key=key, print=row) for key in found.keys])
    return row
