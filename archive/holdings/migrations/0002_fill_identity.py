"""Materials held before are given whose they are, how they came and how they stand, as the tables of that day tell."""

from django.db import migrations
from django.db.models import Max

from archive.holdings.dates import begins_on, dated_of
from archive.holdings.identity import number_of, source_of, subject_of_row
from catalogue import CatalogueError, load_catalogue

STANDINGS = {
    "valid": "holds",
    "suspended": "suspended",
    "superseded": "superseded",
    "revoked": "revoked",
    "cancelled": "cancelled",
}


def fill(apps, schema_editor):
    held = apps.get_model("archive", "HeldMaterial")
    issued = {
        row.sealed_sha256: row for row in apps.get_model("signing", "Certificate").objects.exclude(sealed_sha256="")
    }
    acts = apps.get_model("signing", "CertificateAct").objects.values("certificate").annotate(at=Max("recorded_at"))
    changed_at = {row["certificate"]: row["at"] for row in acts}
    periods = {row.package_id: row for row in apps.get_model("retention", "KeptPeriod").objects.all()}
    journalled = apps.get_model("rebuilding", "JournalHead").objects.exists()
    mark = apps.get_model("rebuilding", "JournalMark").objects.create
    for row in held.objects.order_by("pk").iterator():
        certificate = issued.get(row.sha256)
        told = {name: getattr(row, name) for name in ("type", "name", "subject_kind", "subject", "number", "fields")}
        row.source = source_of(told, "结果文件" if certificate else "").value
        row.subject, row.number = subject_of_row(told), number_of(told)
        row.dated, row.valid_from = dated_of(row.type, row.fields), begins_on(row.type, row.fields)
        if period := periods.get(row.package_id):
            row.owner, row.collected_from = _department(period.item_code), period.applicant_uscc
        if certificate:
            row.version, row.dated = str(certificate.version), certificate.issued_on
            row.standing = STANDINGS.get(certificate.state, "holds")
            row.standing_since = changed_at.get(certificate.pk) if row.standing != "holds" else None
            if certificate.state in STANDINGS and (period is None or period.destroyed_at is None):
                row.valid_until = certificate.valid_until  # the end was put here when it lost its force
        row.save()
        if journalled:
            mark(model="archive.heldmaterial", row=row.pk)


def _department(item_code):
    try:
        return load_catalogue().item(item_code).lead_dept
    except CatalogueError:
        return ""


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0012_held_identity"),
        ("holdings", "0001_holdings"),
        ("rebuilding", "0001_initial"),
        ("retention", "0001_initial"),
        ("signing", "0007_sm3_digests"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
